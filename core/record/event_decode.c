/* SPDX-License-Identifier: Apache-2.0 */
/* An event read back from what event_encode() wrote: the fields of its type, in their order, and nothing else. */
#include "record/fields.h"
#include "record/line_cursor.h"

#include <errno.h>

static int find_type(const char *name, enum event_type *ret_type)
{
    for (int type = 0; type < EVENT_N_TYPES; type++) {
        if (strcmp(event_type_name((enum event_type)type), name) == 0) {
            *ret_type = (enum event_type)type;
            return 0;
        }
    }
    return -EPROTO;
}

static bool read_verdict(struct line_cursor *c, struct arena *arena, enum verdict *ret)
{
    const char *word;
    return line_string(c, arena, &word) && verdict_parse(word, ret) == 0;
}

static bool read_value(struct line_cursor *c, enum field_kind kind, struct arena *arena, void *at)
{
    switch (kind) {
    case FIELD_STRING:
        return line_string(c, arena, at);
    case FIELD_INT:
        return line_int(c, at);
    case FIELD_BOOL:
        return line_bool(c, at);
    case FIELD_NUMBER:
        return line_number(c, at);
    case FIELD_VERDICT:
        return read_verdict(c, arena, at);
    case FIELD_LIST:
        return line_list(c, arena, at);
    }
    return false;
}

/* A value ends where the next field begins, or at the end: what follows it otherwise is part of it. */
static bool is_at_an_end(const struct line_cursor *c)
{
    return c->at == c->end || *c->at == ',';
}

/* The name at the cursor, for a complaint; "" where no field begins. */
static const char *name_here(struct line_cursor c, struct arena *arena)
{
    const char *name;
    return LINE_TAKE(&c, ",") && line_string(&c, arena, &name) ? name : "";
}

static const struct event_field *find_field(const struct event_shape *shape, const char *name)
{
    for (size_t i = 0; i < shape->n_fields; i++)
        if (strcmp(shape->fields[i].name, name) == 0)
            return &shape->fields[i];
    return NULL;
}

/* Something stands where `wanted`, or the end (NULL), was due. */
static int complain(const struct line_cursor *c, const struct event_shape *shape, const struct event_field *wanted,
                    struct err *err)
{
    struct arena arena = {0};
    const char *name = name_here(*c, &arena);
    int r;
    if (*name && !find_field(shape, name))
        r = err_set(err, -EPROTO, "field \"%s\" of %s is not known", name, shape->type);
    else if (*name && (!wanted || find_field(shape, name) < wanted))
        r = err_set(err, -EINVAL, "field \"%s\" of %s is there twice, or out of order", name, shape->type);
    else if (wanted)
        r = err_set(err, -EINVAL, "field \"%s\" of %s is missing", wanted->name, shape->type);
    else
        r = err_set(err, -EINVAL, "something follows the last field of %s", shape->type);
    arena_free(&arena);
    return r;
}

static void set_absent(const struct event_field *field, struct event *event)
{
    if (field->kind == FIELD_STRING)
        *(const char **)((char *)event + field->offset) = "";
}

static int read_fields(struct line_cursor *c, struct arena *arena, struct event *event, struct err *err)
{
    const struct event_shape *shape = event_shape(event->type);
    for (size_t i = 0; i < shape->n_fields; i++) {
        const struct event_field *field = &shape->fields[i];
        if (!line_take(c, field->key, field->key_len)) {
            if (!field->later)
                return complain(c, shape, field, err);
            set_absent(field, event);
        } else if (!read_value(c, field->kind, arena, (char *)event + field->offset) || !is_at_an_end(c)) {
            return err_set(err, -EINVAL,
                           "field \"%s\" of %s is of the wrong kind, or not as a log spells it (%s wanted)",
                           field->name, shape->type, field_kind_name(field->kind));
        }
    }
    return c->at == c->end ? 0 : complain(c, shape, NULL, err);
}

int event_decode(const char *fields, size_t len, struct arena *arena, struct event *ret_event, struct err *err)
{
    struct line_cursor c = {fields, fields + len};
    struct event event = {0};
    const char *name;
    if (!LINE_TAKE(&c, "\"type\":") || !line_string(&c, arena, &name))
        return err_set(err, -EINVAL, "field \"type\" is missing, not in its place or not a string");
    if (find_type(name, &event.type) < 0)
        return err_set(err, -EPROTO, "unknown event type \"%s\"", name);
    if (!LINE_TAKE(&c, ",\"t\":") || !line_int(&c, &event.t_ns) || !is_at_an_end(&c))
        return err_set(err, -EINVAL, "field \"t\" of %s is missing, not in its place or not an integer", name);
    int r = read_fields(&c, arena, &event, err);
    if (r == 0)
        *ret_event = event;
    return r;
}
