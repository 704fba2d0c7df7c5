/* SPDX-License-Identifier: Apache-2.0 */
/* The step functions that a file may call: those of the plugins that have some. */
#ifndef MUSTER_DATA_LIBRARY_H
#define MUSTER_DATA_LIBRARY_H

#include "data/runnable.h"

#include <jansson.h>

struct library {
    struct step_function *items;
    size_t n, cap;
    const char *searched; /* the plugins with steps that were looked at: "acme.pay, acme.shop"; "" or NULL: none */
    const json_t *target; /* the run's target file as canonical JSON; NULL: there is none */
    bool incomplete;      /* a plugin that the file names is missing: what is unknown may be its */
};

/* How a name stands in it. */
enum library_answer { LIBRARY_FOUND, LIBRARY_UNKNOWN, LIBRARY_AMBIGUOUS };

/* What a library takes of a plugin; all that it points to has to live as long as the library. */
struct library_plugin {
    const char *name, *path;
    const struct muster_step *steps;
    size_t n_steps;
    const struct muster_fixture *fixtures;
    size_t n_fixtures;
    bool yields; /* to steps of others that have the same name */
};

void library_add(struct library *l, const struct library_plugin *from);
/* By name, or by "plugin/name". Of an ambiguous one *ret_function and *ret_other are two that have it; of an unknown
 * one *ret_nearest is what it may have been meant to be, or NULL. */
enum library_answer library_find(const struct library *l, const char *name, const struct step_function **ret_function,
                                 const struct step_function **ret_other, const char **ret_nearest);
void library_free(struct library *l);

#endif
