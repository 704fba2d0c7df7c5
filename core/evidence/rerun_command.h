/* SPDX-License-Identifier: Apache-2.0 */
/* The command that runs what a run still owes, to be copied into a shell. */
#ifndef MUSTER_EVIDENCE_RERUN_COMMAND_H
#define MUSTER_EVIDENCE_RERUN_COMMAND_H

#include "base/buf.h"

/* "muster run x.so -j4 --rerun PATH": the words of argv, quoted where a shell needs it, with another --rerun. Values of
 * --set are left to be filled in (shown_command.h). */
void rerun_command_add(char *const *argv, int argc, const char *path, struct buf *out);

#endif
