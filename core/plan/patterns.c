/* SPDX-License-Identifier: Apache-2.0 */
/* Asking many id patterns at once. */
#include "plan/patterns.h"

#include "base/mem.h"
#include "plan/glob.h"

#include <stdlib.h>
#include <string.h>

void patterns_init(struct patterns *p, const char *const *texts, size_t n)
{
    *p = (struct patterns){.texts = texts, .n = n};
    p->globs = xcalloc(n, sizeof *p->globs);
    p->used = xcalloc(n, sizeof *p->used);
    idmap_reserve(&p->literal, n);
    for (uint32_t i = 0; i < n; i++) {
        idmap_put(&p->literal, texts[i], strlen(texts[i]), i);
        if (glob_is_glob(texts[i]))
            p->globs[p->n_globs++] = i;
    }
}

static bool select_literally(struct patterns *p, const char *id, size_t len)
{
    uint32_t i = idmap_get(&p->literal, id, len);
    if (i == IDMAP_NONE)
        return false;
    p->used[i] = true;
    return true;
}

bool patterns_select(struct patterns *p, const char *id)
{
    /* All are asked, even after one has selected: each must learn that it was of use. */
    bool selected = p->n == 0;
    for (size_t len = id_next_prefix(id, 0); len; len = id_next_prefix(id, len))
        selected |= select_literally(p, id, len);
    for (size_t i = 0; i < p->n_globs; i++) {
        uint32_t at = p->globs[i];
        if (glob_match_id(p->texts[at], id))
            selected = p->used[at] = true;
    }
    return selected;
}

/* A glob's beginning is literal up to its first special character; where that opens parameters, it is a whole id. */
static bool may_begin(const char *glob, const char *id)
{
    size_t plain = strcspn(glob, "*?[\\"), len = strlen(id);
    const char *rest = glob + plain;
    if (*rest == '[' && strcspn(rest, "=") < strcspn(rest, "]"))
        return plain == len && memcmp(glob, id, len) == 0;
    return strncmp(glob, id, plain < len ? plain : len) == 0;
}

bool patterns_concern(const struct patterns *p, const char *scenario)
{
    bool concerned = p->n == 0;
    for (size_t len = id_next_prefix(scenario, 0); len && !concerned; len = id_next_prefix(scenario, len))
        concerned = idmap_get(&p->literal, scenario, len) != IDMAP_NONE;
    for (size_t i = 0; i < p->n_globs && !concerned; i++)
        concerned = may_begin(p->texts[p->globs[i]], scenario);
    return concerned;
}

const char *patterns_unused(const struct patterns *p)
{
    for (size_t i = 0; i < p->n; i++) {
        /* A pattern given twice is one pattern. */
        uint32_t first = idmap_get(&p->literal, p->texts[i], strlen(p->texts[i]));
        if (!p->used[first] && !p->used[i])
            return p->texts[i];
    }
    return NULL;
}

void patterns_free(struct patterns *p)
{
    idmap_free(&p->literal);
    free(p->globs);
    free(p->used);
    *p = (struct patterns){0};
}
