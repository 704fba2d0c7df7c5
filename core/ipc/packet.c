/* SPDX-License-Identifier: Apache-2.0 */
/* The packet that this process is reading. */
#include "ipc/packet.h"

#include "base/cleanup.h"
#include "ipc/message.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

struct buf *packet_buf(void)
{
    static char room[MESSAGE_PACKET_MAX];
    static struct buf packet = {.data = room, .cap = sizeof room};
    return &packet;
}

/* One that is mapped is sealed: else a shorter file would be a SIGBUS. */
static int map_order(int fd, uint64_t bytes, struct packet *ret_packet)
{
    static void *mapped;
    static size_t size;
    if (mapped)
        munmap(mapped, size);
    mapped = NULL;
    int seals = fcntl(fd, F_GET_SEALS);
    off_t end = lseek(fd, 0, SEEK_END);
    if (seals < 0 || !(seals & F_SEAL_SHRINK) || bytes == 0 || bytes > MESSAGE_ORDER_MAX || end != (off_t)bytes)
        return -EBADMSG;
    void *order = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0);
    if (order == MAP_FAILED)
        return -errno;
    mapped = order;
    size = bytes;
    *ret_packet = (struct packet){order, bytes};
    return 0;
}

ssize_t packet_receive(int sock, struct packet *ret_packet, struct received *ret_received)
{
    struct buf *packet = packet_buf();
    ssize_t n = sock_receive(sock, 0, packet, ret_received);
    if (n <= 0)
        return n;
    *ret_packet = (struct packet){packet->data, packet->len};
    struct message m;
    struct arena arena = {0};
    const char *p = packet->data;
    if (*p != MSG_BESIDE || message_decode(&p, p + packet->len, &arena, &m) < 0 || ret_received->n_fds == 0)
        return n;
    autoclose int file = ret_received->fds[--ret_received->n_fds];
    int r = map_order(file, m.beside.bytes, ret_packet);
    if (r < 0)
        received_close(ret_received);
    return r < 0 ? r : (ssize_t)ret_packet->len;
}
