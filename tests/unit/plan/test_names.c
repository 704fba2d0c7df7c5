/* SPDX-License-Identifier: Apache-2.0 */
/* What people call scenarios: bare names, and places in the sources. */
#include "sample.h"

#include "base/buf.h"
#include "plan/names.h"

#include <errno.h>
#include <string.h>

static const char *named(struct catalogue *c, const char *text)
{
    static struct buf out;
    struct names names = {0};
    autoerr struct err err = {0};
    buf_clear(&out);
    if (names_add(&names, c, text, &err) < 0)
        buf_adds(&out, err_text(&err));
    for (size_t i = 0; i < names.n; i++)
        buf_addf(&out, "%s%s", i ? " " : "", names.items[i]);
    names_free(&names);
    return buf_str(&out);
}

/* acme.payments and acme.users, each with its own file, and a third one with another's file name. */
static void make(struct catalogue *c)
{
    static const struct {
        const char *plugin, *name, *file;
        uint32_t line;
    } all[] = {
        {"acme.pay", "refund", "tests/pay.c", 30},  {"acme.pay", "charge", "tests/pay.c", 10},
        {"acme.pay", "both", "tests/pay.c", 50},    {"acme.pay", "both_again", "tests/pay.c", 50},
        {"acme.pay", "after", "tests/pay.c", 60},   {"acme.old", "refund", "old/pay.c", 20},
        {"acme.old", "acme.deep", "old/deep.c", 1},
    };
    const char *last = "";
    for (size_t i = 0; i < ARRAY_LEN(all); i++) {
        if (strcmp(last, all[i].plugin) != 0) {
            if (*last)
                assert_int_equal(catalogue_admit(c, NULL), 0);
            sample_plugin(c, all[i].plugin);
        }
        last = all[i].plugin;
        struct scenario_info *s = sample_scenario(c, all[i].name, "");
        s->file = all[i].file;
        s->line = all[i].line;
    }
    assert_int_equal(catalogue_admit(c, NULL), 0);
}

static void a_bare_name_is_all_that_bear_it(void **state)
{
    (void)state;
    autocatalogue struct catalogue c = {0};
    make(&c);
    assert_string_equal(named(&c, "charge"), "acme.pay.charge");
    assert_string_equal(named(&c, "refund"), "acme.pay.refund acme.old.refund");
    assert_string_equal(named(&c, "pay.refund"), "acme.pay.refund");
    assert_string_equal(named(&c, "refund[plan=pro]"), "acme.pay.refund[plan=pro] acme.old.refund[plan=pro]");
    assert_string_equal(named(&c, "refund[plan=*]"), "acme.pay.refund[plan=*] acme.old.refund[plan=*]");
}

static void what_is_an_id_stays_one(void **state)
{
    (void)state;
    autocatalogue struct catalogue c = {0};
    make(&c);
    static const char *const same[] = {
        "acme.pay.refund", "acme.pay", "acme", "acme.pay.refund[plan=pro]", "*.refund", "ref?nd",
        "efund",           "nobody",   ""};
    for (size_t i = 0; i < ARRAY_LEN(same); i++)
        assert_string_equal(named(&c, same[i]), same[i]);
}

static void a_place_is_the_scenario_around_it(void **state)
{
    (void)state;
    autocatalogue struct catalogue c = {0};
    make(&c);
    assert_string_equal(named(&c, "tests/pay.c:10"), "acme.pay.charge");
    assert_string_equal(named(&c, "tests/pay.c:29"), "acme.pay.charge");
    assert_string_equal(named(&c, "tests/pay.c:30:"), "acme.pay.refund");
    assert_string_equal(named(&c, "./tests/pay.c:49"), "acme.pay.refund");
    assert_string_equal(named(&c, "/home/me/tests/pay.c:49"), "acme.pay.refund");
    assert_string_equal(named(&c, "pay.c:49"), "acme.pay.refund acme.old.refund");
    assert_string_equal(named(&c, "tests/pay.c:59"), "acme.pay.both acme.pay.both_again");
    assert_string_equal(named(&c, "tests/pay.c:99999999999999999999"), "acme.pay.after");
    assert_string_equal(named(&c, "tests/pay.c:9"),
                        "tests/pay.c:9: no scenario begins there or above: the first one is at line 10");
    assert_string_equal(named(&c, "ay.c:9"), "ay.c:9: none of the scenarios found is in a file ay.c");
    assert_string_equal(named(&c, "other/pay.c:10"),
                        "other/pay.c:10: none of the scenarios found is in a file other/pay.c");
    static const char *const none[] = {":10", "pay.c:", "pay.c", "10", "a[url=http://x:80]"};
    for (size_t i = 0; i < ARRAY_LEN(none); i++)
        assert_string_equal(named(&c, none[i]), none[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_bare_name_is_all_that_bear_it),
        cmocka_unit_test(what_is_an_id_stays_one),
        cmocka_unit_test(a_place_is_the_scenario_around_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
