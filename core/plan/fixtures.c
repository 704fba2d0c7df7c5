/* SPDX-License-Identifier: Apache-2.0 */
/* From what cases use to instances, in the order to set them up. */
#include "plan/fixtures.h"

#include "base/buf.h"
#include "plan/fixture_labels.h"
#include "plan/needs.h"
#include "plan/resolve.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { DEEPEST = 64 };

struct planner {
    const struct catalogue *c;
    struct fixture_plan *plan;
    uint32_t user_plugin;    /* of the scenario that is being looked at */
    uint32_t stack[DEEPEST]; /* fixtures that are being looked at, each used by the one before */
    uint32_t depth;
    const char *target; /* what `target` stands for; NULL: nothing is used for it */
    uint32_t *stamps;   /* by instance: the case that has it already, plus 1 */
    size_t cap_stamps;
    struct err *err;
};

/* Who says that it uses something. */
struct user {
    const char *what; /* "" or "fixture " */
    const char *id, *file;
    uint32_t line;
    uint32_t plugin;
    enum fixture_scope scope; /* a scenario is of the attempt */
    struct use_values values;
    const char *const *uses;
    bool needs_target; /* it asks for operations, so it uses `target` without saying so */
};

const char *fixture_scope_name(enum fixture_scope scope)
{
    return scope == SCOPE_ATTEMPT ? "attempt" : scope == SCOPE_PLUGIN ? "plugin" : "run";
}

static int find_instance(struct planner *p, const struct user *user, const struct use *use, uint32_t *ret_instance);

/* ---- errors ------------------------------------------------------------------------------------------------- */

static int at_user(struct planner *p, const struct user *user, const char *text)
{
    if (*user->file)
        return err_prefix(p->err, "%s:%u: %s%s uses \"%s\"", user->file, user->line, user->what, user->id, text);
    return err_prefix(p->err, "%s%s uses \"%s\"", user->what, user->id, text);
}

static int cycle(struct planner *p, uint32_t fixture)
{
    autobuf struct buf way = {0};
    uint32_t from = 0;
    while (p->stack[from] != fixture)
        from++;
    for (uint32_t i = from; i < p->depth; i++)
        buf_addf(&way, "%s -> ", p->c->fixtures[p->stack[i]].name);
    return err_set(p->err, -EINVAL, "it uses itself: %s%s", buf_str(&way), p->c->fixtures[fixture].name);
}

static int check_scope(struct planner *p, const struct user *user, const struct fixture_info *f)
{
    if (f->scope == SCOPE_ATTEMPT && user->scope == SCOPE_ATTEMPT && f->plugin != p->user_plugin)
        return err_set(
            p->err, -EINVAL,
            "%s of %s is attempt-scoped: it is made in the attempt, which has no other plugin loaded than its "
            "own; only %s's own scenarios can use it",
            f->name, p->c->plugins[f->plugin].path, p->c->plugins[f->plugin].name);
    if (f->scope < user->scope)
        return err_set(p->err, -EINVAL, "%s is %s-scoped, and what uses it is %s-scoped and lives longer", f->name,
                       fixture_scope_name(f->scope), fixture_scope_name(user->scope));
    return 0;
}

/* ---- instances ------------------------------------------------------------------------------------------------ */

static bool has_own(const struct planner *p, uint32_t plugin, const char *name)
{
    const struct plugin_info *info = &p->c->plugins[plugin];
    for (uint32_t i = info->first_fixture; i < info->first_fixture + info->n_fixtures; i++)
        if (strcmp(p->c->fixtures[i].name, name) == 0)
            return true;
    return false;
}

/* `target` is the target's own fixture under another name, unless the plugin has one that is called so. */
static bool is_target(const struct planner *p, const struct user *user, const struct use *use)
{
    return !use->plugin && strcmp(use->name, TARGET_FIXTURE) == 0 && !has_own(p, user->plugin, use->name);
}

static int add_use(struct planner *p, const struct user *user, const char *text, struct fixture_use *uses,
                   uint32_t *n_uses)
{
    struct use use;
    const uint32_t n = *n_uses;
    int e = use_parse(text, &user->values, &p->plan->arena, &use, p->err);
    if (e == 0 && is_target(p, user, &use)) {
        if (!p->target)
            return 0;
        use.name = p->target;
    }
    for (uint32_t i = 0; e == 0 && i < n; i++)
        if (strcmp(uses[i].alias, use.alias) == 0)
            e = err_set(p->err, -EINVAL, "it uses %s already: give one of them another name, as in %s(as=other)",
                        use.alias, use.name);
    if (e == 0)
        e = find_instance(p, user, &use, &uses[n].instance);
    uses[n].alias = use.alias;
    *n_uses += e == 0;
    return e < 0 ? at_user(p, user, text) : 0;
}

static int find_uses(struct planner *p, const struct user *user, const struct fixture_use **ret_uses, uint32_t *ret_n)
{
    uint32_t n = 0, most = 0;
    while (user->uses[most])
        most++;
    struct fixture_use *uses = arena_alloc(&p->plan->arena, (most + 1) * sizeof *uses);
    bool implied = user->needs_target && !uses_target(user->uses);
    int e = implied ? add_use(p, user, TARGET_FIXTURE, uses, &n) : 0;
    for (uint32_t i = 0; e == 0 && i < most; i++)
        e = add_use(p, user, user->uses[i], uses, &n);
    if (e < 0)
        return e;
    *ret_uses = uses;
    *ret_n = n;
    return 0;
}

static void key_of(const struct fixture_instance *it, uint32_t n_values, struct buf *out)
{
    buf_addf(out, "%u %u", it->fixture, it->user_plugin);
    for (uint32_t i = 0; i < n_values; i++)
        buf_addf(out, " %zu:%s", strlen(it->values[i]), it->values[i]);
}

/* Those that it uses first, so that they stand before it. */
static int add_instance(struct planner *p, struct fixture_instance *it, struct buf *key, uint32_t *ret_instance)
{
    const struct fixture_info *f = &p->c->fixtures[it->fixture];
    autobuf struct buf id = {0};
    buf_addf(&id, "%s.%s", p->c->plugins[f->plugin].name, f->name);
    const struct user user = {.what = "fixture ",
                              .id = buf_str(&id),
                              .file = f->file,
                              .line = f->line,
                              .plugin = f->plugin,
                              .scope = f->scope,
                              .values = {&f->params, it->values},
                              .uses = f->uses};
    for (uint32_t i = 0; i < p->depth; i++)
        if (p->stack[i] == it->fixture)
            return cycle(p, it->fixture);
    if (p->depth == DEEPEST)
        return err_set(p->err, -EINVAL, "fixtures use each other more than %d deep", DEEPEST);
    p->stack[p->depth++] = it->fixture;
    int e = find_uses(p, &user, &it->uses, &it->n_uses);
    p->depth--;
    if (e < 0)
        return e;
    struct fixture_plan *plan = p->plan;
    *ret_instance = (uint32_t)plan->n_instances;
    GROW(plan->instances, plan->n_instances, plan->cap_instances);
    plan->instances[plan->n_instances++] = *it;
    plan->n_shared += f->scope != SCOPE_ATTEMPT;
    idmap_put(&plan->keys, arena_strdup(&plan->arena, buf_str(key)), key->len, *ret_instance);
    return 0;
}

static int find_instance(struct planner *p, const struct user *user, const struct use *use, uint32_t *ret_instance)
{
    struct fixture_instance it = {.user_plugin = UINT32_MAX};
    int e = resolve_fixture(p->c, user->plugin, use, &it.fixture, p->err);
    if (e < 0)
        return e;
    const struct fixture_info *f = &p->c->fixtures[it.fixture];
    e = check_scope(p, user, f);
    if (e == 0)
        e = resolve_values(f, use, &p->plan->arena, &it.values, p->err);
    if (e < 0)
        return e;
    if (f->scope == SCOPE_PLUGIN)
        it.user_plugin = p->user_plugin;
    autobuf struct buf key = {0};
    key_of(&it, f->params.n, &key);
    *ret_instance = idmap_get(&p->plan->keys, buf_str(&key), key.len);
    return *ret_instance == IDMAP_NONE ? add_instance(p, &it, &key, ret_instance) : 0;
}

/* ---- cases ------------------------------------------------------------------------------------------------------ */

struct needs {
    uint32_t *shared, *local;
    uint32_t n_shared, n_local;
};

/* Those that it uses come before it, and all in the order in which they are named. */
static void gather(struct planner *p, uint32_t instance, uint32_t stamp, struct needs *needs)
{
    const struct fixture_instance *it = &p->plan->instances[instance];
    if (p->stamps[instance] == stamp)
        return;
    p->stamps[instance] = stamp;
    for (uint32_t i = 0; i < it->n_uses; i++)
        gather(p, it->uses[i].instance, stamp, needs);
    if (p->c->fixtures[it->fixture].scope == SCOPE_ATTEMPT)
        needs->local[needs->n_local++] = instance;
    else
        needs->shared[needs->n_shared++] = instance;
}

static void make_room_for_stamps(struct planner *p)
{
    size_t n = p->plan->n_instances;
    if (p->stamps && n <= p->cap_stamps)
        return;
    p->stamps = xreallocarray(p->stamps, 2 * n, sizeof *p->stamps);
    memset(p->stamps + p->cap_stamps, 0, (2 * n - p->cap_stamps) * sizeof *p->stamps);
    p->cap_stamps = 2 * n;
}

static int plan_case(struct planner *p, const struct case_plan *plan, uint32_t stamp,
                     const struct case_fixtures **ret_fixtures)
{
    const struct scenario_info *s = &p->c->scenarios[plan->scenario];
    struct arena *arena = &p->plan->arena;
    const struct user user = {.what = "",
                              .id = s->id,
                              .file = s->file,
                              .line = s->line,
                              .plugin = s->plugin,
                              .scope = SCOPE_ATTEMPT,
                              .values = {&s->params, plan->values},
                              .uses = s->uses,
                              .needs_target = needs_operations(s)};
    struct case_fixtures *cf = arena_alloc(arena, sizeof *cf);
    p->user_plugin = s->plugin;
    p->depth = 0;
    int e = find_uses(p, &user, &cf->uses, &cf->n_uses);
    if (e < 0)
        return e;
    make_room_for_stamps(p);
    size_t most = p->plan->n_instances * sizeof(uint32_t);
    struct needs needs = {.shared = xmalloc(most), .local = xmalloc(most)};
    for (uint32_t i = 0; i < cf->n_uses; i++)
        gather(p, cf->uses[i].instance, stamp, &needs);
    uint32_t *shared = arena_alloc(arena, (needs.n_shared + 1) * sizeof *shared);
    uint32_t *local = arena_alloc(arena, (needs.n_local + 1) * sizeof *local);
    memcpy(shared, needs.shared, needs.n_shared * sizeof *shared);
    memcpy(local, needs.local, needs.n_local * sizeof *local);
    free(needs.shared);
    free(needs.local);
    cf->shared = shared;
    cf->local = local;
    cf->n_shared = needs.n_shared;
    cf->n_local = needs.n_local;
    *ret_fixtures = cf;
    return 0;
}

static bool depend_on_values(const struct scenario_info *s)
{
    for (uint32_t i = 0; s->uses[i]; i++)
        if (strstr(s->uses[i], "${"))
            return true;
    return false;
}

static int plan_cases(struct planner *p, const struct selection *selection)
{
    const struct case_fixtures *before = NULL;
    uint32_t before_scenario = UINT32_MAX;
    for (size_t i = 0; i < selection->n_cases; i++) {
        const struct case_plan *plan = &selection->cases[i];
        const struct scenario_info *s = &p->c->scenarios[plan->scenario];
        bool implied = p->target && needs_operations(s);
        if (plan->skip_reason || !s->uses || (!s->uses[0] && !implied))
            continue;
        bool same = plan->scenario == before_scenario && !depend_on_values(s);
        int e = same ? 0 : plan_case(p, plan, (uint32_t)i + 1, &before);
        if (e < 0 || !before)
            return e;
        before_scenario = plan->scenario;
        if (!p->plan->cases)
            p->plan->cases = xcalloc(selection->n_cases, sizeof *p->plan->cases);
        p->plan->cases[i] = before;
        for (uint32_t k = 0; k < before->n_shared; k++)
            p->plan->instances[before->shared[k]].n_cases++;
    }
    return 0;
}

int fixtures_plan(const struct catalogue *c, const struct selection *selection, struct fixture_plan *ret_plan,
                  struct err *err)
{
    struct fixture_plan plan = {0};
    struct planner p = {.c = c, .plan = &plan, .target = selection->target_fixture, .err = err};
    int e = plan_cases(&p, selection);
    free(p.stamps);
    if (e < 0) {
        fixtures_free(&plan);
        return e;
    }
    fixture_labels(c, &plan);
    *ret_plan = plan;
    return 0;
}

void fixtures_free(struct fixture_plan *p)
{
    free(p->instances);
    free(p->cases);
    idmap_free(&p->keys);
    arena_free(&p->arena);
    *p = (struct fixture_plan){0};
}
