/* SPDX-License-Identifier: Apache-2.0 */
/* What scenarios need, held against what there is. */
#include "plan/needs.h"

#include "base/buf.h"
#include "base/suggest.h"

#include <errno.h>
#include <string.h>

#define OPERATION "operation:"
enum { SLIP = 2 }; /* letters: tenant.steps is no slip of tenant.get, which is another operation */

static bool is_operation(const char *need)
{
    return strncmp(need, OPERATION, strlen(OPERATION)) == 0;
}

bool needs_operations(const struct scenario_info *s)
{
    for (const char *const *need = s->needs; need && *need; need++)
        if (is_operation(*need))
            return true;
    return false;
}

static bool is_use_of(const char *use, const char *fixture)
{
    size_t n = strlen(fixture);
    return strncmp(use, fixture, n) == 0 && (use[n] == '\0' || use[n] == '(');
}

bool uses_target(const char *const *uses)
{
    for (; uses && *uses; uses++)
        if (is_use_of(*uses, TARGET_FIXTURE))
            return true;
    return false;
}

bool uses_reach_target(const struct catalogue *c, const char *const *uses, bool *seen)
{
    if (uses_target(uses))
        return true;
    for (; uses && *uses; uses++)
        for (size_t i = 0; i < c->n_fixtures; i++)
            if (!seen[i] && is_use_of(*uses, c->fixtures[i].name)) {
                seen[i] = true;
                if (uses_reach_target(c, c->fixtures[i].uses, seen))
                    return true;
            }
    return false;
}

static bool is_capability(const char *const *capabilities, size_t n, const char *need)
{
    for (size_t i = 0; i < n; i++)
        if (strcmp(capabilities[i], need) == 0)
            return true;
    return false;
}

static const struct target_operation *find_operation(const struct target_info *t, const char *name)
{
    for (uint32_t i = 0; i < t->n_operations; i++)
        if (strcmp(t->operations[i].name, name) == 0)
            return &t->operations[i];
    return NULL;
}

static bool takes(const struct target_operation *o, const char *argument)
{
    for (uint32_t i = 0; i < o->n_takes; i++)
        if (strcmp(o->takes[i].name, argument) == 0)
            return true;
    return false;
}

static void add_missing_operation(const struct target_info *t, const char *name, struct buf *reason)
{
    struct suggestion s = suggest_start(name);
    for (uint32_t i = 0; i < t->n_operations; i++)
        suggest_offer(&s, t->operations[i].name);
    if (reason->len == 0)
        buf_addf(reason, "unsupported: the target %s has no operation %s", t->name, name);
    else
        buf_addf(reason, ", no %s", name);
    if (s.best && s.distance <= SLIP)
        buf_addf(reason, " (nearest: %s)", s.best);
}

static void add_missing_argument(const struct target_info *t, const char *operation, const char *argument,
                                 struct buf *reason)
{
    if (reason->len == 0)
        buf_addf(reason, "unsupported: %s of the target %s takes no %s", operation, t->name, argument);
    else
        buf_addf(reason, ", %s takes no %s", operation, argument);
}

/* "limits, replicas)": false when it is written in another way. */
static bool check_arguments(const struct target_info *t, const struct target_operation *o, char *list,
                            struct buf *reason)
{
    char *end = strchr(list, ')'), *state = NULL;
    if (!end || end[1])
        return false;
    *end = '\0';
    bool any = false;
    for (char *one = strtok_r(list, ", ", &state); one; one = strtok_r(NULL, ", ", &state)) {
        any = true;
        if (o && !takes(o, one))
            add_missing_argument(t, o->name, one, reason);
    }
    return any;
}

/* It is named by a need before this one, too: with other arguments. */
static bool is_named_before(const char *const *needs, const char *const *need, const char *name)
{
    size_t n = strlen(name);
    for (; needs < need; needs++) {
        const char *other = is_operation(*needs) ? *needs + strlen(OPERATION) : "";
        if (strncmp(other, name, n) == 0 && (other[n] == '\0' || other[n] == '('))
            return true;
    }
    return false;
}

static bool check_operation(const struct target_info *t, const char *const *needs, const char *const *one,
                            struct arena *arena, struct buf *reason)
{
    const char *need = *one;
    char *name = arena_strdup(arena, need + strlen(OPERATION));
    char *list = strchr(name, '(');
    if (list)
        *list++ = '\0';
    if (strcmp(name, "*") == 0)
        return !list;
    const struct target_operation *o = find_operation(t, name);
    if (!o && !is_named_before(needs, one, name))
        add_missing_operation(t, name, reason);
    return *name && (!list || check_arguments(t, o, list, reason));
}

static int bad_need(const struct scenario_info *s, const char *need, struct err *err)
{
    return err_set(err, -EINVAL,
                   "%s:%u: scenario %s needs \"%s\": an operation is written as %sNAME or %sNAME(ARGUMENT, "
                   "ARGUMENT)",
                   s->file, s->line, s->id, need, OPERATION, OPERATION);
}

int needs_unmet(const struct scenario_info *s, const char *const *capabilities, size_t n_capabilities,
                const struct target_info *target, struct arena *arena, const char **ret_reason, struct err *err)
{
    static const struct target_info none = {.name = ""};
    autobuf struct buf reason = {0}, of_target = {0};
    for (const char *const *need = s->needs; need && *need; need++) {
        if (is_operation(*need)) {
            if (!check_operation(target ? target : &none, s->needs, need, arena, &of_target))
                return bad_need(s, *need, err);
        } else if (!is_capability(capabilities, n_capabilities, *need)) {
            buf_adds(&reason, reason.len ? ", " : "unsupported: needs ");
            buf_adds(&reason, *need);
        }
    }
    const char *text = reason.len ? buf_str(&reason) : NULL;
    if (!text && !target && (needs_operations(s) || uses_target(s->uses)))
        text = "no target: give --target FILE";
    else if (!text && of_target.len)
        text = buf_str(&of_target);
    *ret_reason = text ? arena_strdup(arena, text) : NULL;
    return 0;
}
