/* SPDX-License-Identifier: Apache-2.0 */
/* An event without secrets: each of its strings is looked at. */
#include "evidence/event_hide.h"

#include "record/fields.h"
#include "secrets/seek.h"

#include <string.h>

static bool is_name(const struct event_field *f)
{
    static const char *const names[] = {"case", "run_id"};
    for (size_t i = 0; i < ARRAY_LEN(names); i++)
        if (strcmp(f->name, names[i]) == 0)
            return true;
    return false;
}

static void hide_list(const struct secrets *secrets, struct string_list *list, struct arena *arena)
{
    const char **items = arena_alloc(arena, (list->n + 1) * sizeof *items);
    for (size_t i = 0; i < list->n; i++)
        items[i] = secrets_hide(secrets, list->items[i], arena);
    list->items = items;
}

void event_hide(const struct secrets *secrets, const struct event *event, struct arena *arena, struct event *ret_event)
{
    const struct event_shape *shape = event_shape(event->type);
    *ret_event = *event;
    for (size_t i = 0; i < shape->n_fields; i++) {
        const struct event_field *f = &shape->fields[i];
        void *at = (char *)ret_event + f->offset;
        if (f->kind == FIELD_LIST)
            hide_list(secrets, at, arena);
        else if (f->kind == FIELD_STRING && !is_name(f))
            *(const char **)at = secrets_hide(secrets, *(const char **)at, arena);
    }
}
