/* SPDX-License-Identifier: Apache-2.0 */
/* Every mistake that a file can hold is found before anything runs, at its line and column. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/cleanup.h"
#include "sample.h"

#include <string.h>

/* The file has exactly these mistakes, each "line:column: text" or a beginning of it. */
static void mistakes(const char *yaml, const char *const *wanted)
{
    struct sample s;
    size_t n = 0;
    sample_check(&s, yaml);
    for (; wanted[n]; n++) {
        char all[1024];
        snprintf(all, sizeof all, "\nx.yaml:%s", wanted[n]);
        if (!strstr(err_text(&s.err), all))
            fail_msg("wanted \"%s\" among: %s", wanted[n], err_text(&s.err));
    }
    if (s.diagnostics.n != n)
        fail_msg("%zu mistakes wanted: %s", n, err_text(&s.err));
    sample_free(&s);
}
#define MISTAKES(yaml_, ...) mistakes(yaml_, (const char *const[]){__VA_ARGS__, NULL})

/* Of one scenario whose first step stands in line 4, column 7. */
#define STEPS(steps_)              "scenarios:\n  one:\n    steps:\n" steps_
#define STEP_MISTAKES(steps_, ...) MISTAKES(STEPS(steps_), __VA_ARGS__)

static void fine(const char *yaml)
{
    struct sample s;
    if (sample_check(&s, yaml) != 0)
        fail_msg("%s", err_text(&s.err));
    sample_free(&s);
}

static void unknown_steps_are_named(void **state)
{
    (void)state;
    STEP_MISTAKES("    - creat: {name: a}\n", "4:7: unknown step creat; did you mean create?");
    STEP_MISTAKES("    - tikc\n", "4:7: unknown step tikc; did you mean tick?");
    STEP_MISTAKES("    - zzzzzz\n", "4:7: unknown step zzzzzz: none of the plugins with steps has it: acme, other; "
                                    "name one that is elsewhere by its path under `plugins`");
    STEP_MISTAKES("    - say: hello\n", "4:7: say is a step of acme and of other: write acme/say or other/say");
    STEP_MISTAKES("    - acme/wait\n", "4:7: unknown step acme/wait");
    fine(STEPS("    - acme/say: hello\n    - other/say: hello\n    - wait\n"));
    STEP_MISTAKES("    - add: 1\n      echo: 2\n", "5:7: add and echo in one entry");
    STEP_MISTAKES("    - add: 1\n      expcet: 2\n", "5:7: unknown key expcet; did you mean expect?");
    STEP_MISTAKES("    - add: 1\n      register: x\n", "5:7: unknown key register; here it is save");
    STEP_MISTAKES("    - register: x\n      echo: 2\n", "4:7: unknown step register",
                  "5:7: register and echo in one entry");
    STEP_MISTAKES("    - save: x\n", "4:7: no step in this entry");
    STEP_MISTAKES("    - []\n", "3:5: a list where a step should be");
}

static void arguments_are_held_against_the_signature(void **state)
{
    (void)state;
    STEP_MISTAKES("    - create\n", "4:7: create lacks its argument name (str)");
    STEP_MISTAKES("    - create: {nam: a}\n", "4:7: create lacks its argument name",
                  "4:16: create has no argument nam; did you mean name?");
    STEP_MISTAKES("    - create: {name: 5}\n", "4:22: create: name wants a text, not an integer: put 5 into quotes");
    STEP_MISTAKES("    - create: {name: [a]}\n", "4:23: create: name wants a text, not a list");
    STEP_MISTAKES("    - add: {a: '5'}\n", "4:16: add: a wants an integer, not a text (\"5\")");
    STEP_MISTAKES("    - add: {a: 1.5}\n", "4:16: add: a wants an integer, not a number (1.5)");
    STEP_MISTAKES("    - add: {a: '1${attempt}'}\n", "4:16: add: a wants an integer, not a text");
    STEP_MISTAKES("    - add: {a: ${attempt}}\n", "4:17: ");
    STEP_MISTAKES("    - wait\n      timeout: 1s\n", "4:7: invalid multiline plain key: more lines belong");
    STEP_MISTAKES("    - types: {i: 2147483648, u: -1, f: x, b: yes, s: true}\n",
                  "4:18: types: i wants an integer of 32 bits", "4:33: types: u wants an integer from 0",
                  "4:40: types: f wants a number, not a text", "4:46: types: b wants true or false, not a text",
                  "4:54: types: s wants a text, not true or false: put true into quotes");
    STEP_MISTAKES("    - tick: {a: 1}\n", "4:14: tick takes no arguments");
    STEP_MISTAKES("    - types: 5\n", "4:14: types has several arguments: give them by name");
    fine(STEPS("    - add: 5\n    - create: plain\n    - echo: [1, {a: null}]\n    - tick:\n"));
    fine(STEPS("    - types: {u: 18446744073709551615, f: 1}\n"));
}

static void variables_are_known_when_they_are_used(void **state)
{
    (void)state;
    STEP_MISTAKES("    - acme/say: ${thing}\n", "4:17: ${thing}: no variable of this name");
    STEP_MISTAKES("    - acme/say: ${attmept}\n", "4:17: ${attmept}: no variable of this name; did you mean attempt?");
    STEP_MISTAKES("    - acme/say: ${w.id}\n    - create: a\n      save: w\n",
                  "4:17: ${w}: it is not there yet, and saved only in line 6");
    STEP_MISTAKES("    - for_each: 2\n      steps:\n        - create: a\n          save: w\n    - echo: ${w}\n",
                  "8:13: ${w}: what was saved in line 7 is known inside its own block alone");
    STEP_MISTAKES("    - parallel:\n        - create: a\n          save: w\n        - echo: ${w}\n",
                  "7:17: ${w}: what was saved in line 6 is known");
    fine(STEPS("    - parallel:\n        - create: a\n          save: w\n    - echo: ${w}\n"));
    STEP_MISTAKES("    - add: 1\n      save: env\n", "5:13: env is one of the runner's own names");
    STEP_MISTAKES("    - add: 1\n      save: a-b\n", "5:13: a-b is not a name");
    STEP_MISTAKES("    - wait:\n      save: x\n", "5:13: save: wait returns nothing");
    STEP_MISTAKES("    - add: 1\n      save: n\n    - echo: ${n.x}\n",
                  "6:13: ${n.x}: n is an integer, which has no fields");
    STEP_MISTAKES("    - greet: a\n      save: t\n    - types: {b: '${t}'}\n      if: '${n}'\n",
                  "7:11: ${n}: no variable of this name");
    STEP_MISTAKES("    - types: {b: '${slot}'}\n", "4:18: types: b wants true or false, not an integer");
    STEP_MISTAKES(
        "    - create: a\n      save: w\n    - echo: ['${w/a~2}', '${w..a}', '${w.}', '${w-1}', '${}', '${w']\n",
        "6:14: ${w/a~2}: bad pointer", "6:26: ${w..a}: nothing stands behind a dot",
        "6:37: ${w.}: nothing stands behind a dot", "6:46: ${w-1}: -1 cannot follow a name",
        "6:56: ${}: a name has to stand there", "6:63: ${ without its }");
    STEP_MISTAKES("    - echo: ['${env}', '${target.}']\n", "4:14: ${env}: write ${env.NAME}",
                  "4:24: ${target.}: write ${target.NAME}");
    fine(STEPS("    - acme/say: '$${not} ${env.HOME:-none} ${target.url} ${uuid}'\n"));
}

static void fixtures_are_those_that_are_used(void **state)
{
    (void)state;
    fine("scenarios:\n  one:\n    uses: [testbed, 'db(version=15, as=old)']\n"
         "    steps: [{echo: ['${testbed.url}', '${old.dsn}']}]\n");
    MISTAKES("scenarios:\n  one:\n    uses: testbed\n    vars: {testbed: 1}\n    steps: [{echo: '${db.dsn}'}]\n",
             "4:12: testbed is a fixture that the scenario uses",
             "5:20: ${db.dsn}: no variable of this name; where it is a fixture, the scenario has to say `uses: [db]`");
}

static const char *const *uses_of(struct sample *s, const char *uses)
{
    autofree char *yaml = xasprintf("scenarios:\n  one:\n    uses: %s\n    steps: [stand]\n", uses);
    assert_int_equal(sample_check(s, yaml), 0);
    return s->file.scenarios[0].scenario.uses;
}

/* It means its own plugin's, as a scenario of that plugin would; what the file names counts for more. */
static void steps_use_fixtures_of_their_plugin_first(void **state)
{
    (void)state;
    struct sample s;
    const char *const *uses = uses_of(&s, "[]");
    assert_string_equal(uses[0], "acme.db(15)");
    assert_string_equal(uses[1], "bed");
    assert_null(uses[2]);
    sample_free(&s);
    uses = uses_of(&s, "[other.db, 'x(as=bed)']");
    assert_string_equal(uses[0], "other.db");
    assert_string_equal(uses[1], "x(as=bed)");
    assert_null(uses[2]);
    sample_free(&s);
    fine("scenarios: {one: {uses: [acme.db], steps: [{echo: '${db.dsn}'}]}}\n");
}

/* Each once, behind those that the file names. */
static void scenarios_need_what_their_steps_need(void **state)
{
    (void)state;
    struct sample s;
    assert_int_equal(sample_check(&s,
                                  "scenarios:\n  one: {needs: ['operation:order.get', x/1], steps: [stand, stand]}\n"
                                  "  two: {steps: [tick]}\n"),
                     0);
    const char *const *needs = s.file.scenarios[0].scenario.needs;
    assert_string_equal(needs[0], "operation:order.get");
    assert_string_equal(needs[1], "x/1");
    assert_string_equal(needs[2], "operation:order.list");
    assert_null(needs[3]);
    assert_null(s.file.scenarios[1].scenario.needs[0]);
    sample_free(&s);
}

static void expectations_make_sense(void **state)
{
    (void)state;
    STEP_MISTAKES("    - wait:\n      expect: 5\n", "5:15: wait returns nothing that could be compared");
    STEP_MISTAKES("    - add: 1\n      expect: two\n", "5:15: add is an integer, and never equal to a text");
    STEP_MISTAKES("    - add: 1\n      expect: {/a: 5}\n", "5:16: /a: add is an integer, which has no fields");
    STEP_MISTAKES("    - echo: 1\n      expect: {gt: 1, equals: 2}\n",
                  "5:23: equals is no operator, but others here are");
    STEP_MISTAKES("    - echo: 1\n      expect: {equ: 2}\n",
                  "5:16: equ is neither a pointer nor an operator: a field is /equ, and the whole map is compared by "
                  "eq: {...}; did you mean eq?");
    STEP_MISTAKES("    - echo: 1\n      expect: {status: 2}\n",
                  "5:16: status is neither a pointer nor an operator: a field is /status, and");
    STEP_MISTAKES("    - echo: 1\n      expect: {n: 2}\n",
                  "5:16: n is neither a pointer nor an operator: a field is /n, and the whole map is compared by eq: "
                  "{...}");
    STEP_MISTAKES("    - add: 1\n      expect: {n: 2}\n",
                  "5:16: n is no operator, and add returns an integer, which has no fields: write the value, or an "
                  "operator as {gt: 3}");
    /* Behind a pointer, too, where any map could be meant. */
    STEP_MISTAKES("    - echo: 1\n      expect: {/n: {gtt: 1}}\n",
                  "5:21: gtt is no operator; did you mean gt? (to compare with a map write eq: {...})");
    STEP_MISTAKES("    - echo: 1\n      expect: {/n: {gte: 1, lte: 3}}\n", "5:21: gte is no operator; did you mean ge?",
                  "5:29: lte is no operator; did you mean le?");
    STEP_MISTAKES("    - echo: 1\n      expect: {/n: {lenght: 1}}\n",
                  "5:21: lenght is no operator; did you mean length?");
    fine(STEPS(
        "    - echo: 1\n      expect: {/n: {id: 1}, /m: {gtt: 1, b: 2}, /o: {eq: {gtt: 1}}, /p: {net: 5}, /q: {}}\n"));
    /* What has no order. */
    STEP_MISTAKES("    - add: 1\n      expect: {ge: '3'}\n",
                  "5:16: ge: add is an integer, which has no order with a text: write the number without quotes");
    fine(STEPS("    - echo: 1\n      expect: {/n: {ge: '3'}}\n"));
    STEP_MISTAKES("    - echo: 1\n      expect: {/a: {matches: '['}, /b~: 1, c: 2}\n",
                  "5:30: matches: this is not an extended regular expression", "5:36: /b~: bad pointer",
                  "5:44: c: bad pointer: it has to begin with /");
    STEP_MISTAKES("    - echo: 1\n      expect: {/a: {type: text, length: x, lt: [1], exists: 1, in: 5}}\n",
                  "5:27: type: it wants one of", "5:41: length: it wants an integer", "5:49: lt: it wants a number",
                  "5:61: exists: it wants true or false", "5:68: in: it wants a list");
    fine(STEPS("    - echo: 1\n      expect: {/a: {b: 1}, /c: {eq: {gt: 1}}, /d: [], '': {type: object}}\n"));
    fine(STEPS("    - add: 1\n      expect: {gt: 1, le: '${attempt}'}\n"));
}

static void modifiers_stand_where_they_mean_something(void **state)
{
    (void)state;
    STEP_MISTAKES("    - tick:\n      within: 5s\n", "5:7: within: stands with until");
    STEP_MISTAKES("    - tick:\n      interval: 5s\n", "5:7: interval: stands with until or retries");
    STEP_MISTAKES("    - tick:\n      as: x\n", "5:7: as: stands with for_each");
    STEP_MISTAKES("    - tick:\n      until: 5\n      within: 1s\n      timeout: 1s\n      retries: 2\n",
                  "7:7: timeout: stands in place of within", "8:7: retries: until tries again by itself");
    STEP_MISTAKES("    - steps: [tick]\n      timeout: 1s\n      expect: 5\n", "5:7: timeout: only for a step function",
                  "6:7: expect: only for a step function");
    STEP_MISTAKES("    - tick:\n      timeout: soon\n      retries: -1\n",
                  "5:16: timeout: soon is no duration: write 500ms, 30s, 2m or 1h30m",
                  "6:16: retries: wants an integer");
    STEP_MISTAKES("    - tick:\n      timeout: 0s\n", "5:16: timeout: 0 is too short");
    STEP_MISTAKES("    - wait:\n      until: 5\n", "5:14: until: wait returns nothing to compare");
    STEP_MISTAKES("    - tick:\n      for_each: {a: 1}\n", "5:18: for_each: wants a list");
    STEP_MISTAKES("    - tick:\n      if: maybe\n", "5:11: if wants true or false, not a text");
    STEP_MISTAKES("    - tick:\n      if: {plan: pro}\n", "5:12: if: plan is always the same");
    STEP_MISTAKES("    - parallel: tick\n    - parallel: [tick]\n      tick:\n", "4:17: parallel: wants a list",
                  "6:7: tick beside a block of steps");
    fine(STEPS("    - wait:\n      until: passed\n      within: 2m\n      interval: 0s\n"));
}

static void groups_take_arguments(void **state)
{
    (void)state;
    static const char head[] = "define:\n  twice:\n    parameters: {n: i64, m: 2}\n    steps:\n"
                               "      - add: {a: '${n}', b: '${m}'}\n        save: sum\n";
    char text[1024];
    snprintf(text, sizeof text, "%sscenarios:\n  one:\n    steps:\n      - twice: {n: 1}\n      - twice: 5\n", head);
    fine(text);
    snprintf(text, sizeof text, "%sscenarios:\n  one:\n    steps:\n      - twice: {n: x, o: 1}\n      - echo: ${sum}\n",
             head);
    MISTAKES(text, "10:20: twice: n wants an integer, not a text", "10:23: twice has no argument o",
             "11:15: ${sum}: no variable of this name");
    MISTAKES("define:\n  a: {steps: [b]}\n  b: {steps: [a]}\nscenarios: {one: {steps: [a]}}\n",
             "2:3: a uses itself, or groups are nested more than 16 deep");
    MISTAKES("define:\n  unused: {steps: [nothing_like_it]}\n  empty: {}\nscenarios: {one: {steps: [tick]}}\n",
             "2:20: unknown step nothing_like_it", "3:3: empty has no steps");
    MISTAKES("define:\n  outer: {steps: [{echo: '${local}'}]}\n"
             "scenarios:\n  one:\n    vars: {local: 1}\n    steps: [outer]\n",
             "2:26: ${local}: no variable of this name");
}

static void the_head_is_checked(void **state)
{
    (void)state;
    MISTAKES("- 1\n", "1:3: the file is a map, not a list");
    MISTAKES("scenario: {}\n", "1:1: unknown key scenario in the file; did you mean scenarios?",
             "1:1: no scenarios in this file");
    MISTAKES(
        "name: a b\nversion: []\nvars: 5\ndefaults: {timeuot: 5s}\ndefine: []\nscenarios: {one: {steps: [tick]}}\n",
        "1:7: name: a b is not made of words", "2:1: version: wants a text", "3:7: vars: wants a map",
        "4:12: unknown key timeuot in defaults; did you mean timeout?", "5:1: define: wants a map");
    MISTAKES("include: [nowhere.yaml]\nscenarios: {one: {steps: [tick]}}\n", "1:11: nowhere.yaml: No such file");
}

static void scenarios_are_checked(void **state)
{
    (void)state;
    MISTAKES("scenarios: {1a: {steps: [tick]}, b: {}, c: {steps: []}, d: [tick]}\n",
             "1:13: 1a: a scenario's name is made of", "1:34: b has no steps", "1:45: steps: wants a list of steps",
             "1:61: a scenario is a map, not a list");
    MISTAKES("scenarios:\n  one:\n    markers: [ok, 'bad(', 'a b']\n    timeout: 1 hour\n    retires: 2\n"
             "    skip: 5\n    known_failure: {until: '2030-01-01'}\n    steps: [tick]\n",
             "3:19: marker bad(: ", "3:27: marker a b: ", "4:14: timeout: 1 hour is no duration",
             "5:5: unknown key retires in a scenario; did you mean retries?", "6:11: skip: wants a reason",
             "7:21: known_failure: wants a reason");
    MISTAKES("tests: {}\nscenarios:\n  one:\n    tags: [e2e]\n    retry: 2\n    name: One\n    steps: [tick]\n"
             "    always: [tick]\n",
             "1:1: unknown key tests in the file; here it is scenarios",
             "4:5: unknown key tags in a scenario; here it is markers",
             "5:5: unknown key retry in a scenario; here it is retries",
             "6:5: unknown key name in a scenario; here it is description",
             "8:5: unknown key always in a scenario; here it is finally");
}

static void parameters_are_typed(void **state)
{
    (void)state;
    MISTAKES("scenarios:\n  one:\n    parameters: {a: str, b: 5, c: {type: int}, d: {}, uuid: 1}\n    steps: [tick]\n",
             "3:18: a has no value", "3:42: int is no type: i32", "3:48: d: a parameter has a type or a default",
             "3:32: c has no value", "3:48: d has no value", "3:55: uuid is one of the runner's own names");
    MISTAKES("scenarios:\n  one:\n    parameters:\n      a: i64\n      b: x\n      rows:\n        - {a: 1}\n"
             "        - {a: x, b: [5]}\n        - {b: y, cc: 1}\n    steps: [tick]\n",
             "8:15: a wants an integer, not a text", "8:22: b wants a text, not a list",
             "9:12: this row has no value for a", "9:18: cc is no parameter of the scenario");
    MISTAKES("scenarios:\n  one:\n    parameters: {a: i64, rows: [[1], [2, 3]]}\n    matrix: {a: [1], b: [], c: x}\n"
             "    steps: [tick]\n",
             "3:39: this row has 2 values, the first has 1", "4:14: matrix: a has its values from rows already",
             "4:22: matrix: b wants a list", "4:32: matrix: c wants a list");
    MISTAKES("scenarios:\n  one:\n    parameters: {from: '#/data/nothing'}\n    steps: [tick]\n",
             "3:24: from: there is no /data/nothing in this file");
}

static const char *cell(const struct muster_table *t, size_t row, const char *column)
{
    size_t n = 0, at = SIZE_MAX;
    for (; t->columns[n]; n++)
        if (strcmp(t->columns[n], column) == 0)
            at = n;
    assert_true(at < n && row < t->n_rows);
    return t->cells[row * n + at];
}

static const struct muster_param *param(const struct muster_scenario *s, const char *name)
{
    for (const struct muster_param *const *p = s->params; *p; p++)
        if (strcmp((*p)->name, name) == 0)
            return *p;
    fail_msg("no parameter %s", name);
    return NULL;
}

static void rows_of_data_make_parameters(void **state)
{
    (void)state;
    struct sample s;
    assert_int_equal(sample_check(&s, "data:\n  workloads:\n    - {name: nginx, ports: ['8080:80'], n: 1}\n"
                                      "    - {name: app, composeDir: ./app, envVars: {A: b}, n: 2.5, env: x, a-b: 1}\n"
                                      "scenarios:\n  one:\n    parameters: {from: '#/data/workloads'}\n"
                                      "    steps: [{create: {name: '${name}${n}', ports: '${ports}'}}, "
                                      "{echo: '${composeDir:-x} ${envVars/A}'}]\n"),
                     0);
    const struct muster_scenario *one = &s.file.scenarios[0].scenario;
    const struct muster_table *t = one->tables[0];
    assert_null(one->tables[1]);
    assert_int_equal(t->n_rows, 2);
    assert_int_equal(param(one, "name")->type, MUSTER_TYPE_STR);
    assert_int_equal(param(one, "ports")->type, MUSTER_TYPE_JSON);
    assert_int_equal(param(one, "n")->type, MUSTER_TYPE_F64);
    assert_string_equal(param(one, "ports")->fallback, "null");
    assert_string_equal(param(one, "composeDir")->fallback, "");
    assert_null(param(one, "name")->fallback);
    assert_string_equal(cell(t, 0, "ports"), "[\"8080:80\"]");
    assert_null(cell(t, 1, "ports"));
    assert_string_equal(cell(t, 1, "envVars"), "{\"A\":\"b\"}");
    assert_string_equal(cell(t, 0, "n"), "1");
    sample_free(&s);
    assert_int_equal(sample_check(&s, "scenarios:\n  one:\n    parameters: {v: str, rows: [[1.10], [true], [x]]}\n"
                                      "    steps: [{acme/say: '${v}'}]\n"),
                     0);
    t = s.file.scenarios[0].scenario.tables[0];
    assert_string_equal(cell(t, 0, "v"), "1.10"); /* a text as it was written */
    assert_string_equal(cell(t, 1, "v"), "true");
    sample_free(&s);
}

static void scenarios_are_as_other_plugins_have_them(void **state)
{
    (void)state;
    struct sample s;
    assert_int_equal(sample_check(&s,
                                  "name: acme.tests\nversion: 1.10\ndescription: All of it\n"
                                  "defaults: {markers: e2e, timeout: 2m, retries: 1, uses: [db]}\n"
                                  "scenarios:\n  one:\n    description: The first\n    markers: [slow, issue(id=5)]\n"
                                  "    timeout: 90s\n    finally_timeout: 1.5s\n    retry_delay: 250ms\n"
                                  "    skip: 'not \"yet\"'\n    known_failure: {reason: r, until: '2030-01-01'}\n"
                                  "    matrix: {image: [web, worker], n: [1, 2, 3]}\n    uses: ['bed(as=x)']\n"
                                  "    steps: [{create: '${image}'}]\n    finally: [tick]\n"),
                     0);
    assert_string_equal(s.file.name, "acme.tests");
    assert_string_equal(s.file.version, "1.10");
    assert_string_equal(s.file.summary, "All of it");
    const struct muster_scenario *one = &s.file.scenarios[0].scenario;
    assert_string_equal(one->id, "one");
    assert_string_equal(one->summary, "The first");
    assert_string_equal(one->file, "x.yaml");
    assert_int_equal(one->line, 6);
    assert_int_equal(one->timeout_ms, 90000);
    assert_int_equal(one->teardown_timeout_ms, 1500);
    assert_int_equal(one->reruns, 1);
    assert_int_equal(one->rerun_delay_ms, 250);
    const char *const markers[] = {"e2e", "slow", "issue(id=5)", "skip(reason=\"not \\\"yet\\\"\")",
                                   "known_failure(reason=\"r\", until=\"2030-01-01\")"};
    for (size_t i = 0; i < ARRAY_LEN(markers); i++)
        assert_string_equal(one->markers[i], markers[i]);
    assert_null(one->markers[ARRAY_LEN(markers)]);
    assert_string_equal(one->uses[0], "db");
    assert_string_equal(one->uses[1], "bed(as=x)");
    assert_string_equal(one->tables[0]->columns[0], "image");
    assert_string_equal(one->tables[0]->cells[1], "worker");
    assert_int_equal(one->tables[1]->n_rows, 3);
    assert_int_equal(param(one, "n")->type, MUSTER_TYPE_I64);
    sample_free(&s);
}

static void the_persys_files_stand_as_they_are(void **state)
{
    (void)state;
    struct sample s;
    sample_check(&s, "scenarios:\n  basic_workflow:\n    description: \"Complete happy path workflow\"\n    steps:\n"
                     "      - tick\n      - wait\n  \n  reconciliation:\n    description: \"Self-healing test\"\n"
                     "    steps:\n      - tick\n");
    assert_int_equal(s.diagnostics.n, 0);
    assert_int_equal(s.file.n, 2);
    assert_string_equal(s.file.name, "x");
    sample_free(&s);
}

static void not_too_many_are_shown(void **state)
{
    (void)state;
    struct sample s;
    char text[4096] = "scenarios:\n  one:\n    steps:\n";
    for (int i = 0; i < 30; i++)
        strcat(text, "      - unknown_step\n");
    assert_int_not_equal(sample_check(&s, text), 0);
    assert_int_equal(s.diagnostics.n, 30);
    assert_non_null(strstr(err_text(&s.err), "30 mistakes in it:"));
    assert_non_null(strstr(err_text(&s.err), "\nand 10 more"));
    assert_non_null(strstr(err_text(&s.err), "x.yaml:23:9"));
    assert_null(strstr(err_text(&s.err), "x.yaml:24:9"));
    sample_free(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(unknown_steps_are_named),
        cmocka_unit_test(arguments_are_held_against_the_signature),
        cmocka_unit_test(variables_are_known_when_they_are_used),
        cmocka_unit_test(fixtures_are_those_that_are_used),
        cmocka_unit_test(steps_use_fixtures_of_their_plugin_first),
        cmocka_unit_test(scenarios_need_what_their_steps_need),
        cmocka_unit_test(expectations_make_sense),
        cmocka_unit_test(modifiers_stand_where_they_mean_something),
        cmocka_unit_test(groups_take_arguments),
        cmocka_unit_test(the_head_is_checked),
        cmocka_unit_test(scenarios_are_checked),
        cmocka_unit_test(parameters_are_typed),
        cmocka_unit_test(rows_of_data_make_parameters),
        cmocka_unit_test(scenarios_are_as_other_plugins_have_them),
        cmocka_unit_test(the_persys_files_stand_as_they_are),
        cmocka_unit_test(not_too_many_are_shown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
