/* SPDX-License-Identifier: Apache-2.0 */
/* A WebSocket server's side for tests: bytes as the test wants them, and what the client sent in return. */
#ifndef TESTS_KIT_WS_SERVER_H
#define TESTS_KIT_WS_SERVER_H

#include <stddef.h>
#include <stdint.h>

struct server_frame {
    int first;              /* its first byte */
    unsigned char *payload; /* unmasked, with a NUL behind it; to be freed */
    size_t length;
};

/* Answers a handshake; `fields` are more of them, each with CR LF, or "". */
void ws_server_accept(int fd, const char *head, const char *fields);
/* One unmasked frame. */
void ws_server_send(int fd, int first, const void *payload, size_t n);
/* One frame of the client's; 0, or -1 at the end, or when it is not masked or not in its shortest form. */
int ws_server_read(int fd, struct server_frame *ret_frame);
/* The number behind the path's last '/'. */
size_t ws_server_number(const char *head);

#endif
