/* SPDX-License-Identifier: Apache-2.0 */
/* Id patterns as globs, the literal parts of ids, and suggestions. */
#include "sample.h"

#include <stdlib.h>
#include <string.h>

#include "base/suggest.h"
#include "plan/glob.h"

static void matches_globs(void **state)
{
    (void)state;
    static const struct {
        const char *pattern, *id;
        bool expected;
    } rows[] = {
        {"*", "", true},
        {"", "", true},
        {"", "a", false},
        {"a", "a", true},
        {"a", "ab", false},
        {"acme.*", "acme.payments.refund", true},
        {"acme.*", "acme", false},
        {"*.refund", "acme.payments.refund", true},
        {"*refund", "acme.payments.refunds", false},
        {"*pay*refund*", "acme.payments.refund", true},
        {"a*b*c", "aXbXbXc", true},
        {"a*b*c", "aXbXbX", false},
        {"**a**", "a", true},
        {"a?c", "abc", true},
        {"a?c", "ac", false},
        {"a?c", "aéc", true},
        {"?", "", false},
        {"*?é", "éyé", true},
        {"*?x", "éyx", true},
        {"??", "é", false},
        {"[abc]x", "bx", true},
        {"[abc]x", "dx", false},
        {"[a-f0-9]", "e", true},
        {"[a-f0-9]", "g", false},
        {"[!a-f]", "g", true},
        {"[^a-f]", "a", false},
        {"[]a]", "]", true},
        {"[!]a]", "b", true},
        {"[a-]", "-", true},
        {"[α-ω]", "λ", true},
        {"[α-ω]", "l", false},
        {"[abc", "[abc", true},
        {"[]", "[]", true},
        {"a\\*b", "a*b", true},
        {"a\\*b", "aXb", false},
        {"a\\[b]", "a[b]", true},
        {"a\\", "a\\", true},
        {"*.r[plan=pro]", "a.r[plan=pro]", true},
        {"*.r[plan=pro]", "a.rp", false},
        {"*.r[plan=*]", "a.r[plan=free]", true},
        {"*.r[plan=p??]", "a.r[plan=pro]", true},
        {"*.r[plan=*]", "a.r[plan=free,n=1]", true},
        {"*.refund", "a.refund[plan=pro]", true},
        {"*.refun?", "a.refund[plan=pro]", true},
        {"*.refund", "a.refund2[plan=pro]", false},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++)
        if (glob_match_id(rows[i].pattern, rows[i].id) != rows[i].expected)
            fail_msg("%s %s %s", rows[i].pattern, rows[i].expected ? "should match" : "should not match", rows[i].id);
}

/* What a backtracking matcher needs longer for than the universe has time. */
static void never_takes_long(void **state)
{
    (void)state;
    enum { STARS = 100, LETTERS = 10000 };
    char pattern[2 * STARS + 2], *text = malloc(LETTERS);
    assert_non_null(text);
    for (size_t i = 0; i < STARS; i++)
        memcpy(pattern + 2 * i, "*a", 2);
    strcpy(pattern + 2 * STARS, "b");
    memset(text, 'a', LETTERS);
    assert_false(glob_match(pattern, text, LETTERS));
    text[LETTERS - 1] = 'b';
    assert_true(glob_match(pattern, text, LETTERS));
    free(text);
}

static void tells_globs_from_literals(void **state)
{
    (void)state;
    assert_false(glob_is_glob("acme.payments.refund-twice"));
    assert_true(glob_is_glob("acme.*"));
    assert_true(glob_is_glob("acme.?"));
    assert_true(glob_is_glob("acme.r[plan=pro]"));
}

static void walks_the_literal_parts_of_an_id(void **state)
{
    (void)state;
    static const char id[] = "acme.pay.refund[rate=1.5]";
    size_t len = id_next_prefix(id, 0);
    assert_int_equal(len, strlen("acme"));
    len = id_next_prefix(id, len);
    assert_int_equal(len, strlen("acme.pay"));
    len = id_next_prefix(id, len);
    assert_int_equal(len, strlen("acme.pay.refund"));
    len = id_next_prefix(id, len);
    assert_int_equal(len, strlen(id));
    assert_int_equal(id_next_prefix(id, len), 0);
    assert_int_equal(id_next_prefix("", 0), 0);
}

static void two_slips_in_a_short_word_are_another_word(void **state)
{
    (void)state;
    static const char *const names[] = {"slot", "case", "seed"};
    static const char *const others[] = {"shop", "name", "set"};
    for (size_t i = 0; i < ARRAY_LEN(others); i++) {
        struct suggestion s = suggest_start(others[i]);
        for (size_t n = 0; n < ARRAY_LEN(names); n++)
            suggest_offer(&s, names[n]);
        assert_null(s.best);
    }
    struct suggestion s = suggest_start("solt");
    suggest_offer(&s, "slot");
    assert_non_null(s.best);
}

static void suggests_what_was_meant(void **state)
{
    (void)state;
    static const char *const names[] = {"acme.payments", "acme.users", "acme.payments.refund", "acme.users.login"};
    static const struct {
        const char *meant, *suggestion;
    } rows[] = {
        {"acme.paymets", "acme.payments"},
        {"acme.uesrs", "acme.users"},
        {"acme.payments.refunds", "acme.payments.refund"},
        {"login", "acme.users.login"},
        {"acme.pay", "acme.payments"},
        {"acme.paiments.*", "acme.payments.refund"},
        {"acme.user?.logn", "acme.users.login"},
        {"something.else.entirely", NULL},
        {"", NULL},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct suggestion s = suggest_start(rows[i].meant);
        for (size_t n = 0; n < ARRAY_LEN(names); n++)
            suggest_offer(&s, names[n]);
        if (rows[i].suggestion)
            assert_string_equal(s.best ? s.best : "nothing", rows[i].suggestion);
        else
            assert_null(s.best);
    }
}

/* Who writes a part of an id, and slips. */
static void suggests_ids_for_their_parts(void **state)
{
    (void)state;
    static const char *const ids[] = {"acme.users.login", "acme.payments.refund_is_refused"};
    static const struct {
        const char *meant, *suggestion;
    } rows[] = {
        {"lgoin", "acme.users.login"},
        {"users.lgoin", "acme.users.login"},
        {"refund_refused", "acme.payments.refund_is_refused"},
        {"is_refusd", "acme.payments.refund_is_refused"},
        {"refnd", "acme.payments.refund_is_refused"},
        {"is", NULL},
        {"tenants", NULL},
        {"logs", NULL},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct suggestion s = suggest_start(rows[i].meant);
        for (size_t n = 0; n < ARRAY_LEN(ids); n++)
            suggest_offer_id(&s, ids[n]);
        suggest_within(&s, ids, ARRAY_LEN(ids));
        if (rows[i].suggestion)
            assert_string_equal(s.best ? s.best : "nothing", rows[i].suggestion);
        else
            assert_null(s.best);
    }
}

static void offers_names_of_any_length(void **state)
{
    (void)state;
    char name[1000], longest[256];
    memset(name, 'a', sizeof name - 1);
    name[sizeof name - 1] = '\0';
    struct suggestion s = suggest_start(name);
    suggest_offer(&s, "a");
    suggest_offer(&s, name);
    assert_null(s.best);
    memcpy(longest, name, 255);
    longest[255] = '\0';
    longest[0] = 'b';
    s = suggest_start(longest);
    suggest_offer(&s, name);
    suggest_offer(&s, "*");
    assert_null(s.best);
    suggest_offer(&s, longest + 1);
    assert_ptr_equal(s.best, longest + 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(matches_globs),
        cmocka_unit_test(never_takes_long),
        cmocka_unit_test(tells_globs_from_literals),
        cmocka_unit_test(walks_the_literal_parts_of_an_id),
        cmocka_unit_test(suggests_what_was_meant),
        cmocka_unit_test(suggests_ids_for_their_parts),
        cmocka_unit_test(two_slips_in_a_short_word_are_another_word),
        cmocka_unit_test(offers_names_of_any_length),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
