/* SPDX-License-Identifier: Apache-2.0 */
/* Reading markers and comparing their values. */
#include "sample.h"

#include <errno.h>
#include <locale.h>
#include <string.h>

#define autoarena __attribute__((cleanup(arena_free)))

static struct marker parsed(struct arena *arena, const char *text)
{
    struct marker m = {0};
    autoerr struct err err = {0};
    if (marker_parse(text, arena, &m, &err) < 0)
        fail_msg("%s", err_text(&err));
    return m;
}

static void reads_a_name(void **state)
{
    (void)state;
    autoarena struct arena a = {0};
    static const char *const texts[] = {"priority_p0", "  priority_p0\t", "priority_p0()", "priority_p0 ( )"};
    for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
        struct marker m = parsed(&a, texts[i]);
        assert_string_equal(m.name, "priority_p0");
        assert_string_equal(m.text, texts[i]);
        assert_int_equal(m.n_args, 0);
    }
    assert_string_equal(parsed(&a, "team:pay/refund-1.2[x]+é").name, "team:pay/refund-1.2[x]+é");
}

static void assert_value(const struct marker_value *got, const struct marker_value *want, const char *text)
{
    if (got->type != want->type || !marker_value_equal(got, want))
        fail_msg("%s was read as another value (type %d)", text, (int)got->type);
}

static void reads_values_of_each_type(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        struct marker_value value;
    } rows[] = {
        {"x(300)", {.type = MARKER_INT, .integer = 300}},
        {"x(-5)", {.type = MARKER_INT, .integer = -5}},
        {"x(+7)", {.type = MARKER_INT, .integer = 7}},
        {"x(007)", {.type = MARKER_INT, .integer = 7}},
        {"x(9223372036854775807)", {.type = MARKER_INT, .integer = INT64_MAX}},
        {"x(-9223372036854775808)", {.type = MARKER_INT, .integer = INT64_MIN}},
        {"x(1.5)", {.type = MARKER_FLOAT, .real = 1.5}},
        {"x(-.5)", {.type = MARKER_FLOAT, .real = -.5}},
        {"x(2.)", {.type = MARKER_FLOAT, .real = 2}},
        {"x(1e3)", {.type = MARKER_FLOAT, .real = 1000}},
        {"x(1.5E-3)", {.type = MARKER_FLOAT, .real = .0015}},
        {"x(True)", {.type = MARKER_BOOL, .boolean = true}},
        {"x(true)", {.type = MARKER_BOOL, .boolean = true}},
        {"x(False)", {.type = MARKER_BOOL}},
        {"x(false)", {.type = MARKER_BOOL}},
        {"x(None)", {.type = MARKER_NONE}},
        {"x(TRUE)", {.type = MARKER_STR, .text = "TRUE"}},
        {"x(none)", {.type = MARKER_STR, .text = "none"}},
        {"x(5m)", {.type = MARKER_STR, .text = "5m"}},
        {"x(1.2.3)", {.type = MARKER_STR, .text = "1.2.3"}},
        {"x(.)", {.type = MARKER_STR, .text = "."}},
        {"x(-)", {.type = MARKER_STR, .text = "-"}},
        {"x(1e)", {.type = MARKER_STR, .text = "1e"}},
        {"x(inf)", {.type = MARKER_STR, .text = "inf"}},
        {"x(0x10)", {.type = MARKER_STR, .text = "0x10"}},
        {"x(bare-word)", {.type = MARKER_STR, .text = "bare-word"}},
        {"x('300')", {.type = MARKER_STR, .text = "300"}},
        {"x('')", {.type = MARKER_STR, .text = ""}},
        {"x(\"a, (b) = 'c'\")", {.type = MARKER_STR, .text = "a, (b) = 'c'"}},
        {"x('q\\'\\\"\\\\\\n\\t\\r')", {.type = MARKER_STR, .text = "q'\"\\\n\t\r"}},
        {"x('日本')", {.type = MARKER_STR, .text = "日本"}},
    };
    autoarena struct arena a = {0};
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct marker m = parsed(&a, rows[i].text);
        assert_int_equal(m.n_args, 1);
        assert_value(&m.args[0].value, &rows[i].value, rows[i].text);
    }
}

static void finds_arguments_by_name_and_place(void **state)
{
    (void)state;
    autoarena struct arena a = {0};
    struct marker m = parsed(&a, "x( 'first' ,2, id = 3 , name=\"n\", )");
    assert_int_equal(m.n_args, 4);
    assert_string_equal(marker_arg(&m, NULL, 0)->text, "first");
    assert_int_equal(marker_arg(&m, NULL, 1)->integer, 2);
    assert_int_equal(marker_arg(&m, "id", -1)->integer, 3);
    assert_string_equal(marker_arg(&m, "name", -1)->text, "n");
    assert_int_equal(marker_arg(&m, "none", 1)->integer, 2);
    assert_null(marker_arg(&m, NULL, 2));
    assert_null(marker_arg(&m, "first", -1));
}

static void finds_a_marker_by_name(void **state)
{
    (void)state;
    autoarena struct arena a = {0};
    const struct marker *m;
    uint32_t n = sample_markers(&a, "e2e;issue(id=1);issue(id=2)", &m);
    assert_ptr_equal(marker_find(m, n, "issue"), &m[1]);
    assert_null(marker_find(m, n, "iss"));
}

static void reads_floats_in_any_locale(void **state)
{
    (void)state;
    autoarena struct arena a = {0};
    /* Where that locale isn't installed the test still holds, it only proves less. */
    setlocale(LC_NUMERIC, "de_DE.UTF-8");
    struct marker m = parsed(&a, "x(1.5)");
    setlocale(LC_NUMERIC, "C");
    assert_true(m.args[0].value.real == 1.5);
}

static void points_at_mistakes(void **state)
{
    (void)state;
    static const struct {
        const char *text, *message;
    } rows[] = {
        {"", "column 1: a marker needs a name\n    \n    ^"},
        {"(1)", "column 1: a marker needs a name\n    (1)\n    ^"},
        {"x y", "column 3: expected nothing more after the marker\n    x y\n      ^"},
        {"x(1))", "column 5: expected nothing more after the marker\n    x(1))\n        ^"},
        {"x(1", "column 4: \")\" is missing\n    x(1\n       ^"},
        {"x(", "column 3: a value is missing\n    x(\n      ^"},
        {"x(,)", "column 3: a value is missing\n    x(,)\n      ^"},
        {"x(id=)", "column 6: a value is missing\n    x(id=)\n         ^"},
        {"x(1 2)", "column 5: expected \",\" or \")\"\n    x(1 2)\n        ^"},
        {"x(é$)", "column 4: expected \",\" or \")\"\n    x(é$)\n       ^"},
        {"é($)", "column 3: unexpected character \"$\"\n    é($)\n      ^"},
        {"x\u00a0y", "column 2: unexpected character U+00A0\n    x\u00a0y\n     ^"},
        {"x('a", "column 3: closing quote ' is missing\n    x('a\n      ^"},
        {"x('\\q')", "column 4: unknown escape: a string may hold \\\\ \\' \\\" \\n \\t \\r\n    x('\\q')\n       ^"},
        {"x(a=1, 2)", "column 8: an argument without a name after one with a name\n    x(a=1, 2)\n           ^"},
        {"x(a=1, a=2)", "column 8: argument a is there twice\n    x(a=1, a=2)\n           ^"},
        {"x(class=1)", "column 3: \"class\" cannot name an argument\n    x(class=1)\n      ^"},
        {"x(1a=1)", "column 3: \"1a\" cannot name an argument\n    x(1a=1)\n      ^"},
        {"x(a-b=1)", "column 3: \"a-b\" cannot name an argument\n    x(a-b=1)\n      ^"},
        {"and", "column 1: \"and\" is an operator of -m and cannot name a marker\n    and\n    ^"},
        {"x(9223372036854775808)",
         "column 3: 9223372036854775808 does not fit into 64 bits\n    x(9223372036854775808)\n      ^"},
        {"a\xff", "column 2: byte 0xff is not UTF-8\n    a\xef\xbf\xbd\n     ^"},
        {"a\nb", "column 2: unexpected character U+000A\n    a b\n     ^"},
    };
    autoarena struct arena a = {0};
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        autoerr struct err err = {0};
        struct marker m = {.name = "untouched"};
        assert_int_equal(marker_parse(rows[i].text, &a, &m, &err), -EINVAL);
        assert_err(&err, -EINVAL, rows[i].message);
        assert_string_equal(m.name, "untouched");
        assert_int_equal(marker_parse(rows[i].text, &a, &m, NULL), -EINVAL);
    }
}

static void bounds_the_number_of_arguments(void **state)
{
    (void)state;
    autoarena struct arena a = {0};
    char text[] = "x(1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,"
                  "1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1)";
    autoerr struct err err = {0};
    struct marker m;
    assert_int_equal(marker_parse(text, &a, &m, &err), -EINVAL);
    assert_non_null(strstr(err_text(&err), "column 131: more than 64 arguments"));
    strcpy(strrchr(text, ','), ")");
    assert_int_equal(parsed(&a, text).n_args, 64);
}

static void compares_as_python_does(void **state)
{
    (void)state;
    const struct marker_value one = {.type = MARKER_INT, .integer = 1};
    const struct marker_value yes = {.type = MARKER_BOOL, .boolean = true};
    const struct marker_value real = {.type = MARKER_FLOAT, .real = 1};
    const struct marker_value text = {.type = MARKER_STR, .text = "1"};
    const struct marker_value none = {.type = MARKER_NONE};
    assert_true(marker_value_equal(&one, &yes));
    assert_true(marker_value_equal(&real, &one));
    assert_true(marker_value_equal(&yes, &real));
    assert_true(marker_value_equal(&none, &none));
    assert_false(marker_value_equal(&one, &text));
    assert_false(marker_value_equal(&none, &text));
    const struct marker_value zero = {.type = MARKER_INT};
    assert_false(marker_value_equal(&none, &zero));
    /* 2^63 - 1 and its nearest double differ. */
    const struct marker_value most = {.type = MARKER_INT, .integer = INT64_MAX};
    const struct marker_value near = {.type = MARKER_FLOAT, .real = 0x1p63};
    assert_false(marker_value_equal(&most, &near));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_a_name),
        cmocka_unit_test(reads_values_of_each_type),
        cmocka_unit_test(finds_arguments_by_name_and_place),
        cmocka_unit_test(finds_a_marker_by_name),
        cmocka_unit_test(reads_floats_in_any_locale),
        cmocka_unit_test(points_at_mistakes),
        cmocka_unit_test(bounds_the_number_of_arguments),
        cmocka_unit_test(compares_as_python_does),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
