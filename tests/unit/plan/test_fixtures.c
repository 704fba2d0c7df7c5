/* SPDX-License-Identifier: Apache-2.0 */
/* Which fixtures cases need: names, arguments, instances, scopes, cycles, order. */
#include "sample.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "plan/fixtures.h"
#include "plan/uses.h"

/* ---- what is written -------------------------------------------------------------------------------------------- */

static const struct param_info sample_params[] = {
    {TYPE_STR, "plan", NULL, ""}, {TYPE_I32, "seats", "3", ""}, {TYPE_STR, "odd", NULL, ""}};
static const struct param_list sample_list = {sample_params, 3};
static const char *const sample_values[] = {"pro, \"x\"", "10", NULL};
static const struct use_values values = {&sample_list, sample_values};

/* "plugin|name|alias|key=value|..." */
static void expect_use(const char *text, const char *expected)
{
    struct arena arena = {0};
    autoerr struct err err = {0};
    autobuf struct buf out = {0};
    struct use u;
    if (use_parse(text, &values, &arena, &u, &err) < 0)
        fail_msg("%s: %s", text, err_text(&err));
    buf_addf(&out, "%s|%s|%s", u.plugin ? u.plugin : "", u.name, u.alias);
    for (uint32_t i = 0; i < u.n_args; i++)
        buf_addf(&out, "|%s=%s", u.args[i].key ? u.args[i].key : "", u.args[i].value);
    assert_string_equal(buf_str(&out), expected);
    arena_free(&arena);
}

static void uses_are_read(void **state)
{
    (void)state;
    expect_use("testbed", "|testbed|testbed");
    expect_use(" acme.core.db ", "acme.core|db|db");
    expect_use("postgres(version=15, as=old)", "|postgres|old|version=15");
    expect_use("postgres(as=old-1,version=015)", "|postgres|old-1|version=015");
    expect_use("a-b_c(1.50, x = 'two words', y=\"q\\\"\\n\")", "|a-b_c|a-b_c|=1.50|x=two words|y=q\"\n");
    expect_use("t()", "|t|t");
    expect_use("t(in=1, class=x)", "|t|t|in=1|class=x");
    expect_use("t('')", "|t|t|=");
}

static void values_of_the_user_are_put_in(void **state)
{
    (void)state;
    expect_use("t(${plan})", "|t|t|=pro, \"x\"");
    expect_use("t(x=w-${seats}-${seats}b)", "|t|t|x=w-10-10b");
    expect_use("t(\"${plan}/${seats}\")", "|t|t|=pro, \"x\"/10");
    expect_use("t('$${plan} $x $', y=$${z)", "|t|t|=${plan} $x $|y=${z");
}

static void expect_bad_use(const char *text, const char *expected)
{
    struct arena arena = {0};
    autoerr struct err err = {0};
    struct use u;
    assert_int_equal(use_parse(text, &values, &arena, &u, &err), -EINVAL);
    if (strncmp(err_text(&err), expected, strlen(expected)) != 0)
        fail_msg("%s: %s", text, err_text(&err));
    arena_free(&arena);
}

static void mistakes_in_uses_have_their_column(void **state)
{
    (void)state;
    expect_bad_use("", "column 1: the name of a fixture is missing");
    expect_bad_use("(x)", "column 1: the name of a fixture is missing");
    expect_bad_use("1a", "column 1: \"1a\" is no name of a fixture: NAME or PLUGIN.NAME");
    expect_bad_use(".db", "column 1: \".db\" is no name of a fixture");
    expect_bad_use("acme.", "column 1: \"acme.\" is no name of a fixture");
    expect_bad_use("db(x", "column 5: \")\" is missing");
    expect_bad_use("db(x=)", "column 6: a value is missing");
    expect_bad_use("db(x=1 2)", "column 8: expected \",\" or \")\"");
    expect_bad_use("db(x=1, 2)", "column 9: an argument without a name after one with a name");
    expect_bad_use("db(x=1, x=2)", "column 9: argument x is there twice");
    expect_bad_use("db(as=a, as=b)", "column 10: as is there twice");
    expect_bad_use("db(as='a b')", "column 4: \"a b\" can't be a fixture's name");
    expect_bad_use("db(x='a)", "column 6: closing quote ' is missing");
    expect_bad_use("db(x=${nope})", "column 6: who uses it has no parameter nope");
    expect_bad_use("db(x=${odd})", "column 6: the parameter odd has no value here");
    expect_bad_use("db(x=${plan)", "column 6: ${ needs the name of a parameter");
    expect_bad_use("db(x=1) y", "column 9: expected nothing more after the fixture");
    expect_bad_use("d\377b", "column 2");
}

/* ---- plans --------------------------------------------------------------------------------------------------------
 */

struct suite {
    struct catalogue c;
    struct selection selection;
    struct fixture_plan plan;
};

#define autosuite __attribute__((cleanup(suite_free))) struct suite

static void suite_free(struct suite *s)
{
    fixtures_free(&s->plan);
    selection_free(&s->selection);
    catalogue_free(&s->c);
}

/* Words with ';' between them. */
static const char *const *words(struct arena *arena, const char *line)
{
    const char **list = arena_alloc(arena, 16 * sizeof *list);
    char *state = NULL, *text = arena_strdup(arena, line);
    size_t n = 0;
    for (char *word = strtok_r(text, ";", &state); word; word = strtok_r(NULL, ";", &state))
        list[n++] = word;
    return list;
}

/* Adds one to the last plugin. Its parameters are texts; "=x" gives a fallback. */
static struct fixture_info *fixture(struct suite *s, enum fixture_scope scope, const char *name, const char *params,
                                    const char *uses)
{
    struct catalogue *c = &s->c;
    struct plugin_info *p = &c->plugins[c->n_plugins - 1];
    const char *const *list = words(&c->arena, params);
    uint32_t n = 0;
    while (list[n])
        n++;
    struct param_info *items = arena_alloc(&c->arena, (n + 1) * sizeof *items);
    for (uint32_t i = 0; i < n; i++) {
        char *fallback = strchr(list[i], '=');
        if (fallback)
            *fallback++ = '\0';
        items[i] = (struct param_info){TYPE_STR, list[i], fallback, ""};
    }
    if (p->n_fixtures == 0)
        p->first_fixture = (uint32_t)c->n_fixtures;
    GROW(c->fixtures, c->n_fixtures, c->cap_fixtures);
    struct fixture_info *f = &c->fixtures[c->n_fixtures++];
    *f = (struct fixture_info){.plugin = (uint32_t)c->n_plugins - 1,
                               .index = p->n_fixtures++,
                               .scope = scope,
                               .name = name,
                               .summary = "",
                               .file = "f.c",
                               .line = (uint32_t)c->n_fixtures,
                               .params = {items, n},
                               .uses = words(&c->arena, uses)};
    return f;
}

static struct scenario_info *scenario(struct suite *s, const char *name, const char *uses)
{
    struct scenario_info *info = sample_scenario(&s->c, name, "");
    info->uses = words(&s->c.arena, uses);
    return info;
}

static int plan(struct suite *s, struct err *err)
{
    const struct select_options o = {.limits = LIMIT_SETTINGS_INIT};
    if (select_cases(&s->c, &o, &s->selection, err) < 0)
        fail_msg("%s", err_text(err));
    return fixtures_plan(&s->c, &s->selection, &s->plan, err);
}

static void add_labels(const struct suite *s, const uint32_t *list, uint32_t n, struct buf *out)
{
    for (uint32_t i = 0; i < n; i++)
        buf_addf(out, "%s%s", i ? " " : "", s->plan.instances[list[i]].label);
}

/* "shared ones / attempt-scoped ones" */
static void expect_case(const struct suite *s, size_t i, const char *expected)
{
    const struct case_fixtures *cf = fixtures_of(&s->plan, i);
    autobuf struct buf out = {0};
    if (cf) {
        add_labels(s, cf->shared, cf->n_shared, &out);
        buf_adds(&out, " / ");
        add_labels(s, cf->local, cf->n_local, &out);
    }
    assert_string_equal(buf_str(&out), expected);
}

static void plan_well(struct suite *s)
{
    autoerr struct err err = {0};
    if (plan(s, &err) < 0)
        fail_msg("%s", err_text(&err));
}

static void what_nobody_uses_is_not_planned(void **state)
{
    (void)state;
    autosuite s = {0};
    sample_plugin(&s.c, "p");
    fixture(&s, SCOPE_RUN, "db", "", "");
    fixture(&s, SCOPE_RUN, "idle", "", "");
    scenario(&s, "a", "");
    scenario(&s, "b", "db");
    struct scenario_info *skipped = scenario(&s, "c", "idle");
    skipped->n_markers = sample_markers(&s.c.arena, "skip(reason=\"later\")", &skipped->markers);
    plan_well(&s);
    assert_int_equal(s.plan.n_instances, 1);
    expect_case(&s, 0, "");
    expect_case(&s, 1, "db / ");
    expect_case(&s, 2, "");
    assert_int_equal(s.plan.instances[0].n_cases, 1);
}

static void same_arguments_are_one_instance(void **state)
{
    (void)state;
    autosuite s = {0};
    sample_plugin(&s.c, "p");
    fixture(&s, SCOPE_RUN, "db", "version=15;mode=", "");
    scenario(&s, "a", "db");
    scenario(&s, "b", "db(version=15)");
    scenario(&s, "c", "db(15, mode='')");
    scenario(&s, "d", "db(16);db(15, as=old)");
    scenario(&s, "e", "db(mode='a b')");
    plan_well(&s);
    assert_int_equal(s.plan.n_instances, 3);
    expect_case(&s, 0, "db / ");
    expect_case(&s, 2, "db / ");
    expect_case(&s, 3, "db(version=16) db / ");
    expect_case(&s, 4, "db(mode=\"a b\") / ");
    assert_string_equal(fixtures_of(&s.plan, 3)->uses[1].alias, "old");
    assert_int_equal(s.plan.instances[0].n_cases, 4);
}

static void numbers_are_one_however_they_are_written(void **state)
{
    (void)state;
    autosuite s = {0};
    sample_plugin(&s.c, "p");
    static const struct param_info params[] = {{TYPE_U64, "n", "16", ""}, {TYPE_BOOL, "b", "false", ""}};
    fixture(&s, SCOPE_RUN, "db", "", "")->params = (struct param_list){params, 2};
    scenario(&s, "a", "db");
    scenario(&s, "b", "db(n=0x10)");
    scenario(&s, "c", "db(b=false)");
    scenario(&s, "d", "db(b=true)");
    plan_well(&s);
    assert_int_equal(s.plan.n_instances, 2);
    expect_case(&s, 1, "db / ");
    expect_case(&s, 2, "db / ");
}

static void those_that_are_used_stand_first(void **state)
{
    (void)state;
    autosuite s = {0};
    sample_plugin(&s.c, "p");
    fixture(&s, SCOPE_ATTEMPT, "tenant", "name=t", "api;user");
    fixture(&s, SCOPE_ATTEMPT, "user", "", "");
    fixture(&s, SCOPE_PLUGIN, "api", "x=7", "db(${x})");
    fixture(&s, SCOPE_RUN, "db", "n", "net");
    fixture(&s, SCOPE_RUN, "net", "", "");
    scenario(&s, "a", "tenant;net");
    scenario(&s, "b", "user;tenant");
    plan_well(&s);
    expect_case(&s, 0, "net db(n=7) api / user tenant");
    expect_case(&s, 1, "net db(n=7) api / user tenant");
    for (size_t i = 0; i < s.plan.n_instances; i++)
        for (uint32_t k = 0; k < s.plan.instances[i].n_uses; k++)
            assert_true(s.plan.instances[i].uses[k].instance < i);
    assert_int_equal(s.plan.n_shared, 3);
}

static void each_plugin_has_its_own_of_plugin_scope(void **state)
{
    (void)state;
    autosuite s = {0};
    sample_plugin(&s.c, "lib");
    fixture(&s, SCOPE_PLUGIN, "cache", "", "net");
    fixture(&s, SCOPE_RUN, "net", "", "");
    sample_plugin(&s.c, "p");
    scenario(&s, "a", "cache");
    scenario(&s, "b", "cache");
    sample_plugin(&s.c, "q");
    scenario(&s, "a", "lib.cache");
    plan_well(&s);
    expect_case(&s, 0, "net cache of p / ");
    expect_case(&s, 1, "net cache of p / ");
    expect_case(&s, 2, "net cache of q / ");
    assert_int_equal(s.plan.instances[0].n_cases, 3);
}

static void the_own_plugins_come_first(void **state)
{
    (void)state;
    autosuite s = {0};
    sample_plugin(&s.c, "p");
    fixture(&s, SCOPE_RUN, "db", "", "");
    scenario(&s, "a", "db");
    sample_plugin(&s.c, "q");
    fixture(&s, SCOPE_RUN, "db", "", "");
    scenario(&s, "a", "db;p.db(as=theirs)");
    plan_well(&s);
    expect_case(&s, 0, "p.db / ");
    expect_case(&s, 1, "q.db p.db / ");
}

static void providers_come_last(void **state)
{
    (void)state;
    autosuite s = {0};
    sample_plugin(&s.c, "service");
    fixture(&s, SCOPE_RUN, "db", "", "");
    fixture(&s, SCOPE_RUN, "queue", "", "");
    s.c.plugins[0].provider = true;
    sample_plugin(&s.c, "q");
    fixture(&s, SCOPE_RUN, "db", "", "");
    sample_plugin(&s.c, "p");
    scenario(&s, "a", "db;queue");
    plan_well(&s);
    expect_case(&s, 0, "db queue / ");
    assert_int_equal(s.c.fixtures[s.plan.instances[0].fixture].plugin, 1);
    assert_int_equal(s.c.fixtures[s.plan.instances[1].fixture].plugin, 0);
}

static void cases_bring_their_values(void **state)
{
    (void)state;
    autosuite s = {0};
    sample_plugin(&s.c, "p");
    fixture(&s, SCOPE_RUN, "db", "version", "");
    struct scenario_info *info = scenario(&s, "a", "db(${v})");
    static const struct param_info params[] = {{TYPE_STR, "v", "15", ""}};
    info->params = (struct param_list){params, 1};
    scenario(&s, "b", "db(15)");
    plan_well(&s);
    fixtures_free(&s.plan);
    static const char *const row[] = {"16"};
    s.selection.cases[0].values = row;
    autoerr struct err err = {0};
    assert_int_equal(fixtures_plan(&s.c, &s.selection, &s.plan, &err), 0);
    expect_case(&s, 0, "db(version=16) / ");
    expect_case(&s, 1, "db(version=15) / ");
}

/* ---- mistakes ------------------------------------------------------------------------------------------------------
 */

static void expect_mistake(struct suite *s, const char *expected)
{
    autoerr struct err err = {0};
    assert_int_equal(plan(s, &err), -EINVAL);
    assert_string_equal(err_text(&err), expected);
    assert_null(s->plan.instances);
}

static void unknown_names_get_a_suggestion(void **state)
{
    (void)state;
    autosuite s = {0};
    sample_plugin(&s.c, "p");
    fixture(&s, SCOPE_RUN, "postgres", "", "");
    scenario(&s, "a", "postgers")->file = "a.c";
    expect_mistake(&s, "a.c:1: p.a uses \"postgers\": none of the plugins given, of those in MUSTER_PLUGIN_PATH, and "
                       "of the installation's own has a fixture postgers: did you mean postgres?");
}

static void unknown_names_may_be_like_nothing(void **state)
{
    (void)state;
    autosuite s = {0};
    sample_plugin(&s.c, "p");
    scenario(&s, "a", "q.redis")->file = "";
    expect_mistake(&s, "p.a uses \"q.redis\": none of the plugins given, of those in MUSTER_PLUGIN_PATH, and of the "
                       "installation's own has a fixture q.redis");
}

static void ambiguous_names_are_refused(void **state)
{
    (void)state;
    autosuite s = {0};
    sample_plugin(&s.c, "q");
    fixture(&s, SCOPE_RUN, "db", "", "");
    sample_plugin(&s.c, "r");
    fixture(&s, SCOPE_RUN, "db", "", "");
    sample_plugin(&s.c, "p");
    scenario(&s, "a", "db")->file = "a.c";
    expect_mistake(&s, "a.c:1: p.a uses \"db\": several plugins have it: write q.db (q.so) or r.db (r.so)");
}

static void cycles_are_shown(void **state)
{
    (void)state;
    autosuite s = {0};
    sample_plugin(&s.c, "p");
    fixture(&s, SCOPE_RUN, "entry", "", "a");
    fixture(&s, SCOPE_RUN, "a", "x=1", "b");
    fixture(&s, SCOPE_RUN, "b", "", "c");
    fixture(&s, SCOPE_RUN, "c", "", "a(2)");
    scenario(&s, "s", "entry")->file = "a.c";
    expect_mistake(&s,
                   "a.c:1: p.s uses \"entry\": f.c:1: fixture p.entry uses \"a\": f.c:2: fixture p.a uses \"b\": "
                   "f.c:3: fixture p.b uses \"c\": f.c:4: fixture p.c uses \"a(2)\": it uses itself: a -> b -> c -> a");
}

static void one_may_not_outlive_what_it_uses(void **state)
{
    (void)state;
    autosuite s = {0};
    sample_plugin(&s.c, "p");
    fixture(&s, SCOPE_RUN, "db", "", "cache");
    fixture(&s, SCOPE_PLUGIN, "cache", "", "");
    scenario(&s, "a", "db")->file = "a.c";
    expect_mistake(&s,
                   "a.c:1: p.a uses \"db\": f.c:1: fixture p.db uses \"cache\": cache is plugin-scoped, and what uses "
                   "it is run-scoped and lives longer");
}

static void attempt_scope_is_of_the_own_plugin(void **state)
{
    (void)state;
    autosuite s = {0};
    sample_plugin(&s.c, "q");
    fixture(&s, SCOPE_ATTEMPT, "tenant", "", "");
    sample_plugin(&s.c, "p");
    scenario(&s, "a", "tenant")->file = "a.c";
    expect_mistake(&s,
                   "a.c:1: p.a uses \"tenant\": tenant of q.so is attempt-scoped: it is made in the attempt, which has "
                   "no other plugin loaded than its own; only q's own scenarios can use it");
}

static void expect_bad_arguments(const char *uses, const char *expected)
{
    autosuite s = {0};
    sample_plugin(&s.c, "p");
    static const struct param_info params[] = {
        {TYPE_I32, "version", NULL, ""}, {TYPE_BOOL, "tls", "false", ""}, {TYPE_F64, "load", "1", ""}};
    fixture(&s, SCOPE_RUN, "db", "", "")->params = (struct param_list){params, 3};
    fixture(&s, SCOPE_RUN, "plain", "", "");
    scenario(&s, "a", uses)->file = "";
    autobuf struct buf text = {0};
    buf_addf(&text, "p.a uses \"%s\": %s", uses, expected);
    expect_mistake(&s, buf_str(&text));
}

static void arguments_are_checked(void **state)
{
    (void)state;
    expect_bad_arguments("db", "db needs a value for version");
    expect_bad_arguments("db(15, vresion=2)", "db has no parameter vresion: it is db(version, tls=false, load=1)");
    expect_bad_arguments("db(1, true, 2, 3)", "too many arguments: it is db(version, tls=false, load=1)");
    expect_bad_arguments("db(15, version=15)", "version is given twice");
    expect_bad_arguments("db(fifteen)",
                         "version: 'fifteen' is not an i32: a decimal number from -2147483648 to 2147483647");
    expect_bad_arguments("db(2147483648)",
                         "version: '2147483648' is not an i32: a decimal number from -2147483648 to 2147483647");
    expect_bad_arguments("db(15, yes)", "tls: 'yes' is not a bool: true or false");
    expect_bad_arguments("db(15, load=inf)", "load: 'inf' is not an f64: a finite number such as 1.5, -2 or 1e9");
    expect_bad_arguments("plain(1)", "plain takes no arguments");
}

static void a_name_for_two_is_refused(void **state)
{
    (void)state;
    autosuite s = {0};
    sample_plugin(&s.c, "p");
    fixture(&s, SCOPE_RUN, "db", "n=1", "");
    scenario(&s, "a", "db;db(2)")->file = "a.c";
    expect_mistake(&s,
                   "a.c:1: p.a uses \"db(2)\": it uses db already: give one of them another name, as in db(as=other)");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(uses_are_read),
        cmocka_unit_test(values_of_the_user_are_put_in),
        cmocka_unit_test(mistakes_in_uses_have_their_column),
        cmocka_unit_test(what_nobody_uses_is_not_planned),
        cmocka_unit_test(same_arguments_are_one_instance),
        cmocka_unit_test(numbers_are_one_however_they_are_written),
        cmocka_unit_test(those_that_are_used_stand_first),
        cmocka_unit_test(each_plugin_has_its_own_of_plugin_scope),
        cmocka_unit_test(the_own_plugins_come_first),
        cmocka_unit_test(providers_come_last),
        cmocka_unit_test(cases_bring_their_values),
        cmocka_unit_test(unknown_names_get_a_suggestion),
        cmocka_unit_test(unknown_names_may_be_like_nothing),
        cmocka_unit_test(ambiguous_names_are_refused),
        cmocka_unit_test(cycles_are_shown),
        cmocka_unit_test(one_may_not_outlive_what_it_uses),
        cmocka_unit_test(attempt_scope_is_of_the_own_plugin),
        cmocka_unit_test(arguments_are_checked),
        cmocka_unit_test(a_name_for_two_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
