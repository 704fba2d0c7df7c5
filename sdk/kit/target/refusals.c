/* SPDX-License-Identifier: Apache-2.0 */
/* Which refusal an answer is. */
#include "refusals.h"

#include "pointer.h"

#include <exact.h>
#include <string.h>

static int holds_status(const json_t *list, int status)
{
    for (size_t i = 0; i < json_array_size(list); i++)
        if (json_integer_value(json_array_get(list, i)) == status)
            return 1;
    return 0;
}

int target_refusals_expected(const json_t *expect, int status)
{
    if (!json_array_size(expect))
        return status >= 200 && status < 300;
    return holds_status(expect, status);
}

static int holds_value(const json_t *list, const json_t *value)
{
    for (size_t i = 0; i < json_array_size(list); i++)
        if (exact_equal(json_array_get(list, i), value, true))
            return 1;
    return 0;
}

static int body_matches(const json_t *wanted, json_t *body)
{
    const char *pointer;
    json_t *values;
    json_object_foreach((json_t *)wanted, pointer, values)
    {
        json_t *value = body ? m_pointer_find_(body, pointer) : NULL;
        if (!value || !holds_value(values, value))
            return 0;
    }
    return 1;
}

const json_t *target_refusals_find(const json_t *errors, int status, json_t *body)
{
    for (size_t i = 0; i < json_array_size(errors); i++) {
        const json_t *entry = json_array_get(errors, i), *statuses = json_object_get(entry, "status");
        if ((!json_array_size(statuses) || holds_status(statuses, status)) &&
            body_matches(json_object_get(entry, "body"), body))
            return entry;
    }
    return NULL;
}

int target_refusals_has(const json_t *errors, const char *name)
{
    for (size_t i = 0; i < json_array_size(errors); i++) {
        const char *known = json_string_value(json_object_get(json_array_get(errors, i), "name"));
        if (known && strcmp(known, name) == 0)
            return 1;
    }
    return 0;
}
