/* SPDX-License-Identifier: Apache-2.0 */
/* Nothing is done without an entry, and nothing is refused without one to somebody who has no right to it. This goes by
 * the target file alone, so that an operation has to leave one from the day on which it stands there. */
#include "audit/chain.h"
#include "common/operations.h"
#include "common/people.h"
#include "common/things.h"

struct author {
    struct m_session *session;
    const char *name;
};

/* Nobody else acts under his name, whatever runs at the same time. */
static struct author author_of_ones_own(struct muster_ctx *t, struct m_session *platform)
{
    uint64_t n;
    const struct m_role *roles = m_target_roles(t, &n);
    for (uint64_t i = 0; i < n; i++)
        if (strcmp(roles[i].name, "platform_admin") == 0) {
            struct member who = people_one(t, platform, NULL, &roles[i]);
            return (struct author){who.session, who.username};
        }
    SKIP("the target file names no platform_admin");
}

/* May be one: who asks a workload for something changes nothing of the platform. */
static int changes(const struct m_operation *o)
{
    enum operation_rank rank = operation_rank(o);
    return things_named(o) > 0 && rank != OPERATION_READS && rank != OPERATION_RANKS && !o->websocket &&
           !operation_word_is_one_of(operation_verb(o), (const char *const[]){"request", NULL});
}

/* 1: it was done, and was no look, so that it had to leave an entry. */
static int try_one(struct muster_ctx *t, const struct author *author, const struct things *things,
                   const struct m_operation *o)
{
    int64_t newest = audit_newest(author->session);
    struct m_json *arguments = things_arguments(t, things, o, NULL, -1);
    struct m_tried tried = TRY(author->session, o->name, ARGS(arguments));
    int done = !tried.refused && !tried.error && strncmp(tried.request, "GET ", 4) != 0;
    m_json_free(tried.result);
    m_json_free(arguments);
    if (!done)
        return 0;
    struct m_json *found = DO(author->session, "audit.list", ARG("actor", author->name), ARG("after", newest));
    CHECK(m_json_int(found, "/total") > 0, "%s was done, and nothing stands in the trail", o->name);
    m_json_free(found);
    return 1;
}

static int try_all(struct muster_ctx *t, const struct author *author, const struct tenancy *tenant)
{
    struct things things = {.n = 0};
    uint64_t n;
    const struct m_operation *all = m_target_operations(t, &n);
    int done = 0;
    for (int rank = OPERATION_CHANGES; rank < OPERATION_RANKS; rank++)
        for (uint64_t i = 0; i < n; i++) {
            if (!changes(&all[i]) || (int)operation_rank(&all[i]) != rank)
                continue;
            things_for(t, author->session, tenant, &things, &all[i]);
            if (rank == OPERATION_REMOVES)
                things_put(t, author->session, &things);
            int was_done = !things_missing(&things, &all[i]) && try_one(t, author, &things, &all[i]);
            LOG("%s: %s", all[i].name, was_done ? "done" : "not done");
            if (was_done && rank == OPERATION_REMOVES)
                things.n = 0; /* what it took away is made anew */
            done += was_done;
        }
    return done;
}

SCENARIO(every_change_leaves_an_entry,
         .summary = "Whatever operation changes something of a tenant's is recorded, under who has done it",
         .markers = MARKERS("e2e", "priority_p1", "audit_compliance", "catches(defect='rotation-unrecorded')",
                            "catches(defect='audit-gap')", "catches(defect='audit-wrong-actor')"),
         .needs = OPERATIONS("*", AUDIT_OPERATIONS, PEOPLE_OPERATIONS), .timeout_ms = 60000)
{
    struct m_session *platform = m_login(t, "admin");
    struct tenancy tenant = tenancy_begin(t, platform, "professional");
    struct author author = author_of_ones_own(t, platform);
    if (try_all(t, &author, &tenant) == 0)
        SKIP("none of the target's operations that change something was done: say `of` in the target file");
}

/* ---- refusals ---------------------------------------------------------------------------------------------------- */

/* 1: it was refused for who asks, and so had to leave an entry. */
static int try_without_right(struct muster_ctx *t, struct m_session *platform, const struct member *who,
                             const struct things *things, const struct m_operation *o)
{
    int64_t newest = audit_newest(platform);
    struct m_json *arguments = things_arguments(t, things, o, NULL, -1);
    struct m_tried tried = TRY(who->session, o->name, ARGS(arguments));
    int refused = refusal_is_about_who(tried.refused);
    m_json_free(tried.result);
    m_json_free(arguments);
    if (!refused)
        return 0;
    struct m_json *found =
        DO(platform, "audit.list", ARG("actor", who->username), ARG("outcome", "denied"), ARG("after", newest));
    CHECK(m_json_int(found, "/total") > 0, "%s was refused, and nothing stands in the trail", o->name);
    m_json_free(found);
    return 1;
}

SCENARIO(every_refusal_leaves_an_entry,
         .summary = "Whatever somebody tries who has no right to it is recorded, under who has tried",
         .markers = MARKERS("e2e", "priority_p1", "audit_compliance", "security", "tenant_isolation",
                            "catches(defect='audit-denials-missing')"),
         .needs = OPERATIONS("*", AUDIT_OPERATIONS, "user.create"), .timeout_ms = 60000)
{
    struct m_session *platform = m_login(t, "admin");
    struct tenancy ours = tenancy_begin(t, platform, "starter"), theirs = tenancy_begin(t, platform, "professional");
    struct member who = tenancy_member(t, &ours, "tenant_viewer");
    struct things things = {.n = 0};
    uint64_t n;
    const struct m_operation *all = m_target_operations(t, &n);
    int refused = 0;
    for (uint64_t i = 0; i < n; i++) {
        if (things_named(&all[i]) == 0 || all[i].page || all[i].websocket)
            continue;
        things_for(t, platform, &theirs, &things, &all[i]);
        refused += !things_missing(&things, &all[i]) && try_without_right(t, platform, &who, &things, &all[i]);
    }
    if (refused == 0)
        SKIP("nothing of another tenant's was refused: say `of` in the target file");
}
