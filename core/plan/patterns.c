/* SPDX-License-Identifier: Apache-2.0 */
/* Asking many id patterns at once. */
#include "plan/patterns.h"

#include "base/suggest.h"
#include "plan/glob.h"

#include <errno.h>
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

static int unused(const char *text, const struct catalogue *c, struct err *err)
{
    struct suggestion s = suggest_start(text);
    for (size_t i = 0; i < c->n_plugins; i++)
        suggest_offer(&s, c->plugins[i].name);
    for (size_t i = 0; i < c->n_scenarios; i++)
        suggest_offer(&s, c->scenarios[i].id);
    if (!s.best)
        return err_set(err, -ENOENT, "no scenario matches \"%s\"", text);
    return err_set(err, -ENOENT, "no scenario matches \"%s\"; did you mean %s?", text, s.best);
}

int patterns_check_used(const struct patterns *p, const struct catalogue *c, struct err *err)
{
    for (size_t i = 0; i < p->n; i++) {
        /* A pattern given twice is one pattern. */
        uint32_t first = idmap_get(&p->literal, p->texts[i], strlen(p->texts[i]));
        if (!p->used[first] && !p->used[i])
            return unused(p->texts[i], c, err);
    }
    return 0;
}

void patterns_free(struct patterns *p)
{
    idmap_free(&p->literal);
    free(p->globs);
    free(p->used);
    *p = (struct patterns){0};
}
