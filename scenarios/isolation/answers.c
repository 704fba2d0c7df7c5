/* SPDX-License-Identifier: Apache-2.0 */
/* API: what a tenant is answered tells nothing of another one, and not even that there is one. */
#include "common/operations.h"
#include "isolation/two.h"

SCENARIO(no_answer_speaks_of_another_tenant,
         .summary = "Whatever a tenant's users can read or list has nothing of another tenant in it",
         .markers = MARKERS("e2e", "priority_p0", "tenant_isolation", "api", "catches(defect='users-of-all')",
                            "catches(defect='events-of-all')"),
         .needs = OPERATIONS(TWO_OPERATIONS), .timeout_ms = 60000)
{
    struct two two = two_begin(t);
    STEP("nothing that we read is about them")
    {
        CHECK_INT(two_check_reads(t, two.ours.tenant.admin, &two.ours, &two.theirs), >, 5);
    }
    STEP("nothing that they read is about us")
    {
        CHECK_INT(two_check_reads(t, two.theirs.tenant.admin, &two.theirs, &two.ours), >, 5);
    }
    STEP("nor what our other users read")
    {
        uint64_t n;
        const struct m_role *roles = m_target_roles(t, &n);
        for (uint64_t i = 0; i < n; i++)
            if (roles[i].of_tenant) {
                struct member one = people_one(t, two.platform, &two.ours.tenant, &roles[i]);
                CHECK_INT(two_check_reads(t, one.session, &two.ours, &two.theirs), >, 0);
            }
    }
    STEP("nobody reads anything of either")
    {
        struct m_session *nobody = m_nobody(t);
        CHECK_INT(two_check_reads(t, nobody, &two.ours, &two.theirs), ==, 0);
        CHECK_INT(two_check_reads(t, nobody, &two.theirs, &two.ours), ==, 0);
    }
}

/* ---- totals ---- */

static int64_t total_of(struct muster_ctx *t, const struct two *two, const struct m_operation *o)
{
    struct m_tried tried =
        TRY(two->ours.tenant.admin, o->name, ARGS(things_arguments(t, &two->ours.things, o, NULL, -1)));
    int64_t total = tried.result ? m_json_int(tried.result, "/total") : M_JSON_NO_INT;
    m_json_free(tried.result);
    return total;
}

SCENARIO(totals_count_the_tenants_own, .summary = "What a list counts does not grow with what another tenant has",
         .markers = MARKERS("e2e", "priority_p1", "tenant_isolation", "api", "catches(defect='total-of-all')"),
         .needs = OPERATIONS(TWO_OPERATIONS), .timeout_ms = 60000)
{
    struct two two = two_begin(t);
    int64_t before[OPERATIONS_MOST];
    uint64_t n;
    int counted = 0;
    const struct m_operation *all = m_target_operations(t, &n);
    REQUIRE_UINT(n, <=, OPERATIONS_MOST);
    for (uint64_t i = 0; i < n; i++)
        before[i] = strcmp(operation_verb(&all[i]), "list") == 0 ? total_of(t, &two, &all[i]) : M_JSON_NO_INT;
    STEP("they get more of everything")
    {
        two_grow(t, &two, &two.theirs);
    }
    STEP("our totals stay")
    {
        for (uint64_t i = 0; i < n; i++)
            if (before[i] != M_JSON_NO_INT) {
                int64_t now = total_of(t, &two, &all[i]);
                CHECK(now == before[i], "%s counts %d, and %d before: what another tenant got is among it", all[i].name,
                      (int)now, (int)before[i]);
                counted++;
            }
        CHECK_INT(counted, >, 3);
    }
}

/* ---- existence ---- */

/* The same things under ids that nobody has. */
static struct things missing_ones(struct muster_ctx *t, const struct things *things)
{
    struct things missing = *things;
    for (int i = 0; i < missing.n; i++) {
        const char *id = missing.all[i].id;
        size_t n = id ? strlen(id) : 0;
        if (n == 0)
            continue;
        if (!id[strspn(id, "0123456789")])
            missing.all[i].id = "987654321";
        else
            missing.all[i].id = m_fmt(t, "%.*s%c", (int)n - 1, id, id[n - 1] == '0' ? '1' : '0');
    }
    return missing;
}

/* An answer without what two answers to the same question may differ in: ids that were asked for, and numbers. */
static const char *shape_of(struct muster_ctx *t, const char *answer, const struct things *asked)
{
    char shape[2048];
    size_t n = 0;
    while (*answer && n + 1 < sizeof shape) {
        size_t known = 0;
        for (int i = 0; i < asked->n && !known; i++)
            if (asked->all[i].id && strncmp(answer, asked->all[i].id, strlen(asked->all[i].id)) == 0)
                known = strlen(asked->all[i].id);
        if (!known && !strchr("0123456789", *answer))
            shape[n++] = *answer;
        answer += known ? known : 1;
    }
    return m_keep(t, shape, n);
}

static const char *told(struct muster_ctx *t, struct m_session *by, const struct m_operation *o,
                        const struct things *asked)
{
    struct m_json *arguments = things_arguments(t, asked, o, NULL, -1);
    struct m_tried tried = TRY(by, o->name, ARGS(arguments));
    const char *what = m_fmt(t, "%d %s %s", (int)tried.status, tried.refused ? tried.refused : "done",
                             shape_of(t, tried.answer, asked));
    m_json_free(tried.result);
    m_json_free(arguments);
    return what;
}

SCENARIO(what_is_foreign_is_as_what_is_missing,
         .summary = "An answer about another tenant's thing is that about one that there is not",
         .markers = MARKERS("e2e", "priority_p1", "tenant_isolation", "api", "catches(defect='existence-told')"),
         .needs = OPERATIONS(TWO_OPERATIONS), .timeout_ms = 60000)
{
    struct two two = two_begin(t);
    struct things missing = missing_ones(t, &two.theirs.things);
    struct member viewer = tenancy_member(t, &two.ours.tenant, "tenant_viewer");
    struct m_session *const askers[] = {two.ours.tenant.admin, viewer.session, m_nobody(t)};
    uint64_t n;
    const struct m_operation *all = m_target_operations(t, &n);
    for (int rank = OPERATION_READS; rank < OPERATION_RANKS; rank++)
        for (uint64_t i = 0; i < n; i++) {
            if ((int)operation_rank(&all[i]) != rank || things_named(&all[i]) == 0 || all[i].websocket)
                continue;
            for (size_t k = 0; k < sizeof askers / sizeof askers[0]; k++) {
                const char *foreign = told(t, askers[k], &all[i], &two.theirs.things);
                const char *unknown = told(t, askers[k], &all[i], &missing);
                CHECK(strcmp(foreign, unknown) == 0, "%s tells what is another tenant's from what is not: %s, and %s",
                      all[i].name, foreign, unknown);
            }
        }
}
