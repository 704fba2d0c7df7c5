/* SPDX-License-Identifier: Apache-2.0 */
/* Orphans that come to the supervisor, and children that were there before. */
#include "contain/orphans.h"

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/pids.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static struct pids older_sessions; /* the process's, as its children are */

int orphans_expect(struct err *err)
{
    autoclose int proc = pids_open_proc();
    autopids struct pids before = {0};
    if (proc >= 0)
        pids_descendants(proc, getpid(), &before);
    older_sessions.n = 0;
    pids_add(&older_sessions, getsid(0));
    for (size_t i = 0; i < before.n; i++) {
        pid_t session = getsid(before.items[i]);
        if (session > 0)
            pids_add_new(&older_sessions, session);
    }
    return prctl(PR_SET_CHILD_SUBREAPER, 1) < 0 ? err_errno(err, -errno, "becoming a sub-reaper") : 0;
}

static struct pids spared;

void orphans_spare(pid_t pid)
{
    pids_add(&spared, pid);
}

static bool is_kept(pid_t pid, const pid_t *keep, size_t n_keep)
{
    if (pids_has(&spared, pid))
        return true;
    for (size_t i = 0; i < n_keep; i++)
        if (keep[i] == pid)
            return true;
    return false;
}

/* An orphan, which stays a child of ours until it is reaped; 0 when there is none. */
static pid_t next_orphan(const struct pids *children, size_t *i, const pid_t *keep, size_t n_keep)
{
    while (*i < children->n) {
        pid_t pid = children->items[(*i)++];
        if (!is_kept(pid, keep, n_keep) && !pids_has(&older_sessions, getsid(pid)))
            return pid;
    }
    return 0;
}

/* Its own children come to us when it goes; but one of them may trace it, and keep it from going. */
static void end_below(int proc, pid_t pid, const pid_t *keep, size_t n_keep)
{
    autopids struct pids below = {0}, safe = {0};
    pids_descendants(proc, pid, &below);
    for (size_t i = 0; i < spared.n; i++) /* whose parent may be on its way out, and ours to end */
        pids_descendants(proc, spared.items[i], &safe);
    for (size_t i = 0; i < below.n; i++)
        if (!is_kept(below.items[i], keep, n_keep) && !pids_has(&safe, below.items[i]))
            kill(below.items[i], SIGKILL);
}

void orphans_find(struct pids *ret_children)
{
    autoclose int proc = pids_open_proc();
    ret_children->n = 0;
    if (proc >= 0)
        pids_children(proc, getpid(), ret_children);
}

bool orphans_end(const struct pids *children, const pid_t *keep, size_t n_keep)
{
    autoclose int proc = pids_open_proc();
    bool found = false;
    size_t i = 0;
    for (pid_t pid; (pid = next_orphan(children, &i, keep, n_keep)) > 0;) {
        found = true;
        end_below(proc, pid, keep, n_keep);
        kill(pid, SIGKILL);
        waitpid(pid, NULL, WNOHANG | __WALL);
    }
    return found;
}

static bool end_whoever_is_there(void)
{
    autopids struct pids children = {0};
    orphans_find(&children);
    return orphans_end(&children, NULL, 0);
}

void orphans_end_all(void)
{
    enum { LOOK_MS = 1 };
    static const int64_t limit_ns = 5 * NS_PER_S; /* for one that the kernel does not let go */
    int64_t until = clock_mono() + limit_ns;
    while (end_whoever_is_there() && clock_mono() < until)
        poll(NULL, 0, LOOK_MS);
}
