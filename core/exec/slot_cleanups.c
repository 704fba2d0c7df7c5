/* SPDX-License-Identifier: Apache-2.0 */
/* What attempts deferred: settled, kept, left. */
#include "exec/slot_cleanups.h"

#include "base/cleanup.h"
#include "exec/slot_state.h"

#include <string.h>

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

void slot_settle(struct slot *s, size_t i, const char *error, bool lacked)
{
    struct slot_cleanups *c = &s->cleanups;
    struct pending_cleanup *p = &c->items[i];
    ledger_settle(s->shared->ledger, p->ledger_id, error, NULL);
    if (s->owner->settled)
        s->owner->settled(s->owner_data, p->ledger_id, error, lacked);
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
    s->attempt.kept = c->n;
    cleanups_drop(c);
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
    cleanups_drop(c);
}
