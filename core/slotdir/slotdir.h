/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Directories of a run.
 *
 *     <TMPDIR>/muster-<random>/<slot>/     a slot's temp dir: short, for unix sockets; removed with the run
 *     <out>/<run>/.slots/<slot>/          a slot's artifacts directory, where attempts write
 *     <out>/<run>/cases/<case>/attempt-N/ what is kept of an attempt: made only when there is something
 *     <out>/<run>/fixtures/<instance>/    the same of a fixture; start-N/ in it after the first
 */
#ifndef MUSTER_SLOTDIR_SLOTDIR_H
#define MUSTER_SLOTDIR_SLOTDIR_H

#include "base/err.h"

#include <stdint.h>

struct workspace {
    int run_dir;     /* not owned */
    char *run_path;  /* absolute */
    char *temp_base; /* absolute */
};

/* Chooses the names, so that they can be written down before anything is made; workspace_close() in any case. */
void workspace_choose(struct workspace *w, int run_dir, const char *run_path);
int workspace_open(struct workspace *w, struct err *err);
/* Removes what is temporary. */
void workspace_close(struct workspace *w);

char *workspace_temp_dir(const struct workspace *w, uint32_t slot);
char *workspace_artifacts_dir(const struct workspace *w, uint32_t slot);
/* Makes and opens the attempt's directory. A descriptor of the caller's, or a negative errno. */
int workspace_attempt_dir(const struct workspace *w, const char *case_id, uint32_t attempt);
/* The same for a fixture, the instance's label; its second start and later ones have folders in it. */
int workspace_fixture_dir(const struct workspace *w, const char *label, uint32_t start);
/* Moves what the attempt wrote from the slot's directory into its own. */
int workspace_keep(const struct workspace *w, uint32_t slot, int attempt_dir);
/* Drops all attempts' directories of a case. */
void workspace_drop_case(const struct workspace *w, const char *case_id);

#endif
