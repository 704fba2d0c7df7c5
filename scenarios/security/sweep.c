/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The sweep: each of the target's operations that names a tenant's thing (`of: KIND`), tried with another tenant's
 * credentials and with none. It goes by the target file alone, so that an operation is tried from the day on which it
 * stands there.
 */
#include "things.h"

#define OPERATIONS_MOST 512

struct sweep {
    struct tenancy ours, theirs;
    struct things our_things, their_things;
    struct m_session *platform, *nobody;
    const char *seen[OPERATIONS_MOST]; /* what each operation showed of their things before; NULL: it shows nothing */
};

/* ---- which ---- */

static int is_one_of(const char *word, const char *const *list)
{
    for (; *list; list++)
        if (strcmp(word, *list) == 0)
            return 1;
    return 0;
}

static const char *verb(const struct m_operation *o)
{
    const char *dot = strrchr(o->name, '.');
    return dot ? dot + 1 : o->name;
}

static int reads(const struct m_operation *o)
{
    return o->safe || is_one_of(verb(o), (const char *const[]){"get", "list", NULL});
}

/* What does no harm comes first, and what would take the tenant itself away comes last: what one attempt breaks is not
 * there for the next. */
enum rank { READS, CHANGES, REMOVES, ENDS, RANKS };

static enum rank rank_of(const struct m_operation *o)
{
    static const char *const removing[] = {"delete", "remove", "clear", "revoke", "kill", "stop", NULL};
    if (reads(o))
        return READS;
    if (!is_one_of(verb(o), removing))
        return CHANGES;
    return strncmp(o->name, "tenant.", 7) == 0 ? ENDS : REMOVES;
}

/* ---- trying ---- */

/* Only these say that it was about who asks: what is refused as invalid, or as in conflict with how things are, has
 * been looked at with somebody else's eyes. */
static int is_refusal(const char *name)
{
    static const char *const names[] = {"not_found",     "forbidden",       "unauthenticated",    "not_allowed",
                                        "invalid_token", "tenant_inactive", "role_not_grantable", NULL};
    return name && is_one_of(name, names);
}

static const char *outcome(struct muster_ctx *t, struct m_tried tried)
{
    if (tried.refused)
        return m_fmt(t, "refused as %s", tried.refused);
    return tried.result ? "done" : m_fmt(t, "answered, but %s", tried.error ? tried.error : "without a result");
}

static void must_refuse(struct muster_ctx *t, struct m_session *by, const char *who, const struct m_operation *o,
                        struct m_json *arguments)
{
    struct m_tried tried = TRY(by, o->name, ARGS(arguments));
    CHECK(is_refusal(tried.refused), "%s by %s is %s: %s answered %d", o->name, who, outcome(t, tried), tried.request,
          (int)tried.status);
    m_json_free(tried.result);
    m_json_free(arguments);
}

/* All that it names is theirs; and, where it names several things, one of them ours and the rest theirs. Nobody comes
 * first: where he gets through, and takes the thing away, the others find nothing, but not the other way round. */
static void try_operation(struct muster_ctx *t, struct sweep *s, const struct m_operation *o)
{
    const struct thing *missing = things_missing(&s->their_things, o);
    CHECK(!missing, "%s can't be tried: there is no %s: %s", o->name, missing ? missing->kind : "",
          missing ? missing->why : "");
    if (missing)
        return;
    must_refuse(t, s->nobody, "nobody", o, things_arguments(t, &s->their_things, o, NULL, -1));
    must_refuse(t, s->ours.admin, "another tenant's administrator", o,
                things_arguments(t, &s->their_things, o, NULL, -1));
    int n = things_named(o);
    for (int i = 0; n > 1 && i < n; i++)
        must_refuse(t, s->ours.admin, "another tenant's administrator, who mixes in a thing of his own,", o,
                    things_arguments(t, &s->their_things, o, &s->our_things, i));
}

static void try_all(struct muster_ctx *t, struct sweep *s)
{
    uint64_t n;
    const struct m_operation *all = m_target_operations(t, &n);
    int tried = 0;
    for (int rank = READS; rank < RANKS; rank++)
        for (uint64_t i = 0; i < n; i++)
            if (things_named(&all[i]) > 0 && (int)rank_of(&all[i]) == rank) {
                try_operation(t, s, &all[i]);
                tried++;
            }
    CHECK_INT(tried, >, 0, "none of the target's operations names a thing of a tenant: say `of` in the target file");
    LOG("%d of %d operations name a thing of a tenant", tried, (int)n);
}

/* ---- what is there ---- */

/* What can be read of things, and changes with them alone: not what only may be about them, as the trail. */
static int is_view(const struct m_operation *o)
{
    if (!is_one_of(verb(o), (const char *const[]){"get", "list", NULL}))
        return 0;
    for (uint64_t i = 0; i < o->n_takes; i++)
        if (o->takes[i].of && !o->takes[i].optional)
            return 1;
    return 0;
}

static const char *look(struct muster_ctx *t, struct sweep *s, const struct m_operation *o)
{
    struct m_tried seen = TRY(s->platform, o->name, ARGS(things_arguments(t, &s->their_things, o, NULL, -1)));
    const char *text = seen.result ? m_json_text(t, seen.result, "") : outcome(t, seen);
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

/* Under the keys that are tried there is something: nothing is found where nothing is. */
static void put_all(struct muster_ctx *t, struct sweep *s)
{
    uint64_t n;
    const struct m_operation *all = m_target_operations(t, &n);
    for (uint64_t i = 0; i < n; i++)
        if (strcmp(verb(&all[i]), "put") == 0 && !things_missing(&s->their_things, &all[i]))
            DO(s->platform, all[i].name, ARGS(things_arguments(t, &s->their_things, &all[i], NULL, -1)));
}

static void make_things(struct muster_ctx *t, struct sweep *s)
{
    uint64_t n;
    const struct m_operation *all = m_target_operations(t, &n);
    for (uint64_t i = 0; i < n; i++) {
        things_for(t, s->platform, &s->theirs, &s->their_things, &all[i]);
        things_for(t, s->platform, &s->ours, &s->our_things, &all[i]);
    }
    put_all(t, s);
}

SCENARIO(no_operation_reaches_another_tenant,
         .summary = "Each operation that names a tenant's thing is refused to other tenants and to nobody",
         .markers = MARKERS("e2e", "priority_p0", "security", "tenant_isolation", "catches(defect='cross-tenant-read')",
                            "catches(defect='backup-by-id-alone')"),
         .needs = OPERATIONS("*", TENANCY_OPERATIONS), .timeout_ms = 60000)
{
    struct sweep s = {.platform = m_login(t, "admin"), .nobody = m_nobody(t)};
    STEP("two tenants have one thing of each kind")
    {
        s.ours = tenancy_begin(t, s.platform, "professional");
        s.theirs = tenancy_begin(t, s.platform, "professional");
        make_things(t, &s);
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
