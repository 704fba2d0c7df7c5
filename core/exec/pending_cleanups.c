/* SPDX-License-Identifier: Apache-2.0 */
/* What attempts deferred, in its order. */
#include "exec/pending_cleanups.h"

#include "base/mem.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void cleanups_add(struct slot_cleanups *c, uint64_t ledger_id, uint32_t id, const char *name, const char *payload)
{
    GROW(c->items, c->n, c->cap);
    c->items[c->n++] = (struct pending_cleanup){ledger_id, id, xstrdup(name), xstrdup(payload)};
}

void cleanups_drop(struct slot_cleanups *c)
{
    for (size_t i = 0; i < c->n; i++) {
        free(c->items[i].name);
        free(c->items[i].payload);
    }
    c->n = 0;
}

void cleanups_free(struct slot_cleanups *c)
{
    cleanups_drop(c);
    free(c->items);
    *c = (struct slot_cleanups){0};
}

struct message_list cleanups_order(const struct slot_cleanups *c, struct arena *arena)
{
    enum { ORDERS_MOST = MESSAGE_PACKET_MAX / 2, LENGTHS_AND_ID = 32 };
    size_t size = 0;
    struct message_list list = {.items = arena_alloc(arena, c->n * 3 * sizeof *list.items + 1)};
    for (size_t i = c->n; i-- > 0;) {
        size += strlen(c->items[i].name) + strlen(c->items[i].payload) + LENGTHS_AND_ID;
        if (size > ORDERS_MOST && list.n > 0)
            break;
        char id[16];
        snprintf(id, sizeof id, "%u", c->items[i].id);
        list.items[list.n++] = arena_strdup(arena, id);
        list.items[list.n++] = c->items[i].name;
        list.items[list.n++] = c->items[i].payload;
    }
    return list;
}

size_t cleanups_find(const struct slot_cleanups *c, uint32_t id)
{
    size_t i = 0;
    while (i < c->n && c->items[i].id != id)
        i++;
    return i;
}
