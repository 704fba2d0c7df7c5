/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The folders of a run, as the supervisor knows them.
 *
 *     <TMPDIR>/muster-<random>/<slot>/        a slot's temp folder: short, for unix sockets; removed with the run
 *     <out>/<run>/.slots/<slot>/              a slot's artifacts folder, where attempts write
 *     <out>/<run>/cases/<case>/attempt-N/     what is kept of an attempt: made only when there is something. Our own
 * files stand in it, and in files/ what the scenario wrote: no name of its can meet one of ours
 *     <out>/<run>/fixtures/<instance>/        the same of a fixture; start-N/ in it after the first
 *
 * A slot's folders are made, looked into and renewed by its monitor (slotdir/folder.h). One that can be neither emptied
 * nor set aside is given up: <slot>.<generation> takes its place.
 */
#ifndef MUSTER_SLOTDIR_SLOTDIR_H
#define MUSTER_SLOTDIR_SLOTDIR_H

#include "base/err.h"
#include "base/remove_tree.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define WORKSPACE_SLOTS ".slots"

struct workspace {
    int run_dir;     /* not owned */
    char *run_path;  /* absolute */
    char *temp_base; /* absolute */
};

/* Chooses the names, so that they can be written down before anything is made; workspace_close() in any case. */
void workspace_choose(struct workspace *w, int run_dir, const char *run_path);
int workspace_open(struct workspace *w, struct err *err);
/* Removes what is temporary, however long that takes; not what a service of the run still writes to. Closed in any
 * case; *err names what can't be removed. */
int workspace_close(struct workspace *w, struct err *err);
/* The same where a sweeper has removed it. */
void workspace_forget(struct workspace *w);
/* The slots' folders in a run's folder, of a runner that is gone, as its services are: what these have written since is
 * moved to their evidence (slotdir/kept_files.h). */
int workspace_remove_slots(int run_dir, const struct removal_bound *bound, struct err *err);

/* `generation`: 0 for the first. */
char *workspace_temp_dir(const struct workspace *w, uint32_t slot, unsigned generation);
char *workspace_artifacts_dir(const struct workspace *w, uint32_t slot, unsigned generation);
/* The folder of the run that a slot's artifacts folder is of; the caller's to free. NULL: it is none. */
char *workspace_run_of(const char *artifacts_dir);
/* Makes and opens the attempt's folder. A descriptor of the caller's, or a negative errno. */
int workspace_attempt_dir(const struct workspace *w, const char *case_id, uint32_t attempt);
/* The same for a fixture, the instance's label; its second start and later ones have folders in it. */
int workspace_fixture_dir(const struct workspace *w, const char *label, uint32_t start);
/* Moves a slot's artifacts folder, whole, into the attempt's: as files/, or, where a janitor was before, as files-2/
 * and so on. Takes no longer for a large one. */
int workspace_keep(const char *artifacts_dir, int attempt_dir);
/* Opens a file of ours in such a folder, to be written behind what is in it: a new one, or one that we made before.
 * Never waits: what is no plain file of ours is -EEXIST. */
int workspace_open_file(int attempt_dir, const char *name);
/* Takes all attempts' folders of a case away. Path of what is left to the sweeper, the caller's to free; NULL: nothing.
 */
char *workspace_drop_case(const struct workspace *w, const char *case_id);

#endif
