/* SPDX-License-Identifier: Apache-2.0 */
#include "tables/json.h"

#include <errno.h>
#include <exact.h>

int json_text_check(const char *text, struct err *err)
{
    json_error_t why;
    json_t *value = exact_loads(text, JSON_DECODE_ANY | JSON_ALLOW_NUL, &why);
    if (!value)
        return err_set(err, -EINVAL, "%s (line %d, column %d)", why.text, why.line, why.column);
    json_decref(value);
    return 0;
}
