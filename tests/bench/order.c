/* SPDX-License-Identifier: Apache-2.0 */
/* Listing, starting from cold, and the order of a skewed suite. */
#include "bench.h"
#include "makespan.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* ---- makespan ---------------------------------------------------------------------------------------- */

static struct durations durations_of(const struct contender *c)
{
    struct durations d;
    char path[PATH_MAX];
    snprintf(path, sizeof(path), "%s/latest/events.jsonl", c->scratch);
    makespan_read(path, &d);
    return d;
}

/* Its start and its reports are no matter of the order. */
static double span_of(const struct contender *c)
{
    return durations_of(c).span;
}

static struct contender *skewed_run(const char *order, const char *history)
{
    char *out = text("%s/out-%s", work, order);
    struct contender *c = contender(text("muster run -j4 --order %s, %u that wait", order, size->skewed), size->skewed,
                                    slow_rounds, muster_proof(size->skewed),
                                    command(MUSTER, "run", size->skewed_plugin, "-j4", "--order", order, "--history",
                                            history, "--out", out, (char *)NULL));
    c->seconds_of = span_of;
    c->scratch = out;
    return c;
}

/* The first run, in the order of the sources, makes the history that the ones with the longest first go by. */
void makespan(void)
{
    enum { SLOTS = 4 };
    char *history = text("%s/skewed.db", work);
    if (unlink(history) < 0 && errno != ENOENT)
        printf("%s: %s\n", history, strerror(errno));
    struct contender *all[] = {skewed_run("source", history), skewed_run("longest", history)};
    contest_run(all, 2);
    contest_print("makespan of a skewed suite", all, 2);
    struct durations recorded = durations_of(all[0]);
    struct contender bound = {.n = all[1]->n};
    for (unsigned i = 0; i < bound.n; i++)
        bound.seconds[i] = makespan_longest_first(&recorded, SLOTS);
    printf("  bound of the longest first %.1f ms, of any order %.1f ms\n", bound.seconds[0] * 1e3,
           makespan_least(&recorded, SLOTS) * 1e3);
    check("longest first: time / bound", all[1], &bound, 1, &bounds.makespan);
    check("longest first: order of the sources' time / its time", all[0], all[1], 1, &bounds.source_order);
}

/* ---- listing --------------------------------------------------------------------------------------- */

void listing(void)
{
    const char *many = copies_of("many", PLUGIN_10, size->copies);
    char *last_copy = text("copy%05u.trivial_00009", size->copies - 1);
    struct contender *all[] = {
        contender(text("muster list, %u plugins of 10", size->copies), size->copies, fast_rounds, last_copy,
                  command(MUSTER, "list", many, (char *)NULL)),
        contender(text("exec per plugin, 2 at a time, %u", size->copies), size->copies, fast_rounds, last_copy,
                  command(LIST_EACH, LIST_ONE, "2", many, (char *)NULL)),
        contender(text("muster list, 1 plugin of %u", size->large), size->large, fast_rounds,
                  text("trivial_%05u", size->large - 1), command(MUSTER, "list", size->large_plugin, (char *)NULL)),
        ctest("-N", size->large, fast_rounds),
    };
    contest_run(all, 4);
    contest_print("listing", all, 4);
    check("many plugins: exec per plugin's time / muster's", all[1], all[0], 1, &bounds.list_many);
    check("many scenarios: ctest -N's time / muster's", all[3], all[2], 1, &bounds.list_large);
}

/* ---- cold ------------------------------------------------------------------------------------------ */

void cold(void)
{
    struct contender *all[] = {
        muster_run(PLUGIN_1, 1, "-j1", cold_rounds),
        contender("muster list, one scenario", 1, cold_rounds, "trivial_00000",
                  command(MUSTER, "list", PLUGIN_1, (char *)NULL)),
        ctest("-j1", 1, cold_rounds),
    };
    contest_run(all, 3);
    contest_print("one trivial scenario from cold", all, 3);
    check("muster run's time / ctest's", all[0], all[2], 1, &bounds.cold_run);
    check("muster list's time / ctest's", all[1], all[2], 1, &bounds.cold_list);
}
