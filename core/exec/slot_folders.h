/* SPDX-License-Identifier: Apache-2.0 */
/* What becomes of a slot's folders. */
#ifndef MUSTER_EXEC_SLOT_FOLDERS_H
#define MUSTER_EXEC_SLOT_FOLDERS_H

#include "ipc/message.h"

#include <stdbool.h>

struct slot;

/* Chooses them, for the first time or after worn ones. */
void slot_choose_folders(struct slot *s);
/* The monitor's word of what the attempt left in them. */
void slot_take_folders(struct slot *s, const struct msg_folders *m);
/* The attempt's processes are gone: what it left is kept or set aside, and the monitor, if there is one, may go on.
 * False when it can't: it does not know the folders that follow, or was not told. */
bool slot_part_with_folders(struct slot *s);
/* A file of ours in the attempt's folder, to be written behind what is in it; or a negative errno. */
int slot_open_file(void *slot, const char *name);

#endif
