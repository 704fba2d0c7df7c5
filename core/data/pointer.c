/* SPDX-License-Identifier: Apache-2.0 */
/* JSON pointers. */
#include "data/pointer.h"

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/mem.h"
#include "base/suggest.h"
#include "data/type.h"

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

/* The nearest field, and the names of those that there are. */
static char *describe_fields(const char *token, json_t *map)
{
    enum { NAMED = 12 };
    autobuf struct buf out = {0};
    struct suggestion s = suggest_start(token);
    const char *key;
    json_t *value;
    size_t n = 0;
    bool is_letter = strlen(token) < 2; /* each is a slip away from each other */
    json_object_foreach(map, key, value)
    {
        if (!is_letter)
            suggest_offer(&s, key);
    }
    buf_addf(&out, "there is no %s", token);
    if (s.best)
        buf_addf(&out, "; did you mean %s?", s.best);
    buf_adds(&out, json_object_size(map) > 0 ? " (it has " : " (the map is empty");
    json_object_foreach(map, key, value)
    {
        if (n++ < NAMED)
            buf_addf(&out, "%s%s", n > 1 ? ", " : "", key);
    }
    if (n > NAMED)
        buf_addf(&out, " and %zu more", n - NAMED);
    buf_addc(&out, ')');
    return buf_steal(&out);
}

char *pointer_missing(json_t *json, const char *pointer)
{
    enum { SHOWN = 60 };
    while (*pointer == '/') {
        pointer++;
        autofree char *token = pointer_token(&pointer);
        json_t *next = json_is_array(json) ? at_index(json, token) : json_object_get(json, token);
        if (next) {
            json = next;
            continue;
        }
        if (json_is_object(json))
            return describe_fields(token, json);
        if (json_is_array(json))
            return xasprintf("there is no %s in a list of %zu", token, json_array_size(json));
        autofree char *dumped = json_dumped(json, false), *shown = text_shown(dumped, SHOWN);
        return xasprintf("there is no %s in %s, which is %s", token, shown, json_describe(json));
    }
    return xstrdup("it is there");
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
