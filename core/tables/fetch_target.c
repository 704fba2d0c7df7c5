/* SPDX-License-Identifier: Apache-2.0 */
/* Asking muster-table for a target file. What it says comes in pieces, each of which fits a packet. */
#include "tables/fetch.h"

#include "base/buf.h"
#include "base/mem.h"
#include "tables/table_helper.h"
#include "tables/target_pieces.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_JSON = 16 << 20, MOST_PARTS = 100 * 1000 };

struct gathering {
    struct arena *arena;
    struct target_info *target;
    struct buf json;
    struct target_operation *operations;
    struct target_value *values;
    size_t n_operations, cap_operations, n_values, cap_values;
    bool named;
};

static const char *keep(const struct gathering *g, const char *text)
{
    return arena_strdup(g->arena, text);
}

static bool take_operation(struct gathering *g, const struct message_list *list)
{
    if (list->n < TARGET_OPERATION_HEAD || (list->n - TARGET_OPERATION_HEAD) % TARGET_ARGUMENT_PARTS != 0 ||
        g->n_operations == MOST_PARTS)
        return false;
    struct target_operation o = {.name = keep(g, list->items[0]), .safe = strcmp(list->items[1], "safe") == 0};
    struct target_argument *takes = arena_alloc(g->arena, (list->n + 1) * sizeof *takes);
    for (uint32_t i = TARGET_OPERATION_HEAD; i < list->n; i += TARGET_ARGUMENT_PARTS)
        takes[o.n_takes++] = (struct target_argument){keep(g, list->items[i]), keep(g, list->items[i + 1]),
                                                      strcmp(list->items[i + 2], "required") == 0};
    o.takes = takes;
    GROW(g->operations, g->n_operations, g->cap_operations);
    g->operations[g->n_operations++] = o;
    return true;
}

static bool take_value(struct gathering *g, const struct message_list *list)
{
    if (list->n != TARGET_VALUE_PARTS || g->n_values == MOST_PARTS)
        return false;
    GROW(g->values, g->n_values, g->cap_values);
    g->values[g->n_values++] = (struct target_value){keep(g, list->items[0]), strcmp(list->items[1], "default") == 0,
                                                     strcmp(list->items[2], "secret") == 0, keep(g, list->items[3])};
    return true;
}

/* It is held against what was asked for: a file may have had its way with who read it. */
static bool take(void *user, const struct message *message, bool *ret_last)
{
    struct gathering *g = user;
    const struct msg_target *m = &message->target;
    *ret_last = m->last;
    if (!g->named) {
        g->target->name = keep(g, m->name);
        g->target->summary = keep(g, m->summary);
        g->target->fixture = keep(g, m->fixture);
    }
    g->named = true;
    buf_adds(&g->json, m->json);
    return g->json.len <= MOST_JSON && (m->operation.n == 0 || take_operation(g, &m->operation)) &&
           (m->value.n == 0 || take_value(g, &m->value));
}

static const void *keep_list(struct arena *arena, const void *items, size_t size)
{
    void *copy = arena_alloc(arena, size + 1);
    return size > 0 ? memcpy(copy, items, size) : copy;
}

int target_fetch(struct table_helper *h, const char *path, struct arena *arena, struct target_info *ret_target,
                 struct err *err)
{
    struct target_info target = {.path = arena_strdup(arena, path)};
    struct gathering g = {.arena = arena, .target = &target};
    const struct message m = {.type = MSG_TARGET_READ, .target_read = {path}};
    int e = table_helper_ask(h, path, &m, &(struct table_listener){MSG_TARGET, take, &g}, err);
    target.json = arena_strndup(arena, buf_str(&g.json), g.json.len);
    target.operations = keep_list(arena, g.operations, g.n_operations * sizeof *g.operations);
    target.n_operations = (uint32_t)g.n_operations;
    target.values = keep_list(arena, g.values, g.n_values * sizeof *g.values);
    target.n_values = (uint32_t)g.n_values;
    free(g.operations);
    free(g.values);
    buf_free(&g.json);
    if (e == 0)
        *ret_target = target;
    return e;
}
