/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A server in a child process that serves one connection after another with a function of the test. It listens before
 * local_server_start() returns; it dies with local_server_stop(), or with the test.
 */
#ifndef TESTS_KIT_LOCAL_SERVER_H
#define TESTS_KIT_LOCAL_SERVER_H

#include <stddef.h>
#include <sys/types.h>

struct local_server {
    pid_t pid;
    int port;
};

struct local_server local_server_start(void (*serve)(int connection));
void local_server_stop(struct local_server *s);

/* For serve functions. Reads a head up to its empty line, NUL-terminated, byte by byte: what follows stays in the
 * socket. 0, or -1 at the end of the connection. */
int local_read_head(int connection, char *head, size_t room);
int local_read(int connection, void *bytes, size_t n);
void local_write(int connection, const void *bytes, size_t n);
void local_write_text(int connection, const char *text);
/* Until the peer ends the connection. */
void local_wait_for_end(int connection);

#endif
