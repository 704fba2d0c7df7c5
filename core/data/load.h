/* SPDX-License-Identifier: Apache-2.0 */
/* The plugins whose steps a file calls, mapped: what stands between a tree of YAML and its check. */
#ifndef MUSTER_DATA_LOAD_H
#define MUSTER_DATA_LOAD_H

#include "data/check.h"
#include "data/data.h"

struct mapped {
    const char *path;
    bool found;  /* by the runner too, under this path; else the file alone names it */
    bool yields; /* struct data_provider */
    struct plugin plugin;
};

struct mapping {
    struct mapped *items;
    size_t n, cap;
};

/* Maps those of the providers that the file needs: by its `plugins:`, and by the names in it. Mistakes in `plugins:`
 * are recorded; -errno when a plugin that is needed can't be loaded, as it could before. */
int mapping_make(struct mapping *mapping, const struct loader_environment *around, const char *path,
                 const struct node *root, struct arena *arena, struct diagnostics *m, const char **ret_reason,
                 struct err *err);
/* Their cleanups in one table, with the path of each one's plugin; "" of those that the runner has not found, which are
 * got again by loading the file. Two of one name are a mistake. */
void mapping_cleanups(const struct mapping *mapping, struct place at, struct plugin *p, struct arena *arena,
                      struct diagnostics *m);

#endif
