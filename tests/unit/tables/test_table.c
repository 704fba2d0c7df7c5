/* SPDX-License-Identifier: Apache-2.0 */
/* Tables in each format, and the place of each mistake. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "data/measure.h"
#include "plan/values.h"
#include "tables/table.h"

static const struct param_info items[] = {
    {TYPE_STR, "plan", "free", ""}, {TYPE_I32, "seats", NULL, ""},    {TYPE_BOOL, "trial", "false", ""},
    {TYPE_F64, "price", "0", ""},   {TYPE_JSON, "extra", "null", ""},
};
static const struct param_list params = {items, ARRAY_LEN(items)};

static const char *name_of(enum table_format format)
{
    static const char *const names[] = {"rows.yaml", "rows.json", "rows.csv"};
    return names[format];
}

/* "plan seats|pro 10@2|- 5@3": columns, and the cells of each row with its line; "-" is NULL. */
static void show_table(const struct table_info *t, struct buf *out)
{
    for (uint32_t k = 0; k < t->n_columns; k++)
        buf_addf(out, "%s%s", k ? " " : "", t->columns[k]);
    for (uint64_t row = 0; row < t->n_rows; row++) {
        for (uint32_t k = 0; k < t->n_columns; k++) {
            const char *cell = t->cells[row * t->n_columns + k];
            buf_addf(out, "%c%s", k ? ' ' : '|', cell ? cell : "-");
        }
        buf_addf(out, "@%u", t->places[row].line);
    }
}

static void expect_table_at(enum table_format format, const char *text, const char *pointer, const char *shown)
{
    struct arena arena = {0};
    struct table_info t;
    autoerr struct err err = {0};
    if (table_parse(format, name_of(format), text, strlen(text), pointer, &params, &arena, &t, &err) < 0)
        fail_msg("%s", err_text(&err));
    autobuf struct buf got = {0};
    show_table(&t, &got);
    assert_string_equal(buf_str(&got), shown);
    assert_string_equal(t.places[0].file, name_of(format));
    arena_free(&arena);
}

static void expect_table(enum table_format format, const char *text, const char *shown)
{
    expect_table_at(format, text, "", shown);
}

static void expect_mistake_at(enum table_format format, const char *text, size_t len, const char *pointer,
                              const char *message)
{
    struct arena arena = {0};
    struct table_info t;
    autoerr struct err err = {0};
    if (table_parse(format, name_of(format), text, len, pointer, &params, &arena, &t, &err) == 0)
        fail_msg("taken: %s", text);
    assert_string_equal(err_text(&err), message);
    arena_free(&arena);
}

static void expect_mistake(enum table_format format, const char *text, const char *message)
{
    expect_mistake_at(format, text, strlen(text), "", message);
}

/* ---- CSV ---- */

static void reads_csv(void **state)
{
    (void)state;
    expect_table(TABLE_CSV, "plan,seats\npro,10\nfree,5\n", "plan seats|pro 10@2|free 5@3");
    expect_table(TABLE_CSV, "seats,plan\r\n1,pro\r\n2,x", "seats plan|1 pro@2|2 x@3");
    expect_table(TABLE_CSV, "\xef\xbb\xbfplan,seats\npro,10", "plan seats|pro 10@2");
    expect_table(TABLE_CSV, "plan,seats\n\"a,b\",1\n\"say \"\"hi\"\"\",2\n\"two\nlines\",3\nlast,4\n",
                 "plan seats|a,b 1@2|say \"hi\" 2@3|two\nlines 3@4|last 4@6");
    /* Nothing is the fallback, "" is an empty text. */
    expect_table(TABLE_CSV, "plan,seats\n,1\n\"\",2\n", "plan seats|- 1@2| 2@3");
    expect_table(TABLE_CSV, "\nseats\n1\n\n\r\n2\n\n", "seats|1@3|2@6");
    expect_table(TABLE_CSV, "seats,extra\n1,\"{\"\"a\"\": [1, 2]}\"\n", "seats extra|1 {\"a\": [1, 2]}@2");
    expect_table(TABLE_CSV, "\"seats\"\n\"7\"", "seats|7@2");
    expect_table(TABLE_CSV, "plan,seats\n größe ,1", "plan seats| größe  1@2");
}

static void names_the_place_in_csv(void **state)
{
    (void)state;
    static const struct {
        const char *text, *message;
    } rows[] = {
        {"plan,seats\npro,ten\n",
         "rows.csv:2:5: column seats: 'ten' is not an i32: a decimal number from -2147483648 to 2147483647"},
        {"plan,seats\n\"a\nb\",\"x\"\n",
         "rows.csv:3:4: column seats: 'x' is not an i32: a decimal number from -2147483648 to 2147483647"},
        {"plan,seats\nöö,\xff\n",
         "rows.csv:2:4: column seats: '\xff' is not an i32: a decimal number from -2147483648 to 2147483647"},
        {"plan,seets\n", "rows.csv:1:6: column seets: no parameter has the name seets; did you mean seats?"},
        {"plan,seats,plan\n", "rows.csv:1:12: column plan is there twice"},
        {"plan,seats\npro\n", "rows.csv:2:1: this row has 1 fields, and the header 2"},
        {"plan,seats\npro,1,2\n", "rows.csv:2:1: this row has 3 fields, and the header 2"},
        {"plan,seats\n\"pro,1\n", "rows.csv:2:1: this quote is not closed"},
        {"plan,seats\npr\"o,1\n", "rows.csv:2:3: a quote in a field that does not begin with one"},
        {"plan,seats\n\"pro\"x,1\n", "rows.csv:2:6: something stands behind the closing quote"},
        {"plan,seats\rpro,1\r", "rows.csv:1:11: a CR without its LF"},
        {"seats,extra\n1,{a}\n", NULL},
        {"", "rows.csv: it has no rows"},
        {"plan,seats\n", "rows.csv: it has no rows"},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++)
        if (rows[i].message)
            expect_mistake(TABLE_CSV, rows[i].text, rows[i].message);
    expect_mistake_at(TABLE_CSV, "seats\n1\0\n", 9, "", "rows.csv:2:2: a NUL byte");
    expect_mistake_at(TABLE_CSV, "seats\n\"1\0\"\n", 11, "", "rows.csv:2:3: a NUL byte");
    expect_mistake_at(TABLE_CSV, "seats\n1\n", 8, "/a", "rows.csv#/a: a CSV file is one table: it takes no pointer");
    expect_mistake(TABLE_CSV, "seats,extra\n1,{a}\n",
                   "rows.csv:2:3: column extra: it is not JSON: string or '}' expected near 'a' (line 1, column 2)");
}

/* ---- YAML and JSON ---- */

static void reads_yaml(void **state)
{
    (void)state;
    expect_table(TABLE_YAML, "- plan: pro\n  seats: 10\n- {seats: 5, plan: 'free'}\n", "plan seats|pro 10@1|free 5@3");
    expect_table(TABLE_YAML, "# rows\n---\n- seats: 1\n- seats: 2\n  trial: true\n", "seats trial|1 -@3|2 true@4");
    expect_table(TABLE_YAML, "- plan: \"a\\nb\"\n  seats: -3\n- plan: |\n    text\n  seats: 1\n",
                 "plan seats|a\nb -3@1|text\n 1@3");
    expect_table(TABLE_YAML, "- seats: 1\n  plan: ~\n- seats: 2\n  plan: 'null'\n- {seats: 3, plan: }\n",
                 "seats plan|1 -@1|2 null@3|3 -@5");
    expect_table(TABLE_YAML, "- plan: 15\n  seats: 007\n  price: 1e3\n", "plan seats price|15 007 1e3@1");
    expect_table(TABLE_YAML, "- &a {seats: 1, plan: &p pro}\n- *a\n- {seats: 2, plan: *p}\n",
                 "seats plan|1 pro@1|1 pro@2|2 pro@3");
}

static void reads_json(void **state)
{
    (void)state;
    expect_table(TABLE_JSON, "[{\"plan\": \"pro\", \"seats\": 10},\n {\"seats\": 5, \"plan\": null, \"price\": 1.50}]",
                 "plan seats price|pro 10 -@1|- 5 1.50@2");
    expect_table(TABLE_JSON, "[{\"plan\": \"\\u00e9\\\"\", \"seats\": -1}]", "plan seats|é\" -1@1");
}

static void follows_pointers(void **state)
{
    (void)state;
    static const char yaml[] =
        "plans:\n  - seats: 1\nother: [x]\na/b~c:\n  - [{seats: 2}]\n  - &r [{seats: 3}]\nref: *r\n";
    expect_table_at(TABLE_YAML, yaml, "/plans", "seats|1@2");
    expect_table_at(TABLE_YAML, yaml, "/a~1b~0c/0", "seats|2@5");
    expect_table_at(TABLE_YAML, yaml, "/a~1b~0c/1", "seats|3@6");
    expect_table_at(TABLE_YAML, yaml, "/ref", "seats|3@6");
    expect_table_at(TABLE_JSON, "{\"a\": {\"b\": [{\"seats\": 1}]}}", "/a/b", "seats|1@1");
    expect_mistake_at(TABLE_YAML, yaml, strlen(yaml), "/planes", "rows.yaml: there is no /planes in it");
    expect_mistake_at(TABLE_YAML, yaml, strlen(yaml), "/a~1b~0c/2", "rows.yaml: there is no /a~1b~0c/2 in it");
    expect_mistake_at(TABLE_YAML, yaml, strlen(yaml), "/other/0/x", "rows.yaml: there is no /other/0/x in it");
    expect_mistake_at(TABLE_YAML, yaml, strlen(yaml), "/other/0", "rows.yaml: /other/0 is not a list of rows");
    expect_mistake_at(TABLE_YAML, yaml, strlen(yaml), "",
                      "rows.yaml: the whole is a mapping; a table is a list of rows: name the one that is meant, as in "
                      "rows.yaml#/NAME");
}

static void makes_json_of_what_stands_there(void **state)
{
    (void)state;
    static const struct {
        const char *yaml, *json;
    } rows[] = {
        {"abc", "\"abc\""},
        {"'10'", "\"10\""},
        {"10", "10"},
        {"+10", "10"},
        {"0x1F", "31"},
        {"0o17", "15"},
        {"007", "7"},
        {"1.50", "1.50"},
        {".5", "0.5"},
        {"1e3", "1e3"},
        {"[18446744073709551615, !!str 5, !!binary aGk=]", "[18446744073709551615,\"5\",\"hi\"]"},
        {"1.", "1.0"},
        {"1.2.3", "\"1.2.3\""},
        {"1e", "\"1e\""},
        {"True", "true"},
        {"false", "false"},
        {"yes", "\"yes\""},
        {"null", "null"},
        {"[1, [a, {b: ~}], 'x\"y']", "[1,[\"a\",{\"b\":null}],\"x\\\"y\"]"},
        {"{1: x, 'a b': []}", "{\"1\":\"x\",\"a b\":[]}"},
        {"\n    - a\n    - b: c", "[\"a\",{\"b\":\"c\"}]"},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        autobuf struct buf yaml = {0};
        struct arena arena = {0};
        struct table_info t;
        autoerr struct err err = {0};
        buf_addf(&yaml, "- seats: 1\n  extra: %s\n", rows[i].yaml);
        if (table_parse(TABLE_YAML, "rows.yaml", buf_str(&yaml), yaml.len, "", &params, &arena, &t, &err) < 0)
            fail_msg("%s", err_text(&err));
        assert_string_equal(t.cells[1], rows[i].json);
        arena_free(&arena);
    }
}

static void names_the_place_in_yaml(void **state)
{
    (void)state;
    static const struct {
        const char *text, *message;
    } rows[] = {
        {"- seats: 1\n- plan: x\n  seats: ten\n",
         "rows.yaml:3:10: column seats: 'ten' is not an i32: a decimal number from -2147483648 to 2147483647"},
        {"- seats: '1'\n", "rows.yaml:1:10: column seats: '1' is a text, and not i32: write it without quotes"},
        {"- seats: [1]\n", "rows.yaml:1:3: column seats: a list is not i32: only json takes one"},
        {"- plan: {a: b}\n", "rows.yaml:1:3: column plan: a mapping is not str: only json takes one"},
        {"- seats: 1\n  seets: 2\n",
         "rows.yaml:2:3: column seets: no parameter has the name seets; did you mean seats?"},
        {"- seats: !!int x\n", "rows.yaml:1:16: column seats: !!int wants an integer, not 'x'"},
        {"- seats: !!str 1\n", "rows.yaml:1:16: column seats: '1' is a text, and not i32: write it without quotes"},
        {"- plan: !mine x\n", "rows.yaml:1:15: column plan: the tag !mine is not known: !!str, !!int, !!float, !!bool, "
                              "!!null, !!binary, !!seq and !!map are"},
        {"- extra: [1, !!set {a: }]\n", "rows.yaml:1:3: column extra: the tag !!set is not known: !!str, !!int, "
                                        "!!float, !!bool, !!null, !!binary, !!seq and !!map are"},
        {"- trial: yes\n", "rows.yaml:1:10: column trial: 'yes' is not a bool: true or false"},
        {"- seats: 1\n- x\n", "rows.yaml:2:3: row 2 is not a mapping of columns to values"},
        {"- &a x\n- *a : 1\n", "rows.yaml:1:6: row 1 is not a mapping of columns to values"},
        {"- seats: &s 1\n- *s : 1\n", "rows.yaml:2:4: row 2 has a key that is no column's name"},
        {"- [a]: 1\n", "rows.yaml:1:1: row 1 has a key that is no column's name"},
        {"- extra: .nan\n",
         "rows.yaml:1:10: column extra: .nan is no number of JSON: put it into quotes where a text is meant"},
        {"- extra: [1, 18446744073709551616]\n", "rows.yaml:1:14: column extra: 18446744073709551616 is beyond 64 "
                                                 "bits: integers go from -9223372036854775808 to 18446744073709551615"},
        {"x\n", "rows.yaml: the whole is not a list of rows"},
        {"%x", "rows.yaml:1:1: a line that begins with % is a directive: tables take none"},
        {"- seats: 1\n...\n%x", "rows.yaml:3:1: a line that begins with % is a directive: tables take none"},
        {"", "rows.yaml: it is empty"},
        {"[]\n", "rows.yaml: it has no rows"},
        {"- {}\n", "rows.yaml:1:1: row 1 is empty"},
        {"- seats: 1\n---\n- seats: 2\n", "rows.yaml: it has more than one document"},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++)
        expect_mistake(TABLE_YAML, rows[i].text, rows[i].message);
}

/* What the parser says is its own; where it is has to be right. */
static void names_the_place_of_bad_syntax(void **state)
{
    (void)state;
    static const struct {
        enum table_format format;
        const char *text, *place;
    } rows[] = {
        {TABLE_YAML, "- seats: 1\n- seats: 2\n  plan: 'x\n", "rows.yaml:3:"},
        {TABLE_YAML, "- seats: 1\n  seats: 2\n", "rows.yaml:2:3: "},
        {TABLE_YAML, "- seats: 1\n- plan: *nobody\n", "rows.yaml:2:"},
        {TABLE_JSON, "[{\"seats\": 1,}]", "rows.json:1:13: "},
        {TABLE_JSON, "[{\"seats\": 1}", "rows.json:2:1: "},
        {TABLE_JSON, "[{seats: 1}]", "rows.json:1:3: "},
        {TABLE_JSON, "- seats: 1\n", "rows.json:1:1: "},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct arena arena = {0};
        struct table_info t;
        autoerr struct err err = {0};
        if (table_parse(rows[i].format, name_of(rows[i].format), rows[i].text, strlen(rows[i].text), "", &params,
                        &arena, &t, &err) == 0)
            fail_msg("taken: %s", rows[i].text);
        if (strncmp(err_text(&err), rows[i].place, strlen(rows[i].place)) != 0)
            fail_msg("%s: %s", rows[i].text, err_text(&err));
        arena_free(&arena);
    }
}

/* Ten aliases of ten aliases of ten ...: refused before it fills the memory. And a list in itself. */
static void bounds_what_aliases_make(void **state)
{
    (void)state;
    autobuf struct buf text = {0};
    buf_adds(&text, "- extra: &a0 [x]\n");
    for (int i = 1; i < 12; i++) {
        buf_addf(&text, "- extra: &a%d [", i);
        for (int k = 0; k < 10; k++)
            buf_addf(&text, "%s*a%d", k ? "," : "", i - 1);
        buf_adds(&text, "]\n");
    }
    expect_mistake(TABLE_YAML, buf_str(&text), "rows.yaml:5:3: column extra: it is longer than 16383 bytes");
    expect_mistake(TABLE_YAML, "- extra: &a [*a]\n", "rows.yaml:1:3: column extra: it is nested deeper than 64");
}

/* A time that grows with the square of it would be minutes: the test's own limit is the measure. */
static void takes_a_table_of_a_megabyte(void **state)
{
    (void)state;
    autobuf struct buf text = {0};
    struct arena arena = {0};
    struct table_info t;
    autoerr struct err err = {0};
    enum { ROWS = 40000 };
    buf_adds(&text, "rows:\n");
    for (int i = 0; i < ROWS; i++)
        buf_addf(&text, "- {seats: %d, plan: p%d}\n", i, i);
    for (int i = 0; i < ROWS; i++)
        buf_addf(&text, "key%d: %d\n", i, i);
    if (table_parse(TABLE_YAML, "rows.yaml", buf_str(&text), text.len, "/rows", &params, &arena, &t, &err) < 0)
        fail_msg("%s", err_text(&err));
    assert_int_equal(t.n_rows, ROWS);
    assert_int_equal(t.places[ROWS - 1].line, ROWS + 1);
    arena_free(&arena);
}

static void refuses_what_is_beyond_its_bounds(void **state)
{
    (void)state;
    autobuf struct buf anchors = {0}, values = {0}, deep = {0};
    for (int i = 0; i <= YAML_ANCHORS_MAX; i++)
        buf_addf(&anchors, "- &a%d {seats: 1}\n", i);
    expect_mistake(TABLE_YAML, buf_str(&anchors), "rows.yaml:1001:10: more than 1000 anchors");
    buf_addc(&values, '[');
    for (int i = 0; i <= TABLE_VALUES_MAX; i++)
        buf_adds(&values, "1,");
    expect_mistake(TABLE_YAML, buf_str(&values), "rows.yaml:1:2000000: more than 1000000 values");
    for (int i = 0; i <= YAML_DEPTH_READ; i++)
        buf_addf(&deep, "%*s-\n", i, "");
    expect_mistake(TABLE_YAML, buf_str(&deep), "rows.yaml:129:129: nested more than 128 deep");
}

static void refuses_keys_that_are_there_twice(void **state)
{
    (void)state;
    expect_mistake(TABLE_YAML, "- plan: x\n  seats: 1\n  plan: y\n",
                   "rows.yaml:3:3: column plan is there twice in this row");
    expect_mistake(TABLE_JSON, "[{\"seats\": 1}, {\"seats\": 1, \"seats\": 2}]",
                   "rows.json:1:29: column seats is there twice in this row");
    expect_mistake(
        TABLE_YAML, "- extra: {a: 1, a: 2}\n",
        "rows.yaml:1:3: column extra: it is not JSON: duplicate object key near '\"a\"' (line 1, column 10)");
    static const char twice[] = "a:\n- seats: 1\na:\n- seats: 2\n";
    expect_mistake_at(TABLE_YAML, twice, strlen(twice), "/a", "rows.yaml:3:1: a is there twice");
}

/* ---- files ---- */

static void says_what_is_wrong_with_a_file(void **state)
{
    (void)state;
    char folder[] = "/tmp/muster-table.XXXXXX";
    assert_non_null(mkdtemp(folder));
    assert_int_equal(chdir(folder), 0);
    static const struct {
        const char *what, *message;
    } rows[] = {
        {"rows.csv", "reading rows.csv: No such file or directory"},
        {"rows.txt", "rows.txt: a table is a file *.yaml, *.yml, *.json or *.csv"},
        {".csv", ".csv: a table is a file *.yaml, *.yml, *.json or *.csv"},
        {"folder.csv", "reading folder.csv: it is a folder, not a regular file"},
        {"fifo.csv", "reading fifo.csv: it is a FIFO, not a regular file"},
        {"big.yaml#/x", "reading big.yaml: it is larger than 16 MiB"},
    };
    assert_int_equal(mkdir("folder.csv", 0700), 0);
    assert_int_equal(mkfifo("fifo.csv", 0600), 0);
    FILE *big = fopen("big.yaml", "w");
    assert_non_null(big);
    assert_int_equal(ftruncate(fileno(big), TABLE_FILE_MAX + 1), 0);
    fclose(big);
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct arena arena = {0};
        struct table_info t;
        autoerr struct err err = {0};
        assert_true(table_read(rows[i].what, &params, &arena, &t, &err) < 0);
        assert_string_equal(err_text(&err), rows[i].message);
        arena_free(&arena);
    }
    rmdir("folder.csv");
    unlink("fifo.csv");
    unlink("big.yaml");
    assert_int_equal(chdir("/"), 0);
    rmdir(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_csv),
        cmocka_unit_test(names_the_place_in_csv),
        cmocka_unit_test(reads_yaml),
        cmocka_unit_test(reads_json),
        cmocka_unit_test(follows_pointers),
        cmocka_unit_test(makes_json_of_what_stands_there),
        cmocka_unit_test(names_the_place_in_yaml),
        cmocka_unit_test(names_the_place_of_bad_syntax),
        cmocka_unit_test(bounds_what_aliases_make),
        cmocka_unit_test(takes_a_table_of_a_megabyte),
        cmocka_unit_test(refuses_what_is_beyond_its_bounds),
        cmocka_unit_test(refuses_keys_that_are_there_twice),
        cmocka_unit_test(says_what_is_wrong_with_a_file),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
