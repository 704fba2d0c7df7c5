/* SPDX-License-Identifier: Apache-2.0 */
/* Finding step functions by name. */
#include "data/library.h"

#include "base/suggest.h"

#include <stdlib.h>
#include <string.h>

void library_add(struct library *l, const char *plugin, const char *path, const struct muster_step *steps, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        GROW(l->items, l->n, l->cap);
        struct step_function *f = &l->items[l->n++];
        *f = (struct step_function){.plugin = plugin, .path = path, .step = &steps[i]};
        while (steps[i].params && steps[i].params[f->n_params])
            f->n_params++;
    }
}

void library_add_yielding(struct library *l, const char *plugin, const char *path, const struct muster_step *steps,
                          size_t n)
{
    size_t before = l->n;
    library_add(l, plugin, path, steps, n);
    for (size_t i = before; i < l->n; i++)
        l->items[i].yields = true;
}

static bool is_of(const struct step_function *f, const char *plugin, size_t len)
{
    return strlen(f->plugin) == len && strncmp(f->plugin, plugin, len) == 0;
}

enum library_answer library_find(const struct library *l, const char *name, const struct step_function **ret_function,
                                 const struct step_function **ret_other, const char **ret_nearest)
{
    const char *slash = strchr(name, '/'), *plain = slash ? slash + 1 : name;
    struct suggestion nearest = suggest_start(plain);
    *ret_function = *ret_other = NULL;
    for (size_t i = 0; i < l->n; i++) {
        const struct step_function *f = &l->items[i];
        if (slash && !is_of(f, name, (size_t)(slash - name)))
            continue;
        if (strcmp(f->step->name, plain) != 0) {
            suggest_offer(&nearest, f->step->name);
        } else if (!*ret_function || ((*ret_function)->yields && !f->yields)) {
            *ret_function = f;
            *ret_other = NULL;
        } else if ((*ret_function)->yields == f->yields && !*ret_other) {
            *ret_other = f;
        }
    }
    *ret_nearest = nearest.best;
    if (*ret_other)
        return LIBRARY_AMBIGUOUS;
    return *ret_function ? LIBRARY_FOUND : LIBRARY_UNKNOWN;
}

void library_free(struct library *l)
{
    free(l->items);
    *l = (struct library){0};
}
