/* SPDX-License-Identifier: Apache-2.0 */
/* What an attempt's process was like before its scenario ran. */
#include "host/baseline.h"

#include "base/cleanup.h"
#include "base/mem.h"

#include <fcntl.h>
#include <linux/capability.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { GROUPS_MOST = 64, WANTED = 16 /* descriptors that a cleanup may want: a program with its pipes, some files */ };

/* Those that a program which the cleanup runs would inherit, or that keep one from waiting for it. */
static const int signals[] = {SIGCHLD, SIGPIPE, SIGTERM, SIGALRM};
/* Those that a cleanup may meet. */
enum { LIMIT_NOFILE = 0 };
static const int limits[] = {
    [LIMIT_NOFILE] = RLIMIT_NOFILE, RLIMIT_FSIZE, RLIMIT_NPROC, RLIMIT_AS, RLIMIT_DATA, RLIMIT_STACK, RLIMIT_CPU};

/* The namespaces that a process can leave without a trace in what else is compared. */
static const char *const namespaces[] = {"/proc/self/ns/net", "/proc/self/ns/pid_for_children"};

struct identity {
    uid_t uids[3];
    gid_t gids[3];
    int n_groups;
    gid_t groups[GROUPS_MOST];
    struct __user_cap_data_struct caps[2];
};

/* The folder that "/" is, and the mount that it is in: another one in each mount namespace. */
struct root {
    uint64_t ino, mount;
    uint32_t dev_major, dev_minor;
};

static struct {
    bool noted;
    const char *dir;
    struct identity identity;
    struct root root;
    struct rlimit limits[ARRAY_LEN(limits)];
    struct sigaction actions[ARRAY_LEN(signals)];
    sigset_t mask;
    mode_t umask;
    ino_t namespaces[ARRAY_LEN(namespaces)];
    int no_new_privs, seccomp;
} base;

static void look_at_identity(struct identity *ret)
{
    struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
    *ret = (struct identity){0};
    getresuid(&ret->uids[0], &ret->uids[1], &ret->uids[2]);
    getresgid(&ret->gids[0], &ret->gids[1], &ret->gids[2]);
    ret->n_groups = getgroups(GROUPS_MOST, ret->groups);
    syscall(SYS_capget, &header, ret->caps);
}

static struct root look_at_root(void)
{
    struct statx st = {0};
    statx(AT_FDCWD, "/", 0, STATX_INO | STATX_MNT_ID, &st);
    return (struct root){st.stx_ino, st.stx_mnt_id, st.stx_dev_major, st.stx_dev_minor};
}

/* 0: it can't be seen. */
static ino_t look_at_namespace(size_t i)
{
    struct stat st;
    return stat(namespaces[i], &st) < 0 ? 0 : st.st_ino;
}

void baseline_note(const char *dir)
{
    base.noted = true;
    base.dir = dir;
    look_at_identity(&base.identity);
    base.root = look_at_root();
    for (size_t i = 0; i < ARRAY_LEN(limits); i++)
        getrlimit((__rlimit_resource_t)limits[i], &base.limits[i]);
    for (size_t i = 0; i < ARRAY_LEN(signals); i++)
        sigaction(signals[i], NULL, &base.actions[i]);
    sigprocmask(SIG_BLOCK, NULL, &base.mask);
    base.umask = umask(0);
    umask(base.umask);
    for (size_t i = 0; i < ARRAY_LEN(namespaces); i++)
        base.namespaces[i] = look_at_namespace(i);
    base.no_new_privs = prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0);
    base.seccomp = prctl(PR_GET_SECCOMP);
}

static bool has_its_identity(void)
{
    struct identity now;
    look_at_identity(&now);
    return memcmp(&now, &base.identity, sizeof now) == 0;
}

static bool has_its_root(void)
{
    struct root now = look_at_root();
    return memcmp(&now, &base.root, sizeof now) == 0;
}

static bool has_its_limits(void)
{
    for (size_t i = 0; i < ARRAY_LEN(limits); i++) {
        struct rlimit now;
        if (getrlimit((__rlimit_resource_t)limits[i], &now) == 0 &&
            (now.rlim_cur != base.limits[i].rlim_cur || now.rlim_max != base.limits[i].rlim_max))
            return false;
    }
    return true;
}

/* To leave one takes rights; for who has none, what would give them shows in the identity. */
static bool has_its_namespaces(void)
{
    if (!(base.identity.caps[CAP_TO_INDEX(CAP_SYS_ADMIN)].permitted & CAP_TO_MASK(CAP_SYS_ADMIN)))
        return true;
    for (size_t i = 0; i < ARRAY_LEN(namespaces); i++)
        if (look_at_namespace(i) != base.namespaces[i])
            return false;
    return true;
}

/* Where the lowest are taken, others may be free. */
static bool can_open_some(void)
{
    int fds[WANTED];
    int n = 0;
    while (n < WANTED && (fds[n] = (int)syscall(SYS_epoll_create1, 0)) >= 0)
        n++;
    for (int i = 0; i < n; i++)
        close_fd(fds[i]);
    return n == WANTED;
}

/* One look at the lowest numbers, where
 * new ones come from, costs less than to open some. */
static bool has_descriptors(void)
{
    enum { LOOKED_AT = 128 };
    const rlim_t most = base.limits[LIMIT_NOFILE].rlim_cur;
    nfds_t n = most < LOOKED_AT ? (nfds_t)most : LOOKED_AT, n_free = 0;
    struct pollfd fds[LOOKED_AT];
    for (nfds_t i = 0; i < n; i++)
        fds[i] = (struct pollfd){.fd = (int)i};
    poll(fds, n, 0);
    for (nfds_t i = 0; i < n; i++)
        n_free += (fds[i].revents & POLLNVAL) != 0;
    return n_free >= WANTED || can_open_some();
}

static void restore_signals(void)
{
    alarm(0);
    for (size_t i = 0; i < ARRAY_LEN(signals); i++)
        sigaction(signals[i], &base.actions[i], NULL);
    sigprocmask(SIG_SETMASK, &base.mask, NULL);
}

const char *baseline_restore(void)
{
    if (!base.noted)
        return "it is a new image of its process";
    if (prctl(PR_GET_SECCOMP) != base.seccomp || prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) != base.no_new_privs)
        return "it has given up system calls or privileges";
    if (!has_its_identity())
        return "it has changed its user, groups or capabilities";
    if (!has_its_root())
        return "it has another root folder or mount namespace";
    if (!has_its_limits())
        return "it has changed its resource limits";
    if (!has_its_namespaces())
        return "it is in another namespace";
    if (!has_descriptors())
        return "it has hardly a descriptor left";
    if (chdir(base.dir) < 0)
        return "its temporary folder can't be entered";
    umask(base.umask);
    restore_signals();
    return NULL;
}
