/* SPDX-License-Identifier: Apache-2.0 */
/* A WebSocket server's side for tests. */
#include "ws_server.h"

#include "handshake.h"
#include "local_server.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <sys/socket.h>

void ws_server_accept(int fd, const char *head, const char *fields)
{
    char key[64] = "", accept[HANDSHAKE_ACCEPT_SIZE];
    char *text = NULL;
    int now = 1;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &now, sizeof now);
    ws_handshake_header(head, "Sec-WebSocket-Key", key, sizeof key);
    ws_handshake_accept(key, accept);
    if (asprintf(&text,
                 "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                 "Sec-WebSocket-Accept: %s\r\n%s\r\n",
                 accept, fields) < 0)
        abort();
    local_write_text(fd, text);
    free(text);
}

void ws_server_send(int fd, int first, const void *payload, size_t n)
{
    size_t wide = n < 126 ? 0 : n < 65536 ? 2 : 8;
    unsigned char *bytes = malloc(10 + n);
    bytes[0] = (unsigned char)first;
    bytes[1] = (unsigned char)(wide == 0 ? n : wide == 2 ? 126 : 127);
    for (size_t i = 0; i < wide; i++)
        bytes[2 + i] = (unsigned char)(n >> 8 * (wide - 1 - i));
    if (n)
        memcpy(bytes + 2 + wide, payload, n);
    local_write(fd, bytes, 2 + wide + n);
    free(bytes);
}

int ws_server_read(int fd, struct server_frame *ret_frame)
{
    unsigned char head[2], length[8], mask[4];
    if (local_read(fd, head, 2) < 0 || !(head[1] & 0x80))
        return -1;
    size_t n = head[1] & 0x7f, wide = n == 126 ? 2 : n == 127 ? 8 : 0;
    if (local_read(fd, length, wide) < 0 || local_read(fd, mask, 4) < 0)
        return -1;
    for (size_t i = 0; i < wide; i++)
        n = i ? n << 8 | length[i] : length[i];
    if ((wide == 2 && n < 126) || (wide == 8 && n < 65536))
        return -1;
    unsigned char *payload = malloc(n + 1);
    if (!payload || local_read(fd, payload, n) < 0) {
        free(payload);
        return -1;
    }
    for (size_t i = 0; i < n; i++)
        payload[i] ^= mask[i % 4];
    payload[n] = '\0';
    *ret_frame = (struct server_frame){.first = head[0], .payload = payload, .length = n};
    return 0;
}

size_t ws_server_number(const char *head)
{
    const char *path = strchr(head, ' ') + 1, *slash = path;
    for (const char *c = path; *c && *c != ' '; c++)
        slash = *c == '/' ? c : slash;
    return strtoul(slash + 1, NULL, 10);
}
