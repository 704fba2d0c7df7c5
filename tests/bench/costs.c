/* SPDX-License-Identifier: Apache-2.0 */
/* What the use of something costs: the same number of scenarios with it and without. */
#include "bench.h"

#include <stdio.h>

enum { MUCH = 64 * 1024 }; /* what each scenario of output_plugin prints, and of attach_plugin attaches */

static void cost_of(const char *what, struct contender *(*run)(const char *jobs), const struct bound *bound)
{
    struct contender *all[4];
    for (int j = 0; j < 2; j++) {
        all[2 * j] = muster_run(size->small_plugin, size->small, jobs_option[j], fast_rounds);
        all[2 * j + 1] = run(jobs_option[j]);
        all[2 * j + 1]->name = text("the same with %s, %s", what, jobs_option[j]);
    }
    contest_run(all, 4);
    contest_print(text("with %s", what), all, 4);
    for (int j = 0; j < 2; j++)
        check(text("muster %s: time with %s / without", jobs_option[j], what), all[2 * j + 1], all[2 * j], 1, bound);
}

static struct contender *with_cleanups(const char *jobs)
{
    return muster_run(size->defer_plugin, size->small, jobs, fast_rounds);
}

static struct contender *with_fixture(const char *jobs)
{
    return muster_run(size->fixture_plugin, size->small, jobs, fast_rounds);
}

static struct contender *with_http(const char *jobs)
{
    return muster_run(size->http_plugin, size->small, jobs, fast_rounds);
}

static struct contender *with_failures(const char *jobs)
{
    struct contender *c = muster_run(size->failing_plugin, size->small, jobs, fast_rounds);
    c->command.proof = text("%u scenarios run: 0 passed, %u failed", size->small, size->small);
    c->command.status = 1;
    return c;
}

void ledger(void)
{
    cost_of("two cleanups each", with_cleanups, &bounds.ledger);
}

/* Each behind a lock that all want: one at a time, as without locks at -j1. */
static void locks(void)
{
    struct contender *all[] = {muster_run(size->locks_twin, size->locks, "-j1", slow_rounds),
                               muster_run(size->locks_plugin, size->locks, "-j2", slow_rounds)};
    all[1]->name = text("the same, each with two locks, -j2");
    contest_run(all, 2);
    contest_print("locks", all, 2);
    check("a lock of all and one of its own: time / -j1's without", all[1], all[0], 1, &bounds.locks);
}

static struct contender *retrying(const char *delay)
{
    char *out = text("%s/out", work);
    struct contender *c = contender(
        text("each passes on its retry after %s", delay), 2 * size->small, fast_rounds,
        text("%u scenarios run: %u passed", size->small, size->small),
        command(MUSTER, "run", size->retry_plugin, "-j2", "--retry-delay", delay, "--out", out, (char *)NULL));
    c->scratch = out;
    return c;
}

/* All wait at the same time, against hardly any. The time that has to be waited for is part of both. */
static void retries(void)
{
    struct contender *all[] = {retrying("1ms"), retrying("100ms")};
    contest_run(all, 2);
    contest_print("retries", all, 2);
    check("many that wait for their retry: time / of few", all[1], all[0], 1, &bounds.retries);
}

static void plugins(void)
{
    const char *many = copies_of("many", PLUGIN_10, size->copies);
    const char *one = size->copies * 10 == size->large ? size->large_plugin : PLUGIN_40;
    struct contender *all[] = {muster_run(one, size->copies * 10, "-j2", slow_rounds),
                               muster_run(many, size->copies * 10, "-j2", slow_rounds)};
    all[1]->name = text("muster run -j2, %u plugins of 10", size->copies);
    contest_run(all, 2);
    contest_print("many plugins", all, 2);
    check("many small plugins: time / a large one's", all[1], all[0], 1, &bounds.plugins);
}

/* The same bytes through a pipe into a file, by two processes. */
static struct contender *pipe_of(unsigned n)
{
    char *script =
        text("head -c %llu /dev/zero | cat >%s/piped && wc -c <%s/piped", (unsigned long long)n * MUCH, work, work);
    return contender(text("%u x %u KiB through a pipe", n, MUCH / 1024), n, fast_rounds,
                     text("%llu", (unsigned long long)n * MUCH), command("sh", "-c", script, (char *)NULL));
}

static void much_of(const char *what, const char *plugin, const struct bound *bound)
{
    struct contender *all[] = {pipe_of(size->small), muster_run(plugin, size->small, "-j2", fast_rounds)};
    all[1]->name = text("muster run -j2, %u with %u KiB %s each", size->small, MUCH / 1024, what);
    contest_run(all, 2);
    contest_print(what, all, 2);
    check(text("much that is %s: time / of a pipe into a file", what), all[1], all[0], 1, bound);
}

void costs(void)
{
    cost_of("a fixture of the run", with_fixture, &bounds.fixtures);
    cost_of("the http kit", with_http, &bounds.http);
    cost_of("failures", with_failures, &bounds.failing);
    locks();
    retries();
    plugins();
    much_of("printed", size->output_plugin, &bounds.output);
    much_of("attached", size->attach_plugin, &bounds.attachments);
}
