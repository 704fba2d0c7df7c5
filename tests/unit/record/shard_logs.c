/* SPDX-License-Identifier: Apache-2.0 */
/* Logs of the shards of one small run. */
#include "shard_logs.h"

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/io.h"
#include "record/evlog.h"
#include "record/split.h"
#include "sample.h"

#include <fcntl.h>
#include <stdlib.h>

/* The plan of all tests: a to e, of which the second shard has b and d. */
enum { N_CASES = 5 };
static const char *const ids[N_CASES] = {"p.a", "p.b", "p.c", "p.d", "p.e"};
static const int64_t shard_of[N_CASES] = {1, 2, 1, 2, 1}; /* nothing falls to the third */

static const char *split_of_plan(void)
{
    static char hex[DIGEST_HEX];
    autosplit struct split split;
    split_begin(&split, SHARDS, "hash");
    for (int i = 0; i < N_CASES; i++)
        split_add(&split, shard_of[i], ids[i]);
    split_end(&split, hex);
    return hex;
}

static const char * or (const char *text, const char *otherwise)
{
    return text ? text : otherwise;
}

static void add_planned(struct evlog *log, const char *id, int64_t position)
{
    struct event e = sample_event(EVENT_CASE_PLANNED, "text", 7);
    e.case_planned.case_id = id;
    e.case_planned.position = position;
    e.case_planned.shard = 0;
    evlog_add(log, &e);
}

static void add_plan(struct evlog *log, int64_t shard, const struct change *c)
{
    bool first = true;
    for (int i = 0; i < N_CASES && !c->no_cases; i++) {
        if (shard_of[i] != shard)
            continue;
        add_planned(log, first && c->planned_as ? c->planned_as : ids[i],
                    first && c->planned_at ? c->planned_at : i + 1);
        first = false;
    }
    if (c->planned_twice)
        add_planned(log, c->planned_twice, 2);
}

/* Each case begins 10 ms after the one before, and takes 15. */
static void add_cases(struct evlog *log, int64_t shard, const struct change *c)
{
    int n = 0;
    for (int i = 0; i < N_CASES && !c->no_cases; i++) {
        if (shard_of[i] != shard)
            continue;
        const char *id = n == 0 && c->planned_as ? c->planned_as : ids[i];
        struct event e = sample_event(EVENT_ATTEMPT_STARTED, "text", 1);
        e.attempt_started.case_id = id;
        e.t_ns = n * 10 * NS_PER_MS;
        evlog_add(log, &e);
        e = sample_event(EVENT_ATTEMPT_ENDED, "text", 1);
        e.attempt_ended.case_id = id;
        e.t_ns = n == 0 && c->negative_t ? c->negative_t : (n * 10 + 15) * NS_PER_MS;
        evlog_add(log, &e);
        e = sample_event(EVENT_CASE_ENDED, "text", 1);
        e.case_ended.case_id = id;
        e.t_ns = (n++ * 10 + 15) * NS_PER_MS;
        evlog_add(log, &e);
    }
    if (c->fixture) {
        struct event e = sample_event(EVENT_FIXTURE_STARTED, "text", 1);
        e.fixture_started.fixture = c->fixture;
        evlog_add(log, &e);
        e = sample_event(EVENT_ATTEMPT_SERVICE, "text", 1);
        e.attempt_service.case_id = ids[shard - 1]; /* the first one's is a, the second one's b */
        e.attempt_service.fixture = c->fixture;
        e.attempt_service.file = c->service_file;
        evlog_add(log, &e);
    }
    if (c->stranger) {
        struct event e = sample_event(EVENT_ATTEMPT_STEP, "text", 1);
        e.attempt_step.case_id = c->stranger;
        evlog_add(log, &e);
    }
}

static void add_start(struct evlog *log, int64_t shard, const struct change *c)
{
    static const char *const command[] = {"run"}, *const merged[] = {"1 x y"};
    char run_id[16];
    snprintf(run_id, sizeof run_id, "run-%lld", (long long)shard);
    struct event e = {
        .type = EVENT_RUN_STARTED,
        .run_started = {.run_id = run_id,
                        .muster_version = or (c->muster_version, "0.1.0"),
                        .host = or (c->host, "box"),
                        .started_at = or (c->started_at, "2026-11-20T23:30:00.000000Z"),
                        .containment = or (c->containment, "cgroup v2"),
                        .command = {command, 1},
                        .jobs = c->jobs ? c->jobs : 2,
                        .seed = c->seed,
                        .rerun_of = or (c->rerun_of, ""),
                        .target = or (c->target, "shop"),
                        .missed = "",
                        .shard = c->shard ? c->shard : shard,
                        .shards = c->shards ? c->shards : SHARDS,
                        .shard_by = or (c->shard_by, "hash"),
                        .split = or (c->split, split_of_plan()),
                        .plan_cases = c->plan_cases ? c->plan_cases : N_CASES,
                        .merged = {merged, c->merged ? 1 : 0}},
    };
    if (c->shard < 0)
        e.run_started.shard = e.run_started.shards = 0;
    evlog_add(log, &e);
}

static void add_events(struct evlog *log, int64_t shard, const struct change *c)
{
    add_start(log, shard, c);
    if (c->second_start)
        add_start(log, shard, c);
    for (int64_t i = 0; i < (c->n_plugins ? c->n_plugins : 1); i++) {
        struct event e = sample_event(EVENT_PLUGIN_LOADED, "p", 3);
        e.plugin_loaded.version = or (c->version, "1.0.0");
        evlog_add(log, &e);
    }
    struct event e = sample_event(EVENT_PLUGIN_REFUSED, "refused", 4);
    evlog_add(log, &e);
    add_plan(log, shard, c);
    add_cases(log, shard, c);
    e = (struct event){.type = EVENT_RUN_ENDED,
                       .t_ns = 40 * NS_PER_MS,
                       .run_ended = {.exit_status = c->exit_status,
                                     .interrupted = c->interrupted,
                                     .duration_ns = 40 * NS_PER_MS,
                                     .why = or (c->why, ""),
                                     .fails = {&c->fails, c->fails ? 1 : 0}}};
    for (int i = 0; i < (c->no_end ? 0 : c->after_end ? 2 : 1); i++)
        evlog_add(log, &e);
}

void make_log(int64_t shard, const struct change *c, struct buf *ret_text)
{
    char dir[] = "/tmp/test-merge-XXXXXX";
    assert_non_null(mkdtemp(dir));
    autoclose int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    struct evlog *log;
    assert_int_equal(evlog_open(fd, EVLOG_NAME, &log, NULL), 0);
    add_events(log, shard, c);
    assert_int_equal(evlog_close(log, NULL), 0);
    assert_int_equal(io_read_file(fd, EVLOG_NAME, SIZE_MAX, ret_text), 0);
    io_remove_tree(AT_FDCWD, dir);
}
