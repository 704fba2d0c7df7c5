/* SPDX-License-Identifier: Apache-2.0 */
/* The inner side of containment. */
#include "contain/inside.h"

#include "base/cleanup.h"
#include "base/clock.h"
#include "contain/group_tree.h"
#include "contain/listening.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

enum { NAMES_MAX = 16 };

int inside_init(struct inside *in, uint32_t rung, uint32_t holder, int group)
{
    *in = (struct inside){.rung = rung_at(rung), .holder = rung_at(holder), .group = group, .procs = -1, .proc = -1};
    return in->rung ? 0 : -EINVAL;
}

pid_t contain_fork(struct inside *in)
{
    if (in->rung->fork)
        return in->rung->fork(in);
    pid_t pid = fork();
    return pid < 0 ? -errno : pid;
}

int contain_enter(struct inside *in, struct err *err)
{
    if (prctl(PR_SET_CHILD_SUBREAPER, 1) < 0)
        return err_errno(err, -errno, "becoming a sub-reaper");
    int r = in->rung->enter ? in->rung->enter(in, err) : 0;
    if (r < 0)
        return r;
    in->proc = pids_open_proc();
    if (in->proc < 0)
        return err_errno(err, in->proc, "opening /proc");
    if (in->group < 0)
        return 0;
    in->procs = openat(in->group, "cgroup.procs", O_RDONLY | O_CLOEXEC);
    return in->procs < 0 ? err_errno(err, -errno, "opening the cgroup's list of processes") : 0;
}

bool contain_is_clean(const struct inside *in)
{
    return in->rung->is_clean(in);
}

static void list_alive(const struct inside *in, struct pids *out)
{
    autopids struct pids all = {0};
    in->rung->list(in, &all);
    for (size_t i = 0; i < all.n; i++)
        if (pid_is_alive(in->proc, all.items[i]))
            pids_add(out, all.items[i]);
}

static void reap_ended(void)
{
    while (waitpid(-1, NULL, WNOHANG | __WALL) > 0)
        ;
}

/* All have to go: so it is enough to wait for one at a time. False when the lifeline is cut. */
static bool wait_for_one(pid_t pid, int lifeline, int64_t until_ns)
{
    autoclose int pidfd = (int)syscall(SYS_pidfd_open, pid, 0);
    struct pollfd fds[] = {{.fd = pidfd, .events = POLLIN}, {.fd = lifeline}}; /* the latter: its end only */
    if (pidfd < 0 && errno == EINVAL)
        fds[0].fd = -1; /* not a thread group's leader any more */
    else if (pidfd < 0)
        return true;
    int64_t left = until_ns - clock_mono();
    const struct timespec wait = {.tv_sec = left / NS_PER_S, .tv_nsec = left % NS_PER_S};
    return left <= 0 || ppoll(fds, 2, &wait, NULL) <= 0 || fds[1].revents == 0;
}

/* What stays longer than `settle_ns`. One that forks and ends, again and again, is in no list that was read before its
 * last fork: so an empty list counts only when the containment is clean besides. */
static void settle(const struct inside *in, int64_t settle_ns, int lifeline, struct pids *ret_left)
{
    enum { LOOKS_LEAST = 16 }; /* for a name of such a one */
    int64_t until = clock_mono() + settle_ns;
    for (int looks = 0;; looks++) {
        ret_left->n = 0;
        list_alive(in, ret_left);
        reap_ended();
        if (ret_left->n == 0 && in->group >= 0)
            group_remove_below(in->group); /* empty ones are no process, and not clean either */
        bool in_time = clock_mono() < until;
        if (ret_left->n == 0 && (contain_is_clean(in) || (!in_time && looks >= LOOKS_LEAST)))
            return;
        if (ret_left->n > 0 && (!in_time || !wait_for_one(ret_left->items[0], lifeline, until)))
            return;
    }
}

struct leftovers contain_clear(const struct inside *in, int64_t settle_ns, int lifeline, struct arena *arena)
{
    struct leftovers found = {0};
    autopids struct pids left = {0};
    settle(in, settle_ns, lifeline, &left);
    found.n = (uint32_t)left.n;
    found.names.items = arena_alloc(arena, NAMES_MAX * sizeof *found.names.items);
    for (size_t i = 0; i < left.n && i < NAMES_MAX; i++)
        found.names.items[found.names.n++] = pid_describe(in->proc, left.items[i], arena);
    listening_name(&found.names, arena, &found.listening);
    if (found.n == 0 && !contain_is_clean(in)) { /* it was never caught at rest */
        found.n = 1;
        found.names.items[found.names.n++] = "a process that forks and ends, again and again";
    }
    if (in->rung->sweep)
        in->rung->sweep(in);
    else
        found.stay = found.n > 0;
    if (!found.stay && in->group >= 0)
        group_remove_below(in->group);
    return found;
}

void contain_end_all(const struct inside *in)
{
    enum { FIRST_MS = 1, MOST_MS = 64 }; /* between two rounds: one that the kernel does not let go may take long */
    if (in->rung->sweep) {
        in->rung->sweep(in);
        return;
    }
    for (int ms = FIRST_MS;; ms = ms < MOST_MS ? 2 * ms : ms) {
        autopids struct pids all = {0};
        list_alive(in, &all);
        if (all.n == 0)
            return;
        for (size_t i = 0; i < all.n; i++)
            kill(all.items[i], SIGKILL);
        if (in->group >= 0)
            group_thaw(in->group, ".");
        poll(NULL, 0, ms);
        reap_ended();
    }
}
