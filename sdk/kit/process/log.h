/* SPDX-License-Identifier: Apache-2.0 */
/* The file that a program's output goes to. Internal to the kit. */
#ifndef MUSTER_KIT_PROCESS_LOG_H
#define MUSTER_KIT_PROCESS_LOG_H

#include <muster/muster.h>

/* A new file NAME.log in the attempt's artifacts, or NAME-2.log ...; -1 with errno. The path is kept. */
int log_open(struct muster_ctx *t, const char *name, const char **ret_path);
/* The first whole line of the file with `text` in it, kept; NULL: none yet. When nothing writes to it any more,
 * `is_done`, the rest is a line too. */
const char *log_line(struct muster_ctx *t, const char *path, const char *text, int is_done);

#endif
