/* SPDX-License-Identifier: Apache-2.0 */
/* A command line as it may be kept: values of the target may be secrets, and are not in it. */
#ifndef MUSTER_EVIDENCE_SHOWN_COMMAND_H
#define MUSTER_EVIDENCE_SHOWN_COMMAND_H

#include "base/mem.h"
#include "record/event.h"

/* "--set KEY=VALUE" becomes "--set KEY=...", except for KEY=@FILE, which names a file; all other words stay. The list
 * lives in the arena, and as long as argv. */
struct string_list shown_command(char *const *argv, int argc, struct arena *arena);

#endif
