/* SPDX-License-Identifier: Apache-2.0 */
/* A workload's process: says that it is ready, sends a heartbeat each second, answers requests with a counter. */
#include "common/number.h"
#include "workloads/replica.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#define PARENT_FD    3
#define HEARTBEAT_MS 1000
#define SLOW_MS      300

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

static void say(const char *line)
{
    size_t len = strlen(line);

    if (write(PARENT_FD, line, len) != (ssize_t)len && errno != EAGAIN)
        _exit(0); /* nobody is listening any more */
}

static void answer_requests(long long *count)
{
    char buf[64], line[40];
    ssize_t n = read(PARENT_FD, buf, sizeof buf);

    if (n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR))
        _exit(0);
    for (ssize_t i = 0; i < n; i++) {
        snprintf(line, sizeof line, "A %lld\n", ++*count);
        say(line);
    }
}

int workload_main(int argc, char **argv)
{
    int64_t parent, memory_mb, nofile;
    long long count = 0;

    if (argc < 9 || !number_parse(argv[2], 1, INT32_MAX, &parent) || !number_parse(argv[7], 1, 4096, &memory_mb) ||
        !number_parse(argv[8], 1, 4096, &nofile))
        _exit(2);
    const char *image = argv[3];
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != (pid_t)parent) /* it died before the line above */
        _exit(0);
    prctl(PR_SET_NAME, "muster-workload");
    limit(RLIMIT_CORE, 0);
    limit(RLIMIT_NOFILE, (rlim_t)nofile);
    limit(RLIMIT_AS, (rlim_t)memory_mb * 1024 * 1024);
    if (strcmp(image, "crash") == 0)
        _exit(1);
    if (strcmp(image, "stubborn") == 0)
        signal(SIGTERM, SIG_IGN);
    if (strcmp(image, "slow") == 0)
        poll(NULL, 0, SLOW_MS); /* what it is there for: being slow to start */
    say("R\n");
    for (;;) {
        struct pollfd p = {.fd = PARENT_FD, .events = POLLIN};
        int n = poll(&p, 1, HEARTBEAT_MS);
        if (n == 0)
            say("H\n");
        else if (n > 0)
            answer_requests(&count);
    }
}
