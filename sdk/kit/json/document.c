/* SPDX-License-Identifier: Apache-2.0 */
/* Documents: parsed texts, and what is read from them. `struct m_json` is jansson's json_t under another name. */
#include "pointer.h"

#include <muster/kit/data.h>
#include <muster/kit/json.h>

#include <exact.h>
#include <math.h>
#include <stdlib.h>

#define PARSE_FLAGS (JSON_DECODE_ANY | JSON_ALLOW_NUL)

static json_t *value_of(const struct m_json *doc)
{
    return (json_t *)(uintptr_t)doc;
}

struct m_json *m_json_parse(struct muster_ctx *t, const char *text)
{
    json_error_t why;
    json_t *root = text ? exact_loads(text, PARSE_FLAGS, &why) : NULL;
    if (!root && !text)
        FAIL("not JSON: there is no text");
    if (!root)
        FAIL("not JSON: %s at line %d, column %d: %.200s", why.text, why.line, why.column, text);
    return (struct m_json *)root;
}

struct m_json *m_json_try_parse(const char *text)
{
    return text ? (struct m_json *)exact_loads(text, PARSE_FLAGS, NULL) : NULL;
}

void m_json_free(struct m_json *doc)
{
    json_decref(value_of(doc));
}

static json_t *find(const struct m_json *doc, const char *pointer)
{
    return doc ? m_pointer_find_(value_of(doc), pointer) : NULL;
}

const struct m_json *m_json_at(const struct m_json *doc, const char *pointer)
{
    return (const struct m_json *)find(doc, pointer);
}

const char *m_json_str(const struct m_json *doc, const char *pointer)
{
    json_t *value = find(doc, pointer);
    return value && exact_is_string(value) ? json_string_value(value) : NULL;
}

int64_t m_json_int(const struct m_json *doc, const char *pointer)
{
    json_t *value = find(doc, pointer);
    return json_is_integer(value) ? json_integer_value(value) : M_JSON_NO_INT;
}

double m_json_double(const struct m_json *doc, const char *pointer)
{
    json_t *value = find(doc, pointer);
    return value && exact_is_number(value) ? exact_double(value) : NAN;
}

int m_json_u64(const struct m_json *doc, const char *pointer, uint64_t *ret_value)
{
    json_t *value = find(doc, pointer);
    return value && exact_u64(value, ret_value) ? 1 : 0;
}

int m_json_bool(const struct m_json *doc, const char *pointer)
{
    json_t *value = find(doc, pointer);
    return json_is_boolean(value) ? json_is_true(value) : -1;
}

int m_json_is_null(const struct m_json *doc, const char *pointer)
{
    return json_is_null(find(doc, pointer));
}

int64_t m_json_count(const struct m_json *doc, const char *pointer)
{
    json_t *value = find(doc, pointer);
    if (json_is_array(value))
        return (int64_t)json_array_size(value);
    return json_is_object(value) ? (int64_t)json_object_size(value) : -1;
}

const struct m_json *m_json_item(const struct m_json *array, uint64_t index)
{
    return (const struct m_json *)json_array_get(value_of(array), (size_t)index);
}

const char *m_json_key(const struct m_json *object, uint64_t index)
{
    void *at = json_object_iter(value_of(object));
    while (at && index--)
        at = json_object_iter_next(value_of(object), at);
    return at ? json_object_iter_key(at) : NULL;
}

const struct m_json *m_json_member(const struct m_json *object, const char *name)
{
    return (const struct m_json *)json_object_get(value_of(object), name);
}

const char *m_json_text(struct muster_ctx *t, const struct m_json *doc, const char *pointer)
{
    json_t *value = find(doc, pointer);
    if (!value)
        return NULL;
    char *text = exact_dumps(value, true);
    if (!text)
        ERROR("cannot write the JSON value at \"%s\": out of memory", pointer);
    const char *kept = m_keep(t, text, strlen(text));
    free(text);
    return kept;
}
