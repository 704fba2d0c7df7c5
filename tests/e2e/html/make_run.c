/* SPDX-License-Identifier: Apache-2.0 */
/*
 * make_run FOLDER CASES FAILURES: a run's folder as `muster run` would have left it: its log, and the output of what
 * failed. Every third failure is of one cause, every third of another, and the last case is called and says what a
 * page must not take for its own.
 */
#include "artifacts/collect.h"
#include "base/cleanup.h"
#include "base/clock.h"
#include "record/evlog.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#define HOSTILE "</script><script>window.pwned=1</script><img src=x onerror=window.pwned=1><!-- \xe2\x80\xa8"

#define LIST(...)                                                                                                      \
    {                                                                                                                  \
        (const char *const[]){__VA_ARGS__}, ARRAY_LEN(((const char *const[]){__VA_ARGS__}))                            \
    }
#define TELL(TYPE, member, ...) tell((struct event){.type = TYPE, .member = {__VA_ARGS__}})

static struct evlog *run_log;
static int64_t now_ns;
static const char *folder;

static void tell(struct event event)
{
    event.t_ns = now_ns;
    evlog_add(run_log, &event);
}

static void print(const char *id, int64_t attempt, const char *name, const char *text)
{
    autobuf struct buf path = {0};
    buf_addf(&path, "%s/", folder);
    artifact_path(&path, id, (uint32_t)attempt);
    buf_addf(&path, "/%s", name);
    const char *whole = buf_str(&path);
    for (const char *slash = strchr(whole + strlen(folder) + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
        autofree char *part = xstrndup(whole, (size_t)(slash - whole));
        mkdir(part, 0700);
    }
    autofclose FILE *f = fopen(whole, "w");
    if (!f || fputs(text, f) < 0)
        exit(1);
}

static void plan(const char *id, int64_t line)
{
    static const char *const files[] = {"scenarios/orders.c", "scenarios/refunds.c", "scenarios/stock.c"};
    TELL(EVENT_CASE_PLANNED, case_planned, .case_id = id, .plugin = line % 2 ? "acme.pay" : "acme.stock",
         .scenario = strchr(id, '.') + 1, .summary = "What was ordered is what is sent", .file = files[line % 3],
         .line = 10 + line % 400, .markers = LIST("e2e", line % 5 ? "priority_p1" : "priority_p0", "issue(id=4711)"));
}

static void end_attempt(const char *id, int64_t attempt, enum verdict v, const char *reason, bool again)
{
    const int64_t took = NS_PER_MS * (3 + (int64_t)strlen(id) % 40);
    now_ns += took / 2;
    TELL(EVENT_ATTEMPT_ENDED, attempt_ended, .case_id = id, .attempt = attempt, .verdict = v, .reason = reason,
         .file = "", .duration_ns = took, .checks = 7, .failed_checks = v == VERDICT_FAILED, .cpu_user_us = 900,
         .stdout_bytes = v == VERDICT_PASSED ? 0 : 60, .max_rss_kb = 2048, .will_retry = again);
}

static void begin_attempt(const char *id, int64_t attempt, int64_t slot)
{
    TELL(EVENT_ATTEMPT_STARTED, attempt_started, .case_id = id, .attempt = attempt, .slot = slot);
}

static void end_case(const char *id, enum verdict v, int64_t attempts, const char *reason)
{
    TELL(EVENT_CASE_ENDED, case_ended, .case_id = id, .verdict = v, .attempts = attempts,
         .duration_ns = NS_PER_MS * (3 + (int64_t)strlen(id) % 40) * attempts, .reason = reason);
}

static void pass(const char *id, int64_t slot)
{
    begin_attempt(id, 1, slot);
    end_attempt(id, 1, VERDICT_PASSED, "", false);
    end_case(id, VERDICT_PASSED, 1, "");
}

static void step(const char *id, int64_t attempt, int64_t number, int64_t parent, const char *name, bool failed)
{
    TELL(EVENT_ATTEMPT_STEP, attempt_step, .case_id = id, .attempt = attempt, .step = number, .parent = parent,
         .name = name);
    TELL(EVENT_ATTEMPT_STEP, attempt_step, .case_id = id, .attempt = attempt, .step = number, .parent = parent,
         .name = name, .ended = true, .failed = failed, .duration_ns = NS_PER_MS * number);
}

/* Twice, with values in several lines, steps, a log, output in colours, metrics and an artifact. */
static void fail_check(const char *id, int64_t slot)
{
    for (int64_t attempt = 1; attempt <= 2; attempt++) {
        begin_attempt(id, attempt, slot);
        step(id, attempt, 1, 0, "sign in", false);
        step(id, attempt, 2, 0, "refund", true);
        step(id, attempt, 3, 2, "ask for it", false);
        step(id, attempt, 4, 2, "ask again", true);
        TELL(EVENT_ATTEMPT_CHECK, attempt_check, .case_id = id, .attempt = attempt, .expression = "orders == wanted",
             .actual = "{\"id\": 1, \"state\": \"paid\", \"items\": [1, 2]}",
             .message = "the shop keeps what was ordered",
             .expected = "{\"id\": 1, \"state\": \"refunded\", \"items\": [1, 2]}", .file = "scenarios/refunds.c",
             .line = 77, .step = 4);
        TELL(EVENT_ATTEMPT_LOG, attempt_log, .case_id = id, .attempt = attempt, .level = "warning",
             .file = "scenarios/refunds.c", .line = 70, .text = "asking again, after 200 ms");
        TELL(EVENT_ATTEMPT_METRIC, attempt_metric, .case_id = id, .attempt = attempt, .name = "shop.latency",
             .value = 12.5, .unit = "ms");
        TELL(EVENT_ATTEMPT_ARTIFACT, attempt_artifact, .case_id = id, .attempt = attempt,
             .name = "answers/refund 1.json", .media_type = "application/json", .bytes = 300);
        print(id, attempt, "stdout.log", "asking \x1b[1;31mfor red\x1b[0m and \x1b[2Jnothing else\n");
        end_attempt(id, attempt, VERDICT_FAILED, "check failed: orders == wanted", attempt == 1);
    }
    end_case(id, VERDICT_FAILED, 2, "check failed: orders == wanted");
}

static void crash(const char *id, int64_t slot)
{
    begin_attempt(id, 1, slot);
    TELL(EVENT_ATTEMPT_CRASHED, attempt_crashed, .case_id = id, .attempt = 1, .signal = "SIGSEGV", .address = "0x10",
         .phase = "body",
         .stack = LIST("thread 77 \"muster-host\"", "send_invoice at scenarios/orders.c:42", "main at host.c:7"));
    end_attempt(id, 1, VERDICT_CRASHED, "SIGSEGV at address 0x10 in body", false);
    end_case(id, VERDICT_CRASHED, 1, "SIGSEGV at address 0x10 in body");
}

static void fail_to_begin(const char *id, int64_t slot)
{
    autofree char *reason = xasprintf("no connection to port %d", 30000 + (int)strlen(id) % 7 + (int)slot);
    begin_attempt(id, 1, slot);
    end_attempt(id, 1, VERDICT_ERROR, reason, false);
    end_case(id, VERDICT_ERROR, 1, reason);
}

static void be_hostile(const char *id)
{
    begin_attempt(id, 1, 0);
    step(id, 1, 1, 0, HOSTILE, true);
    TELL(EVENT_ATTEMPT_CHECK, attempt_check, .case_id = id, .attempt = 1, .expression = "safe(" HOSTILE ")",
         .actual = HOSTILE, .expected = "a\n" HOSTILE, .message = HOSTILE, .file = HOSTILE, .line = 1, .step = 1);
    TELL(EVENT_ATTEMPT_LOG, attempt_log, .case_id = id, .attempt = 1, .level = HOSTILE, .file = HOSTILE,
         .text = HOSTILE);
    TELL(EVENT_ATTEMPT_METRIC, attempt_metric, .case_id = id, .attempt = 1, .name = HOSTILE, .value = 1,
         .unit = HOSTILE);
    TELL(EVENT_ATTEMPT_ARTIFACT, attempt_artifact, .case_id = id, .attempt = 1, .name = "javascript:window.pwned=1",
         .media_type = HOSTILE);
    print(id, 1, "stdout.log", HOSTILE "\x1b]8;;javascript:window.pwned=1\x1b\\here\x1b]8;;\x1b\\\n");
    end_attempt(id, 1, VERDICT_FAILED, HOSTILE, false);
    end_case(id, VERDICT_FAILED, 1, HOSTILE);
}

static void each(int n, int failures, void (*with)(const char *id, int at, bool fails))
{
    const int every = failures ? n / failures : n + 1;
    for (int i = 0; i < n - 1; i++) {
        autofree char *id = xasprintf("acme.%s.scenario_%05d[plan=pro]", i % 2 ? "pay" : "stock", i);
        with(id, i, i % every == every - 1);
    }
    with("acme.pay." HOSTILE, n - 1, true);
}

static void plan_one(const char *id, int at, bool fails)
{
    (void)fails;
    plan(id, at);
}

static void run_one(const char *id, int at, bool fails)
{
    static int failed;
    void (*const ways[])(const char *id, int64_t slot) = {fail_check, fail_check, crash, fail_to_begin};
    if (strstr(id, HOSTILE))
        be_hostile(id);
    else if (fails)
        ways[failed++ % ARRAY_LEN(ways)](id, at % 2);
    else if (at == 2)
        end_case(id, VERDICT_SKIPPED, 0, "unsupported: needs docker");
    else
        pass(id, at % 2);
}

static void bound(const char *threshold, const char *outcome, double value)
{
    TELL(EVENT_RUN_THRESHOLD, run_threshold, .threshold = threshold, .plugin = "", .declared_by = "plugin",
         .declared = threshold, .outcome = outcome, .metric = "shop.latency", .statistic = "max", .order = "<",
         .bound = 10, .value = value, .unit = "ms", .samples = 4, .worst = "acme.pay.scenario_00003[plan=pro]",
         .worst_attempt = 1, .worst_value = value, .why = "");
}

static void tell_run(int n, int failures)
{
    TELL(EVENT_RUN_STARTED, run_started, .run_id = "20261120-233000-ab12", .muster_version = "0.1.0", .host = "box",
         .started_at = "2026-11-20T23:30:00.000000Z", .containment = "cgroup-v2",
         .command = LIST("run", "pay.so", "-j2", "-m", "e2e and not slow"), .jobs = 2, .seed = 42, .rerun_of = "",
         .shard_by = "", .split = "", .target = "", .missed = "");
    TELL(EVENT_PLUGIN_LOADED, plugin_loaded, .path = "pay.so", .plugin = "acme.pay", .version = "1.4.0",
         .summary = "Payments", .scenarios = n);
    each(n, failures, plan_one);
    TELL(EVENT_FIXTURE_STARTED, fixture_started, .fixture = "shop", .start = 1, .scope = "run", .plugin = "acme.pay",
         .case_id = "acme.pay.scenario_00001[plan=pro]", .slot = 2);
    TELL(EVENT_FIXTURE_READY, fixture_ready, .fixture = "shop", .start = 1, .duration_ns = NS_PER_MS * 9,
         .keys = LIST("url"));
    each(n, failures, run_one);
    TELL(EVENT_FIXTURE_ENDED, fixture_ended, .fixture = "shop", .start = 1, .reason = "", .duration_ns = now_ns,
         .users = n);
    bound("max(shop.latency) < 10 ms", EVENT_THRESHOLD_MISSED, 12.5);
    TELL(EVENT_RUN_ENDED, run_ended, .exit_status = 1, .duration_ns = now_ns, .why = "scenarios ended badly");
}

int main(int argc, char **argv)
{
    if (argc != 4)
        return 4;
    folder = argv[1];
    autoclose int dir = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (dir < 0 || evlog_open(dir, EVLOG_NAME, &run_log, NULL) < 0)
        return 1;
    tell_run(atoi(argv[2]), atoi(argv[3]));
    return evlog_close(run_log, NULL) < 0;
}
