/* SPDX-License-Identifier: Apache-2.0 */
/* Packets and descriptors over a unix socket. */
#include "ipc/sock.h"

#include "base/cleanup.h"
#include "base/hot.h"
#include "base/io.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

int sock_pair(int ret_fds[2])
{
    return socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ret_fds) < 0 ? -errno : 0;
}

union control {
    char bytes[CMSG_SPACE(SOCK_MAX_FDS * sizeof(int))];
    struct cmsghdr align;
};

/* The kernel had no room for a packet: that passes, as a rule. In all this takes less than a tenth of a second. */
static bool try_again(int error, int *tries)
{
    enum { TRIES = 6 };
    if ((error != ENOBUFS && error != ENOMEM) || *tries == TRIES)
        return error == EINTR;
    poll(NULL, 0, 1 << (*tries)++);
    return true;
}

HOT int sock_send(int fd, const void *data, size_t len, const int *fds, size_t n_fds, bool nowait)
{
    if (len > MESSAGE_PACKET_MAX)
        return -EMSGSIZE;
    struct iovec iov = {.iov_base = (void *)data, .iov_len = len};
    struct msghdr h = {.msg_iov = &iov, .msg_iovlen = 1};
    union control control;
    if (n_fds > 0) {
        memset(&control, 0, sizeof control);
        h.msg_control = control.bytes;
        h.msg_controllen = CMSG_SPACE(n_fds * sizeof(int));
        struct cmsghdr *c = CMSG_FIRSTHDR(&h);
        c->cmsg_level = SOL_SOCKET;
        c->cmsg_type = SCM_RIGHTS;
        c->cmsg_len = CMSG_LEN(n_fds * sizeof(int));
        memcpy(CMSG_DATA(c), fds, n_fds * sizeof(int));
    }
    int tries = 0;
    while (sendmsg(fd, &h, MSG_NOSIGNAL | (nowait ? MSG_DONTWAIT : 0)) < 0) {
        int error = errno;
        if (!try_again(error, &tries))
            return error == ECONNRESET ? -EPIPE : -error; /* it is gone with packets unread: told once in this way */
    }
    return 0;
}

static HOT int send_message(int fd, const struct message *m, const int *fds, size_t n_fds, bool nowait)
{
    /* A short one is made on the stack: in a process that was just forked, the heap costs pages, and in a signal
     * handler it must not be touched. */
    char room[1024];
    size_t size = message_size(m);
    struct buf packet = {.data = size > sizeof room ? xmalloc(size) : room,
                         .cap = size > sizeof room ? size : sizeof room};
    message_encode(m, &packet);
    int r = sock_send(fd, packet.data, packet.len, fds, n_fds, nowait);
    if (packet.data != room)
        free(packet.data);
    return r;
}

HOT int sock_send_message(int fd, const struct message *m, const int *fds, size_t n_fds)
{
    return send_message(fd, m, fds, n_fds, false);
}

int sock_offer_message(int fd, const struct message *m)
{
    return send_message(fd, m, NULL, 0, true);
}

/* Nobody can change it any more: who maps it needs no copy. */
static int make_sealed_file(const struct message *m, size_t size, int *ret_fd)
{
    enum { SEALS = F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE | F_SEAL_SEAL };
    autoclose int fd = memfd_create("muster-order", MFD_CLOEXEC | MFD_ALLOW_SEALING);
    if (fd < 0)
        return -errno;
    autobuf struct buf bytes = {0};
    buf_reserve(&bytes, size);
    message_encode(m, &bytes);
    int r = io_write_all(fd, bytes.data, bytes.len);
    if (r == 0 && fcntl(fd, F_ADD_SEALS, SEALS) < 0)
        r = -errno;
    if (r == 0)
        *ret_fd = steal_fd(&fd);
    return r;
}

int sock_send_order(int fd, const struct message *m, const int *fds, size_t n_fds)
{
    size_t size = message_size(m);
    if (size <= MESSAGE_PACKET_MAX)
        return sock_send_message(fd, m, fds, n_fds);
    if (size > MESSAGE_ORDER_MAX || n_fds >= SOCK_MAX_FDS)
        return -EMSGSIZE;
    int all[SOCK_MAX_FDS];
    for (size_t i = 0; i < n_fds; i++)
        all[i] = fds[i];
    int r = make_sealed_file(m, size, &all[n_fds]);
    if (r < 0)
        return r;
    r = sock_send_message(fd, &(struct message){.type = MSG_BESIDE, .beside = {size}}, all, n_fds + 1);
    close_fd(all[n_fds]);
    return r;
}

static void take_fds(struct msghdr *h, struct received *ret)
{
    for (struct cmsghdr *c = CMSG_FIRSTHDR(h); c; c = CMSG_NXTHDR(h, c)) {
        if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_RIGHTS)
            continue;
        size_t n = (c->cmsg_len - CMSG_LEN(0)) / sizeof(int); /* one more may fit where the buffer is padded */
        for (size_t i = 0; i < n; i++) {
            int fd;
            memcpy(&fd, CMSG_DATA(c) + i * sizeof fd, sizeof fd);
            if (ret->n_fds < SOCK_MAX_FDS)
                ret->fds[ret->n_fds++] = fd;
            else
                close_fd(fd);
        }
    }
}

ssize_t sock_receive(int fd, int flags, struct buf *packet, struct received *ret_received)
{
    buf_clear(packet);
    struct iovec iov = {.iov_base = buf_reserve(packet, MESSAGE_PACKET_MAX), .iov_len = MESSAGE_PACKET_MAX};
    union control control;
    struct msghdr h = {
        .msg_iov = &iov, .msg_iovlen = 1, .msg_control = control.bytes, .msg_controllen = sizeof control.bytes};
    ssize_t n;
    while ((n = recvmsg(fd, &h, flags | MSG_CMSG_CLOEXEC)) < 0)
        if (errno != EINTR)
            return -errno;
    struct received got = {.n_fds = 0};
    take_fds(&h, &got);
    if (h.msg_flags & MSG_TRUNC) {
        received_close(&got);
        return -EMSGSIZE;
    }
    packet->len = (size_t)n;
    if (ret_received)
        *ret_received = got;
    else
        received_close(&got);
    return n;
}

void received_close(struct received *r)
{
    for (size_t i = 0; i < r->n_fds; i++)
        close_fd(r->fds[i]);
    r->n_fds = 0;
}

int received_take(struct received *r, size_t i)
{
    if (i >= r->n_fds)
        return -1;
    int fd = r->fds[i];
    r->fds[i] = -1;
    return fd;
}
