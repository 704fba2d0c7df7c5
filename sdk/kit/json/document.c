/* SPDX-License-Identifier: Apache-2.0 */
/* Documents: parsed texts, and what is read from them. `struct m_json` is jansson's json_t under another name. */
#include "pointer.h"

#include <muster/kit/data.h>
#include <muster/kit/json.h>

#include <math.h>
#include <stdlib.h>

#define PARSE_FLAGS (JSON_REJECT_DUPLICATES | JSON_DECODE_ANY | JSON_ALLOW_NUL)

static json_t *value_of(const struct m_json *doc)
{
    return (json_t *)(uintptr_t)doc;
}

struct m_json *m_json_parse(struct muster_ctx *t, const char *text)
{
    json_error_t why;
    json_t *root = text ? json_loads(text, PARSE_FLAGS, &why) : NULL;
    if (!root && !text)
        FAIL("not JSON: there is no text");
    if (!root)
        FAIL("not JSON: %s at line %d, column %d: %.200s", why.text, why.line, why.column, text);
    return (struct m_json *)root;
}

struct m_json *m_json_try_parse(const char *text)
{
    return text ? (struct m_json *)json_loads(text, PARSE_FLAGS, NULL) : NULL;
}

void m_json_free(struct m_json *doc)
{
    json_decref(value_of(doc));
}

static json_t *find(const struct m_json *doc, const char *pointer)
{
    return doc ? pointer_find(value_of(doc), pointer) : NULL;
}

const struct m_json *m_json_at(const struct m_json *doc, const char *pointer)
{
    return (const struct m_json *)find(doc, pointer);
}

const char *m_json_str(const struct m_json *doc, const char *pointer)
{
    return json_string_value(find(doc, pointer));
}

int64_t m_json_int(const struct m_json *doc, const char *pointer)
{
    json_t *value = find(doc, pointer);
    return json_is_integer(value) ? json_integer_value(value) : M_JSON_NO_INT;
}

double m_json_double(const struct m_json *doc, const char *pointer)
{
    json_t *value = find(doc, pointer);
    return json_is_number(value) ? json_number_value(value) : NAN;
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

const char *m_json_text(struct muster_ctx *t, const struct m_json *doc, const char *pointer)
{
    json_t *value = find(doc, pointer);
    if (!value)
        return NULL;
    char *text = json_dumps(value, JSON_COMPACT | JSON_SORT_KEYS | JSON_ENCODE_ANY);
    if (!text)
        ERROR("cannot write the JSON value at \"%s\": out of memory", pointer);
    const char *kept = m_keep(t, text, strlen(text));
    free(text);
    return kept;
}
