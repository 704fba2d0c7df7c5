/* SPDX-License-Identifier: Apache-2.0 */
/* The secrets of a run, and the automaton that seeks them. */
#include "secrets/secrets.h"

#include "base/cleanup.h"
#include "secrets/spellings.h"

#include <errno.h>
#include <string.h>

struct secrets {
    struct arena arena;
    struct pattern *patterns; /* of all spellings */
    size_t n_patterns, cap_patterns;
    const char **names;
    size_t n_names, cap_names;
    struct matcher *matcher; /* NULL: there are none */
    uint64_t version;
};

struct secrets *secrets_new(void)
{
    return xcalloc(1, sizeof(struct secrets));
}

void secrets_free(struct secrets *s)
{
    if (!s)
        return;
    for (size_t i = 0; i < s->n_patterns; i++)
        explicit_bzero((char *)s->patterns[i].bytes, s->patterns[i].len);
    matcher_free(s->matcher);
    arena_free(&s->arena);
    free(s->patterns);
    free(s->names);
    free(s);
}

static bool is_known(const struct secrets *s, const char *bytes, size_t len)
{
    for (size_t i = 0; i < s->n_patterns; i++)
        if (s->patterns[i].len == len && memcmp(s->patterns[i].bytes, bytes, len) == 0)
            return true;
    return false;
}

static void add_spelling(void *data, const char *bytes, size_t len)
{
    struct secrets *s = data;
    if (len < SECRET_LEAST || is_known(s, bytes, len))
        return;
    GROW(s->patterns, s->n_patterns, s->cap_patterns);
    s->patterns[s->n_patterns++] =
        (struct pattern){arena_strndup(&s->arena, bytes, len), len, (uint32_t)(s->n_names - 1)};
}

int secrets_add(struct secrets *s, const char *name, const char *value, size_t len, struct err *err)
{
    if (len < SECRET_LEAST)
        return err_set(err, -ERANGE,
                       "the secret %s has %zu bytes: one with less than %d stands in too much else, and is "
                       "shown like anything",
                       name, len, SECRET_LEAST);
    if (len > SECRET_MOST)
        return err_set(err, -E2BIG, "the secret %s has %zu bytes, more than %d", name, len, SECRET_MOST);
    if (is_known(s, value, len))
        return 0;
    size_t n_before = s->n_patterns;
    GROW(s->names, s->n_names, s->cap_names);
    s->names[s->n_names++] = arena_strdup(&s->arena, name);
    spellings_each(value, len, add_spelling, s);
    struct matcher *m = matcher_new(s->patterns, s->n_patterns);
    if (!m) {
        s->n_patterns = n_before;
        s->n_names--;
        return err_set(err, -E2BIG, "the secret %s: with it they are too many, or too long", name);
    }
    matcher_free(s->matcher);
    s->matcher = m;
    s->version++;
    return 0;
}

bool secrets_any(const struct secrets *s)
{
    return s && s->matcher;
}

const struct matcher *secrets_matcher(const struct secrets *s)
{
    return s->matcher;
}

uint64_t secrets_version(const struct secrets *s)
{
    return s->version;
}

const char *secrets_name(const struct secrets *s, uint32_t owner)
{
    return s->names[owner];
}
