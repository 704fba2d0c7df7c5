/* SPDX-License-Identifier: Apache-2.0 */
/* What scenarios need, held against what there is. */
#include "plan/needs.h"

#include "base/buf.h"
#include "base/suggest.h"

#include <errno.h>
#include <string.h>

#define OPERATION "operation:"

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

bool uses_target(const char *const *uses)
{
    size_t n = strlen(TARGET_FIXTURE);
    for (; uses && *uses; uses++)
        if (strncmp(*uses, TARGET_FIXTURE, n) == 0 && ((*uses)[n] == '\0' || (*uses)[n] == '('))
            return true;
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
    if (s.best)
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

static bool check_operation(const struct target_info *t, const char *need, struct arena *arena, struct buf *reason)
{
    char *name = arena_strdup(arena, need + strlen(OPERATION));
    char *list = strchr(name, '(');
    if (list)
        *list++ = '\0';
    if (strcmp(name, "*") == 0)
        return !list;
    const struct target_operation *o = find_operation(t, name);
    if (!o)
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
            if (!check_operation(target ? target : &none, *need, arena, &of_target))
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
