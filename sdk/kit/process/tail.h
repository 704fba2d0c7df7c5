/* SPDX-License-Identifier: Apache-2.0 */
/* How a program ended, and what it printed last. Nothing here allocates: the keeper uses it. Internal to the kit. */
#ifndef MUSTER_KIT_PROCESS_TAIL_H
#define MUSTER_KIT_PROCESS_TAIL_H

#include <stddef.h>

#define TAIL_MOST     2048 /* bytes of a tail, with its NUL */
#define TAIL_HOW_MOST 64

/* "exited with status 3", "was ended by SIGKILL" */
void process_tail_describe(int status, char ret_text[TAIL_HOW_MOST]);
/* The last `lines` lines of a file, each ended by "\n", or what of them fits; the number of bytes. */
size_t process_tail_read(int fd, unsigned lines, char ret_text[TAIL_MOST]);

#endif
