/* SPDX-License-Identifier: Apache-2.0 */
/*
 * muster-workload: what runs in a replica.
 *
 * Statically linked, so that an image with this one file is a whole one. Whoever starts it as a child says so: it then
 * tells its port on a descriptor, ends with its parent, and limits itself. In a container the engine does all of this.
 */
#include "server.h"

#include <errno.h>
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#define SLOW_MS     300 /* what the image `slow` is there for: being slow to start */
#define FLAPPING_MS 50  /* how long one of the image `flapping` lives */

static const char help[] = "Usage: muster-workload [OPTION]...\n"
                           "Answer requests as a replica of a workload of muster-testbed.\n"
                           "\n"
                           "  --image IMAGE        web (default), worker, slow, stubborn, abrupt, flapping, crash\n"
                           "  --version VERSION    what answers say (default 1.0.0)\n"
                           "  --name NAME          what answers say of this replica\n"
                           "  --listen HOST:PORT   default 0.0.0.0:8080; port 0 takes a free one\n"
                           "  --tell FD            write the port to FD, a line, and end when FD does\n"
                           "  --parent PID         end with this parent\n"
                           "  --memory-mb N        have no more memory than this\n"
                           "  --open-files N       have no more open files than this\n"
                           "  --help\n";

struct setup {
    const char *image, *version, *name, *listen;
    long tell_fd, parent, memory_mb, open_files;
};

static volatile sig_atomic_t asked_to_end;
static volatile bool draining;

static void on_term(int signal)
{
    (void)signal;
    asked_to_end = 1;
    draining = true;
}

static long number(const char *text)
{
    char *end;

    errno = 0;
    long n = strtol(text, &end, 10);
    if (errno != 0 || end == text || *end != '\0' || n < 0) {
        fprintf(stderr, "muster-workload: no number: %s\n", text);
        exit(2);
    }
    return n;
}

static struct setup read_options(int argc, char **argv)
{
    static const struct option options[] = {
        {"image", required_argument, NULL, 'i'},
        {"version", required_argument, NULL, 'v'},
        {"name", required_argument, NULL, 'n'},
        {"listen", required_argument, NULL, 'l'},
        {"tell", required_argument, NULL, 't'},
        {"parent", required_argument, NULL, 'p'},
        {"memory-mb", required_argument, NULL, 'm'},
        {"open-files", required_argument, NULL, 'o'},
        {"help", no_argument, NULL, 'h'},
        {NULL, 0, NULL, 0},
    };
    struct setup s = {.image = "web", .version = "1.0.0", .name = "", .listen = "0.0.0.0:8080", .tell_fd = -1};
    int c;

    while ((c = getopt_long(argc, argv, "", options, NULL)) != -1) {
        switch (c) {
        case 'i':
            s.image = optarg;
            break;
        case 'v':
            s.version = optarg;
            break;
        case 'n':
            s.name = optarg;
            break;
        case 'l':
            s.listen = optarg;
            break;
        case 't':
            s.tell_fd = number(optarg);
            break;
        case 'p':
            s.parent = number(optarg);
            break;
        case 'm':
            s.memory_mb = number(optarg);
            break;
        case 'o':
            s.open_files = number(optarg);
            break;
        case 'h':
            fputs(help, stdout);
            exit(0);
        default:
            fputs("Try 'muster-workload --help'.\n", stderr);
            exit(2);
        }
    }
    return s;
}

/* A workload that could have more than it may does not run. */
static void limit(int resource, rlim_t value)
{
    struct rlimit l;

    if (getrlimit(resource, &l) != 0)
        _exit(3);
    if (l.rlim_max > value)
        l.rlim_max = value;
    l.rlim_cur = l.rlim_max;
    if (setrlimit(resource, &l) != 0)
        _exit(3);
}

static void limit_all(const struct setup *s)
{
    limit(RLIMIT_CORE, 0);
    if (s->open_files > 0)
        limit(RLIMIT_NOFILE, (rlim_t)s->open_files);
    if (s->memory_mb > 0)
        limit(RLIMIT_AS, (rlim_t)s->memory_mb * 1024 * 1024);
}

static void tell_port(int fd, int port)
{
    char line[16];
    int len = snprintf(line, sizeof line, "%d\n", port);

    if (write(fd, line, (size_t)len) != len)
        _exit(0); /* nobody is listening any more */
}

/* What is under way is cut. As the first process of a container it would not end by the signal alone. */
static void on_term_abruptly(int signal)
{
    (void)signal;
    _exit(0);
}

static void hear_term(const char *image)
{
    struct sigaction action = {.sa_handler = on_term};

    if (strcmp(image, "stubborn") == 0)
        action.sa_handler = SIG_IGN;
    else if (strcmp(image, "abrupt") == 0)
        action.sa_handler = on_term_abruptly;

    /* Without SA_RESTART: a poll() that waits hears of it. */
    sigaction(SIGTERM, &action, NULL);
    signal(SIGPIPE, SIG_IGN);
    signal(SIGCHLD, SIG_DFL);
}

int main(int argc, char **argv)
{
    struct setup s = read_options(argc, argv);
    int port = 0;

    if (s.parent > 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        if (getppid() != (pid_t)s.parent) /* it died before the line above */
            return 0;
    }
    if (strcmp(s.image, "crash") == 0)
        return 1;
    limit_all(&s);
    hear_term(s.image);
    int listener = server_listen(s.listen, &port);
    if (listener < 0) {
        fprintf(stderr, "muster-workload: %s: %s\n", s.listen, strerror(-listener));
        return 1;
    }
    int64_t now = self_now_ms();
    const struct self self = {
        .version = s.version,
        .name = s.name,
        .serves = strcmp(s.image, "worker") != 0,
        .ready_at_ms = strcmp(s.image, "slow") == 0 ? now + SLOW_MS : now,
        .dies_at_ms = strcmp(s.image, "flapping") == 0 ? now + FLAPPING_MS : 0,
    };
    if (s.tell_fd >= 0)
        tell_port((int)s.tell_fd, port);
    server_run(&self, listener, (int)s.tell_fd, &draining);
    return asked_to_end ? 0 : 1;
}
