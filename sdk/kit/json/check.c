/* SPDX-License-Identifier: Apache-2.0 */
/* CHECK_JSON and REQUIRE_JSON: the value at a pointer of a text against a JSON value. */
#include "pointer.h"

#include <muster/kit/data.h>

#include <exact.h>
#include <stdlib.h>

#define PARSE_FLAGS (JSON_DECODE_ANY | JSON_ALLOW_NUL)

static struct m_outcome unreadable(const char *which, const json_error_t *why, const char *text, const char *expected)
{
    struct m_outcome o = m_outcome_(0, text, expected);
    snprintf(o.message, sizeof o.message, "the %s is not JSON: %s at line %d, column %d", which, why->text, why->line,
             why->column);
    return o;
}

/* Kept, since a failed required check does not return to free it. */
static const char *dump(struct muster_ctx *t, const json_t *value)
{
    char *text = exact_dumps(value, true);
    const char *kept = text ? m_keep(t, text, strlen(text)) : "?";
    free(text);
    return kept;
}

/* Takes both values. */
static struct m_outcome compare(struct muster_ctx *t, json_t *root, const char *pointer, json_t *wanted,
                                const char *expected)
{
    json_t *value = m_pointer_find_(root, pointer);
    int equal = value && exact_equal(value, wanted, false);
    struct m_outcome o = m_outcome_(equal, equal ? NULL : dump(t, value ? value : root), expected);
    if (!value)
        snprintf(o.message, sizeof o.message, "nothing stands at \"%s\"; this is the whole text", pointer);
    json_decref(root);
    json_decref(wanted);
    return o;
}

struct m_outcome m_compare_json(struct muster_ctx *t, const char *text, const char *pointer, const char *expected)
{
    json_error_t why;
    if (!text || !pointer || !expected) {
        struct m_outcome o = m_outcome_(0, text ? text : "NULL", expected ? expected : "NULL");
        snprintf(o.message, sizeof o.message, "there is nothing to compare");
        return o;
    }
    json_t *wanted = exact_loads(expected, PARSE_FLAGS, &why);
    if (!wanted)
        return unreadable("expected value", &why, text, expected);
    json_t *root = exact_loads(text, PARSE_FLAGS, &why);
    if (root)
        return compare(t, root, pointer, wanted, expected);
    json_decref(wanted);
    return unreadable("text", &why, text, expected);
}

int m_check_json(struct muster_ctx *t, struct m_site at, const char *text, const char *pointer, const char *expected)
{
    return m_check_(t, at, m_compare_json(t, text, pointer, expected));
}
