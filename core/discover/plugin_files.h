/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The plugins (*.so) and the files of scenarios as data (*.yaml, *.yml) in a folder, by name.
 *
 * In depth, folders below it are searched too, but for hidden ones, those that a symbolic link leads to, and the
 * folders of past runs, whose artifacts are no scenarios. One that can't be read is an error then: what it holds would
 * be missed.
 */
#ifndef MUSTER_DISCOVER_PLUGIN_FILES_H
#define MUSTER_DISCOVER_PLUGIN_FILES_H

#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>

struct plugin_files {
    char **paths; /* each begins with the folder's */
    size_t n, cap;
};

struct folder_search {
    bool in_depth, without_data;
};

/* Ends in ".so". */
bool is_plugin_file(const char *name);
/* 0 or a negative errno; plugin_files_free() in any case. */
int plugin_files_find(struct plugin_files *files, const char *folder, const struct folder_search *search,
                      struct err *err);
void plugin_files_free(struct plugin_files *files);

#endif
