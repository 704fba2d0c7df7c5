/* SPDX-License-Identifier: Apache-2.0 */
/* Expressions of -m and -k, held against what pytest 8.3 says of the same lines. */
#include "sample.h"

#include <errno.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "plan/expr.h"

#define autoarena __attribute__((cleanup(arena_free)))

static struct expr *parsed(const char *text, int (*parse)(const char *, struct expr **, struct err *))
{
    struct expr *e = NULL;
    autoerr struct err err = {0};
    if (parse(text, &e, &err) < 0)
        fail_msg("%s", err_text(&err));
    return e;
}

static void expect_markers(const char *text, const char *markers, bool expected)
{
    autoarena struct arena a = {0};
    const struct marker *m;
    uint32_t n = sample_markers(&a, markers, &m);
    autoexpr struct expr *e = parsed(text, expr_parse);
    if (expr_match_markers(e, m, n) != expected)
        fail_msg("-m '%s' is %s of '%s'", text, expected ? "false" : "true", markers);
}

static void selects_by_marker_names(void **state)
{
    (void)state;
    static const struct {
        const char *expr, *markers;
        bool expected;
    } rows[] = {
        {"", "", true},
        {" \t", "e2e", true},
        {"e2e", "e2e", true},
        {"e2e", "", false},
        {"e2e", "e2e2", false},
        {"e2", "e2e", false},
        {"E2E", "e2e", false},
        {"not e2e", "e2e", false},
        {"not e2e", "", true},
        {"not not e2e", "e2e", true},
        {"not not not e2e", "e2e", false},
        {"e2e and slow", "e2e;slow", true},
        {"e2e and slow", "e2e", false},
        {"e2e or slow", "slow", true},
        {"e2e or slow", "fast", false},
        {"e2e and not slow", "e2e", true},
        {"e2e and not slow", "e2e;slow", false},
        {"e2e and not slow and not performance", "e2e;performance", false},
        {"a or b and c", "a", true},
        {"(a or b) and c", "a", false},
        {"a and b or c", "c", true},
        {"a and (b or c)", "c", false},
        {"not a or b", "b;a", true},
        {"not (a or b)", "b", false},
        {"not (a and b)", "b", true},
        {"not (not a)", "a", true},
        {"not (not a) and not (b)", "a", true},
        {"((((a))))", "a", true},
        {"(a)and(b)", "a;b", true},
        {"not(a)", "", true},
        {"andy or order or nothing", "order", true},
        {"a:b/c.d[e]-f+g\\h", "a:b/c.d[e]-f+g\\h", true},
        {"priority_p0", "priority_p0", true},
        {"1", "1", true},
        {"-x", "-x", true},
        {"True", "e2e", false},
        {"True", "True", true},
        {"None or False", "False", true},
        {"日本 and é", "é;日本", true},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++)
        expect_markers(rows[i].expr, rows[i].markers, rows[i].expected);
}

static void selects_by_marker_arguments(void **state)
{
    (void)state;
    static const struct {
        const char *expr, *markers;
        bool expected;
    } rows[] = {
        {"issue(id=4711)", "issue(id=4711)", true},
        {"issue(id=4711)", "issue(id=4712)", false},
        {"issue(id=4711)", "issue", false},
        {"issue(id=4711)", "issue(4711)", false},
        {"issue(id=4711)", "issue(id='4711')", false},
        {"issue(id='4711')", "issue(id='4711')", true},
        {"issue(id=\"4711\")", "issue(id=4711)", false},
        {"issue", "issue(id=4711)", true},
        {"issue(id=4711, name='x')", "issue(id=4711, name='x', more=1)", true},
        {"issue(id=4711, name='x')", "issue(id=4711)", false},
        {"issue(id=4711,name='x')", "issue(id=4711);issue(name='x')", false},
        {"issue(id=2)", "issue(id=1);issue(id=2)", true},
        {"issue(id=1) and issue(id=2)", "issue(id=1);issue(id=2)", true},
        {"not issue(id=1)", "issue(id=2)", true},
        {"issue(id=1, id=2)", "issue(id=2)", false},
        {"device(serial=\"x\")", "device(serial=x)", true},
        {"device(serial='a b, (c)')", "device(serial='a b, (c)')", true},
        {"device(serial='')", "device(serial='')", true},
        {"device( serial = 'x' )", "device(serial='x')", true},
        {"device (serial='x')", "device(serial='x')", true},
        {"x(v=True)", "x(v=True)", true},
        {"x(v=True)", "x(v=1)", true},
        {"x(v=1)", "x(v=True)", true},
        {"x(v=0)", "x(v=False)", true},
        {"x(v=1)", "x(v=1.0)", true},
        {"x(v=True)", "x(v='True')", false},
        {"x(v=None)", "x(v=None)", true},
        {"x(v=None)", "x", false},
        {"x(v=None)", "x(v=0)", false},
        {"x(v=None)", "x(v='None')", false},
        {"x(v=-5)", "x(v=-5)", true},
        {"x(v=-0)", "x(v=0)", true},
        {"x(v=007)", "x(v=7)", true},
        {"x(é=1)", "x(é=1)", true},
        {"e2e and not slow and issue(id=4711)", "e2e;issue(id=4711)", true},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++)
        expect_markers(rows[i].expr, rows[i].markers, rows[i].expected);
}

static void selects_by_parts_of_names(void **state)
{
    (void)state;
    static const char *const names[] = {"acme.pay.Refund[plan=pro]", "acme.pay", "e2e", "priority_p0"};
    static const struct {
        const char *expr;
        bool expected;
    } rows[] = {
        {"", true},
        {"  ", true},
        {"refund", true},
        {"REFUND", true},
        {"e2e", true},
        {"e2", true},
        {"e2e3", false},
        {"refund and not slow", true},
        {"slow", false},
        {"slow or p0", true},
        {"not (acme or e2e)", false},
        {"pay.refund", true},
        {"refund[", true},
        {"acme.pay.x", false},
        {"True", false},
        {"not refund", false},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        autoexpr struct expr *e = parsed(rows[i].expr, expr_parse_keyword);
        if (expr_match_names(e, names, ARRAY_LEN(names)) != rows[i].expected)
            fail_msg("-k '%s' is %s", rows[i].expr, rows[i].expected ? "false" : "true");
    }
}

static void expect_mistake(const char *text, int (*parse)(const char *, struct expr **, struct err *),
                           const char *message)
{
    autoerr struct err err = {0};
    struct expr *e = NULL;
    assert_int_equal(parse(text, &e, &err), -EINVAL);
    assert_null(e);
    assert_err(&err, -EINVAL, message);
    assert_int_equal(parse(text, &e, NULL), -EINVAL);
}

static void points_at_mistakes(void **state)
{
    (void)state;
    static const struct {
        const char *text, *message;
    } rows[] = {
        {"e2e and",
         "column 8: expected a marker, \"not\" or \"(\", but the expression ends here\n    e2e and\n           ^"},
        {"e2e slow", "column 5: expected \"and\", \"or\" or the end, not \"slow\"\n    e2e slow\n        ^"},
        {"and", "column 1: expected a marker, \"not\" or \"(\", not \"and\"\n    and\n    ^"},
        {"e2e or or x", "column 8: expected a marker, \"not\" or \"(\", not \"or\"\n    e2e or or x\n           ^"},
        {"(e2e", "column 5: expected \"and\", \"or\" or \")\", but the expression ends here\n    (e2e\n        ^"},
        {"e2e)", "column 4: expected \"and\", \"or\" or the end, not \")\"\n    e2e)\n       ^"},
        {"()", "column 2: expected a marker, \"not\" or \"(\", not \")\"\n    ()\n     ^"},
        {"a & b", "column 3: unexpected character \"&\"\n    a & b\n      ^"},
        {"é or $", "column 6: unexpected character \"$\"\n    é or $\n         ^"},
        {"a\u00a0and b", "column 2: unexpected character U+00A0\n    a\u00a0and b\n     ^"},
        {"a\t$", "column 3: unexpected character \"$\"\n    a $\n      ^"},
        {"a\n", "column 2: unexpected character U+000A\n    a \n     ^"},
        {"'a'", "column 1: expected a marker, \"not\" or \"(\", not a string\n    'a'\n    ^"},
        {"x(a='b", "column 5: closing quote ' is missing\n    x(a='b\n        ^"},
        {"x(a='\\'')", "column 6: a string in an expression cannot have escapes\n    x(a='\\'')\n         ^"},
        {"x()", "column 3: expected an argument's name, not \")\"\n    x()\n      ^"},
        {"x(300)", "column 3: \"300\" cannot name an argument: write name=value\n    x(300)\n      ^"},
        {"x(import=1)", "column 3: \"import\" cannot name an argument: write name=value\n    x(import=1)\n      ^"},
        {"x(a)", "column 4: expected \"=\" and a value, not \")\"\n    x(a)\n       ^"},
        {"x(a=)",
         "column 5: expected a value (a number, a quoted string, True, False or None), not \")\"\n    x(a=)\n        "
         "^"},
        {"x(a=b)",
         "column 5: expected a value (a number, a quoted string, True, False or None), not \"b\"\n    x(a=b)\n      "
         "  ^"},
        {"x(a=1.5)",
         "column 5: expected a value (a number, a quoted string, True, False or None), not \"1.5\"\n    x(a=1.5)\n"
         "        ^"},
        {"x(a=1,)", "column 7: expected an argument's name, not \")\"\n    x(a=1,)\n          ^"},
        {"x(a=1", "column 6: expected \",\" or \")\", but the expression ends here\n    x(a=1\n         ^"},
        {"x(a=1)(b=2)", "column 7: expected \"and\", \"or\" or the end, not \"(\"\n    x(a=1)(b=2)\n          ^"},
        {"x(a=99999999999999999999)",
         "column 5: 99999999999999999999 does not fit into 64 bits\n    x(a=99999999999999999999)\n        ^"},
        {"a \xc3", "column 3: byte 0xc3 is not UTF-8\n    a \xef\xbf\xbd\n      ^"},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++)
        expect_mistake(rows[i].text, expr_parse, rows[i].message);
    expect_mistake("x(a=1)", expr_parse_keyword,
                   "column 2: -k matches names only: arguments are for -m\n    x(a=1)\n     ^");
    expect_mistake("not", expr_parse_keyword,
                   "column 4: expected a name, \"not\" or \"(\", but the expression ends here\n    not\n       ^");
}

static void puts_the_caret_under_wide_characters(void **state)
{
    (void)state;
    if (!setlocale(LC_CTYPE, "C.UTF-8"))
        skip();
    expect_mistake("日本 or $", expr_parse, "column 7: unexpected character \"$\"\n    日本 or $\n            ^");
    setlocale(LC_CTYPE, "C");
}

static void cuts_a_long_text_around_the_mistake(void **state)
{
    (void)state;
    autobuf struct buf text = {0};
    for (int i = 0; i < 1000; i++)
        buf_adds(&text, "é or ");
    buf_adds(&text, "$ or ");
    for (int i = 0; i < 1000; i++)
        buf_adds(&text, "b or ");
    struct expr *e = NULL;
    autoerr struct err err = {0};
    assert_int_equal(expr_parse(buf_str(&text), &e, &err), -EINVAL);
    static const char expected[] = "column 5001: unexpected character \"$\"\n"
                                   "    ...é or é or é or é or é or é or é or é or é or é or é or é or $ or b or b or "
                                   "b or b or b or b or b or b or b "
                                   "or b or b or ...\n"
                                   "                                                                   ^";
    assert_err(&err, -EINVAL, expected);
}

/* `count` times the text, and then the rest. */
static char *repeated(const char *text, size_t count, const char *rest)
{
    struct buf b = {0};
    while (count--)
        buf_adds(&b, text);
    buf_adds(&b, rest);
    return buf_steal(&b);
}

static void survives_any_depth_and_length(void **state)
{
    (void)state;
    enum { MANY = 100000 };
    char *deep = repeated("(", MANY, "a");
    struct expr *none = NULL;
    autoerr struct err err = {0};
    assert_int_equal(expr_parse(deep, &none, &err), -EINVAL);
    assert_non_null(strstr(err_text(&err), "column 201: parentheses are nested deeper than 200"));
    free(deep);
    char *negated = repeated("not ", MANY, "a"), *any = repeated("a or ", MANY, "b"),
         *all = repeated("not a and ", MANY, "b");
    expect_markers(negated, "a", true);
    expect_markers(any, "b", true);
    expect_markers(any, "c", false);
    expect_markers(all, "b", true);
    expect_markers(all, "b;a", false);
    free(negated);
    free(any);
    free(all);
    expect_markers("((((((((((a))))))))))", "a", true);
}

/* Whatever the tokens are, one more costs the same at the end of a long text as of a short one; what looks at all
 * the rest for each would need minutes for these, and for the ones above. */
static void reads_each_token_once(void **state)
{
    (void)state;
    enum { MANY = 100000 };
    static const struct {
        const char *first, *again, *last, *markers;
    } rows[] = {
        {"", "é or ", "b", "b"},
        {"", "日本 \t and ", "日本", "日本"},
        {"", "x(a=1) or ", "b", "b"},
        {"", "x(a='1') or ", "b", "b"},
        {"x(a=1", ", a=1", ")", "x(a=1)"},
        {"x(a='1'", " ,a = '1'", ")", "x(a='1')"},
        {"x(é=-5", ",é=-5", ")", "x(é=-5)"},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        autofree char *rest = repeated(rows[i].again, MANY, rows[i].last);
        autofree char *text = xasprintf("%s%s", rows[i].first, rest);
        expect_markers(text, rows[i].markers, true);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(selects_by_marker_names),
        cmocka_unit_test(selects_by_marker_arguments),
        cmocka_unit_test(selects_by_parts_of_names),
        cmocka_unit_test(points_at_mistakes),
        cmocka_unit_test(puts_the_caret_under_wide_characters),
        cmocka_unit_test(cuts_a_long_text_around_the_mistake),
        cmocka_unit_test(survives_any_depth_and_length),
        cmocka_unit_test(reads_each_token_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
