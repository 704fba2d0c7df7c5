/* SPDX-License-Identifier: Apache-2.0 */
/* report.html: its data read back, its policy, and that no stranger's text leaves its place. */
#include "run.h"

#include "artifacts/digest.h"
#include "report/causes.h"

#include <fcntl.h>
#include <jansson.h>
#include <malloc.h>
#include <stdlib.h>
#include <zlib.h>

#define HOSTILE "</script><script>alert(1)</script><!--\xe2\x80\xa8 & \"' \x1b[31m"

/* The content of the element with this id, as a malloc'd string. */
static char *content(const char *page, const char *id)
{
    autobuf struct buf mark = {0};
    buf_addf(&mark, " id=\"%s\">", id);
    const char *begin = strstr(page, buf_str(&mark));
    assert_non_null(begin);
    begin += mark.len;
    const char *end = strstr(begin, "</script>");
    assert_non_null(end);
    return xstrndup(begin, (size_t)(end - begin));
}

static json_t *parsed(const char *text, size_t len)
{
    json_error_t error;
    json_t *doc = json_loadb(text, len, 0, &error);
    if (!doc)
        fail_msg("%s at %d: %.200s", error.text, error.position, text);
    return doc;
}

static json_t *head(const char *page)
{
    char *text = content(page, "head");
    assert_null(strchr(text, '<'));
    json_t *doc = parsed(text, strlen(text));
    free(text);
    return doc;
}

static unsigned value_of(char c)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const char *at = c == '=' ? digits : strchr(digits, c);
    assert_non_null(at);
    return (unsigned)(at - digits);
}

static void decode(const char *text, struct buf *out)
{
    assert_int_equal(strlen(text) % 4, 0);
    for (; *text; text += 4) {
        unsigned v = value_of(text[0]) << 18 | value_of(text[1]) << 12 | value_of(text[2]) << 6 | value_of(text[3]);
        buf_addc(out, (char)(v >> 16));
        if (text[2] != '=')
            buf_addc(out, (char)(v >> 8));
        if (text[3] != '=')
            buf_addc(out, (char)v);
    }
}

static json_t *chunk(const char *page, const char *id)
{
    autobuf struct buf packed = {0};
    char *text = content(page, id);
    decode(text, &packed);
    free(text);
    uLongf len = 32 << 20;
    char *json = xmalloc(len);
    assert_int_equal(uncompress((Bytef *)json, &len, (const Bytef *)packed.data, packed.len), Z_OK);
    json_t *doc = parsed(json, len);
    free(json);
    return doc;
}

static size_t count(const char *text, const char *what)
{
    size_t n = 0;
    for (; (text = strstr(text, what)); text += strlen(what))
        n++;
    return n;
}

static const char *text_at(json_t *list, size_t at)
{
    return json_string_value(json_array_get(list, at));
}

static void has_a_row_for_each_case(void **state)
{
    (void)state;
    struct run_model m;
    model_mixed(&m);
    autobuf struct buf out = {0};
    const char *page = report_text(&m, REPORT_HTML, read_one_line(), &out);
    json_t *rows = chunk(page, "rows");
    assert_int_equal(json_array_size(rows), m.n_cases);
    json_t *row = json_array_get(rows, 1);
    assert_string_equal(text_at(row, 0), "acme.pay.refund[plan=pro]");
    assert_true(json_is_integer(json_array_get(row, 1))); /* as before it */
    assert_string_equal(text_at(row, 2), "failed");
    assert_int_equal(json_integer_value(json_array_get(row, 8)), 1); /* its cause */
    assert_int_equal(json_array_size(json_array_get(row, 11)), 5);   /* one attempt */
    assert_string_equal(text_at(json_array_get(rows, 6), 2), "not_run");
    json_decref(rows);
    model_free(&m);
}

static void tells_a_failure_apart(void **state)
{
    (void)state;
    struct run_model m;
    model_mixed(&m);
    autobuf struct buf out = {0};
    const char *page = report_text(&m, REPORT_HTML, read_one_line(), &out);
    json_t *own = chunk(page, "c1"), *failed = json_object_get(own, "1");
    json_t *attempt = json_array_get(json_object_get(json_object_get(failed, "case"), "attempts"), 0);
    json_t *check = json_array_get(json_object_get(attempt, "failures"), 0);
    assert_string_equal(json_string_value(json_object_get(check, "actual")), "200");
    assert_string_equal(json_string_value(json_object_get(check, "expected")), "409");
    assert_string_equal(json_string_value(json_object_get(check, "step")), "refund > again");
    json_t *output = json_array_get(json_object_get(failed, "outputs"), 0);
    assert_string_equal(json_string_value(json_object_get(output, "folder")),
                        "cases/acme.pay.refund[plan=pro]/attempt-1");
    assert_string_equal(json_string_value(json_object_get(json_object_get(output, "stdout"), "text")), "out 1\n");
    json_t *shared = chunk(page, "d0"); /* what passed, with something to tell */
    assert_non_null(json_object_get(shared, "5"));
    assert_null(json_object_get(shared, "1"));
    assert_null(strstr(page, " id=\"c0\""));
    json_decref(shared);
    json_decref(own);
    model_free(&m);
}

static void policy_names_its_script_and_style(void **state)
{
    (void)state;
    static const struct {
        const char *begin, *end, *policy;
    } parts[] = {{"<script>", "</script>", "script-src 'sha256-"}, {"<style>", "</style>", "style-src 'sha256-"}};
    struct run_model m;
    model_mixed(&m);
    autobuf struct buf out = {0};
    const char *page = report_text(&m, REPORT_HTML, NULL, &out);
    assert_non_null(strstr(page, "content=\"default-src 'none'; "));
    for (size_t i = 0; i < ARRAY_LEN(parts); i++) {
        assert_int_equal(count(page, parts[i].begin), 1);
        const char *begin = strstr(page, parts[i].begin) + strlen(parts[i].begin);
        const char *end = strstr(begin, parts[i].end);
        char wanted[65], hex[65] = "";
        autodigest struct digest *d = digest_new();
        digest_add(d, begin, (size_t)(end - begin));
        digest_end(d, wanted);
        autobuf struct buf hash = {0};
        char *text = xstrndup(strstr(page, parts[i].policy) + strlen(parts[i].policy), 44);
        decode(text, &hash);
        free(text);
        assert_int_equal(hash.len, 32);
        for (size_t k = 0; k < 32; k++)
            snprintf(hex + 2 * k, 3, "%02x", (unsigned char)hash.data[k]);
        assert_string_equal(hex, wanted);
    }
    model_free(&m);
}

/* All texts of a run are a stranger's. */
static void hostile_run(struct run_model *m)
{
    model_init(m);
    struct run run = {{model_sink(m)}, 1, 0};
    TELL(&run, EVENT_RUN_STARTED, run_started, .run_id = HOSTILE, .rerun_of = HOSTILE, .target = HOSTILE, .missed = "",
         .shard_by = "", .split = "", .muster_version = HOSTILE, .host = HOSTILE, .started_at = HOSTILE,
         .containment = HOSTILE, .command = LIST(HOSTILE));
    TELL(&run, EVENT_PLUGIN_REFUSED, plugin_refused, .path = HOSTILE, .reason = HOSTILE, .text = HOSTILE);
    TELL(&run, EVENT_CASE_PLANNED, case_planned, .case_id = HOSTILE, .plugin = HOSTILE, .scenario = HOSTILE,
         .summary = HOSTILE, .file = HOSTILE, .markers = LIST(HOSTILE));
    begin_attempt(&run, HOSTILE, 1);
    TELL(&run, EVENT_ATTEMPT_CHECK, attempt_check, .case_id = HOSTILE, .attempt = 1, .expression = HOSTILE,
         .actual = HOSTILE, .expected = HOSTILE, .message = HOSTILE, .file = HOSTILE);
    end_attempt(&run, HOSTILE, 1, VERDICT_FAILED, HOSTILE, false);
    end_case(&run, HOSTILE, VERDICT_FAILED, 1, HOSTILE);
    run_end(&run, 1);
}

static void strangers_text_stays_in_its_place(void **state)
{
    (void)state;
    struct run_model m, plain;
    hostile_run(&m);
    model_mixed(&plain);
    autobuf struct buf out = {0}, of_plain = {0};
    struct text_source printed = {HOSTILE, strlen(HOSTILE)};
    const struct output_reader source = {read_text, &printed};
    const char *page = report_text(&m, REPORT_HTML, &source, &out);
    report_text(&plain, REPORT_HTML, &source, &of_plain);
    assert_int_equal(count(page, "<script>"), 1);
    assert_null(strstr(page, "alert(1)</script>"));
    assert_null(strstr(page, "\xe2\x80\xa8"));
    assert_null(strchr(page, '\x1b'));
    /* One case: the head, the rows, the script, and its own chunk. */
    assert_int_equal(count(page, "<script"), 4);
    assert_int_equal(count(page, "</script>"), 4);
    json_t *doc = head(page);
    assert_string_equal(json_string_value(json_object_get(json_object_get(doc, "testRun"), "host")), HOSTILE);
    json_decref(doc);
    json_t *own = chunk(page, "c0");
    json_t *output = json_array_get(json_object_get(json_object_get(own, "0"), "outputs"), 0);
    assert_string_equal(json_string_value(json_object_get(json_object_get(output, "stdout"), "text")), HOSTILE);
    json_decref(own);
    model_free(&plain);
    model_free(&m);
}

/* ---- causes */

static void fail_with(struct run *run, const char *id, const char *reason)
{
    begin_attempt(run, id, 1);
    TELL(run, EVENT_ATTEMPT_ENDED, attempt_ended, .case_id = id, .attempt = 1, .verdict = VERDICT_ERROR,
         .reason = reason, .file = "");
    end_case(run, id, VERDICT_ERROR, 1, reason);
}

static void crash_in(struct run *run, const char *id, const char *thread, const char *frame)
{
    begin_attempt(run, id, 1);
    TELL(run, EVENT_ATTEMPT_CRASHED, attempt_crashed, .case_id = id, .attempt = 1, .signal = "SIGSEGV",
         .address = "0x10", .phase = "body", .stack = LIST(thread, "memcpy+0x10 in libc.so.6", frame));
    end_attempt(run, id, 1, VERDICT_CRASHED, "", false);
    end_case(run, id, VERDICT_CRASHED, 1, "SIGSEGV");
}

static void failures_are_grouped_by_cause(void **state)
{
    (void)state;
    struct run_model m;
    model_init(&m);
    struct run run = {{model_sink(&m)}, 1, 0};
    run_start(&run);
    run_pass(&run, "p.passes");
    fail_with(&run, "p.port.1", "no connection to 127.0.0.1:4711");
    fail_with(&run, "p.other", "no such tenant");
    crash_in(&run, "p.crash.1", "thread 7 \"x\"", "send at pay.c:42");
    fail_with(&run, "p.port.2", "no connection to 127.0.0.1:80");
    crash_in(&run, "p.crash.2", "thread 8 \"x\"", "send at pay.c:42");
    crash_in(&run, "p.elsewhere", "thread 9 \"x\"", "send at pay.c:43");
    run_fail(&run, "p.check.1");
    run_fail(&run, "p.check.2");
    run_fail(&run, "p.check.3");
    struct causes causes = causes_find(&m);
    assert_int_equal(causes.n, 5);
    static const struct {
        enum cause_kind kind;
        const char *title;
        size_t n;
    } wanted[] = {{CAUSE_CHECK, "r.status == 409", 3},
                  {CAUSE_REASON, "no connection to 127.0.0.1:4711", 2},
                  {CAUSE_CRASH, "SIGSEGV: send at pay.c:42", 2},
                  {CAUSE_REASON, "no such tenant", 1},
                  {CAUSE_CRASH, "SIGSEGV: send at pay.c:43", 1}};
    for (size_t i = 0; i < ARRAY_LEN(wanted); i++) {
        assert_int_equal(causes.items[i].kind, wanted[i].kind);
        assert_string_equal(causes.items[i].title, wanted[i].title);
        assert_int_equal(causes.items[i].n, wanted[i].n);
    }
    static const uint32_t of_case[] = {0, 2, 4, 3, 2, 3, 5, 1, 1, 1};
    for (size_t i = 0; i < ARRAY_LEN(of_case); i++)
        assert_int_equal(causes.of_case[i], of_case[i]);
    causes_free(&causes);
    model_free(&m);
}

/* ---- size */

static size_t most_memory;

static size_t memory(void)
{
    return mallinfo2().uordblks + mallinfo2().hblkhd;
}

static int read_much(void *data, const char *path, size_t max_tail, struct buf *out, int64_t *ret_size)
{
    (void)data, (void)path;
    unsigned random = (unsigned)*ret_size + 1;
    for (size_t i = 0; i < max_tail; i++) {
        random = random * 1103515245 + 12345;
        buf_addc(out, (char)('a' + (random >> 16) % 26)); /* what hardly packs */
    }
    *ret_size = (int64_t)max_tail;
    if (memory() > most_memory)
        most_memory = memory();
    return 0;
}

static void outputs_are_not_held(void **state)
{
    (void)state;
    enum { N = 400 };
    struct run_model m;
    model_init(&m);
    struct run run = {{model_sink(&m)}, 1, 0};
    run_start(&run);
    char id[64];
    for (int i = 0; i < N; i++) {
        snprintf(id, sizeof id, "acme.pay.case_%d", i);
        run_fail(&run, id);
    }
    const size_t before = memory();
    int fd = open("/dev/null", O_WRONLY | O_CLOEXEC);
    const struct output_reader source = {read_much, NULL};
    assert_int_equal(report_write(&m, REPORT_HTML, &source, NULL, fd, NULL), 0);
    close(fd);
    /* mallinfo sees nothing of a sanitizer's allocator: then this holds without telling anything. */
    if (most_memory > before + (4u << 20))
        fail_msg("%zu bytes", most_memory - before);
    model_free(&m);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(has_a_row_for_each_case),           cmocka_unit_test(tells_a_failure_apart),
        cmocka_unit_test(policy_names_its_script_and_style), cmocka_unit_test(strangers_text_stays_in_its_place),
        cmocka_unit_test(failures_are_grouped_by_cause),     cmocka_unit_test(outputs_are_not_held),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
