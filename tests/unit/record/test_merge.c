/* SPDX-License-Identifier: Apache-2.0 */
/* Logs of shards, merged: in the order of the plan, by time, whatever order they come in; and what is refused. */
#include "sample.h"
#include "shard_logs.h"

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/io.h"
#include "record/merge.h"
#include "record/split.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>

/* The logs of a merge: it reads them twice. */
static struct buf texts[2 * SHARDS];
static size_t n_texts;

static int add_text(struct merge *m, const char *name, struct buf *text, struct err *err)
{
    assert_true(n_texts < ARRAY_LEN(texts));
    struct buf *kept = &texts[n_texts++];
    *kept = *text;
    *text = (struct buf){0};
    const struct evlog_input input = evlog_input_mem(kept);
    return merge_add(m, name, &input, err);
}

static void forget(struct merge *m)
{
    merge_free(m);
    while (n_texts > 0)
        buf_free(&texts[--n_texts]);
}

static int add_shard(struct merge *m, const char *name, int64_t shard, const struct change *c, struct err *err)
{
    struct buf text = {0};
    make_log(shard, c, &text);
    return add_text(m, name, &text, err);
}

static const struct change unchanged = {0};

/* "started p.a 10", one for each event. */
static void tell_event(void *data, const struct event *e)
{
    struct buf *out = data;
    buf_addf(out, "%s", event_type_name(e->type));
    if (e->type == EVENT_CASE_PLANNED)
        buf_addf(out, " %s %lld of shard %lld", e->case_planned.case_id, (long long)e->case_planned.position,
                 (long long)e->case_planned.shard);
    if (e->type == EVENT_ATTEMPT_STARTED)
        buf_addf(out, " %s", e->attempt_started.case_id);
    if (e->type == EVENT_CASE_ENDED)
        buf_addf(out, " %s", e->case_ended.case_id);
    if (e->type == EVENT_RUN_ENDED)
        buf_addf(out, " %lld %d, %lld not run", (long long)e->run_ended.exit_status, e->run_ended.interrupted,
                 (long long)e->run_ended.not_run);
    buf_addf(out, " at %lld\n", (long long)(e->t_ns / NS_PER_MS));
}

static void in_the_order_of_the_plan_then_by_time(void **state)
{
    (void)state;
    /* The second shard began 5 ms later, and its clock is in the same zone. */
    static const struct change second = {.started_at = "2026-11-20T23:30:00.005000Z", .exit_status = 1};
    static const char expected[] = "run.started at 0\n"
                                   "plugin.loaded at 0\n"
                                   "plugin.refused at 0\n"
                                   "case.planned p.a 1 of shard 1 at 0\n"
                                   "case.planned p.b 2 of shard 2 at 0\n"
                                   "case.planned p.c 3 of shard 1 at 0\n"
                                   "case.planned p.d 4 of shard 2 at 0\n"
                                   "case.planned p.e 5 of shard 1 at 0\n"
                                   "attempt.started p.a at 0\n"
                                   "attempt.started p.b at 5\n"
                                   "attempt.ended at 15\n" /* a's end stands before c's beginning in its own log */
                                   "case.ended p.a at 15\n"
                                   "attempt.started p.c at 15\n"
                                   "attempt.ended at 20\n"
                                   "case.ended p.b at 20\n"
                                   "attempt.started p.d at 20\n"
                                   "attempt.ended at 25\n"
                                   "case.ended p.c at 25\n"
                                   "attempt.started p.e at 25\n"
                                   "attempt.ended at 30\n"
                                   "case.ended p.d at 30\n"
                                   "attempt.ended at 35\n"
                                   "case.ended p.e at 35\n"
                                   "run.ended 1 0, 0 not run at 45\n";
    static const int orders[][SHARDS] = {{1, 2, 3}, {3, 2, 1}, {2, 3, 1}};
    char first_id[40] = "";
    for (size_t k = 0; k < ARRAY_LEN(orders); k++) {
        autoerr struct err err = {0};
        autobuf struct buf told = {0};
        struct merge m = {0};
        for (int i = 0; i < SHARDS; i++)
            assert_int_equal(add_shard(&m, "x", orders[k][i], orders[k][i] == 2 ? &second : &unchanged, &err), 0);
        if (merge_check(&m, false, &err) < 0)
            fail_msg("%s", err_text(&err));
        const struct event_sink sink = {tell_event, &told};
        assert_int_equal(merge_emit(&m, &sink, &err), 0);
        assert_string_equal(buf_str(&told), expected);
        assert_int_equal(m.exit_status, 1);
        assert_false(m.interrupted);
        if (k == 0)
            strcpy(first_id, m.run_id);
        assert_string_equal(m.run_id, first_id);
        assert_memory_equal(m.run_id, "20261120-233000-", 16);
        forget(&m);
    }
}

static void keep_start(void *data, const struct event *e)
{
    struct buf *out = data;
    const struct event_run_started *s = &e->run_started;
    if (e->type != EVENT_RUN_STARTED)
        return;
    buf_addf(out, "%s; %s; %s; %lld jobs, seed %lld, rerun of %s, %lld/%lld by %s, %lld cases;", s->host,
             s->containment, s->started_at, (long long)s->jobs, (long long)s->seed, s->rerun_of, (long long)s->shard,
             (long long)s->shards, s->shard_by, (long long)s->plan_cases);
    for (size_t i = 0; i < s->merged.n; i++)
        buf_addf(out, " %.7s", s->merged.items[i]);
}

static void tell_fixture(void *data, const struct event *e)
{
    struct event copy = *e;
    const char **label = event_fixture(&copy);
    if (label)
        buf_addf(data, "%s %s", event_type_name(e->type), *label);
    if (e->type == EVENT_ATTEMPT_SERVICE)
        buf_addf(data, " %s", e->attempt_service.file);
    if (label)
        buf_addc(data, '\n');
}

/* The second shard has fewer cases, and is at its fixture earlier. */
static void fixtures_are_told_apart(void **state)
{
    (void)state;
    static const struct change changes[SHARDS] = {
        {.fixture = "db", .service_file = "fixtures/db/stderr.log"},
        {.fixture = "db", .service_file = "fixtures/db/start-2/stdout.log"},
    };
    autoerr struct err err = {0};
    autobuf struct buf told = {0};
    struct merge m = {0};
    for (int i = 0; i < SHARDS; i++)
        assert_int_equal(add_shard(&m, "x", i + 1, &changes[i], &err), 0);
    if (merge_check(&m, false, &err) < 0)
        fail_msg("%s", err_text(&err));
    assert_int_equal(merge_emit(&m, &(struct event_sink){tell_fixture, &told}, &err), 0);
    assert_string_equal(buf_str(&told), "fixture.started shard 2: db\n"
                                        "attempt.service shard 2: db fixtures/shard%202%3A%20db/start-2/stdout.log\n"
                                        "fixture.started shard 1: db\n"
                                        "attempt.service shard 1: db fixtures/shard%201%3A%20db/stderr.log\n");
    forget(&m);
}

static void what_the_shards_have_in_common(void **state)
{
    (void)state;
    static const struct change changes[SHARDS] = {
        {.host = "two", .started_at = "2026-11-20T23:30:01Z", .jobs = 2, .seed = 9, .rerun_of = "r", .exit_status = 7},
        {.host = "one", .started_at = "2026-11-20T23:30:00Z", .jobs = 8, .seed = 9, .rerun_of = "r", .exit_status = 8},
        {.host = "two",
         .started_at = "2026-11-20T23:30:02Z",
         .containment = "sub-reaper",
         .seed = 9,
         .rerun_of = "r",
         .interrupted = true,
         .exit_status = 2},
    };
    autoerr struct err err = {0};
    autobuf struct buf told = {0};
    struct merge m = {0};
    for (int i = SHARDS; i > 0; i--)
        assert_int_equal(add_shard(&m, "x", i, &changes[i - 1], &err), 0);
    if (merge_check(&m, false, &err) < 0)
        fail_msg("%s", err_text(&err));
    const struct event_sink sink = {keep_start, &told};
    assert_int_equal(merge_emit(&m, &sink, &err), 0);
    assert_string_equal(buf_str(&told),
                        "two, one; cgroup v2, sub-reaper; 2026-11-20T23:30:00Z; 8 jobs, seed 9, rerun of r, "
                        "0/3 by hash, 5 cases; 1 run-1 2 run-2 3 run-3");
    assert_int_equal(m.exit_status, 2);
    assert_true(m.interrupted);
    forget(&m);
}

static void keep_end(void *data, const struct event *e)
{
    const struct event_run_ended *ended = &e->run_ended;
    if (e->type != EVENT_RUN_ENDED)
        return;
    buf_addf(data, "%lld: %s;", (long long)ended->exit_status, ended->why);
    for (size_t i = 0; i < ended->fails.n; i++)
        buf_addf(data, " %s", ended->fails.items[i]);
}

/* Of two shards with the worst status both say why, and what counts as a failure in one does in all. */
static void the_end_says_why(void **state)
{
    (void)state;
    static const struct change changes[SHARDS] = {
        {.exit_status = 1, .why = "--flaky fail: 1 passed on a retry only", .fails = EVENT_FAILS_FLAKY},
        {.exit_status = 7, .why = "1 cleanup failed", .fails = EVENT_FAILS_FLAKY},
        {.exit_status = 1, .why = "2 scenarios ended badly", .fails = EVENT_FAILS_UNCHECKED},
    };
    autoerr struct err err = {0};
    autobuf struct buf told = {0};
    struct merge m = {0};
    for (int i = SHARDS; i > 0; i--)
        assert_int_equal(add_shard(&m, "x", i, &changes[i - 1], &err), 0);
    assert_int_equal(merge_check(&m, false, &err), 0);
    const struct event_sink sink = {keep_end, &told};
    assert_int_equal(merge_emit(&m, &sink, &err), 0);
    assert_string_equal(buf_str(&told),
                        "1: shard 1: --flaky fail: 1 passed on a retry only; shard 3: 2 scenarios ended "
                        "badly; flaky unchecked");
    forget(&m);
}

static void the_worst_status_wins(void **state)
{
    (void)state;
    static const int64_t rows[][4] = {{0, 0, 0, 0}, {0, 1, 7, 1}, {8, 7, 0, 7},  {1, 6, 2, 2},
                                      {2, 3, 6, 3}, {6, 1, 0, 6}, {0, 0, 99, 99}};
    for (size_t k = 0; k < ARRAY_LEN(rows); k++) {
        struct merge m = {0};
        for (int i = 1; i <= SHARDS; i++)
            assert_int_equal(add_shard(&m, "x", i, &(struct change){.exit_status = rows[k][i - 1]}, NULL), 0);
        assert_int_equal(merge_check(&m, false, NULL), 0);
        assert_int_equal(m.exit_status, rows[k][3]);
        forget(&m);
    }
}

/* The second of three logs is changed: merge_add() or merge_check() must refuse it with these words. */
static void expect_refusal(const struct change *c, const char *why)
{
    autoerr struct err err = {0};
    struct merge m = {0};
    int r = add_shard(&m, "one", 1, &unchanged, &err);
    if (r == 0)
        r = add_shard(&m, "two", 2, c, &err);
    if (r == 0)
        r = add_shard(&m, "three", 3, &unchanged, &err);
    if (r == 0)
        r = merge_check(&m, false, &err);
    forget(&m);
    if (r == 0)
        fail_msg("merged, in spite of: %s", why);
    if (!strstr(err_text(&err), why))
        fail_msg("\"%s\", not \"%s\"", err_text(&err), why);
}
#define REFUSED(why, ...) expect_refusal(&(const struct change){__VA_ARGS__}, why)

static void what_does_not_belong_together(void **state)
{
    (void)state;
    REFUSED("one is shard 1/3, two is shard 2/4", .shards = 4);
    REFUSED(" are both shard 1/3 (runs run-", .shard = 1); /* which of the two is named first, their hashes decide */
    REFUSED("one was run by muster 0.1.0, two by muster 0.2.0", .muster_version = "0.2.0");
    REFUSED("one ran with seed 0, two with seed 3: shards need the same --seed", .seed = 3);
    REFUSED("one and two ran again what two different runs owed", .rerun_of = "x");
    REFUSED("one asked the target shop, two the target docker", .target = "docker");
    REFUSED("one ran 1 plugins, two ran 2", .n_plugins = 2);
    REFUSED("one ran plugin p 1.0.0, two ran p 2.0.0", .version = "2.0.0");
    REFUSED("one was divided by hash, two by time: all shards need the same history file, or none", .shard_by = "time");
    REFUSED("one and two divided different plans", .split = "f00");
    REFUSED("one and two divided different plans", .plan_cases = 6);
    REFUSED("the shards' 3 cases are not the plan of 5 that they divided", .no_cases = true);
    REFUSED("the shards' 5 cases are not the plan of 5 that they divided", .planned_as = "p.x");
    REFUSED("p.a (shard 1) and p.b (shard 2) have the same place in the plan", .planned_at = 1);
    REFUSED("the shards started decades apart", .started_at = "2150-01-01T00:00:00Z");
    REFUSED("two is cut off before the run's end; --allow-missing merges what there is", .no_end = true);
}

static void what_is_no_log_of_a_shard(void **state)
{
    (void)state;
    REFUSED("two: events.jsonl: line 1: it was not run with --shard", .shard = -1);
    REFUSED("two: events.jsonl: line 1: it is a merged run already", .merged = true);
    REFUSED("run.started makes no sense: shard 4 of 3, 5 cases", .shard = 4);
    REFUSED("run.started makes no sense", .plan_cases = -1);
    REFUSED("yesterday is no time to start at", .started_at = "yesterday");
    REFUSED("is no time to start at", .started_at = "1960-01-01T00:00:00Z");
    REFUSED("a second run.started", .second_start = true);
    REFUSED("it goes on after run.ended", .after_end = true);
    REFUSED("its time, -1 ns, makes no sense", .negative_t = -1);
    REFUSED("makes no sense", .negative_t = INT64_MAX);
    REFUSED("p.a was not planned in this shard", .stranger = "p.a");
    REFUSED("p.b is planned twice", .planned_twice = "p.b");
    REFUSED("p.b is in place 6 of a plan of 5", .planned_at = 6);
    REFUSED("p.b is in place -1 of a plan of 5", .planned_at = -1);

    autoerr struct err err = {0};
    struct merge m = {0};
    struct buf text = {0};
    assert_int_equal(add_text(&m, "none", &text, &err), -EINVAL);
    assert_string_equal(err_text(&err), "none: events.jsonl: it is empty");
    forget(&m);
    make_log(1, &unchanged, &text);
    text.data[text.len / 2] ^= 1;
    assert_true(add_text(&m, "changed", &text, &err) < 0);
    forget(&m);
}

static void what_is_missing(void **state)
{
    (void)state;
    autoerr struct err err = {0};
    struct merge m = {0};
    assert_int_equal(add_shard(&m, "two", 2, &unchanged, &err), 0);
    assert_int_equal(merge_check(&m, false, &err), -ENOENT);
    assert_string_equal(err_text(&err), "shards 1/3, 3/3 are missing; --allow-missing merges what there is");
    forget(&m);

    autobuf struct buf told = {0};
    assert_int_equal(add_shard(&m, "two", 2, &unchanged, &err), 0);
    assert_int_equal(add_shard(&m, "three", 3, &unchanged, &err), 0);
    assert_int_equal(merge_check(&m, true, &err), 0);
    assert_string_equal(buf_str(&m.shortcoming), "shard 1/3 is missing");
    assert_true(m.interrupted);
    assert_int_equal(m.exit_status, 2);
    const struct event_sink sink = {tell_event, &told};
    assert_int_equal(merge_emit(&m, &sink, &err), 0);
    assert_non_null(strstr(buf_str(&told), "run.ended 2 1, 3 not run at 40\n"));
    forget(&m);

    /* A killed runner's log ends in the middle of a line; of many that are missing a few are named. */
    struct buf text = {0};
    make_log(1, &(struct change){.no_end = true, .shards = 90000}, &text);
    buf_adds(&text, "{\"v\":1,");
    assert_int_equal(add_text(&m, "one", &text, &err), 0);
    assert_int_equal(merge_check(&m, true, &err), 0);
    assert_string_equal(buf_str(&m.shortcoming),
                        "shards 2/90000, 3/90000, 4/90000, 5/90000, 6/90000 and 89994 more are missing; one is cut off "
                        "before the run's end");
    forget(&m);
}

static void drop_event(void *data, const struct event *e)
{
    (void)e;
    ++*(int *)data;
}

/* What was verified at the first reading is what must be merged at the second. */
static void a_log_that_changes_meanwhile_is_noticed(void **state)
{
    (void)state;
    for (int kind = 0; kind < 4; kind++) {
        autoerr struct err err = {0};
        struct merge m = {0};
        for (int i = 1; i <= SHARDS; i++)
            assert_int_equal(add_shard(&m, "x", i, &unchanged, &err), 0);
        assert_int_equal(merge_check(&m, false, &err), 0);
        struct buf *log = &texts[0];
        char *word = memmem(log->data, log->len, kind == 0 ? "p.a" : "attempt.ended", kind == 0 ? 3 : 13);
        if (kind == 0)
            word[2] = 'z'; /* another case is planned: its hash breaks too, later */
        if (kind == 1)
            log->len = (size_t)(word - log->data); /* cut */
        if (kind == 2)
            memcpy(word, "attempt.ENDED", 13);
        if (kind == 3)
            log->len = (size_t)((char *)memrchr(log->data, '\n', log->len - 1) - log->data) + 1; /* its end is gone */
        int told = 0;
        const struct event_sink sink = {drop_event, &told};
        assert_true(merge_emit(&m, &sink, &err) < 0);
        assert_memory_equal(err_text(&err), "x: ", 3);
        forget(&m);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(in_the_order_of_the_plan_then_by_time),
        cmocka_unit_test(fixtures_are_told_apart),
        cmocka_unit_test(what_the_shards_have_in_common),
        cmocka_unit_test(the_end_says_why),
        cmocka_unit_test(the_worst_status_wins),
        cmocka_unit_test(what_does_not_belong_together),
        cmocka_unit_test(what_is_no_log_of_a_shard),
        cmocka_unit_test(what_is_missing),
        cmocka_unit_test(a_log_that_changes_meanwhile_is_noticed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
