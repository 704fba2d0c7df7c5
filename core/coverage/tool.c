/* SPDX-License-Identifier: Apache-2.0 */
/* A program of the collector's: run without a shell, to its end. */
#include "coverage/tool.h"

#include "base/cleanup.h"
#include "base/mem.h"
#include "base/signals.h"
#include "base/spawn.h"
#include "base/wait_status.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

void arguments_add(struct arguments *a, const char *argument)
{
    GROW(a->items, a->n, a->cap);
    a->items[a->n++] = argument;
}

void arguments_free(struct arguments *a)
{
    free(a->items);
    *a = (struct arguments){0};
}

bool tool_is_there(const char *name)
{
    const char *path = getenv("PATH");
    for (const char *p = path ? path : "/usr/bin:/bin"; *p; p += strspn(p, ":")) {
        size_t len = strcspn(p, ":");
        autofree char *whole = xasprintf("%.*s/%s", (int)len, p, name);
        if (access(whole, X_OK) == 0)
            return true;
        p += len;
    }
    return false;
}

/* 0 when there is none that ends a run. */
static int ending_signal(int signals)
{
    struct signal_news news;
    while (signals_read(signals, &news))
        if (news.signo != SIGUSR1 && news.signo != SIGCONT)
            return news.signo;
    return 0;
}

/* Its group goes with it: gcovr runs gcov. */
static int wait_for(const struct tool_run *t, pid_t pid, int *ret_status)
{
    autoclose int pidfd = (int)syscall(SYS_pidfd_open, pid, 0);
    struct pollfd fds[] = {{.fd = pidfd, .events = POLLIN}, {.fd = t->signals, .events = POLLIN}};
    while (pidfd >= 0 && *t->interrupt == 0) {
        if (poll(fds, ARRAY_LEN(fds), -1) < 0)
            continue;
        if (fds[0].revents)
            break;
        if ((*t->interrupt = ending_signal(t->signals)) != 0)
            kill(-pid, SIGKILL);
    }
    while (waitpid(pid, ret_status, 0) < 0)
        if (errno != EINTR)
            return -errno;
    return *t->interrupt ? -EINTR : 0;
}

int tool_run(const struct tool_run *t, struct arguments *a, struct err *err)
{
    arguments_add(a, NULL);
    const char *name = a->items[0];
    const struct spawn what = {.program = name,
                               .argv = (char *const *)a->items,
                               .fds = {SPAWN_NULL, t->out, t->log},
                               .n_fds = 3,
                               .terminal = SPAWN_OWN_GROUP};
    pid_t pid;
    int status = 0, r = spawn(&what, &pid);
    if (r < 0)
        return err_errno(err, r, "starting %s", name);
    r = wait_for(t, pid, &status);
    if (r == -EINTR)
        return err_set(err, r, "%s was ended by SIG%s", name, sigabbrev_np(*t->interrupt));
    if (r < 0)
        return err_errno(err, r, "waiting for %s", name);
    if (status == 0)
        return 0;
    autofree char *how = describe_wait_status(status);
    return err_set(err, -EIO, "%s %s", name, how);
}
