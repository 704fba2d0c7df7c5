/* SPDX-License-Identifier: Apache-2.0 */
/* From catalogue and command line to cases. */
#include "sample.h"

#include <errno.h>
#include <string.h>

#include "base/buf.h"
#include "base/clock.h"
#include "plan/select.h"

/* The scenarios' names that are selected, in order and with spaces between. */
static void expect_names(const struct catalogue *c, const struct select_options *o, const char *names,
                         size_t n_deselected)
{
    autoselection struct selection sel = {0};
    autoerr struct err err = {0};
    if (select_cases(c, o, &sel, &err) < 0)
        fail_msg("%s", err_text(&err));
    autobuf struct buf got = {0};
    for (size_t i = 0; i < sel.n_cases; i++) {
        const struct scenario_info *s = &c->scenarios[sel.cases[i].scenario];
        assert_string_equal(sel.cases[i].id, s->id);
        buf_adds(&got, i ? " " : "");
        buf_adds(&got, s->name);
    }
    assert_string_equal(buf_str(&got), names);
    assert_int_equal(sel.n_deselected, n_deselected);
}

static void selects_in_the_order_of_the_sources(void **state)
{
    (void)state;
    autocatalogue struct catalogue c = {0};
    sample_catalogue(&c);
    static const struct {
        const char *id, *markers, *keywords, *names;
        size_t n_deselected;
    } rows[] = {
        {NULL, NULL, NULL, "refund_twice refund_late refund[plan=pro] refund[plan=free] login logout", 0},
        {NULL, "", " ", "refund_twice refund_late refund[plan=pro] refund[plan=free] login logout", 0},
        {NULL, "e2e and not slow", NULL, "refund_twice refund[plan=pro] refund[plan=free]", 3},
        {NULL, "issue(id=4711)", NULL, "refund_twice", 5},
        {NULL, NULL, "LATE or logout", "refund_late logout", 4},
        {NULL, NULL, "acme.users", "login logout", 4},
        {NULL, NULL, "security", "login logout", 4},
        {NULL, "priority_p0", "not refund", "login", 5},
        {NULL, "nothing", NULL, "", 6},
        {"acme", NULL, NULL, "refund_twice refund_late refund[plan=pro] refund[plan=free] login logout", 0},
        {"acme.users", NULL, NULL, "login logout", 0},
        {"acme.users", "priority_p0", NULL, "login", 1},
        {"acme.users.login", NULL, NULL, "login", 0},
        {"acme.users.login", "slow", NULL, "", 1},
        {"acme.payments.refund", NULL, NULL, "refund[plan=pro] refund[plan=free]", 0},
        {"acme.payments.refund[plan=pro]", NULL, NULL, "refund[plan=pro]", 0},
        {"*.refund[plan=*]", NULL, NULL, "refund[plan=pro] refund[plan=free]", 0},
        {"*.refund*", NULL, NULL, "refund_twice refund_late refund[plan=pro] refund[plan=free]", 0},
        {"*.log[io]*n", NULL, NULL, "login", 0},
        {"acme.*.refund", NULL, NULL, "refund[plan=pro] refund[plan=free]", 0},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct select_options o = {.ids = &rows[i].id,
                                   .n_ids = rows[i].id != NULL,
                                   .markers = rows[i].markers,
                                   .keywords = rows[i].keywords,
                                   .limits = LIMIT_SETTINGS_INIT};
        expect_names(&c, &o, rows[i].names, rows[i].n_deselected);
    }
}

static void takes_several_patterns_once_each(void **state)
{
    (void)state;
    autocatalogue struct catalogue c = {0};
    sample_catalogue(&c);
    const char *ids[] = {"acme.users.logout", "acme.payments.refund_late", "*.logout", "acme.users.logout"};
    struct select_options o = {.ids = ids, .n_ids = ARRAY_LEN(ids), .limits = LIMIT_SETTINGS_INIT};
    expect_names(&c, &o, "refund_late logout", 0);
    /* A glob given twice is of use twice. */
    const char *globs[] = {"*.login", "*.login"};
    o.ids = globs;
    o.n_ids = ARRAY_LEN(globs);
    expect_names(&c, &o, "login", 0);
}

static void expect_error(const struct catalogue *c, const struct select_options *o, int code, const char *message)
{
    struct selection sel = {.n_cases = 99};
    autoerr struct err err = {0};
    assert_int_equal(select_cases(c, o, &sel, &err), code);
    assert_err(&err, code, message);
    assert_int_equal(sel.n_cases, 99);
    assert_int_equal(select_cases(c, o, &sel, NULL), code);
}

static void names_a_pattern_that_selects_nothing(void **state)
{
    (void)state;
    autocatalogue struct catalogue c = {0};
    sample_catalogue(&c);
    static const struct {
        const char *id, *message;
    } rows[] = {
        {"acme.payments.refund_twcie",
         "no scenario matches \"acme.payments.refund_twcie\"; did you mean acme.payments.refund_twice?"},
        {"acme.usres", "no scenario matches \"acme.usres\"; did you mean acme.users?"},
        {"refund_late", "no scenario matches \"refund_late\"; did you mean acme.payments.refund_late?"},
        {"acme.pay", "no scenario matches \"acme.pay\"; did you mean acme.payments?"},
        {"zzz.*", "no scenario matches \"zzz.*\"; there is no file or folder of this name either"},
        {"acme.user.*in", "no scenario matches \"acme.user.*in\"; did you mean acme.users.login?"},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        const char *ids[] = {"acme.users", rows[i].id};
        struct select_options o = {.ids = ids, .n_ids = 2, .limits = LIMIT_SETTINGS_INIT};
        expect_error(&c, &o, -ENOENT, rows[i].message);
    }
}

static void names_the_option_of_a_bad_expression(void **state)
{
    (void)state;
    autocatalogue struct catalogue c = {0};
    sample_catalogue(&c);
    struct select_options o = {.markers = "e2e $", .limits = LIMIT_SETTINGS_INIT};
    expect_error(&c, &o, -EINVAL, "-m: column 5: unexpected character \"$\"\n    e2e $\n        ^");
    o.markers = NULL;
    o.keywords = "e2e)";
    expect_error(&c, &o, -EINVAL, "-k: column 4: expected \"and\", \"or\" or the end, not \")\"\n    e2e)\n       ^");
}

static void gives_reasons_for_skipping(void **state)
{
    (void)state;
    static const struct {
        const char *markers;
        const char *needs[3];
        const char *reason;
    } rows[] = {
        {"", {NULL}, NULL},
        {"", {"muster.steps/1"}, NULL},
        {"", {"browser"}, "unsupported: needs browser"},
        {"", {"browser", "muster.steps/1"}, "unsupported: needs browser"},
        {"", {"browser", "gpu"}, "unsupported: needs browser, gpu"},
        {"skip", {NULL}, "unconditional skip"},
        {"skip(reason='')", {NULL}, "unconditional skip"},
        {"skip(reason='see 4711')", {"browser"}, "see 4711"},
        {"skip('see 4711')", {NULL}, "see 4711"},
    };
    static const char *const capabilities[] = {"muster.log/1", "muster.steps/1"};
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        autocatalogue struct catalogue c = {0};
        sample_plugin(&c, "acme");
        sample_scenario(&c, "s", rows[i].markers)->needs = rows[i].needs;
        struct select_options o = {
            .capabilities = capabilities, .n_capabilities = ARRAY_LEN(capabilities), .limits = LIMIT_SETTINGS_INIT};
        autoselection struct selection sel = {0};
        assert_int_equal(select_cases(&c, &o, &sel, NULL), 0);
        assert_int_equal(sel.n_cases, 1);
        if (rows[i].reason)
            assert_string_equal(sel.cases[0].skip_reason ? sel.cases[0].skip_reason : "none", rows[i].reason);
        else
            assert_null(sel.cases[0].skip_reason);
    }
}

static void passes_limits_on(void **state)
{
    (void)state;
    autocatalogue struct catalogue c = {0};
    sample_plugin(&c, "acme");
    sample_scenario(&c, "a", "timeout(5);flaky(reruns=2)");
    sample_scenario(&c, "b", "");
    struct select_options o = {.limits = LIMIT_SETTINGS_INIT};
    o.limits.timeout_ns = 7 * NS_PER_S;
    autoselection struct selection sel = {0};
    assert_int_equal(select_cases(&c, &o, &sel, NULL), 0);
    assert_int_equal(sel.cases[0].limits.body_ns, 5 * NS_PER_S);
    assert_int_equal(sel.cases[0].limits.retries, 2);
    assert_int_equal(sel.cases[1].limits.body_ns, 7 * NS_PER_S);
    assert_int_equal(sel.cases[1].limits.retries, 0);
}

static void lets_known_failures_expire(void **state)
{
    (void)state;
    static const struct {
        const char *marker;
        bool known;
        const char *message; /* NULL: none */
    } rows[] = {
        {"known_failure(reason='x')", true, NULL},
        {"known_failure('x', until='2026-11-21')", true, NULL},
        {"known_failure('x', until='2026-11-20')", false, NULL},
        {"known_failure('x', until='2027-01-01')", true, NULL},
        {"known_failure", false, "acme.s: marker known_failure: it needs a reason, which is a text"},
        {"known_failure('x', until='soon')", false,
         "acme.s: marker known_failure('x', until='soon'): until is a day of the calendar, as in until=\"2026-12-31\""},
        {"known_failure('x', until='2028-02-29')", true, NULL},
        {"known_failure('x', until='2026-13-40')", false,
         "acme.s: marker known_failure('x', until='2026-13-40'): until is a day of the calendar, as in "
         "until=\"2026-12-31\""},
        {"known_failure('x', until='2027-02-29')", false,
         "acme.s: marker known_failure('x', until='2027-02-29'): until is a day of the calendar, as in "
         "until=\"2026-12-31\""},
        {"known_failure('x', until='2026-00-10')", false,
         "acme.s: marker known_failure('x', until='2026-00-10'): until is a day of the calendar, as in "
         "until=\"2026-12-31\""},
        {"flaky(retry_on='crashed,bad')", false,
         "acme.s: marker flaky(retry_on='crashed,bad'): retry_on takes failed, error, timeout and crashed, with commas "
         "between"},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        autocatalogue struct catalogue c = {0};
        sample_plugin(&c, "acme");
        sample_scenario(&c, "s", rows[i].marker);
        struct select_options o = {.limits = LIMIT_SETTINGS_INIT, .today = "2026-11-21"};
        if (rows[i].message) {
            expect_error(&c, &o, -EINVAL, rows[i].message);
            continue;
        }
        autoselection struct selection sel = {0};
        assert_int_equal(select_cases(&c, &o, &sel, NULL), 0);
        assert_int_equal(sel.cases[0].known_failure != NULL, rows[i].known);
        assert_int_equal(sel.cases[0].limits.retry_on, RETRY_ON_ALL);
    }
}

static void knows_what_other_runners_call_it(void **state)
{
    (void)state;
    static const struct {
        const char *marker, *message; /* NULL: it is the author's own */
    } rows[] = {
        {"retries(3)",
         "acme.s: marker retries(3): muster does nothing for retries; here that is flaky(reruns=N, "
         "reruns_delay=SECONDS, retry_on=\"...\") (--own-marker retries where it is a marker of your own)"},
        {"Retry(3)", "acme.s: marker Retry(3): muster does nothing for Retry; here that is flaky(reruns=N, "
                     "reruns_delay=SECONDS, retry_on=\"...\") (--own-marker Retry where it is a marker of your own)"},
        {"TIMEOUT(1)",
         "acme.s: marker TIMEOUT(1): muster does nothing for TIMEOUT; did you mean timeout? (--own-marker "
         "TIMEOUT where it is a marker of your own)"},
        {"retry", NULL},
        {"issue(3)", NULL},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        autocatalogue struct catalogue c = {0};
        sample_plugin(&c, "acme");
        sample_scenario(&c, "s", rows[i].marker);
        const struct select_options o = {.limits = LIMIT_SETTINGS_INIT};
        autoerr struct err err = {0};
        int e = select_check_markers(&c, &o, 0, &err);
        if (rows[i].message)
            assert_err(&err, -EINVAL, rows[i].message);
        else
            assert_int_equal(e, 0);
    }
}

static void judges_markers_of_selected_scenarios_only(void **state)
{
    (void)state;
    autocatalogue struct catalogue c = {0};
    sample_plugin(&c, "acme");
    sample_scenario(&c, "good", "e2e");
    sample_scenario(&c, "bad", "skip(reason=1)");
    struct select_options o = {.markers = "e2e", .limits = LIMIT_SETTINGS_INIT};
    expect_names(&c, &o, "good", 1);
    o.markers = NULL;
    expect_error(&c, &o, -EINVAL, "acme.bad: marker skip(reason=1): reason is a text");
}

/* ---- scenarios with parameters ---- */

static const struct param_info refund_params[] = {
    {TYPE_STR, "plan", "free", ""},
    {TYPE_I32, "seats", NULL, ""},
    {TYPE_BOOL, "trial", "false", ""},
};
static const char *const plan_column[] = {"plan"}, *const seats_column[] = {"seats"};
static const char *const plan_cells[] = {"free", "pro", "a*b"}, *const seats_cells[] = {"1", "10"};
static const struct table_info refund_tables[] = {
    {.columns = plan_column, .n_columns = 1, .cells = plan_cells, .n_rows = 3, .file = ""},
    {.columns = seats_column, .n_columns = 1, .cells = seats_cells, .n_rows = 2, .file = ""},
};

static struct scenario_info *give_params(struct scenario_info *s, const struct table_info *tables, uint32_t n)
{
    s->params = (struct param_list){refund_params, ARRAY_LEN(refund_params)};
    s->tables = tables;
    s->n_tables = n;
    return s;
}

/* acme.pay: refund with six cases, its neighbour refunds with two, and plain without any. */
static void parametrised_catalogue(struct catalogue *c)
{
    sample_plugin(c, "acme.pay");
    give_params(sample_scenario(c, "refund", "e2e;timeout(7)"), refund_tables, 2);
    give_params(sample_scenario(c, "refunds", "slow"), refund_tables + 1, 1);
    sample_scenario(c, "plain", "e2e");
    assert_int_equal(catalogue_admit(c, NULL), 0);
}

static void expect_cases(const struct catalogue *c, const struct select_options *o, const char *ids,
                         size_t n_deselected)
{
    autoselection struct selection sel = {0};
    autoerr struct err err = {0};
    if (select_cases(c, o, &sel, &err) < 0)
        fail_msg("%s", err_text(&err));
    autobuf struct buf got = {0};
    for (size_t i = 0; i < sel.n_cases; i++)
        buf_addf(&got, "%s%s", i ? " " : "", sel.cases[i].id + strlen("acme.pay."));
    assert_string_equal(buf_str(&got), ids);
    assert_int_equal(sel.n_deselected, n_deselected);
}

#define ALL_REFUND                                                                                                     \
    "refund[plan=free,seats=1] refund[plan=free,seats=10] refund[plan=pro,seats=1] refund[plan=pro,seats=10] "         \
    "refund[plan=a%2Ab,seats=1] refund[plan=a%2Ab,seats=10]"
#define ALL_REFUNDS "refunds[seats=1] refunds[seats=10]"

static void selects_cases(void **state)
{
    (void)state;
    autocatalogue struct catalogue c = {0};
    parametrised_catalogue(&c);
    static const struct {
        const char *id, *markers, *keywords, *ids;
        size_t n_deselected;
    } rows[] = {
        {NULL, NULL, NULL, ALL_REFUND " " ALL_REFUNDS " plain", 0},
        {"acme", NULL, NULL, ALL_REFUND " " ALL_REFUNDS " plain", 0},
        {"acme.pay.refund", NULL, NULL, ALL_REFUND, 0},
        {"acme.pay.refund[plan=pro,seats=10]", NULL, NULL, "refund[plan=pro,seats=10]", 0},
        {"acme.pay.refund[plan=a%2Ab,seats=10]", NULL, NULL, "refund[plan=a%2Ab,seats=10]", 0},
        {"acme.pay.refund[plan=pro,*]", NULL, NULL, "refund[plan=pro,seats=1] refund[plan=pro,seats=10]", 0},
        {"*[*seats=1]", NULL, NULL,
         "refund[plan=free,seats=1] refund[plan=pro,seats=1] refund[plan=a%2Ab,seats=1] refunds[seats=1]", 0},
        {"*.refun??", NULL, NULL, ALL_REFUNDS, 0},
        {NULL, NULL, "pro", "refund[plan=pro,seats=1] refund[plan=pro,seats=10]", 7},
        {NULL, "slow", NULL, ALL_REFUNDS, 7},
        {"acme.pay", "slow", "not 10", "refunds[seats=1]", 8},
        {"acme.pay.refund[plan=pro,seats=1]", "slow", NULL, "", 1},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct select_options o = {.ids = &rows[i].id,
                                   .n_ids = rows[i].id != NULL,
                                   .markers = rows[i].markers,
                                   .keywords = rows[i].keywords,
                                   .limits = LIMIT_SETTINGS_INIT};
        expect_cases(&c, &o, rows[i].ids, rows[i].n_deselected);
    }
}

static void plans_each_case_like_its_scenario(void **state)
{
    (void)state;
    autocatalogue struct catalogue c = {0};
    parametrised_catalogue(&c);
    const char *id = "acme.pay.refund[plan=pro,seats=10]";
    const struct select_options o = {.ids = &id, .n_ids = 1, .limits = LIMIT_SETTINGS_INIT};
    autoselection struct selection sel = {0};
    assert_int_equal(select_cases(&c, &o, &sel, NULL), 0);
    assert_int_equal(sel.cases[0].scenario, 0);
    assert_int_equal(sel.cases[0].limits.body_ns, 7 * NS_PER_S);
    assert_string_equal(sel.cases[0].values[0], "pro");
    assert_string_equal(sel.cases[0].values[1], "10");
    assert_string_equal(sel.cases[0].values[2], "false");
    autoselection struct selection plain = {0};
    id = "acme.pay.plain";
    assert_int_equal(select_cases(&c, &o, &plain, NULL), 0);
    assert_null(plain.cases[0].values);
}

static void suggests_the_nearest_case(void **state)
{
    (void)state;
    autocatalogue struct catalogue c = {0};
    parametrised_catalogue(&c);
    static const struct {
        const char *id, *message;
    } rows[] = {
        {"acme.pay.refunds[seats=11]",
         "no scenario matches \"acme.pay.refunds[seats=11]\"; did you mean acme.pay.refunds[seats=1]?"},
        {"acme.pay.refund[plan=prp,seats=10]", "no scenario matches \"acme.pay.refund[plan=prp,seats=10]\"; did you "
                                               "mean acme.pay.refund[plan=pro,seats=10]?"},
        {"acme.pay.refnd", "no scenario matches \"acme.pay.refnd\"; did you mean acme.pay.refund?"},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        const struct select_options o = {.ids = &rows[i].id, .n_ids = 1, .limits = LIMIT_SETTINGS_INIT};
        autoselection struct selection sel = {0};
        autoerr struct err err = {0};
        assert_int_equal(select_cases(&c, &o, &sel, &err), -ENOENT);
        assert_err(&err, -ENOENT, rows[i].message);
    }
}

/* What was not asked for is not made: a mistake in its tables is no mistake of this run. */
static void makes_no_cases_that_nobody_asked_for(void **state)
{
    (void)state;
    autocatalogue struct catalogue c = {0};
    parametrised_catalogue(&c);
    give_params(sample_scenario(&c, "broken", "draft"), refund_tables, 1); /* seats has no value */
    static const struct {
        const char *id, *markers;
        int code;
    } rows[] = {
        {NULL, NULL, -EINVAL},         {NULL, "not draft", 0},
        {"acme.pay", NULL, -EINVAL},   {"acme.pay.broken[plan=pro]", NULL, -EINVAL},
        {"acme.pay.*", NULL, -EINVAL}, {"acme.pay.refund", NULL, 0},
        {"acme.pay.re*", NULL, 0},     {"acme.pay.refund[plan=pro,*]", NULL, 0},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        const struct select_options o = {
            .ids = &rows[i].id, .n_ids = rows[i].id != NULL, .markers = rows[i].markers, .limits = LIMIT_SETTINGS_INIT};
        autoselection struct selection sel = {0};
        autoerr struct err err = {0};
        if (select_cases(&c, &o, &sel, &err) != rows[i].code)
            fail_msg("%s, -m %s: %s", rows[i].id, rows[i].markers, err_text(&err));
        if (rows[i].code < 0)
            assert_err(&err, -EINVAL,
                       "scenario acme.pay.broken (sample.c:4): parameter seats has no value: it stands in no table, "
                       "and has no fallback");
    }
}

static int other_tables(void *data, const struct scenario_info *s, const struct table_info **ret_tables,
                        uint32_t *ret_n, struct err *err)
{
    int *asked = data;
    ++*asked;
    if (strcmp(s->name, "refunds") == 0)
        return err_set(err, -ENOENT, "rows.csv: it is gone");
    *ret_tables = refund_tables + 1;
    *ret_n = 1;
    return 0;
}

static void takes_other_tables(void **state)
{
    (void)state;
    autocatalogue struct catalogue c = {0};
    parametrised_catalogue(&c);
    int asked = 0;
    const char *id = "acme.pay.refund";
    struct select_options o = {
        .ids = &id, .n_ids = 1, .limits = LIMIT_SETTINGS_INIT, .tables = other_tables, .tables_data = &asked};
    expect_cases(&c, &o, "refund[seats=1] refund[seats=10]", 0);
    assert_int_equal(asked, 1);
    o.n_ids = 0;
    autoselection struct selection sel = {0};
    autoerr struct err err = {0};
    assert_int_equal(select_cases(&c, &o, &sel, &err), -ENOENT);
    assert_err(&err, -ENOENT, "rows.csv: it is gone");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(selects_in_the_order_of_the_sources),
        cmocka_unit_test(takes_several_patterns_once_each),
        cmocka_unit_test(names_a_pattern_that_selects_nothing),
        cmocka_unit_test(names_the_option_of_a_bad_expression),
        cmocka_unit_test(gives_reasons_for_skipping),
        cmocka_unit_test(passes_limits_on),
        cmocka_unit_test(lets_known_failures_expire),
        cmocka_unit_test(knows_what_other_runners_call_it),
        cmocka_unit_test(judges_markers_of_selected_scenarios_only),
        cmocka_unit_test(selects_cases),
        cmocka_unit_test(plans_each_case_like_its_scenario),
        cmocka_unit_test(suggests_the_nearest_case),
        cmocka_unit_test(makes_no_cases_that_nobody_asked_for),
        cmocka_unit_test(takes_other_tables),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
