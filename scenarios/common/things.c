/* SPDX-License-Identifier: Apache-2.0 */
/* One thing of each kind, by the target's own operations. */
#include "common/things.h"

#include "common/operations.h"

/* ---- values ---- */

/* What no type says: packs know these words of operations. */
static const char *known_value(struct muster_ctx *t, const char *name)
{
    if (strcmp(name, "subdomain") == 0)
        return tenancy_subdomain(t, NULL); /* what is made under it goes at the end */
    if (strcmp(name, "role") == 0)
        return "tenant_member";
    if (strcmp(name, "password") == 0)
        return TENANT_PASSWORD;
    if (strcmp(name, "email") == 0)
        return m_fmt(t, "%s@example.test", m_unique(t, "user"));
    if (strcmp(name, "version") == 0)
        return "2";
    /* The same each time: what was put there under it is what is asked for. */
    return strcmp(name, "key") == 0 ? "sweep" : NULL;
}

/* `"name": value`, for what an operation requires. */
static const char *plausible(struct muster_ctx *t, const struct m_taken *a)
{
    const char *known = known_value(t, a->name);
    if (strcmp(a->type, "json") == 0)
        return m_fmt(t, "{\"%s\": {\"sweep\": true}}", a->name);
    if (strcmp(a->type, "bool") == 0)
        return m_fmt(t, "{\"%s\": true}", a->name);
    if (strcmp(a->type, "str") != 0)
        return m_fmt(t, "{\"%s\": 1}", a->name);
    return m_json_pack(t, "{s:s}", a->name, known ? known : m_unique(t, "sweep"));
}

/* ---- makers ---- */

/* Kinds that come by another name than KIND.create. */
static const struct maker {
    const char *kind, *operation, *id;
} makers[] = {
    {"token", "token.issue", "/id"}, {"audit_entry", "audit.list", "/entries/0/seq"}, /* whatever is done makes one */
};

static struct maker maker_of(struct muster_ctx *t, const char *kind)
{
    for (size_t i = 0; i < sizeof makers / sizeof makers[0]; i++)
        if (strcmp(makers[i].kind, kind) == 0 && m_target_has(t, makers[i].operation))
            return makers[i];
    return (struct maker){kind, m_fmt(t, "%s.create", kind), "/id"};
}

const struct thing *things_find(const struct things *things, const char *kind)
{
    for (int i = 0; i < things->n; i++)
        if (strcmp(things->all[i].kind, kind) == 0)
            return &things->all[i];
    return NULL;
}

static void make(struct muster_ctx *t, struct m_session *platform, const struct tenancy *tenant, struct things *things,
                 struct thing *thing)
{
    if (strcmp(thing->kind, "tenant") == 0) {
        thing->id = tenant->id;
        return;
    }
    struct maker maker = maker_of(t, thing->kind);
    const struct m_operation *o = m_target_operation(t, maker.operation);
    if (!o) {
        thing->why = m_fmt(t, "the target has no operation %s, which would make one", maker.operation);
        return;
    }
    thing->why = "it takes one to make one"; /* for who asks while it is being made */
    things_for(t, platform, tenant, things, o);
    for (uint64_t i = 0; i < o->n_takes; i++) {
        const struct thing *part = o->takes[i].of ? things_find(things, o->takes[i].of) : NULL;
        if (part && !part->id && !o->takes[i].optional) {
            thing->why = m_fmt(t, "%s takes a %s, of which there is none: %s", o->name, part->kind, part->why);
            return;
        }
    }
    const struct m_json *made = DO(platform, maker.operation, ARGS(things_arguments(t, things, o, NULL, -1)));
    const struct m_json *id = m_json_at(made, maker.id);
    thing->id = m_json_str(made, maker.id);
    if (id && !thing->id)
        thing->id = m_json_text(t, made, maker.id);
    thing->why = m_fmt(t, "the result of %s has no text or number at %s", o->name, maker.id);
}

void things_for(struct muster_ctx *t, struct m_session *platform, const struct tenancy *tenant, struct things *things,
                const struct m_operation *o)
{
    for (uint64_t i = 0; i < o->n_takes; i++) {
        const char *kind = o->takes[i].of;
        if (!kind || things_find(things, kind))
            continue;
        REQUIRE(things->n < THINGS_MOST);
        struct thing *thing = &things->all[things->n++];
        *thing = (struct thing){.kind = kind};
        make(t, platform, tenant, things, thing);
    }
}

/* ---- arguments ---- */

const struct thing *things_missing(const struct things *things, const struct m_operation *o)
{
    for (uint64_t i = 0; i < o->n_takes; i++) {
        const struct thing *thing = o->takes[i].of ? things_find(things, o->takes[i].of) : NULL;
        if (thing && !thing->id)
            return thing;
    }
    return NULL;
}

int things_named(const struct m_operation *o)
{
    int n = 0;
    for (uint64_t i = 0; i < o->n_takes; i++)
        n += o->takes[i].of != NULL;
    return n;
}

struct m_json *things_arguments(struct muster_ctx *t, const struct things *things, const struct m_operation *o,
                                const struct things *other, int n_other)
{
    const char *members = "";
    int n = 0;
    for (uint64_t i = 0; i < o->n_takes; i++) {
        const struct m_taken *a = &o->takes[i];
        const char *object = NULL;
        if (a->of) {
            const struct thing *thing = things_find(n == n_other ? other : things, a->of);
            object = thing && thing->id ? m_json_pack(t, "{s:s}", a->name, thing->id) : NULL;
            n++;
        } else if (!a->optional) {
            object = plausible(t, a);
        }
        if (object) /* without its braces */
            members = m_fmt(t, "%s%s%.*s", members, *members ? ", " : "", (int)strlen(object) - 2, object + 1);
    }
    return m_json_parse(t, m_fmt(t, "{%s}", members));
}

/* ---- what is under keys ---- */

static int all_are_there(const struct things *things, const struct m_operation *o)
{
    for (uint64_t i = 0; i < o->n_takes; i++)
        if (o->takes[i].of && !things_find(things, o->takes[i].of))
            return 0;
    return !things_missing(things, o);
}

void things_put(struct muster_ctx *t, struct m_session *platform, const struct things *things)
{
    uint64_t n;
    const struct m_operation *all = m_target_operations(t, &n);
    for (uint64_t i = 0; i < n; i++)
        if (strcmp(operation_verb(&all[i]), "put") == 0 && all_are_there(things, &all[i]))
            DO(platform, all[i].name, ARGS(things_arguments(t, things, &all[i], NULL, -1)));
}
