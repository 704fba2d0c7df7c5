/* SPDX-License-Identifier: Apache-2.0 */
/* Starting a program. */
#include "base/spawn.h"

#include "base/cleanup.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdbool.h>
#include <unistd.h>

/* Descriptors whose numbers are those of the program's would be overwritten by an earlier one's move. */
static int lift(const struct spawn *what, int lifted[SPAWN_FDS])
{
    for (int k = 0; k < what->n_fds; k++) {
        int fd = what->fds[k];
        if (fd < 0 || fd >= what->n_fds || fd == k)
            continue;
        lifted[k] = fcntl(fd, F_DUPFD_CLOEXEC, SPAWN_FDS);
        if (lifted[k] < 0)
            return -errno;
    }
    return 0;
}

/* As posix_spawn() does, these return an errno that is not negative. */
static int place(posix_spawn_file_actions_t *actions, int fd, int number)
{
    if (fd == SPAWN_OURS)
        return 0;
    if (fd == SPAWN_NULL)
        return posix_spawn_file_actions_addopen(actions, number, "/dev/null", O_RDWR, 0);
    return posix_spawn_file_actions_adddup2(actions, fd, number);
}

static int place_all(posix_spawn_file_actions_t *actions, const struct spawn *what, const int *lifted)
{
    int r = 0;
    for (int k = 0; k < what->n_fds && r == 0; k++)
        r = place(actions, lifted[k] >= 0 ? lifted[k] : what->fds[k], k);
    return r ? r : posix_spawn_file_actions_addclosefrom_np(actions, what->n_fds);
}

static void set_apart(posix_spawnattr_t *attr, enum spawn_terminal terminal)
{
    static const short flags[] = {
        [SPAWN_OWN_GROUP] = POSIX_SPAWN_SETPGROUP,
        [SPAWN_OWN_SESSION] = POSIX_SPAWN_SETSID,
    };
    sigset_t none, all;
    sigemptyset(&none);
    sigfillset(&all);
    posix_spawnattr_setsigmask(attr, &none);
    posix_spawnattr_setsigdefault(attr, &all);
    posix_spawnattr_setflags(attr, (short)(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | flags[terminal]));
}

int spawn(const struct spawn *what, pid_t *ret_pid)
{
    assert(what->n_fds > STDERR_FILENO && what->n_fds <= SPAWN_FDS);
    int lifted[SPAWN_FDS] = {-1, -1, -1, -1};
    int r = -lift(what, lifted);
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attr;
    posix_spawn_file_actions_init(&actions);
    posix_spawnattr_init(&attr);
    if (r == 0)
        r = place_all(&actions, what, lifted);
    set_apart(&attr, what->terminal);
    pid_t pid;
    if (r == 0)
        r = posix_spawnp(&pid, what->program, &actions, &attr, what->argv, what->envp ? what->envp : environ);
    posix_spawnattr_destroy(&attr);
    posix_spawn_file_actions_destroy(&actions);
    for (int k = 0; k < SPAWN_FDS; k++)
        close_fd(lifted[k]);
    if (r == 0)
        *ret_pid = pid;
    return -r;
}
