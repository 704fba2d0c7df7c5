/* SPDX-License-Identifier: Apache-2.0 */
/* Runs below a folder, the newest first. */
#include "cli/run_list.h"

#include "base/cleanup.h"
#include "base/mem.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

static int by_name_newest_first(const void *a, const void *b)
{
    return -strcmp(*(char *const *)a, *(char *const *)b);
}

int run_list_make(struct run_list *ret_runs, const char *out, bool (*takes)(void *data, int out, const char *name),
                  void *data)
{
    struct run_list runs = {0};
    autoclosedir DIR *dir = opendir(out);
    if (!dir)
        return -errno;
    for (struct dirent *e; (e = readdir(dir));) {
        if (e->d_name[0] == '.' || e->d_type == DT_LNK || !takes(data, dirfd(dir), e->d_name))
            continue;
        GROW(runs.names, runs.n, runs.cap);
        runs.names[runs.n++] = xstrdup(e->d_name);
    }
    if (runs.n > 0)
        qsort(runs.names, runs.n, sizeof *runs.names, by_name_newest_first);
    *ret_runs = runs;
    return 0;
}

void run_list_free(struct run_list *runs)
{
    for (size_t i = 0; i < runs->n; i++)
        free(runs->names[i]);
    free(runs->names);
    *runs = (struct run_list){0};
}
