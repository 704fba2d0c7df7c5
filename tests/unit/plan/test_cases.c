/* SPDX-License-Identifier: Apache-2.0 */
/* From parameters and tables to cases, their ids, and every mistake in them. */
#include "sample.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "plan/case_id.h"
#include "plan/cases.h"

static const struct param_info params[] = {
    {TYPE_STR, "plan", "free", ""},
    {TYPE_I32, "seats", NULL, ""},
    {TYPE_BOOL, "trial", "false", ""},
    {TYPE_JSON, "extra", "null", ""},
};

#define TABLE(columns_, cells_)                                                                                        \
    {                                                                                                                  \
        .columns = (columns_), .n_columns = ARRAY_LEN(columns_), .cells = (cells_),                                    \
        .n_rows = ARRAY_LEN(cells_) / ARRAY_LEN(columns_), .file = ""                                                  \
    }

static const char *const plan_column[] = {"plan"}, *const seats_column[] = {"seats"};
static const char *const seats_and_plan[] = {"seats", "plan"};
static const char *const plans[] = {"free", "pro"}, *const seats[] = {"1", "10", "100"};

static struct scenario_info scenario(void)
{
    return (struct scenario_info){.id = "acme.pay", .file = "pay.c", .line = 7, .params = {params, ARRAY_LEN(params)}};
}

/* "'x' is bad" for what isn't in braces. */
static int check_braces(const char *text, struct err *err)
{
    return *text == '{' || strcmp(text, "null") == 0 ? 0 : err_set(err, -EINVAL, "it has no brace");
}

static void expect_ids(const struct table_info *tables, uint32_t n, const char *ids)
{
    const struct scenario_info s = scenario();
    autocases struct case_set set = {0};
    autoerr struct err err = {0};
    if (cases_open(&s, tables, n, check_braces, &set, &err) < 0)
        fail_msg("%s", err_text(&err));
    struct arena arena = {0};
    autobuf struct buf got = {0};
    const char *values[ARRAY_LEN(params)];
    for (uint32_t i = 0; i < set.n; i++) {
        case_values(&set, i, values);
        buf_addf(&got, "%s\n", case_id(&set, values, &arena));
    }
    assert_string_equal(buf_str(&got), ids);
    arena_free(&arena);
}

static void expect_mistake(const struct table_info *tables, uint32_t n, const char *message)
{
    const struct scenario_info s = scenario();
    autocases struct case_set set = {0};
    autoerr struct err err = {0};
    assert_int_equal(cases_open(&s, tables, n, check_braces, &set, &err), -EINVAL);
    assert_err(&err, -EINVAL, message);
}

static void multiplies_tables(void **state)
{
    (void)state;
    const struct table_info tables[] = {TABLE(seats_column, seats), TABLE(plan_column, plans)};
    expect_ids(tables, 1, "acme.pay[seats=1]\nacme.pay[seats=10]\nacme.pay[seats=100]\n");
    /* The last table's rows vary fastest; ids have the order of the parameters. */
    expect_ids(tables, 2,
               "acme.pay[plan=free,seats=1]\nacme.pay[plan=pro,seats=1]\nacme.pay[plan=free,seats=10]\n"
               "acme.pay[plan=pro,seats=10]\nacme.pay[plan=free,seats=100]\nacme.pay[plan=pro,seats=100]\n");
}

static void gives_each_parameter_its_value(void **state)
{
    (void)state;
    static const char *const cells[] = {"1", NULL, "2", "pro"};
    const struct table_info tables[] = {TABLE(seats_and_plan, cells)};
    const struct scenario_info s = scenario();
    autocases struct case_set set = {0};
    assert_int_equal(cases_open(&s, tables, 1, NULL, &set, NULL), 0);
    assert_int_equal(set.n, 2);
    const char *values[ARRAY_LEN(params)];
    case_values(&set, 0, values);
    assert_string_equal(values[0], "free");
    assert_string_equal(values[1], "1");
    assert_string_equal(values[2], "false");
    case_values(&set, 1, values);
    assert_string_equal(values[0], "pro");
    assert_string_equal(values[1], "2");
    assert_string_equal(values[3], "null");
    expect_ids(tables, 1, "acme.pay[plan=free,seats=1]\nacme.pay[plan=pro,seats=2]\n");
}

static void is_one_case_without_tables(void **state)
{
    (void)state;
    static const struct param_info all_have_fallbacks[] = {{TYPE_STR, "plan", "free", ""}};
    struct scenario_info s = scenario();
    s.params = (struct param_list){all_have_fallbacks, 1};
    autocases struct case_set set = {0};
    struct arena arena = {0};
    assert_int_equal(cases_open(&s, NULL, 0, NULL, &set, NULL), 0);
    assert_int_equal(set.n, 1);
    const char *values[1];
    case_values(&set, 0, values);
    assert_string_equal(values[0], "free");
    assert_string_equal(case_id(&set, values, &arena), "acme.pay");
    arena_free(&arena);
}

static void names_the_place_of_a_mistake(void **state)
{
    (void)state;
    static const char *const planet[] = {"planet"}, *const repeat[] = {"repeat"}, *const twice[] = {"seats", "seats"};
    static const char *const trial[] = {"trial"}, *const extra[] = {"extra"};
    static const char *const bad_seats[] = {"1", "ten"}, *const one[] = {"1"}, *const two[] = {"1", "2"};
    static const char *const null_seats[] = {NULL}, *const same[] = {"1", "2", "1"}, *const yes[] = {"true", "yes"};
    static const char *const not_json[] = {"{}", "x"}, *const same_by_fallback[] = {"1", "free", "1", NULL};
    static const char *const none[] = {"1"};
    const struct {
        struct table_info tables[2];
        uint32_t n;
        const char *message;
    } rows[] = {
        {{TABLE(seats_column, bad_seats)},
         1,
         "row 2, column seats: 'ten' is not an i32: a decimal number from -2147483648 to 2147483647"},
        {{TABLE(seats_column, one), TABLE(trial, yes)},
         2,
         "table 2, row 2, column trial: 'yes' is not a bool: true or false"},
        {{TABLE(seats_column, one), TABLE(extra, not_json)},
         2,
         "table 2, row 2, column extra: it is not JSON: it has no brace"},
        {{TABLE(planet, one)}, 1, "table 1, column planet: no parameter has the name planet; did you mean plan?"},
        {{TABLE(repeat, one)}, 1, "table 1, column repeat: no parameter has the name repeat"},
        {{TABLE(seats_column, one), TABLE(seats_and_plan, two)}, 2, "column seats is in table 1 and in table 2"},
        {{TABLE(twice, two)}, 1, "table 1 has two columns seats"},
        {{TABLE(plan_column, one)}, 1, "parameter seats has no value: it stands in no table, and has no fallback"},
        {{TABLE(seats_column, null_seats)}, 1, "row 1, column seats: it has no value, and the parameter no fallback"},
        {{TABLE(seats_column, same)}, 1, "row 1 and row 3 have the same values: their cases would have the same id"},
        {{TABLE(seats_and_plan, same_by_fallback)},
         1,
         "row 1 and row 2 have the same values: their cases would have the same id"},
        {{{.columns = seats_column, .n_columns = 1, .file = ""}},
         1,
         "table 1 has no rows, so that nothing of it would be run"},
        {{{.columns = seats_column, .n_columns = 0, .cells = none, .n_rows = 1, .file = ""}},
         1,
         "table 1 has no columns"},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        autobuf struct buf whole = {0};
        buf_addf(&whole, "scenario acme.pay (pay.c:7): %s", rows[i].message);
        expect_mistake(rows[i].tables, rows[i].n, buf_str(&whole));
    }
}

static void names_lines_of_files(void **state)
{
    (void)state;
    static const char *const cells[] = {"1", "2", "1"};
    static const struct row_place places[] = {{NULL, 0}, {"rows.csv", 2}, {"rows.csv", 3}};
    struct table_info t = TABLE(seats_column, cells);
    t.places = places;
    expect_mistake(&t, 1,
                   "scenario acme.pay (pay.c:7): row 1 and rows.csv:3 have the same values: their cases would have "
                   "the same id");
}

static void checks_fallbacks(void **state)
{
    (void)state;
    static const struct param_info bad[] = {{TYPE_I32, "seats", "ten", ""}};
    const struct scenario_info s = {.id = "acme.pay", .file = "", .params = {bad, 1}};
    autocases struct case_set set = {0};
    autoerr struct err err = {0};
    assert_int_equal(cases_open(&s, NULL, 0, NULL, &set, &err), -EINVAL);
    assert_err(&err, -EINVAL,
               "scenario acme.pay: parameter seats: its fallback: 'ten' is not an i32: a decimal number from "
               "-2147483648 to 2147483647");
}

static void refuses_a_column_called_repeat(void **state)
{
    (void)state;
    static const struct param_info repeat[] = {{TYPE_I32, "repeat", NULL, ""}};
    static const char *const column[] = {"repeat"}, *const cells[] = {"1"};
    const struct table_info t = TABLE(column, cells);
    const struct scenario_info s = {.id = "acme.pay", .file = "", .params = {repeat, 1}};
    autocases struct case_set set = {0};
    autoerr struct err err = {0};
    assert_int_equal(cases_open(&s, &t, 1, NULL, &set, &err), -EINVAL);
    assert_err(&err, -EINVAL,
               "scenario acme.pay: table 1, column repeat: ids have that name for the rounds of --repeat: choose "
               "another");
}

/* Numbers as texts, for tables with many rows. */
static const char *const *numbers(struct arena *arena, uint32_t n)
{
    const char **cells = arena_alloc(arena, n * sizeof *cells);
    for (uint32_t i = 0; i < n; i++) {
        char *text = arena_alloc(arena, 12);
        snprintf(text, 12, "%u", i);
        cells[i] = text;
    }
    return cells;
}

static void bounds_the_number_of_cases(void **state)
{
    (void)state;
    struct arena arena = {0};
    const char *const *cells = numbers(&arena, 1001);
    struct table_info t[] = {
        {.columns = seats_column, .n_columns = 1, .cells = cells, .n_rows = 1000, .file = ""},
        {.columns = plan_column, .n_columns = 1, .cells = cells, .n_rows = 1000, .file = ""},
    };
    const struct scenario_info s = scenario();
    autocases struct case_set set = {0};
    assert_int_equal(cases_open(&s, t, 2, NULL, &set, NULL), 0);
    assert_int_equal(set.n, CASES_MAX);
    const char *values[ARRAY_LEN(params)];
    case_values(&set, CASES_MAX - 1, values);
    assert_string_equal(values[0], "999");
    assert_string_equal(values[1], "999");
    t[1].n_rows = 1001;
    expect_mistake(t, 2,
                   "scenario acme.pay (pay.c:7): its tables give 1000 x 1001 = 1001000 cases; 1000000 is the most");
    t[0].n_rows = UINT64_MAX / 2;
    expect_mistake(t, 2,
                   "scenario acme.pay (pay.c:7): its tables give 9223372036854775807 x 1001 (over 2^64) cases; 1000000 "
                   "is the most");
    arena_free(&arena);
}

static void bounds_the_values_of_a_case(void **state)
{
    (void)state;
    enum { N = 4, LONG = 16000 };
    struct param_info many[N];
    const char *names[N] = {"a", "b", "c", "d"};
    char *text = malloc(LONG + 1);
    assert_non_null(text);
    memset(text, 'x', LONG);
    text[LONG] = '\0';
    for (size_t i = 0; i < N; i++)
        many[i] = (struct param_info){TYPE_STR, names[i], text, ""};
    const struct scenario_info s = {.id = "acme.pay", .file = "", .params = {many, N}};
    autocases struct case_set set = {0};
    autoerr struct err err = {0};
    assert_int_equal(cases_open(&s, NULL, 0, NULL, &set, &err), -EINVAL);
    assert_err(&err, -EINVAL,
               "scenario acme.pay: the longest values of its parameters have 64004 bytes together; 61440 is the most");
    free(text);
}

/* ---- ids ---- */

static void expect_shown(const char *value, const char *shown)
{
    static const char *const name = "v";
    autobuf struct buf id = {0}, want = {0};
    case_id_add(&id, "s", &name, &value, 1);
    buf_addf(&want, "s[v=%s]", shown);
    assert_string_equal(buf_str(&id), buf_str(&want));
}

static void escapes_what_would_end_an_id(void **state)
{
    (void)state;
    expect_shown("", "");
    expect_shown("pro-1_2.3:4/5@6~+", "pro-1_2.3:4/5@6~+");
    expect_shown("{\"a\":1}", "{\"a\":1}");
    expect_shown("a,b]c[d=e", "a%2Cb%5Dc%5Bd%3De");
    expect_shown("a b\tc\nd", "a%20b%09c%0Ad");
    expect_shown("100%", "100%25");
    expect_shown("*?\\'", "%2A%3F%5C%27");
    expect_shown("\x1b[31m\x7f", "%1B%5B31m%7F");
    expect_shown("größe 日本", "größe%20日本");
    expect_shown("\xff\xc3", "%FF%C3");
    expect_shown("\u200b\u202e\u00a0", "%E2%80%8B%E2%80%AE%C2%A0");
}

static void cuts_long_values_and_keeps_them_apart(void **state)
{
    (void)state;
    char a[200], b[200];
    memset(a, 'x', sizeof a - 1);
    a[sizeof a - 1] = '\0';
    memcpy(b, a, sizeof b);
    b[sizeof b - 2] = 'y';
    a[60] = '\0';
    expect_shown(a, a); /* just not */
    a[60] = 'x';
    static const char *const name = "v";
    const char *pa = a, *pb = b;
    autobuf struct buf ia = {0}, ib = {0};
    case_id_add(&ia, "s", &name, &pa, 1);
    case_id_add(&ib, "s", &name, &pb, 1);
    assert_int_equal(ia.len, strlen("s[v=]") + CASE_VALUE_MAX);
    assert_string_not_equal(buf_str(&ia), buf_str(&ib));
    assert_memory_equal(buf_str(&ia), "s[v=xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx%~", strlen("s[v=") + 44);
    /* The same on every machine and in every version: ids are compared from run to run. */
    assert_string_equal(buf_str(&ia), "s[v=xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx%~067d0c0eabac720b]");
}

static void divides_neither_escapes_nor_characters(void **state)
{
    (void)state;
    static const char *const name = "v";
    for (size_t shift = 0; shift < 6; shift++) {
        autobuf struct buf value = {0}, id = {0};
        for (size_t i = 0; i < shift; i++)
            buf_addc(&value, 'a');
        for (size_t i = 0; i < 40; i++)
            buf_adds(&value, shift % 2 ? "日" : " ");
        const char *text = buf_str(&value);
        case_id_add(&id, "s", &name, &text, 1);
        const char *cut = strstr(buf_str(&id), "%~");
        assert_non_null(cut);
        size_t kept = (size_t)(cut - buf_str(&id)) - strlen("s[v=") - shift;
        assert_int_equal(kept % 3, 0); /* both take three bytes */
        assert_true(id.len <= strlen("s[v=]") + CASE_VALUE_MAX);
    }
}

static void bounds_all_parameters_together(void **state)
{
    (void)state;
    const char *names[12], *values[12];
    for (size_t i = 0; i < 12; i++) {
        names[i] = "a_rather_long_name";
        values[i] = "and_a_value_that_is_long_too";
    }
    autobuf struct buf a = {0}, b = {0};
    case_id_add(&a, "s", names, values, 12);
    values[11] = "other";
    case_id_add(&b, "s", names, values, 12);
    assert_int_equal(a.len, strlen("s[]") + CASE_PARAMS_MAX);
    assert_int_equal(b.len, strlen("s[]") + CASE_PARAMS_MAX);
    assert_string_not_equal(buf_str(&a), buf_str(&b));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(multiplies_tables),
        cmocka_unit_test(gives_each_parameter_its_value),
        cmocka_unit_test(is_one_case_without_tables),
        cmocka_unit_test(names_the_place_of_a_mistake),
        cmocka_unit_test(names_lines_of_files),
        cmocka_unit_test(checks_fallbacks),
        cmocka_unit_test(refuses_a_column_called_repeat),
        cmocka_unit_test(bounds_the_number_of_cases),
        cmocka_unit_test(bounds_the_values_of_a_case),
        cmocka_unit_test(escapes_what_would_end_an_id),
        cmocka_unit_test(cuts_long_values_and_keeps_them_apart),
        cmocka_unit_test(divides_neither_escapes_nor_characters),
        cmocka_unit_test(bounds_all_parameters_together),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
