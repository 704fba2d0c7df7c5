/* SPDX-License-Identifier: Apache-2.0 */
/* Packets with descriptors: boundaries, ownership, the end of the peer, too much of anything. */
#include "testing.h"

#include "base/cleanup.h"
#include "ipc/packet.h"
#include "ipc/sock.h"

#include <dirent.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>

static int open_descriptors(void)
{
    autoclosedir DIR *dir = opendir("/proc/self/fd");
    assert_non_null(dir);
    int n = 0;
    while (readdir(dir))
        n++;
    return n;
}

struct pair {
    int fds[2];
};

static int set_up(void **state)
{
    static struct pair pair;
    assert_int_equal(sock_pair(pair.fds), 0);
    *state = &pair;
    return 0;
}

static int tear_down(void **state)
{
    const struct pair *pair = *state;
    for (size_t i = 0; i < 2; i++)
        if (pair->fds[i] >= 0)
            close(pair->fds[i]);
    return 0;
}

static void packets_keep_their_boundaries(void **state)
{
    const struct pair *p = *state;
    autobuf struct buf packet = {0};
    assert_int_equal(sock_send(p->fds[0], "one", 3, NULL, 0, false), 0);
    assert_int_equal(sock_send(p->fds[0], "three", 5, NULL, 0, false), 0);
    assert_int_equal(sock_receive(p->fds[1], 0, &packet, NULL), 3);
    assert_memory_equal(packet.data, "one", 3);
    assert_int_equal(sock_receive(p->fds[1], 0, &packet, NULL), 5);
    assert_memory_equal(packet.data, "three", 5);
    assert_int_equal(sock_receive(p->fds[1], MSG_DONTWAIT, &packet, NULL), -EAGAIN);
}

static void descriptors_change_hands(void **state)
{
    const struct pair *p = *state;
    autobuf struct buf packet = {0};
    int before = open_descriptors();
    int fds[2];
    assert_int_equal(pipe(fds), 0);
    assert_int_equal(sock_send(p->fds[0], "x", 1, fds, 2, false), 0);
    close(fds[0]);
    close(fds[1]);
    struct received got;
    assert_int_equal(sock_receive(p->fds[1], 0, &packet, &got), 1);
    assert_int_equal(got.n_fds, 2);
    int reading = received_take(&got, 0);
    assert_true(reading >= 0);
    assert_true(fcntl(reading, F_GETFD) & FD_CLOEXEC);
    assert_int_equal(received_take(&got, 0), -1); /* taken */
    assert_int_equal(received_take(&got, 7), -1); /* never sent */
    assert_int_equal(write(got.fds[1], "!", 1), 1);
    char byte;
    assert_int_equal(read(reading, &byte, 1), 1);
    received_close(&got);
    close(reading);
    assert_int_equal(open_descriptors(), before);
}

static void unwanted_descriptors_are_closed(void **state)
{
    const struct pair *p = *state;
    autobuf struct buf packet = {0};
    int before = open_descriptors();
    const int fds[SOCK_MAX_FDS] = {0, 1, 2};
    assert_int_equal(sock_send(p->fds[0], "x", 1, fds, SOCK_MAX_FDS, false), 0);
    assert_int_equal(sock_receive(p->fds[1], 0, &packet, NULL), 1);
    assert_int_equal(open_descriptors(), before);
}

/* More than SOCK_MAX_FDS, which sock_send() can't send, but a plugin can. */
static void too_many_descriptors_do_not_leak(void **state)
{
    const struct pair *p = *state;
    enum { MANY = 64 };
    union {
        char bytes[CMSG_SPACE(MANY * sizeof(int))];
        struct cmsghdr align;
    } control = {.bytes = {0}};
    char byte = 0;
    struct iovec iov = {&byte, 1};
    struct msghdr h = {
        .msg_iov = &iov, .msg_iovlen = 1, .msg_control = control.bytes, .msg_controllen = sizeof control.bytes};
    struct cmsghdr *c = CMSG_FIRSTHDR(&h);
    c->cmsg_level = SOL_SOCKET;
    c->cmsg_type = SCM_RIGHTS;
    c->cmsg_len = CMSG_LEN(MANY * sizeof(int));
    int fds[MANY];
    for (size_t i = 0; i < MANY; i++)
        fds[i] = STDERR_FILENO;
    memcpy(CMSG_DATA(c), fds, sizeof fds);
    assert_int_equal(sendmsg(p->fds[0], &h, 0), 1);
    int before = open_descriptors();
    autobuf struct buf packet = {0};
    struct received got;
    assert_int_equal(sock_receive(p->fds[1], 0, &packet, &got), 1);
    assert_true(got.n_fds <= SOCK_MAX_FDS);
    received_close(&got);
    assert_int_equal(open_descriptors(), before);
}

static void a_gone_peer_is_no_signal(void **state)
{
    struct pair *p = *state;
    autobuf struct buf packet = {0};
    assert_int_equal(sock_send(p->fds[0], "last", 4, NULL, 0, false), 0);
    close(p->fds[0]);
    p->fds[0] = -1;
    assert_int_equal(sock_receive(p->fds[1], 0, &packet, NULL), 4); /* what it said is still there */
    assert_int_equal(sock_receive(p->fds[1], 0, &packet, NULL), 0);
    assert_int_equal(sock_send(p->fds[1], "x", 1, NULL, 0, false), -EPIPE);
}

/* The kernel tells that in words of its own, once, to who asks first. */
static void leave_unread(struct pair *p)
{
    assert_int_equal(sock_send(p->fds[0], "unread", 6, NULL, 0, false), 0);
    close(p->fds[1]);
    p->fds[1] = -1;
}

static void nor_is_one_that_had_not_read_all(void **state)
{
    struct pair *p = *state;
    leave_unread(p);
    assert_int_equal(sock_send(p->fds[0], "x", 1, NULL, 0, false), -EPIPE);
    assert_int_equal(sock_send(p->fds[0], "x", 1, NULL, 0, false), -EPIPE);
}

static void what_was_not_read_is_known(void **state)
{
    struct pair *p = *state;
    autobuf struct buf packet = {0};
    leave_unread(p);
    assert_int_equal(sock_receive(p->fds[0], 0, &packet, NULL), -ECONNRESET);
    assert_int_equal(sock_receive(p->fds[0], 0, &packet, NULL), 0);
}

static void send_raw(int sock, void *data, size_t len, int fd)
{
    union {
        char bytes[CMSG_SPACE(sizeof(int))];
        struct cmsghdr align;
    } control = {{0}};
    struct iovec iov = {.iov_base = data, .iov_len = len};
    struct msghdr h = {
        .msg_iov = &iov, .msg_iovlen = 1, .msg_control = control.bytes, .msg_controllen = sizeof control.bytes};
    struct cmsghdr *c = CMSG_FIRSTHDR(&h);
    c->cmsg_level = SOL_SOCKET;
    c->cmsg_type = SCM_RIGHTS;
    c->cmsg_len = CMSG_LEN(sizeof(int));
    memcpy(CMSG_DATA(c), &fd, sizeof fd);
    assert_int_equal(sendmsg(sock, &h, 0), (ssize_t)len);
}

static void a_packet_has_a_greatest_size(void **state)
{
    const struct pair *p = *state;
    autobuf struct buf packet = {0}, large = {0};
    memset(buf_reserve(&large, MESSAGE_PACKET_MAX + 1), 'x', MESSAGE_PACKET_MAX + 1);
    assert_int_equal(sock_send(p->fds[0], large.data, MESSAGE_PACKET_MAX, NULL, 0, false), 0);
    assert_int_equal(sock_receive(p->fds[1], 0, &packet, NULL), MESSAGE_PACKET_MAX);
    int before = open_descriptors();
    const int fd = STDERR_FILENO;
    assert_int_equal(sock_send(p->fds[0], large.data, MESSAGE_PACKET_MAX + 1, &fd, 1, false), -EMSGSIZE);
    send_raw(p->fds[0], large.data, MESSAGE_PACKET_MAX + 1, fd); /* by one who keeps to nothing */
    struct received got = {.n_fds = 0};
    assert_int_equal(sock_receive(p->fds[1], 0, &packet, &got), -EMSGSIZE);
    assert_int_equal(open_descriptors(), before);
    assert_int_equal(sock_send(p->fds[0], "next", 4, NULL, 0, false), 0);
    assert_int_equal(sock_receive(p->fds[1], 0, &packet, NULL), 4); /* the connection goes on */
}

static void nowait_does_not_wait(void **state)
{
    const struct pair *p = *state;
    static const char chunk[32 * 1024];
    int r = 0;
    for (int i = 0; i < 10000 && r == 0; i++)
        r = sock_send(p->fds[0], chunk, sizeof chunk, NULL, 0, true);
    assert_int_equal(r, -EAGAIN);
}

static void messages_travel(void **state)
{
    const struct pair *p = *state;
    autobuf struct buf packet = {0};
    struct arena arena = {0};
    struct message m = {.type = MSG_DEFER, .defer = {3, "a.b", "payload", ""}};
    assert_int_equal(sock_send_message(p->fds[0], &m, NULL, 0), 0);
    assert_true(sock_receive(p->fds[1], 0, &packet, NULL) > 0);
    const char *at = packet.data;
    struct message back;
    assert_int_equal(message_decode(&at, packet.data + packet.len, &arena, &back), 0);
    assert_int_equal(back.type, MSG_DEFER);
    assert_string_equal(back.defer.payload, "payload");
    arena_free(&arena);
}

/* An order of `n` values of a KiB each, sent and received; 0, or what sending it gave. */
static int pass_order(const struct pair *p, uint32_t n, size_t *ret_size)
{
    char value[1024];
    memset(value, 'v', sizeof value - 1);
    value[sizeof value - 1] = '\0';
    const char **items = test_calloc(n, sizeof *items);
    for (uint32_t i = 0; i < n; i++)
        items[i] = value;
    const struct message m = {.type = MSG_ATTEMPT, .attempt = {.case_id = "a.b", .attempt = 7, .fixtures = {items, n}}};
    *ret_size = message_size(&m);
    int beside = open("/dev/null", O_RDONLY | O_CLOEXEC);
    int r = sock_send_order(p->fds[0], &m, &beside, 1);
    close(beside);
    test_free(items);
    if (r < 0)
        return r;
    struct packet packet;
    struct received got = {0};
    struct arena arena = {0};
    struct message back;
    assert_true(packet_receive(p->fds[1], &packet, &got) == (ssize_t)*ret_size);
    const char *at = packet.data;
    assert_int_equal(message_decode(&at, packet.data + packet.len, &arena, &back), 0);
    assert_int_equal(back.type, MSG_ATTEMPT);
    assert_int_equal(back.attempt.attempt, 7);
    assert_int_equal(back.attempt.fixtures.n, n);
    assert_string_equal(back.attempt.fixtures.items[n - 1], value);
    assert_int_equal(got.n_fds, 1); /* the one that was sent, and not the order's file */
    received_close(&got);
    arena_free(&arena);
    return 0;
}

static void large_orders_travel_beside_their_packet(void **state)
{
    const struct pair *p = *state;
    size_t size;
    int before = open_descriptors();
    assert_int_equal(pass_order(p, 1, &size), 0);
    assert_int_equal(pass_order(p, 1000, &size), 0);
    assert_true(size > MESSAGE_PACKET_MAX);
    assert_int_equal(pass_order(p, 15 * 1024, &size), 0);
    assert_int_equal(pass_order(p, 3, &size), 0); /* a small one behind it */
    assert_int_equal(pass_order(p, 17 * 1024, &size), -EMSGSIZE);
    assert_true(size > MESSAGE_ORDER_MAX);
    assert_int_equal(open_descriptors(), before);
}

/* A file that its maker could still cut short would be a SIGBUS for who maps it. */
static void an_order_that_is_not_sealed_is_none(void **state)
{
    const struct pair *p = *state;
    int before = open_descriptors();
    autoclose int file = memfd_create("test", MFD_CLOEXEC | MFD_ALLOW_SEALING);
    assert_int_equal(write(file, "order", 5), 5);
    const struct message m = {.type = MSG_BESIDE, .beside = {5}};
    assert_int_equal(sock_send_message(p->fds[0], &m, &file, 1), 0);
    struct packet packet;
    struct received got = {0};
    assert_int_equal(packet_receive(p->fds[1], &packet, &got), -EBADMSG);
    assert_int_equal(open_descriptors(), before + 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(packets_keep_their_boundaries, set_up, tear_down),
        cmocka_unit_test_setup_teardown(descriptors_change_hands, set_up, tear_down),
        cmocka_unit_test_setup_teardown(unwanted_descriptors_are_closed, set_up, tear_down),
        cmocka_unit_test_setup_teardown(too_many_descriptors_do_not_leak, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_gone_peer_is_no_signal, set_up, tear_down),
        cmocka_unit_test_setup_teardown(nor_is_one_that_had_not_read_all, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_was_not_read_is_known, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_packet_has_a_greatest_size, set_up, tear_down),
        cmocka_unit_test_setup_teardown(nowait_does_not_wait, set_up, tear_down),
        cmocka_unit_test_setup_teardown(messages_travel, set_up, tear_down),
        cmocka_unit_test_setup_teardown(large_orders_travel_beside_their_packet, set_up, tear_down),
        cmocka_unit_test_setup_teardown(an_order_that_is_not_sealed_is_none, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
