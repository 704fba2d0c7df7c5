/* SPDX-License-Identifier: Apache-2.0 */
/* The interpreter over a host of the test's own, which records what it is told. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/clock.h"
#include "data/run.h"
#include "sample.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* ---- the host --------------------------------------------------------------------------------------------- */

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct buf told; /* "FAILED expression | actual | message\n", "LOG text\n", "STEP name\n", "STOP reason\n" */
static _Thread_local struct thread_guard *guard;

static void tell(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
static void tell(const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    char *text = xvasprintf(fmt, ap);
    va_end(ap);
    pthread_mutex_lock(&lock);
    buf_adds(&told, text);
    pthread_mutex_unlock(&lock);
    free(text);
}

static int out;

static void end_thread(void)
{
    if (!guard) {
        dprintf(out, "%s", buf_str(&told));
        _exit(9); /* an attempt would end here */
    }
    guard->ended(guard);
    for (;;)
        pause();
}

static void set_guard(struct thread_guard *t)
{
    guard = t;
}

static void host_check(struct muster_ctx *ctx, const struct muster_check *c)
{
    (void)ctx;
    if (c->flags & MUSTER_CHECK_PASSED)
        return;
    if (guard) {
        guard->failed++;
        snprintf(guard->last, sizeof guard->last, "%s", c->expression);
    }
    if (!guard || guard->mode == GUARD_KEEP)
        tell("FAILED %s | %s | %s\n", c->expression, c->actual ? c->actual : "-", c->message ? c->message : "-");
    if (c->flags & MUSTER_CHECK_REQUIRED)
        end_thread();
}

static void host_log(struct muster_ctx *ctx, int32_t level, const char *file, uint32_t line, const char *text,
                     uint64_t length)
{
    (void)ctx;
    (void)level;
    (void)file;
    (void)line;
    tell("LOG %.*s\n", (int)length, text);
}

static void host_stop(struct muster_ctx *ctx, int32_t how, const char *file, uint32_t line, const char *reason)
{
    (void)ctx;
    (void)file;
    tell("STOP %d line %u %s\n", how, line, reason);
    end_thread();
}

static uint32_t begin(struct muster_ctx *ctx, const char *name)
{
    static uint32_t n;
    (void)ctx;
    tell("STEP %s\n", name);
    return ++n;
}

static void end(struct muster_ctx *ctx, uint32_t step)
{
    (void)ctx;
    (void)step;
}

static const struct muster_attempt_info *info(struct muster_ctx *ctx)
{
    static const struct muster_attempt_info facts = {sizeof facts, 2, 3, 0, 77, "run-1", "x.one", "/tmp/t", "/tmp/a"};
    (void)ctx;
    return &facts;
}

static const char *param_value(struct muster_ctx *ctx, const char *name)
{
    (void)ctx;
    return strcmp(name, "n") == 0 ? "41" : NULL;
}

static const char *target_value(struct muster_ctx *ctx, const char *key)
{
    (void)ctx;
    return strcmp(key, "port") == 0 ? "8080" : NULL;
}

static const char *fixture_value(struct muster_ctx *ctx, const char *fixture, const char *key)
{
    (void)ctx;
    return strcmp(fixture, "db") == 0 && strcmp(key, "dsn") == 0 ? "dsn of db" : NULL;
}

static const void *extension(struct muster_ctx *ctx, const char *id, uint32_t wanted_size)
{
    static const struct muster_ext_attempt attempt = {.size = sizeof attempt, .info = info};
    static const struct muster_ext_steps steps = {.size = sizeof steps, .begin = begin, .end = end};
    static const struct muster_ext_params params = {.size = sizeof params, .value = param_value};
    static const struct muster_ext_target target = {.size = sizeof target, .value = target_value};
    static const struct muster_ext_fixtures fixtures = {.size = sizeof fixtures, .value = fixture_value};
    (void)ctx;
    (void)wanted_size;
    return strcmp(id, MUSTER_EXT_ATTEMPT) == 0    ? &attempt
           : strcmp(id, MUSTER_EXT_STEPS) == 0    ? &steps
           : strcmp(id, MUSTER_EXT_PARAMS) == 0   ? &params
           : strcmp(id, MUSTER_EXT_TARGET) == 0   ? &target
           : strcmp(id, MUSTER_EXT_FIXTURES) == 0 ? (const void *)&fixtures
                                                  : NULL;
}

/* ---- an attempt: a process, as the real ones are ------------------------------------------------------------ */

static struct sample sample;
static struct muster_ctx *context;

static void abandon(struct thread_guard *left)
{
    left->abandoned = true;
}

/* What a new image sees: one thread, and no values but those that it is given. */
static int start_anew(const char *state, struct err *err)
{
    if (getenv("NO_NEW_IMAGE"))
        return err_set(err, -ENOMEM, "no new image here");
    dprintf(out, "%s%sANEW\n", buf_str(&told), sample_said());
    pid_t pid = fork();
    if (pid == 0) {
        buf_clear(&told);
        memset(run_of_process()->values, 0, sample.file.scenarios[0].program->n_variables * sizeof(json_t *));
        run_of_process()->n_late = 0;
        run_resumed(context, sample.file.scenarios[0].program, state);
        dprintf(out, "%s%s", buf_str(&told), sample_said());
        _exit(0);
    }
    waitpid(pid, NULL, 0);
    _exit(0);
}

static void attempt(const char *yaml)
{
    static const struct muster_host host = {sizeof host, MUSTER_ABI_MINOR, extension, host_log, host_check, host_stop};
    static const struct loader_environment around = {
        .call = sample_call, .set_guard = set_guard, .abandon = abandon, .start_anew = start_anew};
    struct muster_ctx ctx = {&host};
    context = &ctx;
    if (sample_check(&sample, yaml) != 0) {
        dprintf(out, "%s", err_text(&sample.err));
        _exit(8);
    }
    run_environment(&around);
    run_program(&ctx, sample.file.scenarios[0].program);
    tell("BODY ENDS\n");
    run_finally(&ctx, sample.file.scenarios[0].program);
    dprintf(out, "%s%s", buf_str(&told), sample_said());
    _exit(0);
}

/* Everything that was told, then what the steps said; valid until the next one. */
static const char *run(const char *yaml, int wanted_status)
{
    static char text[32 * 1024];
    int fds[2], status;
    size_t n = 0;
    assert_int_equal(pipe(fds), 0);
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        close(fds[0]);
        out = fds[1];
        attempt(yaml);
    }
    close(fds[1]);
    for (ssize_t got; (got = read(fds[0], text + n, sizeof text - 1 - n)) > 0;)
        n += (size_t)got;
    text[n] = '\0';
    close(fds[0]);
    waitpid(pid, &status, 0);
    if (!WIFEXITED(status) || WEXITSTATUS(status) != wanted_status)
        fail_msg("status %x: %s", (unsigned)status, text);
    return text;
}

static void has(const char *text, const char *part)
{
    if (!strstr(text, part))
        fail_msg("no \"%s\" in: %s", part, text);
}

static void has_not(const char *text, const char *part)
{
    if (strstr(text, part))
        fail_msg("\"%s\" in: %s", part, text);
}

#define ONE(steps_) "scenarios:\n  one:\n    steps:\n" steps_

static void values_go_from_step_to_step(void **state)
{
    (void)state;
    const char *t = run(ONE("    - create: {name: 'w-${slot}', ports: [1, '${attempt}']}\n      save: w\n"
                            "    - acme/say: '${w.id}/${w.ports.1}/$${w}/${run_id}/${seed}/${case}/${tmpdir}'\n"
                            "    - echo: ['${w}', '${w.ports}']\n      expect: {/0/image: web, /1: [1, 2]}\n"
                            "    - add: {a: '${target.port}', b: '${w.ports.0}'}\n      expect: 8081\n"),
                        0);
    has(t, "id of w-3/2/${w}/run-1/77/x.one//tmp/t ");
    has_not(t, "FAILED");
}

static void a_step_is_told_where_it_stands(void **state)
{
    (void)state;
    const char *t = run(
        ONE("    - placed\n    - placed: {name: two}\n      expect: two at x.yaml:5\n    - placed: {at: 'y.yaml:9'}\n"
            "      expect: one at y.yaml:9\n"),
        0);
    has_not(t, "FAILED");
}

static void the_folder_of_the_file_has_a_name(void **state)
{
    (void)state;
    autofree char *folder = realpath(".", NULL);
    autofree char *wanted = xasprintf("%s/a ", folder);
    const char *t = run(ONE("    - acme/say: '${here}/a'\n"), 0);
    has(t, wanted);
    has_not(t, "FAILED");
}

static void a_value_says_more_of_itself(void **state)
{
    (void)state;
    const char *t = run(ONE("    - echo: {value: {a: 1, $about: GET /a answered 200}}\n"
                            "      expect: {/a: 2, /b: {exists: false}, /c: 1}\n"),
                        0);
    has(t, "FAILED echo: /a == 2 | 1 | GET /a answered 200\n");
    has(t, "| (nothing) | there is no c (it has a, $about); GET /a answered 200\n");
    t = run(ONE("    - echo: {value: {a: 1, $about: the answer}}\n      until: {/a: 2}\n      within: 50ms\n"
                "      interval: 10ms\n"),
            0);
    has(t, "; the answer\n");
}

static void parameters_and_fixtures_come_from_the_host(void **state)
{
    (void)state;
    const char *t =
        run("scenarios:\n  one:\n    uses: db\n    parameters: {n: 5, other: fallback}\n    vars: {m: '${n}'}\n"
            "    steps:\n    - add: '${m}'\n      expect: 42\n    - acme/say: '${db.dsn} ${other}'\n",
            0);
    has(t, "dsn of db fallback ");
    has_not(t, "FAILED");
}

static void what_is_missing_outside_stops_before_the_first_step(void **state)
{
    (void)state;
    unsetenv("NOBODY");
    const char *t = run("scenarios:\n  one:\n    uses: db\n    steps:\n    - tick\n"
                        "    - echo: ['${env.NOBODY}', '${target.url}', '${db.host}', '${env.NOBODY:-x}']\n",
                        9);
    has(t, "STOP 3 line 6 ${env.NOBODY}: the environment has no NOBODY: give --pass-env NOBODY");
    has(t, "\nx.yaml:6:31: ${target.url}: the run was given no value for it: --set url=...");
    has(t, "\nx.yaml:6:");
    has(t, "${db.host}: the fixture db has published no host");
    has_not(t, "STEP");
    has_not(t, ":-x");
}

static void expectations_are_checks(void **state)
{
    (void)state;
    const char *t = run(ONE("    - echo: {value: {a: 1, b: two}}\n"
                            "      expect: {/a: 2, /b: {matches: ^t, length: 4}, /c: 1}\n    - acme/say: never\n"),
                        0);
    has(t, "FAILED echo: /a == 2 | 1 | -\n");
    has(t, "FAILED echo: /b has length 4 | \"two\" | -\n");
    has(t, "FAILED echo: /c == 1 | (nothing) | there is no c (it has a, b)\n");
    has_not(t, "matches");
    has_not(t, "never");
    has(t, "BODY ENDS\n");
}

static void what_does_not_fit_names_its_place(void **state)
{
    (void)state;
    has(run(ONE("    - echo: {value: {n: many}}\n      save: e\n    - add: '${e.n}'\n"), 0),
        "FAILED add: a: ${e.n} is \"many\": an integer is wanted | - | -\n");
    has(run(ONE("    - echo: {value: {n: many}}\n      save: e\n    - acme/say: 'a ${e.m}'\n"), 0),
        "FAILED say: text: ${e.m}: there is no m (it has n) | - | -\n");
    has(run(ONE("    - echo: {value: {status: up, body: [1, 2]}}\n      save: e\n    - acme/say: 'a ${e.sttus}'\n"), 0),
        "FAILED say: text: ${e.sttus}: there is no sttus; did you mean status? (it has status, body) | - | -\n");
    has(run(ONE("    - echo: {value: {status: up, body: [1, 2]}}\n      save: e\n    - acme/say: 'a ${e.body.2}'\n"),
            0),
        "FAILED say: text: ${e.body.2}: there is no 2 in a list of 2 | - | -\n");
    has(run(ONE("    - echo: {value: {status: up}}\n      save: e\n    - acme/say: 'a ${e.status.code}'\n"), 0),
        "FAILED say: text: ${e.status.code}: there is no code in \"up\", which is a text | - | -\n");
    has(run(ONE("    - echo: 5\n      save: e\n    - tick:\n      for_each: '${e.x}'\n"), 0),
        "FAILED for_each: ${e.x}: there is no x in 5, which is an integer | - | -\n");
}

/* A number and a text: a condition that never holds would pass over its step in silence. */
static void what_has_no_order_is_a_mistake(void **state)
{
    (void)state;
    has(run(ONE("    - echo: {value: {n: 3}}\n      save: e\n    - acme/say: never\n      if: {'${e.n}': {ge: '3'}}\n"),
            0),
        "FAILED if: 3 is an integer and \"3\" is a text: between these there is no order | - | -\n");
    has(run(ONE("    - echo: {value: {n: 3}}\n      expect: {/n: {lt: '4'}}\n"), 0),
        "FAILED echo: /n < \"4\" | 3 | 3 is an integer and \"4\" is a text: between these there is no order\n");
    has_not(
        run(ONE("    - echo: {value: {n: ~}}\n      save: e\n    - acme/say: never\n      if: {'${e.n}': {ge: 3}}\n"),
            0),
        "FAILED");
}

static void tries_stop_at_the_first_that_is_good(void **state)
{
    (void)state;
    const char *t = run(ONE("    - tick:\n      retries: 5\n      interval: 0s\n      expect: 3\n      save: n\n"
                            "    - acme/say: 'n is ${n}'\n"),
                        0);
    has(t, "n is 3 ");
    has_not(t, "FAILED");
    has(t, "LOG tick: try 2 of 6 failed: tick == 3 (it is 2)\n");
    t = run(ONE("    - require: false\n      retries: 2\n      interval: 0s\n    - acme/say: never\n"), 0);
    has(t, "LOG require: try 2 of 3 failed: ok\n");
    has(t, "FAILED ok | - | -\n");
    has_not(t, "never");
}

static void polling_ends_with_one_failed_check(void **state)
{
    (void)state;
    const char *t =
        run(ONE("    - tick:\n      until: {ge: 3}\n      interval: 0s\n      save: n\n    - acme/say: 'n ${n}'\n"
                "    - tick:\n      until: 1\n      within: 50ms\n      interval: 10ms\n    - acme/say: never\n"),
            0);
    has(t, "n 3 ");
    has(t, "FAILED tick == 1 | ");
    has(t, "not within 50ms, ");
    has_not(t, "never");
    assert_ptr_equal(strstr(strstr(t, "FAILED") + 1, "FAILED"), NULL);
    has(run(ONE("    - require: false\n      until: passed\n      within: 50ms\n      interval: 10ms\n"), 0),
        "FAILED require within 50ms | - | not within 50ms");
}

static void a_step_that_hangs_is_left_behind(void **state)
{
    (void)state;
    const char *t = run("scenarios:\n  one:\n    steps:\n    - hang:\n      timeout: 50ms\n    - acme/say: never\n"
                        "    finally:\n    - acme/say: finally\n",
                        0);
    has(t, "FAILED hang ends within 50ms | - | step hang took longer than 50ms\n");
    has(t, "finally ");
    has_not(t, "never");
    t = run(ONE("    - hang:\n      until: passed\n      within: 50ms\n"), 0);
    has(t, "FAILED hang ends within 50ms");
}

static void finally_goes_on_anew_after_a_step_that_hangs(void **state)
{
    (void)state;
    const char *t =
        run("scenarios:\n  one:\n    vars: {v: [1, 2.5, 'a \"text\"', null]}\n    steps:\n"
            "    - echo: {value: {id: 7}}\n      save: made\n    - hang:\n      timeout: 50ms\n    finally:\n"
            "    - acme/say: '${made.id} ${v}'\n    - hang:\n      timeout: 50ms\n    - acme/say: 'then ${made.id}'\n"
            "    - acme/say: last\n",
            0);
    const char *anew = strstr(t, "ANEW\n");
    assert_non_null(anew);
    has(anew, "7 [1,2.5,\"a \\\"text\\\"\",null] ");
    const char *again = strstr(anew + 1, "ANEW\n");
    assert_non_null(again);
    has(again, "then 7 last ");
    has_not(again, "[1,2.5");
}

static void finally_does_not_run_beside_a_step_that_hangs(void **state)
{
    (void)state;
    setenv("NO_NEW_IMAGE", "1", 1);
    const char *t = run("scenarios:\n  one:\n    steps:\n    - hang:\n      timeout: 50ms\n"
                        "    finally:\n    - acme/say: beside it\n",
                        0);
    unsetenv("NO_NEW_IMAGE");
    has(t, "FAILED finally: a step that was left behind still runs");
    has(t, "no new image here; the rest of `finally` did not run | - | -\n");
    has_not(t, "beside it");
}

static void all_branches_end(void **state)
{
    (void)state;
    const char *t =
        run(ONE("    - parallel:\n      - require: false\n      - - acme/say: second\n        - echo: 1\n"
                "          expect: 2\n        - acme/say: never\n      - - tick\n        - acme/say: third\n"
                "    - acme/say: never\n"),
            0);
    has(t, "FAILED ok");
    has(t, "FAILED echo == 2 | 1");
    has(t, "second ");
    has(t, "third ");
    has_not(t, "never");
}

static void blocks_and_conditions_are_followed(void **state)
{
    (void)state;
    const char *t =
        run(ONE("    - for_each: [a, [b]]\n      as: x\n      steps:\n        - for_each: 2\n          acme/say: "
                "'${x}${item}'\n"
                "    - add: 1\n      save: two\n    - acme/say: yes\n      if: {'${two}': {lt: 3}}\n"
                "    - acme/say: never\n      if: {'${two}': 3}\n    - name: 'block ${two}'\n      steps: [tick]\n"),
            0);
    has(t, "a0 a1 [\"b\"]0 [\"b\"]1 yes ");
    has(t, "LOG acme/say is passed over: its `if` does not hold\n");
    has(t, "STEP x=a\n");
    has(t, "STEP block 2\nSTEP tick\n");
}

static void groups_have_names_of_their_own(void **state)
{
    (void)state;
    const char *t = run("define:\n  twice:\n    parameters: {n: i64, by: 2}\n    steps:\n"
                        "    - add: {a: '${n}', b: '${by}'}\n      save: sum\n    - acme/say: 'sum ${sum}'\n"
                        "scenarios:\n  one:\n    vars: {n: 10}\n    steps:\n"
                        "    - twice: {n: 1}\n    - twice: {n: '${n}', by: 5}\n    - acme/say: 'n ${n}'\n",
                        0);
    has(t, "sum 3 sum 15 n 10 ");
}

static void finally_goes_through(void **state)
{
    (void)state;
    const char *t =
        run("scenarios:\n  one:\n    steps:\n    - create: a\n      save: a\n    - echo: 1\n      expect: 2\n"
            "    - create: b\n      save: b\n    finally:\n    - require: false\n    - acme/say: '${a.id}'\n"
            "    - acme/say: '${b.id}'\n    - acme/say: last\n",
            0);
    has(t, "BODY ENDS\nSTEP require\nFAILED ok");
    has(t, "id of a last ");
    has(t, "LOG say is passed over: ${b.id}: it has no value\n");
}

static void operations_are_called_with_what_stands_there(void **state)
{
    (void)state;
    sample_target = "{\"target\":\"bed\",\"identities\":{\"root\":{}},\"logins\":{\"key\":{}},\"operations\":{\"shop."
                    "open\":{\"takes\":{"
                    "\"name\":{\"type\":\"str\"},\"seats\":{\"type\":\"json\",\"optional\":true}}}}}";
    const char *t =
        run(ONE("    - tick:\n      save: n\n    - log_in: {login: key, key: k}\n      save: me\n"
                "    - shop.open: {name: '${n}', seats: '${n}'}\n      by: me\n      wait: false\n"
                "      expect: {/arguments: {eq: {name: '${n}x', seats: '${n}'}}, /by: 0, /wait: true}\n"
                "    finally:\n    - shop.open: a\n      by: root\n      expect: {/by: 0, /arguments: 0, /at: 0}\n"),
            0);
    sample_target = NULL;
    has(t, "| {\"name\":\"1\",\"seats\":1} |"); /* the number is a text where one is wanted */
    has(t, "/by == 0 | {\"session\":7,\"login\":\"key\",\"arguments\":{\"key\":\"k\"}} |");
    has(t, "/wait == true | false |");
    has(t, "| \"root\" |");
    has(t, "| {\"name\":\"a\"} |");
    has(t, "/at == 0 | \"x.yaml:13\" |");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_go_from_step_to_step),
        cmocka_unit_test(parameters_and_fixtures_come_from_the_host),
        cmocka_unit_test(what_is_missing_outside_stops_before_the_first_step),
        cmocka_unit_test(expectations_are_checks),
        cmocka_unit_test(what_does_not_fit_names_its_place),
        cmocka_unit_test(what_has_no_order_is_a_mistake),
        cmocka_unit_test(tries_stop_at_the_first_that_is_good),
        cmocka_unit_test(polling_ends_with_one_failed_check),
        cmocka_unit_test(a_step_that_hangs_is_left_behind),
        cmocka_unit_test(finally_goes_on_anew_after_a_step_that_hangs),
        cmocka_unit_test(finally_does_not_run_beside_a_step_that_hangs),
        cmocka_unit_test(all_branches_end),
        cmocka_unit_test(blocks_and_conditions_are_followed),
        cmocka_unit_test(groups_have_names_of_their_own),
        cmocka_unit_test(finally_goes_through),
        cmocka_unit_test(operations_are_called_with_what_stands_there),
        cmocka_unit_test(a_step_is_told_where_it_stands),
        cmocka_unit_test(the_folder_of_the_file_has_a_name),
        cmocka_unit_test(a_value_says_more_of_itself),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
