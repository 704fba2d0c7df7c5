/* SPDX-License-Identifier: Apache-2.0 */
#include "asked.h"

#include "pool.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

void asked_free(struct asked *a)
{
    free(a->method);
    free(a->path);
    free(a->body);
    json_decref(a->query);
    json_decref(a->headers);
    json_decref(a->json);
}

const char *asked_header(const struct asked *a, const char *name)
{
    const char *key;
    json_t *value;
    json_object_foreach(a->headers, key, value) if (strcasecmp(key, name) == 0) return json_string_value(value);
    return NULL;
}

/* The next part of a pointer, with ~1 and ~0 as what they stand for. */
static char *next_part(const char **pointer)
{
    size_t n = strcspn(*pointer, "/"), to = 0;
    char *part = needed(malloc(n + 1));
    for (size_t i = 0; i < n; i++) {
        char c = (*pointer)[i];
        if (c == '~' && i + 1 < n && ((*pointer)[i + 1] == '0' || (*pointer)[i + 1] == '1'))
            c = (*pointer)[++i] == '1' ? '/' : '~';
        part[to++] = c;
    }
    part[to] = '\0';
    *pointer += n;
    return part;
}

json_t *json_at(json_t *root, const char *pointer)
{
    while (root && *pointer == '/') {
        pointer++;
        char *part = next_part(&pointer), *end;
        if (json_is_array(root)) {
            unsigned long i = strtoul(part, &end, 10);
            root = isdigit((unsigned char)*part) && !*end ? json_array_get(root, i) : NULL;
        } else {
            root = json_object_get(root, part);
        }
        free(part);
    }
    return root;
}

void decode_percent(char *text)
{
    char *to = text;
    for (const char *p = text; *p; p++, to++) {
        char hex[3] = {0};
        if (*p == '%' && isxdigit((unsigned char)p[1]) && isxdigit((unsigned char)p[2])) {
            memcpy(hex, p + 1, 2);
            *to = (char)strtoul(hex, NULL, 16);
            p += 2;
        } else {
            *to = *p;
        }
    }
    *to = '\0';
}
