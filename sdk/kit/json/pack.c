/* SPDX-License-Identifier: Apache-2.0 */
/* JSON texts from a format and values. */
#include <muster/kit/data.h>
#include <muster/kit/json.h>

#include <exact.h>
#include <jansson.h>
#include <stdlib.h>

const char *m_json_vpack_(struct muster_ctx *t, const char *format, va_list values)
{
    json_error_t why;
    json_t *value = json_vpack_ex(&why, 0, format, values);
    if (!value)
        ERROR("cannot pack \"%s\": %s at column %d", format, why.text, why.column);
    char *text = exact_dumps(value, false);
    json_decref(value);
    if (!text)
        ERROR("cannot pack \"%s\": out of memory", format);
    const char *kept = m_keep(t, text, strlen(text));
    free(text);
    return kept;
}

const char *m_json_pack(struct muster_ctx *t, const char *format, ...)
{
    va_list values;
    va_start(values, format);
    const char *text = m_json_vpack_(t, format, values);
    va_end(values);
    return text;
}
