/* SPDX-License-Identifier: Apache-2.0 */
/* A server in a child process for the kit's tests. */
#include "local_server.h"

#include <arpa/inet.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

static void give_up(const char *what)
{
    perror(what);
    abort();
}

static void serve_forever(int listener, void (*serve)(int connection))
{
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    signal(SIGPIPE, SIG_IGN);
    for (;;) {
        int connection = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
        if (connection < 0)
            _exit(1);
        serve(connection);
        close(connection);
    }
}

struct local_server local_server_start(void (*serve)(int connection))
{
    struct local_server s = {.pid = -1};
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t length = sizeof at;
    int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (listener < 0 || bind(listener, (struct sockaddr *)&at, sizeof at) < 0 || listen(listener, 16) < 0 ||
        getsockname(listener, (struct sockaddr *)&at, &length) < 0)
        give_up("listen");
    s.port = ntohs(at.sin_port);
    s.pid = fork();
    if (s.pid < 0)
        give_up("fork");
    if (s.pid == 0)
        serve_forever(listener, serve);
    close(listener);
    return s;
}

void local_server_stop(struct local_server *s)
{
    kill(s->pid, SIGKILL);
    while (waitpid(s->pid, NULL, 0) < 0 && errno == EINTR)
        ;
}

int local_read(int connection, void *bytes, size_t n)
{
    for (char *at = bytes; n;) {
        ssize_t got = read(connection, at, n);
        if (got <= 0)
            return -1;
        at += got;
        n -= (size_t)got;
    }
    return 0;
}

int local_read_head(int connection, char *head, size_t room)
{
    for (size_t n = 0; n + 1 < room; n++) {
        if (local_read(connection, head + n, 1) < 0)
            return -1;
        head[n + 1] = '\0';
        if (n >= 3 && memcmp(head + n - 3, "\r\n\r\n", 4) == 0)
            return 0;
    }
    return -1;
}

void local_write(int connection, const void *bytes, size_t n)
{
    for (const char *at = bytes; n;) {
        ssize_t put = write(connection, at, n);
        if (put <= 0)
            return;
        at += put;
        n -= (size_t)put;
    }
}

void local_write_text(int connection, const char *text)
{
    local_write(connection, text, strlen(text));
}

void local_wait_for_end(int connection)
{
    char rest[4096];
    while (read(connection, rest, sizeof rest) > 0)
        ;
}
