/* SPDX-License-Identifier: Apache-2.0 */
/* What is left when the first process has ended. */
#include "trace.h"

#include "base/clock.h"
#include "base/pids.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

/* Those that are traced still may end now, and so may be told to. */
static void let_go(void)
{
    int status;
    for (pid_t pid; (pid = waitpid(-1, &status, WNOHANG | __WALL)) > 0;)
        if (WIFSTOPPED(status))
            ptrace(PTRACE_DETACH, pid, NULL,
                   (void *)(intptr_t)(status >> 16 || WSTOPSIG(status) == (SIGTRAP | 0x80) ? 0 : WSTOPSIG(status)));
}

static size_t list(int proc, struct pids *out)
{
    out->n = 0;
    pids_descendants(proc, getpid(), out);
    return out->n;
}

static void name(int proc, pid_t pid, FILE *report)
{
    struct arena arena = {0};
    fprintf(report, "left %s\n", pid_describe(proc, pid, &arena));
    arena_free(&arena);
}

unsigned trace_end_rest(FILE *report, bool at_once)
{
    enum { LOOK_MS = 2 };
    const int64_t settle_ns = 10 * NS_PER_S; /* those of one that died see it when its sockets close */
    int64_t until = at_once ? 0 : clock_mono() + settle_ns;
    int proc = pids_open_proc();
    struct pids left = {0};
    for (; let_go(), list(proc, &left) > 0 && clock_mono() < until; poll(NULL, 0, LOOK_MS))
        ;
    unsigned n = (unsigned)left.n;
    for (size_t i = 0; i < left.n; i++)
        name(proc, left.items[i], report);
    for (; list(proc, &left) > 0; poll(NULL, 0, LOOK_MS)) {
        for (size_t i = 0; i < left.n; i++)
            kill(left.items[i], SIGKILL);
        let_go();
    }
    pids_free(&left);
    close(proc);
    return n;
}
