/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a socket of another process is connected to, asked of the socket itself: the tables of a network namespace in
 * /proc take milliseconds, and an attempt that is late goes on until it has been looked at.
 */
#ifndef MUSTER_FORENSICS_STACK_SOCKET_H
#define MUSTER_FORENSICS_STACK_SOCKET_H

#include <stdbool.h>
#include <stddef.h>

/* "tcp 127.0.0.1:5000 to 127.0.0.1:80 (ESTABLISHED)", "unix /run/x.sock". False: the kernel does not let us
 * (pidfd_getfd(2) needs Linux 5.6 and the right to trace), or it is of no kind that is known. */
bool socket_describe(int pidfd, int fd, char *ret_text, size_t size);

#endif
