/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The sweep: each of the target's operations that names a tenant's thing (`of: KIND`), tried with the credentials of
 * each role in another tenant, and with none. It goes by the target file alone, so that an operation is tried from the
 * day on which it stands there.
 */
#include "common/operations.h"
#include "common/people.h"
#include "common/things.h"

struct sweep {
    struct tenancy ours, theirs;
    struct things our_things, their_things;
    struct people people; /* of ours */
    struct m_session *platform, *nobody;
    const char *seen[OPERATIONS_MOST]; /* what each operation showed of their things before; NULL: it shows nothing */
};

/* ---- what there is ---- */

static void make_things(struct muster_ctx *t, struct sweep *s, const struct tenancy *tenant, struct things *things)
{
    uint64_t n;
    const struct m_operation *all = m_target_operations(t, &n);
    for (uint64_t i = 0; i < n; i++)
        things_for(t, s->platform, tenant, things, &all[i]);
    things_put(t, s->platform, things);
}

/* Whoever got through may have taken them away, and those who are tried next must find something. */
static void make_theirs_anew(struct muster_ctx *t, struct sweep *s)
{
    struct m_tried tenant = TRY(s->platform, "tenant.get", ARG("id", s->theirs.id));
    const char *state = m_json_str(tenant.result, "/state");
    if (!state || strcmp(state, "active") != 0)
        s->theirs = tenancy_begin(t, s->platform, "enterprise");
    m_json_free(tenant.result);
    s->their_things = (struct things){.n = 0};
    make_things(t, s, &s->theirs, &s->their_things);
}

/* ---- trying ---- */

/* `mixed`: the argument whose thing is ours; -1: none. */
static void must_refuse(struct muster_ctx *t, struct sweep *s, struct m_session *by, const char *who,
                        const struct m_operation *o, int mixed)
{
    struct m_json *arguments = things_arguments(t, &s->their_things, o, mixed < 0 ? NULL : &s->our_things, mixed);
    struct m_tried tried = TRY(by, o->name, ARGS(arguments));
    int refused = refusal_is_about_who(tried.refused);
    CHECK(refused, "%s by %s%s is %s: %s answered %d", o->name, who, mixed < 0 ? "" : ", who mixes in a thing of ours,",
          operation_outcome(t, &tried), tried.request, (int)tried.status);
    m_json_free(tried.result);
    m_json_free(arguments);
    if (!refused && operation_rank(o) >= OPERATION_REMOVES)
        make_theirs_anew(t, s);
}

/* All that it names is theirs; and, where it names several things, one of them ours and the rest theirs. */
static void try_as(struct muster_ctx *t, struct sweep *s, const struct m_operation *o, struct m_session *by,
                   const char *who)
{
    int n = things_named(o);
    must_refuse(t, s, by, who, o, -1);
    for (int i = 0; n > 1 && i < n; i++)
        must_refuse(t, s, by, who, o, i);
}

static void try_operation(struct muster_ctx *t, struct sweep *s, const struct m_operation *o)
{
    const struct thing *missing = things_missing(&s->their_things, o);
    CHECK(!missing, "%s can't be tried: there is no %s: %s", o->name, missing ? missing->kind : "",
          missing ? missing->why : "");
    if (missing)
        return;
    must_refuse(t, s, s->nobody, "nobody", o, -1);
    if (s->people.n == 0)
        try_as(t, s, o, s->ours.admin, "another tenant's administrator");
    for (uint64_t i = 0; i < s->people.n; i++)
        if (s->people.roles[i].of_tenant)
            try_as(t, s, o, s->people.all[i].session, m_fmt(t, "a %s of another tenant", s->people.roles[i].name));
}

static void try_all(struct muster_ctx *t, struct sweep *s)
{
    uint64_t n;
    const struct m_operation *all = m_target_operations(t, &n);
    int tried = 0;
    for (int rank = OPERATION_READS; rank < OPERATION_RANKS; rank++)
        for (uint64_t i = 0; i < n; i++)
            if (things_named(&all[i]) > 0 && (int)operation_rank(&all[i]) == rank) {
                try_operation(t, s, &all[i]);
                tried++;
            }
    CHECK_INT(tried, >, 0, "none of the target's operations names a thing of a tenant: say `of` in the target file");
    LOG("%d of %d operations name a thing of a tenant", tried, (int)n);
}

/* ---- looking ---- */

/* What can be read of things, and changes with them alone: not what only may be about them, as the trail. */
static int is_view(const struct m_operation *o)
{
    if (!operation_word_is_one_of(operation_verb(o), (const char *const[]){"get", "list", NULL}))
        return 0;
    for (uint64_t i = 0; i < o->n_takes; i++)
        if (o->takes[i].of && !o->takes[i].optional)
            return 1;
    return 0;
}

static const char *look(struct muster_ctx *t, struct sweep *s, const struct m_operation *o)
{
    struct m_tried seen = TRY(s->platform, o->name, ARGS(things_arguments(t, &s->their_things, o, NULL, -1)));
    const char *text = seen.result ? m_json_text(t, seen.result, "") : operation_outcome(t, &seen);
    m_json_free(seen.result);
    return text;
}

static void look_at_all(struct muster_ctx *t, struct sweep *s)
{
    uint64_t n;
    const struct m_operation *all = m_target_operations(t, &n);
    REQUIRE_UINT(n, <=, OPERATIONS_MOST);
    for (uint64_t i = 0; i < n; i++)
        s->seen[i] = is_view(&all[i]) && !things_missing(&s->their_things, &all[i]) ? look(t, s, &all[i]) : NULL;
}

static void must_be_unchanged(struct muster_ctx *t, struct sweep *s)
{
    uint64_t n;
    const struct m_operation *all = m_target_operations(t, &n);
    for (uint64_t i = 0; i < n; i++) {
        if (!s->seen[i])
            continue;
        const char *now = look(t, s, &all[i]);
        CHECK(strcmp(now, s->seen[i]) == 0, "what %s shows has changed: from %s to %s", all[i].name, s->seen[i], now);
    }
}

/* ---- the scenario ---- */

SCENARIO(
    no_operation_reaches_another_tenant,
    .summary = "Each operation that names a tenant's thing is refused to all roles of another tenant and to nobody",
    .markers = MARKERS("e2e", "priority_p0", "security", "tenant_isolation", "catches(defect='cross-tenant-read')",
                       "catches(defect='backup-by-id-alone')", "catches(defect='audit-by-number')"),
    .needs = OPERATIONS("*", TENANCY_OPERATIONS, PEOPLE_OPERATIONS), .timeout_ms = 120000)
{
    struct sweep s = {.platform = m_login(t, "admin"), .nobody = m_nobody(t)};
    STEP("two tenants have one thing of each kind, and ours a user of each role")
    {
        s.ours = tenancy_begin(t, s.platform, "professional");
        s.theirs = tenancy_begin(t, s.platform, "professional");
        s.people = people_begin(t, s.platform, &s.ours);
        make_things(t, &s, &s.ours, &s.our_things);
        make_things(t, &s, &s.theirs, &s.their_things);
    }
    look_at_all(t, &s);
    STEP("neither we nor nobody can do anything with theirs")
    {
        try_all(t, &s);
    }
    STEP("their things are as they were")
    {
        must_be_unchanged(t, &s);
    }
}
