/* SPDX-License-Identifier: Apache-2.0 */
/* CHECK_JSON and REQUIRE_JSON: the value at a pointer of a text against a JSON value. */
#include "pointer.h"

#include <muster/kit/data.h>

#include <stdlib.h>

#define PARSE_FLAGS (JSON_REJECT_DUPLICATES | JSON_DECODE_ANY | JSON_ALLOW_NUL)
#define DUMP_FLAGS  (JSON_COMPACT | JSON_SORT_KEYS | JSON_ENCODE_ANY)

static int report_unreadable(struct muster_ctx *t, struct m_site at, const char *which, const json_error_t *why,
                             const char *text, const char *expected)
{
    char message[256];
    snprintf(message, sizeof message, "the %s is not JSON: %s at line %d, column %d", which, why->text, why->line,
             why->column);
    return m_report_(t, at, 0, text, expected, message);
}

/* Kept, since a failed required check does not return to free it. */
static const char *dump(struct muster_ctx *t, const json_t *value)
{
    char *text = json_dumps(value, DUMP_FLAGS);
    const char *kept = text ? m_keep(t, text, strlen(text)) : "?";
    free(text);
    return kept;
}

/* Takes both values. */
static int compare(struct muster_ctx *t, struct m_site at, json_t *root, const char *pointer, json_t *wanted,
                   const char *expected)
{
    char message[256];
    json_t *value = pointer_find(root, pointer);
    int equal = value && json_equal(value, wanted);
    const char *actual = equal ? NULL : dump(t, value ? value : root);
    snprintf(message, sizeof message, "nothing stands at \"%s\"; this is the whole text", pointer);
    json_decref(root);
    json_decref(wanted);
    return m_report_(t, at, equal, actual, expected, value ? NULL : message);
}

int m_check_json(struct muster_ctx *t, struct m_site at, const char *text, const char *pointer, const char *expected)
{
    json_error_t why;
    if (!text || !pointer || !expected)
        return m_report_(t, at, 0, text ? text : "NULL", expected ? expected : "NULL", "there is nothing to compare");
    json_t *wanted = json_loads(expected, PARSE_FLAGS, &why);
    if (!wanted)
        return report_unreadable(t, at, "expected value", &why, text, expected);
    json_t *root = json_loads(text, PARSE_FLAGS, &why);
    if (root)
        return compare(t, at, root, pointer, wanted, expected);
    json_decref(wanted);
    return report_unreadable(t, at, "text", &why, text, expected);
}
