/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A plugin, loaded and normalised: the only reader of plugin structs.
 *
 * plugin_load() maps the file, calls its entry and copies every struct into one of this runner's own size: what an
 * older plugin lacks is zero, and a non-zero byte beyond what this runner knows is refused. After that nothing
 * looks at the plugin's tables again. Runs in a host or, in fresh mode, in an attempt; never in the supervisor. A
 * plugin whose pointers are wild ends the process: the caller has said (load_progress) how far it was.
 */
#ifndef MUSTER_LOAD_PLUGIN_H
#define MUSTER_LOAD_PLUGIN_H

#include "load/loaded.h"

/* Called before each stage; so that a supervisor knows where a host died. */
typedef void (*load_progress)(void *data, enum load_stage stage);

/* 0, or a negative errno with a sentence and a stable reason: those of elf.h and "foreign", "unresolved-symbol",
 * "cannot-load", "no-entry", "wrong-major", "refuses", "newer-minor", "bad-table", "duplicate-scenario",
 * "no-scenarios". A file that changes meanwhile can't be loaded. */
int plugin_load(const char *path, load_progress progress, void *data, struct plugin *ret_plugin,
                const char **ret_reason, struct err *err);

/* Drops all texts and keeps what running takes, in memory that a fork does not copy and nobody can write: what is
 * forked from a host pays for every page of it. Without memory for that the plugin stays as it is. */
void plugin_shrink(struct plugin *p);

#endif
