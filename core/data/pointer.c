/* SPDX-License-Identifier: Apache-2.0 */
/* JSON pointers. */
#include "data/pointer.h"

#include "base/cleanup.h"
#include "base/mem.h"

#include <string.h>

const char *pointer_fault(const char *pointer)
{
    if (*pointer && *pointer != '/')
        return "it has to begin with /";
    for (const char *p = pointer; (p = strchr(p, '~')); p++)
        if (p[1] != '0' && p[1] != '1')
            return "~ stands before 0 (for ~) or 1 (for /)";
    return NULL;
}

char *pointer_token(const char **pointer)
{
    size_t len = strcspn(*pointer, "/");
    char *token = xstrndup(*pointer, len), *to = token;
    *pointer += len;
    for (const char *p = token; *p; p++) {
        if (*p == '~' && (p[1] == '0' || p[1] == '1'))
            *to++ = *++p == '0' ? '~' : '/';
        else
            *to++ = *p;
    }
    *to = '\0';
    return token;
}

static json_t *at_index(json_t *list, const char *token)
{
    size_t digits = strspn(token, "0123456789");
    enum { MOST_DIGITS = 9 };
    if (digits == 0 || token[digits] || digits > MOST_DIGITS || (token[0] == '0' && digits > 1))
        return NULL;
    return json_array_get(list, strtoul(token, NULL, 10));
}

json_t *pointer_get(json_t *json, const char *pointer)
{
    while (json && *pointer) {
        if (*pointer++ != '/')
            return NULL;
        autofree char *token = pointer_token(&pointer);
        json = json_is_array(json) ? at_index(json, token) : json_object_get(json, token);
    }
    return json;
}
