/* SPDX-License-Identifier: Apache-2.0 */
/* What attempts deferred: pending, settled, kept, left. */
#include "exec/slot_cleanups.h"

#include "base/cleanup.h"
#include "exec/slot.h"

#include <stdio.h>
#include <string.h>

void cleanups_add(struct slot_cleanups *c, uint64_t ledger_id, uint32_t id, const char *name, const char *payload)
{
    GROW(c->items, c->n, c->cap);
    c->items[c->n++] = (struct pending_cleanup){ledger_id, id, xstrdup(name), xstrdup(payload)};
}

static void drop(struct slot_cleanups *c)
{
    for (size_t i = 0; i < c->n; i++) {
        free(c->items[i].name);
        free(c->items[i].payload);
    }
    c->n = 0;
}

void cleanups_free(struct slot_cleanups *c)
{
    drop(c);
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

/* ---- what is told of them ----------------------------------------------------------------------------------- */

static void emit_left(struct slot *s, const struct string_list *what)
{
    struct event e = {.type = EVENT_ATTEMPT_LEAKED,
                      .attempt_leaked = {s->attempt.task.case_id, s->attempt.task.attempt, "cleanup", *what}};
    slot_emit(s, &e);
    s->shared->cleanups_failed += what->n;
}

static char *describe(const struct pending_cleanup *p)
{
    return xasprintf("%s(\"%s\")", p->name, p->payload);
}

static void report_failed(struct slot *s, const struct pending_cleanup *p, const char *error)
{
    autofree char *what = describe(p);
    autofree char *text = xasprintf("cleanup %s failed: %s", what, error);
    slot_log(s, "error", text);
    autofree char *left = xasprintf("%s: %s", what, error);
    const char *items[] = {left};
    emit_left(s, &(struct string_list){items, 1});
}

void slot_settle(struct slot *s, size_t i, const char *error)
{
    struct slot_cleanups *c = &s->cleanups;
    struct pending_cleanup *p = &c->items[i];
    ledger_settle(s->shared->ledger, p->ledger_id, error, NULL);
    if (s->shared->settled)
        s->shared->settled(s->shared->settled_data, s, p, error);
    if (*error)
        report_failed(s, p, error);
    free(p->name);
    free(p->payload);
    memmove(p, p + 1, (c->n - i - 1) * sizeof *p);
    c->n--;
}

void slot_keep_pending(struct slot *s)
{
    struct slot_cleanups *c = &s->cleanups;
    for (size_t i = c->n; i-- > 0;) {
        autofree char *what = describe(&c->items[i]);
        autofree char *text = xasprintf("kept: %s", what);
        slot_log(s, "info", text);
    }
    s->shared->cleanups_kept += c->n;
    drop(c);
}

void slot_report_left(struct slot *s)
{
    struct slot_cleanups *c = &s->cleanups;
    if (c->n == 0)
        return;
    struct arena arena = {0};
    const char **items = arena_alloc(&arena, c->n * sizeof *items);
    for (size_t i = 0; i < c->n; i++) {
        autofree char *text = describe(&c->items[i]);
        items[i] = arena_strdup(&arena, text);
    }
    emit_left(s, &(struct string_list){items, c->n});
    arena_free(&arena);
    drop(c);
}
