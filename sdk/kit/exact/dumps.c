/* SPDX-License-Identifier: Apache-2.0 */
/* Writing, with every number in the form that it was read in. */
#include "exact.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool write_value(FILE *to, const json_t *value, bool sorted);

static bool write_by_jansson(FILE *to, const json_t *value)
{
    char *text = json_dumps(value, JSON_ENCODE_ANY | JSON_COMPACT);
    if (text)
        fputs(text, to);
    free(text);
    return text != NULL;
}

struct member {
    const char *key;
    size_t len;
    const json_t *value;
};

static int by_key(const void *a, const void *b)
{
    const struct member *x = a, *y = b;
    int r = memcmp(x->key, y->key, x->len < y->len ? x->len : y->len);
    return r ? r : (x->len > y->len) - (x->len < y->len);
}

static bool write_member(FILE *to, const struct member *m, bool first, bool sorted)
{
    json_t *key = json_stringn_nocheck(m->key, m->len);
    if (!first)
        fputc(',', to);
    bool ok = key && write_by_jansson(to, key);
    json_decref(key);
    fputc(':', to);
    return ok && write_value(to, m->value, sorted);
}

static bool write_object(FILE *to, const json_t *object, bool sorted)
{
    size_t n = 0;
    struct member *members = calloc(json_object_size(object) + 1, sizeof *members);
    bool ok = members != NULL;
    const char *key;
    size_t len;
    json_t *value;
    if (ok) {
        json_object_keylen_foreach((json_t *)(uintptr_t)object, key, len, value)
        {
            members[n++] = (struct member){key, len, value};
        }
        if (sorted)
            qsort(members, n, sizeof *members, by_key);
    }
    fputc('{', to);
    for (size_t i = 0; i < n && ok; i++)
        ok = write_member(to, &members[i], i == 0, sorted);
    fputc('}', to);
    free(members);
    return ok;
}

static bool write_array(FILE *to, const json_t *array, bool sorted)
{
    bool ok = true;
    fputc('[', to);
    for (size_t i = 0; i < json_array_size(array) && ok; i++) {
        if (i > 0)
            fputc(',', to);
        ok = write_value(to, json_array_get(array, i), sorted);
    }
    fputc(']', to);
    return ok;
}

static bool write_value(FILE *to, const json_t *value, bool sorted)
{
    char room[EXACT_TEXT];
    if (json_is_object(value))
        return write_object(to, value, sorted);
    if (json_is_array(value))
        return write_array(to, value, sorted);
    if (!exact_is_number(value))
        return write_by_jansson(to, value);
    fputs(exact_text(value, room), to);
    return true;
}

char *exact_dumps(const json_t *value, bool sorted)
{
    char *text = NULL;
    size_t len = 0;
    FILE *to = open_memstream(&text, &len);
    if (!to)
        return NULL;
    bool ok = write_value(to, value, sorted);
    if (fclose(to) == 0 && ok)
        return text;
    free(text);
    return NULL;
}
