/* SPDX-License-Identifier: Apache-2.0 */
/* pidfds of a fixture's processes. */
#include "host/fixture_watch.h"

#include "base/cleanup.h"
#include "host/attempt_state.h"

#include <errno.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static struct {
    int pidfd;
    char what[96];
} watches[WATCHES_MAX];
static size_t n_watches;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

const char *watch_add(int32_t pid, const char *what)
{
    siginfo_t info = {0};
    if (pid <= 0 || waitid(P_PID, (id_t)pid, &info, WEXITED | WNOHANG | WNOWAIT) < 0)
        return "watch: the process is no child of the fixture's";
    int pidfd = (int)syscall(SYS_pidfd_open, pid, 0);
    if (pidfd < 0)
        return "watch: no descriptor of the process could be had";
    pthread_mutex_lock(&lock);
    bool room = n_watches < WATCHES_MAX;
    if (room) {
        watches[n_watches].pidfd = pidfd;
        snprintf(watches[n_watches].what, sizeof watches[0].what, "%s", what);
        n_watches++;
    }
    pthread_mutex_unlock(&lock);
    if (room) /* the supervisor looks too, when a user has failed: it may have been by this, a moment ago */
        attempt_send_with(&(struct message){.type = MSG_WATCH, .watch = {what}}, pidfd);
    else
        close_fd(pidfd);
    return room ? NULL : "watch: a fixture can have 64 processes watched";
}

void watch_forked(void)
{
    lock = (pthread_mutex_t)PTHREAD_MUTEX_INITIALIZER;
}

size_t watch_fds(struct pollfd fds[WATCHES_MAX])
{
    pthread_mutex_lock(&lock);
    size_t n = n_watches;
    for (size_t i = 0; i < n; i++)
        fds[i] = (struct pollfd){.fd = watches[i].pidfd, .events = POLLIN};
    pthread_mutex_unlock(&lock);
    return n;
}

void watch_describe(size_t n, char *ret_text, size_t size)
{
    siginfo_t info = {0};
    const char *what = watches[n].what;
    if (waitid(P_PIDFD, (id_t)watches[n].pidfd, &info, WEXITED | WNOHANG | WNOWAIT) < 0 || info.si_pid == 0) {
        snprintf(ret_text, size, "%s ended", what); /* the fixture has waited for it itself */
        return;
    }
    const char *name = info.si_code == CLD_EXITED ? NULL : sigabbrev_np(info.si_status);
    if (info.si_code == CLD_EXITED)
        snprintf(ret_text, size, "%s exited with status %d", what, info.si_status);
    else if (name)
        snprintf(ret_text, size, "%s was ended by SIG%s", what, name);
    else
        snprintf(ret_text, size, "%s was ended by signal %d", what, info.si_status);
}
