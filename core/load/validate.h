/* SPDX-License-Identifier: Apache-2.0 */
/* From a plugin's tables to our own: every rule of muster/plugin.h, held. */
#ifndef MUSTER_LOAD_VALIDATE_H
#define MUSTER_LOAD_VALIDATE_H

#include "load/loaded.h"

/* Copies and checks everything that `theirs` points to into *p, whose arena it uses (the caller frees it, also after
 * a failure). Reasons: "newer-minor", "bad-table", "duplicate-scenario", "no-scenarios". */
int plugin_normalise(const struct muster_plugin *theirs, struct plugin *p, const char **ret_reason, struct err *err);

#endif
