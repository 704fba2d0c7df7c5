/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A run to test with: one case of each kind, its events told to any number of sinks, and output files
 * kept in memory.
 */
#ifndef TESTS_REPORT_RUN_H
#define TESTS_REPORT_RUN_H

#include "base/clock.h"
#include "base/io.h"
#include "report/console.h"
#include "report/model.h"
#include "report/report.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cmocka.h>

#define MS(n) ((int64_t)(n)*NS_PER_MS)
#define LIST(...)                                                                                                      \
    {                                                                                                                  \
        (const char *const[]){__VA_ARGS__}, ARRAY_LEN(((const char *const[]){__VA_ARGS__}))                            \
    }

static inline void tell_model(void *model, const struct event *event)
{
    model_event(model, event);
}

static inline struct event_sink model_sink(struct run_model *model)
{
    return (struct event_sink){tell_model, model};
}

static inline void tell_console(void *console, const struct event *event)
{
    console_event(console, event);
}

static inline struct event_sink console_sink(struct console *console)
{
    return (struct event_sink){tell_console, console};
}

struct run {
    struct event_sink sinks[4];
    size_t n_sinks;
    int64_t now_ns;
};

static inline void tell(struct run *run, struct event event)
{
    event.t_ns = run->now_ns;
    for (size_t i = 0; i < run->n_sinks; i++)
        run->sinks[i].event(run->sinks[i].data, &event);
}
#define TELL(run, TYPE, member, ...) tell(run, (struct event){.type = TYPE, .member = {__VA_ARGS__}})

static inline void run_start(struct run *run)
{
    TELL(run, EVENT_RUN_STARTED, run_started, .run_id = "20261120-233000-ab12", .rerun_of = "", .target = "",
         .missed = "", .shard_by = "", .split = "", .muster_version = "0.1.0", .host = "box",
         .started_at = "2026-11-20T23:30:00.000000Z", .containment = "cgroup-v2", .command = LIST("muster", "run"),
         .jobs = 2, .seed = 42);
    TELL(run, EVENT_PLUGIN_LOADED, plugin_loaded, .path = "scenarios/pay.so", .plugin = "acme.pay", .version = "1.4.0",
         .summary = "Payments", .scenarios = 8);
}

static inline void plan(struct run *run, const char *id, const char *scenario, int64_t line)
{
    TELL(run, EVENT_CASE_PLANNED, case_planned, .case_id = id, .plugin = "acme.pay", .scenario = scenario,
         .summary = "Checks payments", .file = "pay.c", .line = line, .markers = LIST("e2e", "priority_p0"));
}

static inline void begin_attempt(struct run *run, const char *id, int64_t attempt)
{
    TELL(run, EVENT_ATTEMPT_STARTED, attempt_started, .case_id = id, .attempt = attempt);
}

/* Ends an attempt after 12 ms; `reason` "" for a pass. */
static inline void end_attempt(struct run *run, const char *id, int64_t attempt, enum verdict v, const char *reason,
                               bool will_retry)
{
    run->now_ns += MS(12);
    TELL(run, EVENT_ATTEMPT_ENDED, attempt_ended, .case_id = id, .attempt = attempt, .verdict = v, .reason = reason,
         .file = *reason ? "pay.c" : "", .line = *reason ? 42 : 0, .duration_ns = MS(12), .checks = 3,
         .failed_checks = v == VERDICT_FAILED, .stdout_bytes = 6, .will_retry = will_retry);
}

static inline void end_case(struct run *run, const char *id, enum verdict v, int64_t attempts, const char *reason)
{
    TELL(run, EVENT_CASE_ENDED, case_ended, .case_id = id, .verdict = v, .attempts = attempts,
         .duration_ns = MS(12) * attempts, .reason = reason);
}

static inline void fail_check(struct run *run, const char *id, int64_t attempt)
{
    TELL(run, EVENT_ATTEMPT_STEP, attempt_step, .case_id = id, .attempt = attempt, .step = 1, .name = "refund");
    TELL(run, EVENT_ATTEMPT_STEP, attempt_step, .case_id = id, .attempt = attempt, .step = 2, .parent = 1,
         .name = "again");
    TELL(run, EVENT_ATTEMPT_CHECK, attempt_check, .case_id = id, .attempt = attempt, .required = true,
         .expression = "r.status == 409", .actual = "200", .expected = "409", .message = "", .file = "pay.c",
         .line = 42, .step = 2);
    TELL(run, EVENT_ATTEMPT_STEP, attempt_step, .case_id = id, .attempt = attempt, .step = 2, .parent = 1,
         .name = "again", .ended = true, .failed = true, .duration_ns = MS(3));
    TELL(run, EVENT_ATTEMPT_LOG, attempt_log, .case_id = id, .attempt = attempt, .level = "info", .file = "pay.c",
         .line = 40, .text = "asking again");
}

static inline void run_pass(struct run *run, const char *id)
{
    begin_attempt(run, id, 1);
    end_attempt(run, id, 1, VERDICT_PASSED, "", false);
    end_case(run, id, VERDICT_PASSED, 1, "");
}

static inline void run_fail(struct run *run, const char *id)
{
    begin_attempt(run, id, 1);
    fail_check(run, id, 1);
    end_attempt(run, id, 1, VERDICT_FAILED, "requirement failed: r.status == 409", false);
    end_case(run, id, VERDICT_FAILED, 1, "requirement failed: r.status == 409");
}

static inline void run_flaky(struct run *run, const char *id)
{
    begin_attempt(run, id, 1);
    fail_check(run, id, 1);
    end_attempt(run, id, 1, VERDICT_FAILED, "requirement failed: r.status == 409", true);
    begin_attempt(run, id, 2);
    end_attempt(run, id, 2, VERDICT_PASSED, "", false);
    end_case(run, id, VERDICT_FLAKY, 2, "");
}

static inline void run_crash(struct run *run, const char *id)
{
    begin_attempt(run, id, 1);
    TELL(run, EVENT_ATTEMPT_CRASHED, attempt_crashed, .case_id = id, .attempt = 1, .signal = "SIGSEGV",
         .address = "0x10", .phase = "body", .stack = LIST("refund at pay.c:42", "main at host.c:7"));
    end_attempt(run, id, 1, VERDICT_CRASHED, "SIGSEGV", true);
    begin_attempt(run, id, 2);
    TELL(run, EVENT_ATTEMPT_TIMEOUT, attempt_timeout, .case_id = id, .attempt = 2, .phase = "body",
         .budget_ns = MS(1500), .stack = LIST("read at pay.c:50"));
    end_attempt(run, id, 2, VERDICT_TIMEOUT, "timed out", false);
    end_case(run, id, VERDICT_TIMEOUT, 2, "timed out");
}

static inline void run_leak(struct run *run, const char *id)
{
    begin_attempt(run, id, 1);
    TELL(run, EVENT_ATTEMPT_METRIC, attempt_metric, .case_id = id, .attempt = 1, .name = "responseTime", .value = 1.2,
         .unit = "s");
    TELL(run, EVENT_ATTEMPT_ARTIFACT, attempt_artifact, .case_id = id, .attempt = 1, .name = "page.html",
         .media_type = "text/html", .bytes = 9);
    TELL(run, EVENT_ATTEMPT_LEAKED, attempt_leaked, .case_id = id, .attempt = 1, .kind = "process",
         .what = LIST("sleep 1000 (pid 7)"));
    end_attempt(run, id, 1, VERDICT_PASSED, "", false);
    end_case(run, id, VERDICT_PASSED, 1, "");
}

/* Pass, fail, flaky, crash then timeout, skip, leak, and one that never runs. */
static inline void run_mixed_until_end(struct run *run)
{
    run_start(run);
    TELL(run, EVENT_PLUGIN_REFUSED, plugin_refused, .path = "bad.so", .reason = "not-elf", .text = "not an ELF file");
    plan(run, "acme.pay.ok", "ok", 10);
    plan(run, "acme.pay.refund[plan=pro]", "refund", 40);
    plan(run, "acme.pay.shaky", "shaky", 50);
    plan(run, "acme.pay.crash", "crash", 60);
    plan(run, "acme.pay.skip", "skip", 70);
    plan(run, "acme.pay.leak", "leak", 80);
    plan(run, "acme.pay.late", "late", 90);
    run_pass(run, "acme.pay.ok");
    run_fail(run, "acme.pay.refund[plan=pro]");
    run_flaky(run, "acme.pay.shaky");
    run_crash(run, "acme.pay.crash");
    end_case(run, "acme.pay.skip", VERDICT_SKIPPED, 0, "unsupported: needs docker");
    run_leak(run, "acme.pay.leak");
}

static inline void run_end(struct run *run, int64_t status)
{
    TELL(run, EVENT_RUN_ENDED, run_ended, .exit_status = status, .duration_ns = run->now_ns, .not_run = 1, .why = "");
}

/* A model of all of that, with its end. */
static inline void model_mixed(struct run_model *m)
{
    model_init(m);
    struct run run = {{model_sink(m)}, 1, 0};
    run_mixed_until_end(&run);
    run_end(&run, 1);
}

/* A sink that sends each event through a log's line first: what a report made later sees. */
static inline void through_log(void *data, const struct event *event)
{
    autobuf struct buf line = {0};
    event_encode(event, &line);
    struct arena arena = {0};
    struct event copy;
    assert_int_equal(event_decode(line.data, line.len, &arena, &copy, NULL), 0);
    model_event(data, &copy);
    arena_free(&arena);
}

/* Output files: every one reads as this text. */
struct text_source {
    const char *text;
    size_t len;
};

static inline int read_text(void *data, const char *path, size_t max_tail, struct buf *out, int64_t *ret_size)
{
    const struct text_source *s = data;
    if (!strstr(path, "stdout.log"))
        return -ENOENT;
    size_t n = s->len < max_tail ? s->len : max_tail;
    buf_add(out, s->text + s->len - n, n);
    *ret_size = (int64_t)s->len;
    return 0;
}

/* Each stdout.log is this line. */
static inline const struct output_reader *read_one_line(void)
{
    static struct text_source text = {"out 1\n", 6};
    static const struct output_reader reader = {read_text, &text};
    return &reader;
}

/* What a report writes, as a string in *out. */
static inline const char *report_text_with(const struct run_model *model, enum report_format format,
                                           const struct output_reader *source, const struct report_options *options,
                                           struct buf *out)
{
    int fd = memfd_create("report", MFD_CLOEXEC);
    assert_true(fd >= 0);
    assert_int_equal(report_write(model, format, source, options, fd, NULL), 0);
    lseek(fd, 0, SEEK_SET);
    buf_clear(out);
    assert_int_equal(io_read_fd(fd, SIZE_MAX, out), 0);
    close(fd);
    return buf_str(out);
}

static inline const char *report_text(const struct run_model *model, enum report_format format,
                                      const struct output_reader *source, struct buf *out)
{
    return report_text_with(model, format, source, NULL, out);
}

#endif
