/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Artifacts of services that outlive their run. They go on writing to the folder of their slot, so that stays where it
 * is; a link beside it, <slot>.kept, says which folder of the run's evidence it belongs to, "fixtures/db". When the
 * services have ended it is moved there, in the place of what the run has copied of it.
 */
#ifndef MUSTER_SLOTDIR_KEPT_FILES_H
#define MUSTER_SLOTDIR_KEPT_FILES_H

#include <stdbool.h>

#define KEPT_SOCKET "services" /* stands in the slots' folder as long as the services live */

/* The path of the link; the caller's to free. */
char *kept_files_mark_path(const char *artifacts_dir);
/* `fixture_path`: in the run's folder. 0 or a negative errno. */
int kept_files_mark(const char *artifacts_dir, const char *fixture_path);
/* Whether an entry of the slots' folder is such a folder, such a link, or the socket. */
bool kept_files_is(int slots_dir, const char *name);
/* Moves all of them, of the slots' folder of this name, to where they belong; nobody may write to them any more. 0, or
 * the first negative errno: that one is where it was. A link that leads anywhere but to a fixture's folder is passed
 * over. */
int kept_files_take(int run_dir, const char *slots_name);

#endif
