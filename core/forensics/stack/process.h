/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a process has in its hands: open files and sockets. Everything comes from /proc; what can't be read is left out.
 */
#ifndef MUSTER_STACK_PROCESS_H
#define MUSTER_STACK_PROCESS_H

#include <stdio.h>
#include <sys/types.h>

/* "files:", then "  3 -> /etc/passwd", "  4 -> tcp 127.0.0.1:5000 to 127.0.0.1:80 (ESTABLISHED)" */
void process_print_files(pid_t pid, FILE *out);

#endif
