/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Roles: each of the target's operations, tried by a user of each role on things of his own tenant, or of any tenant
 * where the role is the platform's own, and held against what the target file says of who may do it (`allowed`).
 */
#include "common/operations.h"
#include "common/people.h"
#include "common/things.h"

struct trial {
    struct tenancy tenant;
    struct things things;
    struct people people;
    struct m_session *platform, *nobody;
    int done, refused, hindered; /* tries: hindered ones were allowed, and refused for what they asked */
};

static void make_things(struct muster_ctx *t, struct trial *r)
{
    uint64_t n;
    const struct m_operation *all = m_target_operations(t, &n);
    r->things = (struct things){.n = 0};
    for (uint64_t i = 0; i < n; i++)
        things_for(t, r->platform, &r->tenant, &r->things, &all[i]);
    things_put(t, r->platform, &r->things);
}

static void begin(struct muster_ctx *t, struct trial *r)
{
    r->tenant = tenancy_begin(t, r->platform, "enterprise");
    r->people = people_begin(t, r->platform, &r->tenant);
    make_things(t, r);
}

/* ---- who ---- */

static int is_allowed(const struct m_operation *o, const struct m_role *role)
{
    return operation_word_is_one_of(role->name, o->allowed);
}

/* What names no thing may be about the session itself, and end it. */
static struct m_session *session_for(struct muster_ctx *t, const struct member *who, const struct m_operation *o)
{
    return things_named(o) == 0 && operation_rank(o) != OPERATION_READS ? people_again(t, who) : who->session;
}

/* ---- what must be refused ---- */

/* Whoever got through may have taken something away that the next ones are tried on. */
static void repair(struct muster_ctx *t, struct trial *r, const struct m_operation *o)
{
    if (operation_rank(o) == OPERATION_ENDS)
        begin(t, r);
    else if (operation_rank(o) == OPERATION_REMOVES)
        make_things(t, r);
}

static void must_refuse(struct muster_ctx *t, struct trial *r, struct m_session *by, const char *who,
                        const struct m_operation *o)
{
    struct m_json *arguments = things_arguments(t, &r->things, o, NULL, -1);
    struct m_tried tried = TRY(by, o->name, ARGS(arguments));
    int refused = refusal_is_about_who(tried.refused);
    r->refused += refused;
    CHECK(refused, "%s by %s is %s, and not allowed: %s answered %d", o->name, who, operation_outcome(t, &tried),
          tried.request, (int)tried.status);
    m_json_free(tried.result);
    m_json_free(arguments);
    if (!refused)
        repair(t, r, o);
}

/* ---- what must be done ---- */

/* What takes away, takes something that nobody else is tried on. */
static struct trial beside(struct muster_ctx *t, const struct trial *r, const struct m_operation *o)
{
    struct trial own = *r;
    if (operation_rank(o) < OPERATION_REMOVES)
        return own;
    own.things = (struct things){.n = 0};
    if (operation_rank(o) == OPERATION_ENDS)
        own.tenant = tenancy_begin(t, r->platform, "starter");
    things_for(t, r->platform, &own.tenant, &own.things, o);
    things_put(t, r->platform, &own.things);
    return own;
}

/* That it is refused for another reason, as what is in conflict with how things are, is not about roles. */
static void must_do(struct muster_ctx *t, struct trial *r, uint64_t role, const struct m_operation *o)
{
    const struct m_role *of = &r->people.roles[role];
    struct trial own = beside(t, r, o);
    int elsewhere = own.tenant.id != r->tenant.id && of->of_tenant;
    struct member who = elsewhere ? people_one(t, r->platform, &own.tenant, of) : r->people.all[role];
    struct m_json *arguments = things_arguments(t, &own.things, o, NULL, -1);
    struct m_tried tried = TRY(session_for(t, &who, o), o->name, ARGS(arguments));
    CHECK(!refusal_is_about_who(tried.refused), "%s by a %s is %s, and allowed: %s answered %d", o->name, of->name,
          operation_outcome(t, &tried), tried.request, (int)tried.status);
    r->done += !tried.refused;
    r->hindered += tried.refused && !refusal_is_about_who(tried.refused);
    if (tried.refused)
        LOG("%s by a %s is %s: %s", o->name, of->name, operation_outcome(t, &tried), tried.answer);
    m_json_free(tried.result);
    m_json_free(arguments);
}

/* ---- all ---- */

static void try_operation(struct muster_ctx *t, struct trial *r, const struct m_operation *o)
{
    const struct thing *missing = things_missing(&r->things, o);
    CHECK(!missing, "%s can't be tried: there is no %s: %s", o->name, missing ? missing->kind : "",
          missing ? missing->why : "");
    CHECK(o->allowed != NULL, "%s can't be tried: the target file does not say who may (`allowed`)", o->name);
    if (missing || !o->allowed)
        return;
    if (!o->anyone)
        must_refuse(t, r, r->nobody, "nobody", o);
    for (uint64_t i = 0; i < r->people.n; i++)
        if (!is_allowed(o, &r->people.roles[i]))
            must_refuse(t, r, r->people.all[i].session, m_fmt(t, "a %s", r->people.roles[i].name), o);
    for (uint64_t i = 0; i < r->people.n; i++)
        if (is_allowed(o, &r->people.roles[i]))
            must_do(t, r, i, o);
}

static void try_all(struct muster_ctx *t, struct trial *r)
{
    uint64_t n;
    const struct m_operation *all = m_target_operations(t, &n);
    for (int rank = OPERATION_READS; rank < OPERATION_RANKS; rank++)
        for (uint64_t i = 0; i < n; i++)
            if ((int)operation_rank(&all[i]) == rank)
                try_operation(t, r, &all[i]);
    LOG("%d operations and %d roles: done %d, refused %d, allowed and in conflict %d", (int)n, (int)r->people.n,
        r->done, r->refused, r->hindered);
}

SCENARIO(every_role_may_do_what_the_target_file_says,
         .summary = "Each operation is done for the roles that may do it, and refused to all others",
         .markers = MARKERS("e2e", "priority_p0", "security", "catches(defect='viewer-writes')",
                            "catches(defect='operator-as-admin')", "catches(defect='roles-unchecked')",
                            "catches(defect='roles-too-strict')"),
         .needs = OPERATIONS("*", TENANCY_OPERATIONS, PEOPLE_OPERATIONS), .timeout_ms = 120000)
{
    struct trial r = {.platform = m_login(t, "admin"), .nobody = m_nobody(t)};
    STEP("a tenant has one thing of each kind, and there is a user of each role")
    {
        begin(t, &r);
    }
    if (r.people.n == 0)
        SKIP("the target file names no roles");
    STEP("each role does what it may, and nothing else")
    {
        try_all(t, &r);
    }
}
