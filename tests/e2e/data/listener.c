/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A server that tells on its standard output what it was asked for: its port first, then a line "METHOD PATH" for each
 * request. It answers 200, with the path; what begins with /slow it never answers. It ends with its standard input.
 */
#include <arpa/inet.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static void answer(int fd, const char *path)
{
    char text[4096];
    int n = snprintf(text, sizeof text, "HTTP/1.1 200 OK\r\nContent-Length: %zu\r\n\r\n%s", strlen(path), path);
    if (send(fd, text, (size_t)n, MSG_NOSIGNAL) < 0)
        _exit(1);
}

/* One connection, until its peer ends it. */
static void serve(int fd)
{
    char head[2048];
    size_t have = 0;
    for (ssize_t n; (n = read(fd, head + have, sizeof head - 1 - have)) > 0;) {
        have += (size_t)n;
        head[have] = '\0';
        if (!strstr(head, "\r\n\r\n"))
            continue;
        char method[16], path[1024];
        if (sscanf(head, "%15s %1023s", method, path) != 2)
            return;
        have = 0;
        dprintf(STDOUT_FILENO, "%s %s\n", method, path);
        if (strncmp(path, "/slow", 5) != 0)
            answer(fd, path);
    }
}

int main(void)
{
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
    socklen_t size = sizeof at;
    int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (bind(listener, (struct sockaddr *)&at, size) < 0 || listen(listener, 64) < 0 ||
        getsockname(listener, (struct sockaddr *)&at, &size) < 0)
        return 1;
    signal(SIGCHLD, SIG_IGN);
    dprintf(STDOUT_FILENO, "%d\n", ntohs(at.sin_port));
    struct pollfd fds[] = {{.fd = listener, .events = POLLIN}, {.fd = STDIN_FILENO, .events = POLLIN}};
    while (poll(fds, 2, -1) > 0 && !fds[1].revents) {
        int fd = accept(listener, NULL, NULL);
        if (fork() == 0) {
            close(listener);
            close(STDIN_FILENO);
            serve(fd);
            _exit(0);
        }
        close(fd);
    }
    return 0;
}
