/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a run of the proof starts in place of muster-testbed (--set testbed=...): it has the proof start one, with the
 * arguments and the store that it was given itself, and says where the wire in front of it is. PROOF_SOCKET is where
 * the proof listens, PROOF_RUN the run's name there.
 */
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static int call(const char *path)
{
    struct sockaddr_un to = {.sun_family = AF_UNIX};
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (!path || strlen(path) >= sizeof to.sun_path)
        return -1;
    strcpy(to.sun_path, path);
    return fd >= 0 && connect(fd, (struct sockaddr *)&to, sizeof to) == 0 ? fd : -1;
}

/* The run's name, the store and the arguments, a line each, and an empty one. */
static int ask(int fd, const char *run, char **arguments)
{
    const char *store = getenv("TESTBED_STORE");
    int bad = dprintf(fd, "%s\nstore=%s\n", run, store ? store : "") < 0;
    for (; *arguments; arguments++)
        bad |= dprintf(fd, "%s\n", *arguments) < 0;
    return bad | (write(fd, "\n", 1) != 1);
}

/* One line: the platform's greeting. */
static int pass_greeting(int fd)
{
    char byte = '\0';
    while (byte != '\n')
        if (read(fd, &byte, 1) != 1 || putchar(byte) == EOF)
            return -1;
    return fflush(stdout);
}

/* Until whoever started us lets go, asks us to end, or the platform has ended. */
static void wait_for_end(int fd)
{
    sigset_t term;
    char buf[256];
    sigemptyset(&term);
    sigaddset(&term, SIGTERM);
    sigprocmask(SIG_BLOCK, &term, NULL);
    struct pollfd ends[] = {{.fd = STDIN_FILENO, .events = POLLIN},
                            {.fd = fd, .events = POLLIN},
                            {.fd = signalfd(-1, &term, SFD_CLOEXEC), .events = POLLIN}};
    while (poll(ends, 3, -1) >= 0) {
        if (ends[1].revents || ends[2].revents)
            return;
        if (ends[0].revents && read(STDIN_FILENO, buf, sizeof buf) <= 0)
            return;
    }
}

int main(int argc, char **argv)
{
    const char *run = getenv("PROOF_RUN");
    int fd = call(getenv("PROOF_SOCKET"));
    (void)argc;
    if (fd < 0 || !run || ask(fd, run, argv + 1) != 0 || pass_greeting(fd) != 0) {
        fprintf(stderr, "%s: the proof does not answer\n", argv[0]);
        return 1;
    }
    wait_for_end(fd);
    return 0;
}
