/* SPDX-License-Identifier: Apache-2.0 */
/* Which tables a scenario gets when --data has its say. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "tables/run_tables.h"
#include "tables/table.h"

static const struct param_info items[] = {
    {TYPE_STR, "plan", "free", ""}, {TYPE_I32, "seats", "1", ""}, {TYPE_BOOL, "trial", "false", ""}};

static const char *const plan[] = {"plan"}, *const seats[] = {"seats"};
static const char *const plans[] = {"pro", "max"}, *const few[] = {"1"};
static const struct table_info two_tables[] = {
    {.columns = plan, .n_columns = 1, .cells = plans, .n_rows = 2, .file = ""},
    {.columns = seats, .n_columns = 1, .cells = few, .n_rows = 1, .file = ""},
};
static const struct table_info nameless[] = {{.file = "own.csv"}};
static const struct table_info with_file[] = {
    {.columns = plan, .n_columns = 1, .cells = plans, .n_rows = 2, .file = "sub/more.csv"}};

static struct scenario_info scenarios[] = {
    {.id = "a.two", .name = "two", .file = "a.c", .line = 1, .params = {items, 3}, .tables = two_tables, .n_tables = 2},
    {.id = "a.own", .name = "own", .file = "a.c", .line = 2, .params = {items, 3}, .tables = nameless, .n_tables = 1},
    {.id = "a.more", .name = "more", .file = "", .line = 0, .params = {items, 3}, .tables = with_file, .n_tables = 1},
    {.id = "a.plain", .name = "plain", .file = "a.c", .line = 4},
};
static struct plugin_info plugins[] = {{.path = "dir/a.so", .name = "a", .count = 4}};
static const struct catalogue catalogue = {
    .plugins = plugins, .n_plugins = 1, .scenarios = scenarios, .n_scenarios = 4};

/* "plan: pro max x@2; seats: 1": each table with its cells, and the lines of those from files. */
static void show(const struct table_info *tables, uint32_t n, struct buf *out)
{
    for (uint32_t t = 0; t < n; t++) {
        buf_adds(out, t ? "; " : "");
        for (uint32_t k = 0; k < tables[t].n_columns; k++)
            buf_addf(out, "%s%s", k ? "," : "", tables[t].columns[k]);
        buf_addc(out, ':');
        for (uint64_t i = 0; i < tables[t].n_rows * tables[t].n_columns; i++) {
            const struct row_place *place = tables[t].places ? &tables[t].places[i / tables[t].n_columns] : NULL;
            buf_addf(out, " %s", tables[t].cells[i] ? tables[t].cells[i] : "-");
            if (place && place->file)
                buf_addf(out, "@%u", place->line);
        }
    }
}

static int read_here(void *data, const char *what, const struct param_list *params, struct arena *arena,
                     struct table_info *ret_table, struct err *err)
{
    (void)data;
    return table_read(what, params, arena, ret_table, err);
}

/* The tables of scenario `i`, or the error. */
static void expect(size_t i, const char *const *rules, size_t n_rules, const char *shown)
{
    autotables struct run_tables t;
    autoerr struct err err = {0};
    autobuf struct buf got = {0};
    const struct table_info *tables = scenarios[i].tables;
    uint32_t n = scenarios[i].n_tables;
    int e = run_tables_init(&t, &catalogue, rules, n_rules, read_here, NULL, &err);
    if (e == 0)
        e = run_tables_of(&t, &scenarios[i], &tables, &n, &err);
    if (e == 0)
        show(tables, n, &got);
    assert_string_equal(e < 0 ? err_text(&err) : buf_str(&got), shown);
}

static void takes_what_the_plugin_has(void **state)
{
    (void)state;
    expect(0, NULL, 0, "plan: pro max; seats: 1");
    expect(1, NULL, 0, "seats,plan: 5@2 x@2 6@3 y@3");
    expect(2, NULL, 0, "plan: pro max y@2 z@3");
}

static void replaces_tables_that_share_a_column(void **state)
{
    (void)state;
    static const char *const seats_rule[] = {"a.two=seats.csv"}, *const both_rule[] = {"a.*=dir/own.csv"};
    static const char *const trial_rule[] = {"a=trial.csv"}, *const chain[] = {"a.two=seats.csv", "a.two+=seats2.csv"};
    static const char *const other[] = {"a.own=seats.csv"};
    expect(0, seats_rule, 1, "plan: pro max; seats: 7@2 8@3");
    expect(0, both_rule, 1, "seats,plan: 5@2 x@2 6@3 y@3");
    expect(0, trial_rule, 1, "plan: pro max; seats: 1; trial: true@2");
    expect(0, chain, 2, "plan: pro max; seats: 7@2 8@3 9@2");
    expect(0, other, 1, "plan: pro max; seats: 1");
    expect(1, other, 1, "seats: 7@2 8@3");
}

/* Of a table that is replaced its own file is not read. */
static void reads_no_file_in_vain(void **state)
{
    (void)state;
    static const char *const rule[] = {"a.more=plan.csv"}, *const more[] = {"a.more+=plan.csv"};
    expect(2, more, 1, "plan: pro max y@2 z@3 new@2");
    assert_int_equal(rename("dir/sub/more.csv", "dir/sub/gone.csv"), 0);
    expect(2, rule, 1, "plan: new@2");
    expect(2, more, 1, "scenario a.more: reading dir/sub/more.csv: No such file or directory");
    assert_int_equal(rename("dir/sub/gone.csv", "dir/sub/more.csv"), 0);
}

static void names_mistakes(void **state)
{
    (void)state;
    static const struct {
        const char *rule, *message;
    } rows[] = {
        {"a.two", "--data a.two: it takes ID=FILE, or ID+=FILE for rows that come on top"},
        {"=x.csv", "--data =x.csv: it takes ID=FILE, or ID+=FILE for rows that come on top"},
        {"+=x.csv", "--data +=x.csv: it takes ID=FILE, or ID+=FILE for rows that come on top"},
        {"a.two=", "--data a.two=: it takes ID=FILE, or ID+=FILE for rows that come on top"},
        {"a.twa=x.csv", "--data a.twa=x.csv: no scenario matches \"a.twa\"; did you mean a.two?"},
        {"nobody.here=x.csv", "--data nobody.here=x.csv: no scenario matches \"nobody.here\""},
        {"a.plain=x.csv", "--data a.plain=x.csv: scenario a.plain has no parameters"},
        {"a.two=x.csv", "--data a.two=x.csv: scenario a.two: reading x.csv: No such file or directory"},
        {"a.two+=trial.csv", "--data a.two+=trial.csv: scenario a.two: trial.csv: no table has its columns: = in place "
                             "of += adds it as a table"},
        {"a.two+=dir/own.csv", "--data a.two+=dir/own.csv: scenario a.two: dir/own.csv: it has columns of two tables"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        expect(0, &rows[i].rule, 1, rows[i].message);
}

static void write_file(const char *name, const char *text)
{
    FILE *f = fopen(name, "w");
    assert_non_null(f);
    fputs(text, f);
    fclose(f);
}

static char folder[] = "/tmp/muster-tables.XXXXXX";

static int set_up(void **state)
{
    (void)state;
    if (!mkdtemp(folder) || chdir(folder) < 0 || system("mkdir -p dir/sub") != 0)
        return -1;
    write_file("dir/own.csv", "seats,plan\n5,x\n6,y\n");
    write_file("dir/sub/more.csv", "plan\ny\nz\n");
    write_file("seats.csv", "seats\n7\n8\n");
    write_file("seats2.csv", "seats\n9\n");
    write_file("trial.csv", "trial\ntrue\n");
    write_file("plan.csv", "plan\nnew\n");
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    char command[64];
    snprintf(command, sizeof command, "rm -rf %s", folder);
    return chdir("/") < 0 || system(command) != 0 ? -1 : 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(takes_what_the_plugin_has),
        cmocka_unit_test(replaces_tables_that_share_a_column),
        cmocka_unit_test(reads_no_file_in_vain),
        cmocka_unit_test(names_mistakes),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
