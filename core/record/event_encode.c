/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An event as JSON. This runs several times for every attempt, so it goes over the field table and
 * writes into one buffer; a document tree would cost more than the attempt's fork leaves room for.
 */
#include "base/text.h"
#include "record/fields.h"
#include "record/line_cursor.h"

#include <assert.h>
#include <string.h>

static void add_int(struct buf *out, int64_t n)
{
    if (n < 0)
        buf_addc(out, '-');
    buf_addu(out, n < 0 ? 0 - (uint64_t)n : (uint64_t)n);
}

static void add_text(struct buf *out, const char *text)
{
    json_add_string(out, text, strlen(text));
}

static void add_list(struct buf *out, const struct string_list *list)
{
    buf_addc(out, '[');
    for (size_t i = 0; i < list->n; i++) {
        if (i > 0)
            buf_addc(out, ',');
        add_text(out, list->items[i]);
    }
    buf_addc(out, ']');
}

static void add_field(struct buf *out, const struct event_field *field, const void *value)
{
    buf_add(out, field->key, field->key_len);
    switch (field->kind) {
    case FIELD_STRING:
        add_text(out, *(const char *const *)value);
        return;
    case FIELD_INT:
        add_int(out, *(const int64_t *)value);
        return;
    case FIELD_BOOL:
        buf_adds(out, *(const bool *)value ? "true" : "false");
        return;
    case FIELD_NUMBER:
        line_add_number(out, *(const double *)value);
        return;
    case FIELD_VERDICT:
        add_text(out, verdict_name(*(const enum verdict *)value));
        return;
    case FIELD_LIST:
        add_list(out, value);
        return;
    }
}

void event_encode(const struct event *event, struct buf *out)
{
    const struct event_shape *shape = event_shape(event->type);
    assert(shape);
    buf_adds(out, "\"type\":\"");
    buf_add(out, shape->type, shape->type_len);
    buf_adds(out, "\",\"t\":");
    add_int(out, event->t_ns);
    for (size_t i = 0; i < shape->n_fields; i++)
        add_field(out, &shape->fields[i], (const char *)event + shape->fields[i].offset);
}
