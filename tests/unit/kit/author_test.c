/* SPDX-License-Identifier: Apache-2.0 */
/* What the macros of muster.h put into a plugin's tables, and what its inline functions ask of a host. */
#include "fake_host.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static char seen[128];

SCENARIO(plain, .summary = "No parameters")
{
    LOG("plain");
}

SCENARIO(seats_are_counted,
         PARAMS((str, plan), (i32, seats, "1"), (bool, strict, "false", "To the seat"), (json, more, NULL, "Limits")),
         .uses = USES("testbed", "postgres(version=15, as=old)"),
         .tables = TABLES(TABLE(COLUMNS("plan", "seats"), ROW("pro", "10"), ROW("free", NULL)),
                          TABLE_FILE("plans.csv", COLUMNS("more")), TABLE_FILE("plans.yaml"),
                          AXIS("strict", "true", "false", "true")))
{
    snprintf(seen, sizeof seen, "%s %" PRId32 " %" PRId32 " %s", plan, seats, strict, more);
    CHECK_STR(plan, ==, "pro");
}

static void drop(struct muster_ctx *t)
{
    LOG("dropped %s", m_fixture(t, "testbed", "url"));
}

FIXTURE(tenant, MUSTER_SCOPE_PLUGIN, PARAMS((str, plan, "free"), (u64, seats, "0xff")), .uses = USES("testbed"),
        .teardown = drop)
{
    m_publish(t, "plan", m_param(t, "plan"));
    m_publish(t, "plan", m_param(t, "plan"));
    m_watch(t, 4711, "a server");
    m_hand_over(t, seen);
}

FIXTURE(bare, MUSTER_SCOPE_ATTEMPT)
{
}

DATA_STEP(json, create_workload, PARAMS((str, name), (f64, share, "0.5")), .summary = "Creates", .timeout_ms = 5)
{
    snprintf(seen, sizeof seen, "{\"%s\":%g}", name, share);
    return seen;
}

DATA_STEP(none, forget)
{
    *seen = '\0';
}

MUSTER_PLUGIN("unit.author", "1")

static void a_scenario_without_parameters_is_as_in_1_0(void **state)
{
    (void)state;
    assert_ptr_equal(muster_scenario_plain.run, scenario_plain);
    assert_null(muster_scenario_plain.call);
    assert_null(muster_scenario_plain.params);
    assert_null(muster_scenario_plain.tables);
    assert_null(muster_scenario_plain.uses);
}

static void is_param(const struct muster_param *p, uint32_t type, const char *name, const char *fallback,
                     const char *summary)
{
    assert_non_null(p);
    assert_int_equal(p->size, sizeof *p);
    assert_int_equal(p->type, type);
    assert_string_equal(p->name, name);
    if (fallback)
        assert_string_equal(p->fallback, fallback);
    else
        assert_null(p->fallback);
    if (summary)
        assert_string_equal(p->summary, summary);
    else
        assert_null(p->summary);
}

static void parameters_keep_their_order(void **state)
{
    const struct muster_param *const *p = muster_scenario_seats_are_counted.params;
    (void)state;
    is_param(p[0], MUSTER_TYPE_STR, "plan", NULL, NULL);
    is_param(p[1], MUSTER_TYPE_I32, "seats", "1", NULL);
    is_param(p[2], MUSTER_TYPE_BOOL, "strict", "false", "To the seat");
    is_param(p[3], MUSTER_TYPE_JSON, "more", NULL, "Limits");
    assert_null(p[4]);
}

static void the_body_is_called_with_arguments(void **state)
{
    const struct muster_scenario *s = &muster_scenario_seats_are_counted;
    struct fake_host h;
    (void)state;
    fake_host_init(&h);
    assert_null(s->run);
    void (*call)(struct muster_ctx *, const char *, int32_t, int32_t, const char *) =
        (void (*)(struct muster_ctx *, const char *, int32_t, int32_t, const char *))s->call;
    call(&h.ctx, "pro", -3, 1, "[]");
    assert_string_equal(seen, "pro -3 1 []");
    assert_int_equal(h.checks, 1);
    assert_int_equal(h.failed, 0);
    assert_string_equal(s->uses[1], "postgres(version=15, as=old)");
    assert_null(s->uses[2]);
}

static void tables_hold_their_rows(void **state)
{
    const struct muster_table *const *tables = muster_scenario_seats_are_counted.tables;
    (void)state;
    for (size_t i = 0; i < 4; i++)
        assert_int_equal(tables[i]->size, sizeof(struct muster_table));
    assert_null(tables[4]);

    assert_int_equal(tables[0]->n_rows, 2);
    assert_string_equal(tables[0]->columns[1], "seats");
    assert_null(tables[0]->columns[2]);
    assert_string_equal(tables[0]->cells[2], "free");
    assert_null(tables[0]->cells[3]);
    assert_null(tables[0]->file);

    assert_string_equal(tables[1]->file, "plans.csv");
    assert_string_equal(tables[1]->columns[0], "more");
    assert_null(tables[1]->cells);
    assert_int_equal(tables[1]->n_rows, 0);
    assert_string_equal(tables[2]->file, "plans.yaml");
    assert_null(tables[2]->columns);

    assert_int_equal(tables[3]->n_rows, 3);
    assert_string_equal(tables[3]->columns[0], "strict");
    assert_string_equal(tables[3]->cells[1], "false");
}

static void a_fixture_reads_text_and_publishes_text(void **state)
{
    const struct muster_fixture *f = &muster_fixture_tenant;
    struct fake_host h;
    (void)state;
    fake_host_init(&h);
    fake_host_param(&h, "plan", "pro");
    fake_host_fixture(&h, "testbed", "url", "http://x");
    assert_int_equal(f->scope, MUSTER_SCOPE_PLUGIN);
    assert_string_equal(f->name, "tenant");
    is_param(f->params[1], MUSTER_TYPE_U64, "seats", "0xff", NULL);
    assert_null(f->params[2]);
    assert_string_equal(f->uses[0], "testbed");
    assert_null(muster_fixture_bare.params);
    f->setup(&h.ctx);
    assert_string_equal(fake_host_published(&h, "plan"), "pro");
    assert_null(fake_host_published(&h, "id"));
    assert_int_equal(h.watched, 4711);
    assert_string_equal(h.watched_as, "a server");
    assert_ptr_equal(h.handed_over, seen);
    f->teardown(&h.ctx);
    assert_string_equal(h.log, "dropped http://x\n");
}

static void a_users_view_of_fixtures(void **state)
{
    struct fake_host h;
    int something;
    (void)state;
    fake_host_init(&h);
    h.pointer = &something;
    fake_host_fixture(&h, "tenant", "id", "t-1");
    assert_string_equal(m_fixture(&h.ctx, "tenant", "id"), "t-1");
    assert_null(m_fixture(&h.ctx, "tenant", "name"));
    assert_null(m_fixture(&h.ctx, "other", "id"));
    assert_ptr_equal(m_fixture_pointer(&h.ctx, "tenant"), &something);
}

static void an_unknown_parameter_is_an_error(void **state)
{
    struct fake_host h;
    (void)state;
    fake_host_init(&h);
    fake_host_param(&h, "plan", "");
    RUN(&h, m_param(&h.ctx, "plan"));
    assert_int_equal(h.stopped, 0);
    RUN(&h, m_param(&h.ctx, "plam"));
    assert_int_equal(h.stopped, MUSTER_STOP_ERROR);
    assert_string_equal(h.reason, "there is no parameter plam");
}

static void a_step_is_a_function(void **state)
{
    struct fake_host h;
    (void)state;
    fake_host_init(&h);
    const struct muster_step *s = &muster_step_create_workload;
    assert_int_equal(s->returns, MUSTER_TYPE_JSON);
    assert_int_equal(s->timeout_ms, 5);
    assert_string_equal(s->name, "create_workload");
    is_param(s->params[1], MUSTER_TYPE_F64, "share", "0.5", NULL);
    assert_ptr_equal(s->call, (void (*)(void))step_create_workload);
    assert_string_equal(step_create_workload(&h.ctx, "web", 0.25), "{\"web\":0.25}");
    assert_int_equal(muster_step_forget.returns, MUSTER_TYPE_NONE);
    assert_null(muster_step_forget.params);
    step_forget(&h.ctx);
    assert_string_equal(seen, "");
}

static void the_plugin_lists_them_all(void **state)
{
    const struct muster_plugin *p = muster_plugin_v1(0);
    size_t scenarios = 0, fixtures = 0, steps = 0;
    (void)state;
    for (uint64_t i = 0; i < p->n_scenarios; i++)
        scenarios += p->scenarios[i] != NULL;
    for (uint64_t i = 0; i < p->n_fixtures; i++)
        fixtures += p->fixtures[i] != NULL;
    for (uint64_t i = 0; i < p->n_steps; i++)
        steps += p->steps[i] != NULL;
    assert_int_equal(scenarios, 2);
    assert_int_equal(fixtures, 2);
    assert_int_equal(steps, 2);
    assert_null(p->cleanups); /* none: not even a table */
    assert_int_equal(p->n_cleanups, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(a_scenario_without_parameters_is_as_in_1_0),
                                       cmocka_unit_test(parameters_keep_their_order),
                                       cmocka_unit_test(the_body_is_called_with_arguments),
                                       cmocka_unit_test(tables_hold_their_rows),
                                       cmocka_unit_test(a_fixture_reads_text_and_publishes_text),
                                       cmocka_unit_test(a_users_view_of_fixtures),
                                       cmocka_unit_test(an_unknown_parameter_is_an_error),
                                       cmocka_unit_test(a_step_is_a_function),
                                       cmocka_unit_test(the_plugin_lists_them_all)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
