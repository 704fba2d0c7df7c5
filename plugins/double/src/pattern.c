/* SPDX-License-Identifier: Apache-2.0 */
#include "rules.h"

#include <stdlib.h>
#include <string.h>

static struct segment read_segment(struct pool *pool, const char *text, size_t length)
{
    if (length == 1 && *text == '*')
        return (struct segment){SEGMENT_ANY, NULL};
    if (length > 2 && *text == '{' && text[length - 1] == '}')
        return (struct segment){SEGMENT_NAME, pool_keep(pool, text + 1, length - 2)};
    char *copy = pool_keep(pool, text, length);
    decode_percent(copy);
    return (struct segment){SEGMENT_TEXT, copy};
}

struct pattern pattern_parse(struct pool *pool, const char *text)
{
    struct pattern p = {0};
    size_t most = 2, names = 0;
    for (const char *c = text; *c; c++)
        most += *c == '/';
    p.segments = pool_alloc(pool, most * sizeof *p.segments);
    p.names = pool_alloc(pool, most * sizeof *p.names);
    for (text += *text == '/';; text++) {
        size_t length = strcspn(text, "/");
        if (strcmp(text, "**") == 0) {
            p.and_rest = true;
            break;
        }
        p.segments[p.n] = read_segment(pool, text, length);
        if (p.segments[p.n].kind == SEGMENT_NAME)
            p.names[names++] = p.segments[p.n].text;
        p.n++;
        text += length;
        if (!*text)
            break;
    }
    return p;
}

static bool segment_matches(const struct segment *s, const char *part, json_t *names)
{
    if (s->kind == SEGMENT_TEXT)
        return strcmp(s->text, part) == 0;
    if (s->kind == SEGMENT_NAME && names) {
        json_t *value = json_string(part);
        json_object_set_new(names, s->text, value ? value : json_null()); /* what is not UTF-8 has no text */
    }
    return *part != '\0';
}

bool pattern_matches(const struct pattern *p, const char *path, json_t *ret_names)
{
    size_t i = 0;
    path += *path == '/';
    for (;; path++) {
        if (i == p->n)
            return p->and_rest;
        size_t length = strcspn(path, "/");
        char *part = needed(strndup(path, length));
        decode_percent(part); /* after the cut: %2F is no end of a part */
        bool matches = segment_matches(&p->segments[i++], part, ret_names);
        free(part);
        if (!matches)
            return false;
        path += length;
        if (!*path)
            return i == p->n;
    }
}
