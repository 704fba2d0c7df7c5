/* SPDX-License-Identifier: Apache-2.0 */
/* Parameters, tables, fixtures and steps: taken over whole, and every lie about them refused by name. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "load/plugin.h"
#include "load/validate.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void call(void)
{
}

static void set_up(struct muster_ctx *ctx)
{
    (void)ctx;
}

/* A scenario with two parameters and two tables, a fixture, a step: to be spoilt. */
struct model {
    struct muster_param plan, seats;
    const struct muster_param *params[65 + 1];
    const char *columns[3], *other_columns[2], *cells[6];
    struct muster_table table, other;
    const struct muster_table *tables[17 + 1];
    struct muster_scenario scenario;
    struct muster_fixture fixture, second_fixture;
    struct muster_step step, second_step;
    const struct muster_scenario *scenarios[1];
    const struct muster_fixture *fixtures[2];
    const struct muster_step *steps[2];
    struct muster_plugin plugin;
};

static void build(struct model *m)
{
    static const char *const uses[] = {"testbed", NULL};
    *m = (struct model){
        .plan = {.size = sizeof m->plan, .type = MUSTER_TYPE_STR, .name = "plan"},
        .seats = {.size = sizeof m->seats, .type = MUSTER_TYPE_I32, .name = "seats", .fallback = "1"},
        .columns = {"plan"},
        .cells = {"pro", "free", NULL},
        .table = {.size = sizeof m->table, .n_rows = 2},
        .other_columns = {"seats"},
        .other = {.size = sizeof m->other, .file = "rows.csv"},
        .scenario = {.size = sizeof m->scenario, .id = "pay", .call = call, .uses = uses},
        .fixture = {.size = sizeof m->fixture, .scope = MUSTER_SCOPE_RUN, .name = "db", .setup = set_up, .uses = uses},
        .second_fixture = {.size = sizeof m->fixture, .scope = MUSTER_SCOPE_ATTEMPT, .name = "dir", .setup = set_up},
        .step = {.size = sizeof m->step, .returns = MUSTER_TYPE_JSON, .name = "create", .call = call},
        .second_step = {.size = sizeof m->step, .name = "remove", .call = call},
        .plugin = {.size = sizeof m->plugin, .abi_minor = 1, .name = "acme", .version = "1", .n_scenarios = 1},
    };
    m->params[0] = &m->plan;
    m->params[1] = &m->seats;
    m->table.columns = m->columns;
    m->table.cells = m->cells;
    m->other.columns = m->other_columns;
    m->tables[0] = &m->table;
    m->tables[1] = &m->other;
    m->scenario.params = m->step.params = m->fixture.params = m->params;
    m->scenario.tables = m->tables;
    m->scenarios[0] = &m->scenario;
    m->fixtures[0] = &m->fixture;
    m->fixtures[1] = &m->second_fixture;
    m->steps[0] = &m->step;
    m->steps[1] = &m->second_step;
    m->plugin.scenarios = m->scenarios;
    m->plugin.fixtures = m->fixtures;
    m->plugin.n_fixtures = 2;
    m->plugin.steps = m->steps;
    m->plugin.n_steps = 2;
}

static void all_is_taken_over(void **state)
{
    (void)state;
    struct model m;
    build(&m);
    struct plugin p = {0};
    const char *reason = "";
    autoerr struct err err = {0};
    assert_int_equal(plugin_normalise(&m.plugin, &p, &reason, &err), 0);
    memset(&m, 0xee, sizeof m); /* nothing of it is looked at again */
    assert_int_equal(p.entries[0].params.n, 2);
    assert_string_equal(p.entries[0].params.items[1].name, "seats");
    assert_int_equal(p.entries[0].params.items[1].type, MUSTER_TYPE_I32);
    assert_ptr_equal(p.entries[0].call, call);
    const struct muster_table *const *tables = p.scenarios[0].tables;
    assert_string_equal(tables[0]->cells[1], "free");
    assert_int_equal(tables[0]->n_rows, 2);
    assert_string_equal(tables[1]->file, "rows.csv");
    assert_null(tables[2]);
    assert_string_equal(p.scenarios[0].uses[0], "testbed");
    assert_null(p.scenarios[0].params[0]->fallback);
    assert_string_equal(p.scenarios[0].params[1]->fallback, "1");
    assert_int_equal(p.n_fixtures, 2);
    assert_string_equal(p.fixture_entries[1].name, "dir");
    assert_int_equal(p.fixture_entries[0].params.n, 2);
    assert_string_equal(p.fixtures[0].uses[0], "testbed");
    assert_null(p.fixtures[1].params[0]);
    assert_int_equal(p.n_steps, 2);
    assert_int_equal(p.steps[0].returns, MUSTER_TYPE_JSON);
    assert_string_equal(p.steps[1].name, "remove");
    arena_free(&p.arena);
}

static void a_plugin_may_have_fixtures_or_steps_alone(void **state)
{
    (void)state;
    for (int i = 0; i < 3; i++) {
        struct model m;
        build(&m);
        m.plugin.n_scenarios = 0;
        m.plugin.n_fixtures = i == 0 ? 2 : 0;
        m.plugin.n_steps = i == 1 ? 2 : 0;
        struct plugin p = {0};
        const char *reason = "";
        int r = plugin_normalise(&m.plugin, &p, &reason, NULL);
        if (i < 2)
            plugin_shrink(&p); /* it looks for a function of the plugin's */
        assert_true(i < 2 ? r == 0 : r < 0 && strcmp(reason, "no-scenarios") == 0);
        arena_free(&p.arena);
    }
}

static void a_shrunk_plugin_keeps_what_running_takes(void **state)
{
    (void)state;
    enum { MANY = 2000 }; /* more than are kept on the heap */
    for (uint32_t n = 1; n <= MANY; n += MANY - 1) {
        struct model m;
        build(&m);
        static struct muster_scenario many[MANY];
        static const struct muster_scenario *pointers[MANY];
        static char ids[MANY][16];
        for (uint32_t i = 0; i < n; i++) {
            snprintf(ids[i], sizeof ids[i], "id_%04u", i);
            many[i] = m.scenario;
            many[i].id = ids[i];
            pointers[i] = &many[i];
        }
        m.plugin.scenarios = pointers;
        m.plugin.n_scenarios = n;
        struct plugin p = {0};
        const char *reason = "";
        assert_int_equal(plugin_normalise(&m.plugin, &p, &reason, NULL), 0);
        plugin_shrink(&p);
        assert_null(p.scenarios);
        for (uint32_t i = 0; i < n; i++) {
            assert_ptr_equal(p.entries[i].call, call);
            assert_string_equal(p.entries[i].params.items[0].name, "plan");
        }
        assert_string_equal(p.fixture_entries[0].name, "db");
        assert_string_equal(p.fixture_entries[0].params.items[1].name, "seats");
        arena_free(&p.arena);
    }
}

static void refused(const struct model *m, const char *expected_reason, const char *expected_text)
{
    struct plugin p = {0};
    const char *reason = "";
    autoerr struct err err = {0};
    assert_true(plugin_normalise(&m->plugin, &p, &reason, &err) < 0);
    if (!strstr(err_text(&err), expected_text))
        fail_msg("\"%s\" does not say \"%s\"", err_text(&err), expected_text);
    assert_string_equal(reason, expected_reason);
    arena_free(&p.arena);
}

#define SPOILT(reason_, text_, ...)                                                                                    \
    do {                                                                                                               \
        struct model m;                                                                                                \
        build(&m);                                                                                                     \
        __VA_ARGS__;                                                                                                   \
        refused(&m, reason_, text_);                                                                                   \
    } while (0)

static void lying_parameters_are_refused(void **state)
{
    (void)state;
    SPOILT("bad-table", "a parameter says it has 31 bytes", m.plan.size = 31);
    SPOILT("bad-table", "scenario pay: the name of a parameter is NULL", m.plugin.n_fixtures = 0, m.plan.name = NULL);
    SPOILT("bad-table", "parameter two words: its name is not", m.plan.name = "two words");
    SPOILT("bad-table", "parameter a-b: its name is not", m.plan.name = "a-b");
    SPOILT("bad-table", "two parameters with the name plan", m.seats.name = "plan");
    SPOILT("newer-minor", "parameter plan has type 0", m.plan.type = 0);
    SPOILT("newer-minor", "parameter plan has type 8", m.plan.type = 8);
    SPOILT("bad-table", "its list of parameters has no NULL", for (int i = 0; i < 65; i++) m.params[i] = &m.plan);
    SPOILT("bad-table", "two functions", m.scenario.run = set_up);
    SPOILT("bad-table", "its function is NULL", m.scenario.call = NULL);
}

static void lying_tables_are_refused(void **state)
{
    (void)state;
    SPOILT("bad-table", "a table says it has 41 bytes", m.table.size = 41);
    SPOILT("bad-table", "a column size, and there is no such parameter", m.columns[0] = "size");
    SPOILT("bad-table", "plan stands in two columns", m.other_columns[0] = "plan");
    SPOILT("bad-table", "plan stands in two columns", m.columns[1] = "plan");
    SPOILT("bad-table", "no cells", m.table.cells = NULL);
    SPOILT("bad-table", "no columns", m.columns[0] = NULL);
    SPOILT("bad-table", "neither columns nor a file", m.other.columns = NULL, m.other.file = NULL);
    SPOILT("bad-table", "rows: 1000000 cells are the most", m.table.n_rows = UINT64_MAX);
    SPOILT("bad-table", "rows: 1000000 cells are the most", m.table.n_rows = UINT64_MAX / 2 + 1, m.columns[1] = "seats",
           m.tables[1] = NULL);
    SPOILT("newer-minor", "a table sets a reserved field", m.table.reserved = 1);
    SPOILT("bad-table", "its list of tables has no NULL", for (int i = 0; i < 17; i++) m.tables[i] = &m.table);
}

static void lying_fixtures_and_steps_are_refused(void **state)
{
    (void)state;
    SPOILT("bad-table", "a fixture says it has 3 bytes", m.fixture.size = 3);
    SPOILT("bad-table", "fixture db: its set-up is NULL", m.fixture.setup = NULL);
    SPOILT("bad-table", "fixture a b: its name is not a word", m.fixture.name = "a b");
    SPOILT("bad-table", "a.c:7: fixture db: its set-up is NULL", m.fixture.setup = NULL, m.fixture.file = "a.c",
           m.fixture.line = 7);
    SPOILT("newer-minor", "fixture db: it has scope 0", m.fixture.scope = 0);
    SPOILT("newer-minor", "fixture db: it has scope 4", m.fixture.scope = 4);
    SPOILT("newer-minor", "fixture db: it sets a reserved field", m.fixture.reserved = 1);
    SPOILT("bad-table", "two fixtures with the name db", m.second_fixture.name = "db");
    SPOILT("bad-table", "its table of fixtures is NULL", m.plugin.fixtures = NULL);
    SPOILT("bad-table", "a step says it has 3 bytes", m.step.size = 3);
    SPOILT("bad-table", "step create: its function is NULL", m.step.call = NULL);
    SPOILT("bad-table", "a.c:8: step create: its function is NULL", m.step.call = NULL, m.step.file = "a.c",
           m.step.line = 8);
    SPOILT("bad-table", "step create-it: its name is not a word", m.step.name = "create-it");
    SPOILT("newer-minor", "step create: it returns type 8", m.step.returns = 8);
    SPOILT("bad-table", "two steps with the name create", m.second_step.name = "create");
    SPOILT("bad-table", "its table of steps", m.plugin.n_steps = UINT64_MAX);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_is_taken_over),
        cmocka_unit_test(a_plugin_may_have_fixtures_or_steps_alone),
        cmocka_unit_test(a_shrunk_plugin_keeps_what_running_takes),
        cmocka_unit_test(lying_parameters_are_refused),
        cmocka_unit_test(lying_tables_are_refused),
        cmocka_unit_test(lying_fixtures_and_steps_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
