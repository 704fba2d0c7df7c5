/* SPDX-License-Identifier: Apache-2.0 */
/* Finding step functions by name. */
#include "data/library.h"

#include "base/suggest.h"

#include <stdlib.h>
#include <string.h>

void library_add(struct library *l, const struct library_plugin *from)
{
    for (size_t i = 0; i < from->n_steps; i++) {
        const struct muster_step *step = &from->steps[i];
        GROW(l->items, l->n, l->cap);
        struct step_function *f = &l->items[l->n++];
        *f = (struct step_function){.plugin = from->name,
                                    .path = from->path,
                                    .step = step,
                                    .yields = from->yields,
                                    .fixtures = from->fixtures,
                                    .n_fixtures = from->n_fixtures};
        while (step->params && step->params[f->n_params])
            f->n_params++;
    }
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
