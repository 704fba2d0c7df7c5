/* SPDX-License-Identifier: Apache-2.0 */
/* Scenarios that harm the descriptors they find, among them their connection to the runner. */
#include "bystanders.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/socket.h>

enum { HIGHEST = 1024 };

SCENARIO(closes_all)
{
    close_range(0, ~0u, 0);
}

SCENARIO(closes_all_then_fails)
{
    close_range(0, ~0u, 0);
    CHECK_INT(1, ==, 2);
}

SCENARIO(closes_its_output)
{
    fclose(stdout);
    close(STDERR_FILENO);
    CHECK_INT(fcntl(STDERR_FILENO, F_GETFD), ==, -1);
}

/* Bytes that are no message, on every descriptor that takes them. */
static void write_rubbish(size_t size)
{
    char *rubbish = malloc(size);
    for (size_t i = 0; i < size; i++)
        rubbish[i] = (char)(i * 37 + 11);
    for (int fd = 0; fd < HIGHEST; fd++)
        if (write(fd, rubbish, size) < 0)
            continue;
    free(rubbish);
}

SCENARIO(writes_rubbish)
{
    write_rubbish(512);
}

SCENARIO(writes_much_rubbish)
{
    write_rubbish(100 * 1000);
}

/* A packet of nothing looks like the end of the connection to a careless reader. */
SCENARIO(writes_empty_packets)
{
    for (int fd = 0; fd < HIGHEST; fd++)
        if (send(fd, "", 0, MSG_DONTWAIT | MSG_NOSIGNAL) < 0)
            continue;
}

/* Whoever takes descriptors out of messages must not run out of them. */
static void send_descriptors(int sock)
{
    char control[CMSG_SPACE(16 * sizeof(int))] = {0};
    char byte = 'x';
    struct iovec data = {&byte, 1};
    struct msghdr message = {
        .msg_iov = &data, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof control};
    struct cmsghdr *header = CMSG_FIRSTHDR(&message);
    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN(16 * sizeof(int));
    int *fds = (int *)CMSG_DATA(header);
    for (int i = 0; i < 16; i++)
        fds[i] = STDOUT_FILENO;
    for (int i = 0; i < 100; i++)
        if (sendmsg(sock, &message, MSG_DONTWAIT | MSG_NOSIGNAL) < 0)
            return;
}

SCENARIO(sends_descriptors)
{
    for (int fd = 3; fd < HIGHEST; fd++)
        send_descriptors(fd);
}

SCENARIO(shuts_its_sockets_down)
{
    for (int fd = 0; fd < HIGHEST; fd++)
        shutdown(fd, SHUT_RDWR);
}

/* Nothing is left to take a pipe or a file with. */
SCENARIO(uses_up_its_descriptors)
{
    int last = 0;
    while (last >= 0)
        last = open("/dev/null", O_RDONLY);
}

SCENARIO(overwrites_all)
{
    int null = open("/dev/null", O_RDWR);
    for (int fd = 0; fd < 64; fd++)
        if (fd != null)
            dup2(null, fd);
}

MUSTER_PLUGIN("hostile.descriptors", "1.0")
