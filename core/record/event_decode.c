/* SPDX-License-Identifier: Apache-2.0 */
/* An event read back from a line of a log, with every field that its type must have. */
#include "record/event_decode.h"

#include "record/fields.h"

#include <errno.h>
#include <math.h>
#include <string.h>

int line_parse(const char *line, size_t len, json_t **ret_object, struct err *err)
{
    json_error_t why;
    json_t *object = json_loadb(line, len, JSON_REJECT_DUPLICATES, &why);
    if (!object)
        return err_set(err, -EINVAL, "not JSON: %s (at byte %d)", why.text, why.position);
    if (!json_is_object(object)) {
        json_decref(object);
        return err_set(err, -EINVAL, "not a JSON object");
    }
    *ret_object = object;
    return 0;
}

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

static bool read_number(const json_t *value, double *ret_number)
{
    if (json_is_number(value)) {
        *ret_number = json_number_value(value);
        return true;
    }
    const char *word = json_string_value(value);
    if (!word)
        return false;
    if (strcmp(word, "NaN") == 0)
        *ret_number = (double)NAN;
    else if (strcmp(word, "Infinity") == 0)
        *ret_number = (double)INFINITY;
    else if (strcmp(word, "-Infinity") == 0)
        *ret_number = -(double)INFINITY;
    else
        return false;
    return true;
}

static bool read_list(const json_t *value, struct arena *arena, struct string_list *ret_list)
{
    if (!json_is_array(value))
        return false;
    size_t n = json_array_size(value);
    const char **items = arena_alloc(arena, n * sizeof *items);
    for (size_t i = 0; i < n; i++) {
        const char *item = json_string_value(json_array_get(value, i));
        if (!item)
            return false;
        items[i] = arena_strdup(arena, item);
    }
    *ret_list = (struct string_list){items, n};
    return true;
}

/* False when the value is not of the field's kind. */
static bool read_field(enum field_kind kind, const json_t *value, struct arena *arena, void *at)
{
    switch (kind) {
    case FIELD_STRING:
        if (!json_is_string(value))
            return false;
        *(const char **)at = arena_strdup(arena, json_string_value(value));
        return true;
    case FIELD_INT:
        if (!json_is_integer(value))
            return false;
        *(int64_t *)at = json_integer_value(value);
        return true;
    case FIELD_BOOL:
        *(bool *)at = json_is_true(value);
        return json_is_boolean(value);
    case FIELD_NUMBER:
        return read_number(value, at);
    case FIELD_VERDICT:
        return json_is_string(value) && verdict_parse(json_string_value(value), at) == 0;
    case FIELD_LIST:
        return read_list(value, arena, at);
    }
    return false;
}

int event_from_json(json_t *object, struct arena *arena, struct event *ret_event, struct err *err)
{
    const char *name = json_string_value(json_object_get(object, "type"));
    if (!name)
        return err_set(err, -EINVAL, "field \"type\" is missing or not a string");
    struct event event = {0};
    if (find_type(name, &event.type) < 0)
        return err_set(err, -EPROTO, "unknown event type \"%s\"", name);
    const json_t *t = json_object_get(object, "t");
    if (!json_is_integer(t))
        return err_set(err, -EINVAL, "field \"t\" of %s is missing or not an integer", name);
    event.t_ns = json_integer_value(t);

    const struct event_shape *shape = event_shape(event.type);
    for (size_t i = 0; i < shape->n_fields; i++) {
        const struct event_field *field = &shape->fields[i];
        const json_t *value = json_object_get(object, field->name);
        if (!value && field->later) {
            if (field->kind == FIELD_STRING)
                *(const char **)((char *)&event + field->offset) = "";
            continue;
        }
        if (!value)
            return err_set(err, -EINVAL, "field \"%s\" of %s is missing", field->name, name);
        if (!read_field(field->kind, value, arena, (char *)&event + field->offset))
            return err_set(err, -EINVAL, "field \"%s\" of %s is of the wrong kind (%s wanted)", field->name, name,
                           field_kind_name(field->kind));
    }
    *ret_event = event;
    return 0;
}

int event_decode(const char *line, size_t len, struct arena *arena, struct event *ret_event, struct err *err)
{
    json_t *object;
    int r = line_parse(line, len, &object, err);
    if (r < 0)
        return r;
    r = event_from_json(object, arena, ret_event, err);
    json_decref(object);
    return r;
}
