/* SPDX-License-Identifier: Apache-2.0 */
/* Operations of the target as steps: held against its file where there is one, and needs of the scenario. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "data/check_target_step.h"
#include "sample.h"

#include <string.h>

static const char target[] =
    "{\"target\":\"bed\",\"identities\":{\"admin\":{\"login\":null},\"viewer\":{\"login\":null}},"
    "\"logins\":{\"password\":{\"takes\":{\"username\":{\"type\":\"str\"},\"password\":{\"type\":\"str\"}}}},"
    "\"errors\":[{\"name\":\"forbidden\"},{\"name\":\"taken\"}],"
    "\"operations\":{"
    "\"shop.open\":{\"takes\":{\"name\":{\"type\":\"str\"},\"plan\":{\"type\":\"str\",\"default\":\"pro\"},"
    "\"seats\":{\"type\":\"int\",\"optional\":true},\"limits\":{\"type\":\"json\",\"optional\":true}},"
    "\"errors\":[{\"name\":\"closed\"}]},"
    "\"shop.move\":{\"takes\":{\"id\":{\"type\":\"str\"},\"to\":{\"type\":\"str\"}},\"errors\":[]},"
    "\"shop.list\":{\"takes\":{},\"errors\":[]}}}";

#define STEPS(steps_) "scenarios:\n  one:\n    steps:\n" steps_

static void with_target(const char *json, const char *yaml, const char *const *wanted)
{
    struct sample s;
    size_t n = 0;
    sample_target = json;
    sample_check(&s, yaml);
    sample_target = NULL;
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
#define MISTAKES(steps_, ...) with_target(target, STEPS(steps_), (const char *const[]){__VA_ARGS__, NULL})
#define FINE(steps_)          with_target(target, STEPS(steps_), (const char *const[]){NULL})
#define FINE_WITHOUT(steps_)  with_target(NULL, STEPS(steps_), (const char *const[]){NULL})

static void names_have_dots(void **state)
{
    (void)state;
    assert_true(is_operation_name("shop.open"));
    assert_true(is_operation_name("a_1.b.c2"));
    assert_false(is_operation_name("shop"));
    assert_false(is_operation_name("shop."));
    assert_false(is_operation_name(".shop"));
    assert_false(is_operation_name("shop..open"));
    assert_false(is_operation_name("3.10"));
    assert_false(is_operation_name("acme.pay/shop.open"));
    assert_false(is_operation_name("shop.open now"));
}

static void arguments_are_held_against_the_target(void **state)
{
    (void)state;
    FINE("    - shop.open: {name: a, plan: free, seats: 5, limits: {cpu: 1}}\n    - shop.open: a\n    - shop.list\n");
    MISTAKES("    - shop.open: {nam: a}\n", "4:19: shop.open has no argument nam on the target bed; did you mean name?",
             "4:7: shop.open lacks its argument name (str), which the target bed wants");
    MISTAKES("    - shop.open: {name: a, seats: many}\n", "4:35: shop.open: seats");
    MISTAKES("    - shop.open: {name: 5}\n", "4:25: shop.open: name");
    MISTAKES("    - shop.list: {all: true}\n", "4:19: shop.list takes no arguments on the target bed");
    MISTAKES("    - shop.move: a\n", "4:18: shop.move has several arguments: give them by name, as a map");
    MISTAKES("    - shop.list: a\n", "4:18: shop.list takes no arguments on the target bed");
    MISTAKES("    - shop.open: {name: '${nobody}'}\n", "4:25: ${nobody}: no variable of this name");
}

static void what_the_target_lacks_is_a_need(void **state)
{
    (void)state;
    FINE("    - shop.close: {any: 1}\n");
    FINE_WITHOUT("    - shop.open: {anything: 1}\n      by: anybody\n      refused: whatever\n");
    with_target(target,
                "scenarios:\n  one:\n    needs: operation:shop.open(color, size)\n    steps:\n"
                "    - shop.open: {name: a, color: red}\n",
                (const char *const[]){NULL});
    with_target(target,
                "scenarios:\n  one:\n    needs: operation:shop.open(colors)\n    steps:\n"
                "    - shop.open: {name: a, color: red}\n",
                (const char *const[]){"5:28: shop.open has no argument color on the target bed", NULL});
}

static void needs_are_the_operations(void **state)
{
    (void)state;
    struct sample s;
    sample_target = target;
    assert_int_equal(sample_check(&s, "define:\n  opened:\n    steps:\n      - shop.open: a\n"
                                      "scenarios:\n  one:\n    needs: [\"operation:shop.move(to)\", muster.log/1]\n"
                                      "    steps: [opened, shop.list]\n    finally:\n"
                                      "      - shop.move: {id: a, to: b}\n      - shop.list\n"
                                      "  two:\n    steps: [tick]\n"),
                     0);
    sample_target = NULL;
    const char *const *needs = s.file.scenarios[0].scenario.needs;
    assert_string_equal(needs[0], "operation:shop.move(to)");
    assert_string_equal(needs[1], "muster.log/1");
    assert_string_equal(needs[2], "operation:shop.open");
    assert_string_equal(needs[3], "operation:shop.list");
    assert_null(needs[4]);
    assert_null(s.file.scenarios[1].scenario.needs[0]);
    sample_free(&s);
}

static void modifiers_are_of_operations(void **state)
{
    (void)state;
    FINE("    - shop.list:\n      by: viewer\n    - shop.list:\n      by: nobody\n      refused: forbidden\n"
         "    - shop.open: a\n      refused: closed\n    - shop.open: a\n      wait: false\n      save: shop\n"
         "    - log_in: {login: password, username: a, password: b}\n      save: alice\n"
         "    - shop.list:\n      by: alice\n");
    MISTAKES(
        "    - shop.list:\n      by: veiwer\n",
        "5:11: by: the target bed has no identity veiwer, and no session is saved as veiwer; did you mean viewer?");
    MISTAKES("    - shop.list:\n      by: [viewer]\n", "5:12: by: wants an identity of the target, or a session");
    MISTAKES("    - shop.list:\n      refused: forbiden\n",
             "5:16: refused: the target bed has no error forbiden; did you mean forbidden?");
    MISTAKES("    - shop.list:\n      refused: closed\n", "5:16: refused: the target bed has no error closed");
    MISTAKES("    - shop.open: a\n      refused: taken\n      save: x\n      wait: true\n",
             "6:7: save: what is refused has no result", "7:7: wait: what is refused has no result");
    MISTAKES("    - shop.open: a\n      wait: maybe\n", "5:13: wait:");
    MISTAKES("    - shop.open: a\n      refsed: taken\n", "5:7: unknown key refsed; did you mean refused?");
    MISTAKES("    - tick:\n      refused: taken\n", "5:7: tick and refused in one entry");
}

static void logins_are_held_against_the_target(void **state)
{
    (void)state;
    FINE_WITHOUT("    - log_in: {login: anyhow, key: b}\n");
    MISTAKES("    - log_in: {login: pasword, username: a}\n",
             "4:23: the target bed has no login pasword; did you mean password?");
    MISTAKES("    - log_in: {login: password, user: a, password: b}\n",
             "4:33: the login password has no argument user on the target bed; did you mean username?",
             "4:7: the login password lacks its argument username (str), which the target bed wants");
    MISTAKES("    - log_in: password\n", "4:7: log_in wants {login: NAME, ...}");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_have_dots),
        cmocka_unit_test(arguments_are_held_against_the_target),
        cmocka_unit_test(what_the_target_lacks_is_a_need),
        cmocka_unit_test(needs_are_the_operations),
        cmocka_unit_test(modifiers_are_of_operations),
        cmocka_unit_test(logins_are_held_against_the_target),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
