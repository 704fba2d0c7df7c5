/* SPDX-License-Identifier: Apache-2.0 */
/* The file that a program's output goes to. Internal to the kit. */
#ifndef MUSTER_KIT_PROCESS_LOG_H
#define MUSTER_KIT_PROCESS_LOG_H

#include <muster/muster.h>
#include <sys/types.h>

/* A new file NAME.log in the attempt's artifacts, or NAME-2.log ...; -1 with errno. The path is kept. */
int process_log_open(struct muster_ctx *t, const char *name, const char **ret_path);
#define LOG_LINE_MOST 65536 /* bytes of a line that are looked at */

/* How far a log has been looked at for one text; zero to begin with. */
struct log_look {
    off_t from;  /* what is before is not read again */
    int is_rest; /* there a line goes on that is longer than LOG_LINE_MOST */
};

/* The first whole line of the file, from the look's place on, with `text` in it, kept; NULL: none yet. When nothing
 * writes to it any more, `is_done`, the rest is a line too. Of a long line its first LOG_LINE_MOST bytes are the line.
 */
const char *process_log_line(struct muster_ctx *t, const char *path, const char *text, int is_done,
                             struct log_look *look);

#endif
