/* SPDX-License-Identifier: Apache-2.0 */
/* The runs below a folder, as --out names it. */
#ifndef MUSTER_EVIDENCE_RUN_LIST_H
#define MUSTER_EVIDENCE_RUN_LIST_H

#include <stdbool.h>
#include <stddef.h>

struct run_list {
    char **names; /* newest first: their names begin with the second in which they began, their logs tell the rest */
    size_t n, cap;
};

/* Those of which `takes`, given the descriptor of `out`, says so; links, as "latest", are none. 0, or a negative errno
 * when `out` can't be read. */
int run_list_make(struct run_list *ret_runs, const char *out, bool (*takes)(void *data, int out, const char *name),
                  void *data);
/* For run_list_make(): a folder with an event log. `data` is NULL. */
bool run_list_has_log(void *data, int out, const char *name);
void run_list_free(struct run_list *runs);

#endif
