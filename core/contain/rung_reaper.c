/* SPDX-License-Identifier: Apache-2.0 */
/* The sub-reaper: orphans come to the monitor, which ends its children, round after round. It needs nothing. */
#include "contain/rung.h"

#include <errno.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

static bool is_clean(const struct inside *in)
{
    (void)in;
    siginfo_t info;
    return waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT | WSTOPPED) < 0;
}

static void list(const struct inside *in, struct pids *out)
{
    pids_descendants(in->proc, getpid(), out);
}

/* Each round kills all below and adopts what its children leave: it ends, since what is killed can't fork. Not only the
 * children: one that is traced by a child of its own does not go before that does. */
static void sweep(const struct inside *in)
{
    for (;;) {
        autopids struct pids below = {0};
        pids_descendants(in->proc, getpid(), &below);
        for (size_t i = 0; i < below.n; i++)
            kill(below.items[i], SIGKILL);
        if (waitpid(-1, NULL, __WALL) < 0 && errno == ECHILD)
            return;
        while (waitpid(-1, NULL, WNOHANG | __WALL) > 0)
            ;
    }
}

const struct rung rung_reaper = {
    .word = "reaper",
    .family = "reaper",
    .name = "sub-reaper",
    .is_clean = is_clean,
    .list = list,
    .sweep = sweep,
};
