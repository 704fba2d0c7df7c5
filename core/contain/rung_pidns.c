/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A PID namespace, of which the monitor is init: its end is the end of all. An attempt sees itself among few processes,
 * and without root it is in a user namespace too, where only its own user exists: so it is given to who asks.
 */
#include "contain/rung.h"

#include "base/cleanup.h"
#include "base/io.h"
#include "base/mem.h"
#include "contain/group_tree.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static int write_text(const char *path, const char *text)
{
    autoclose int fd = open(path, O_WRONLY | O_CLOEXEC);
    return fd < 0 ? -errno : io_write_all(fd, text, strlen(text));
}

/* A user who isn't root gets the right to make namespaces from a user namespace that maps only himself. */
static int unshare_as_user(int flags)
{
    uid_t uid = geteuid();
    gid_t gid = getegid();
    if (unshare(CLONE_NEWUSER | flags) < 0)
        return -errno;
    autofree char *uid_map = xasprintf("%u %u 1", uid, uid);
    autofree char *gid_map = xasprintf("%u %u 1", gid, gid);
    int r = write_text("/proc/self/setgroups", "deny");
    if (r == 0)
        r = write_text("/proc/self/uid_map", uid_map);
    if (r == 0)
        r = write_text("/proc/self/gid_map", gid_map);
    return r;
}

static int unshare_namespaces(void)
{
    return unshare(CLONE_NEWPID | CLONE_NEWNS) == 0 ? 0 : unshare_as_user(CLONE_NEWPID | CLONE_NEWNS);
}

static pid_t fork_plainly(void)
{
    pid_t pid = fork();
    return pid < 0 ? -errno : pid;
}

/* The first child after unshare() is the namespace's init: the go-between makes it and goes. One that can't becomes the
 * child itself, which then fails to enter, and tells why. */
static pid_t fork_into(struct inside *in)
{
    pid_t between = in->holder && in->holder->fork ? in->holder->fork(in) : fork_plainly();
    if (between != 0)
        return between;
    autoerr struct err err = {0};
    in->failed_at = "entering what the PID namespace stands in";
    in->failed = in->holder && in->holder->enter ? in->holder->enter(in, &err) : 0;
    if (in->failed == 0) {
        in->failed_at = "making the namespace";
        in->failed = unshare_namespaces();
    }
    pid_t init = in->failed ? 0 : fork_plainly();
    if (init < 0) {
        in->failed = init;
        in->failed_at = "forking its first process";
        init = 0;
    }
    if (init > 0)
        _exit(0);
    return 0;
}

/* The /proc of the new namespace takes the place of the old one, which would else come to light when an attempt
 * unmounts it. `ret_hidden`: the old one can't be taken away and is below. */
static int replace_proc(bool *ret_hidden, struct err *err)
{
    if (mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0)
        return err_errno(err, -errno, "making mounts private");
    autoclose int fs = fsopen("proc", FSOPEN_CLOEXEC);
    autoclose int proc = -1;
    if (fs >= 0 && fsconfig(fs, FSCONFIG_CMD_CREATE, NULL, NULL, 0) == 0)
        proc = fsmount(fs, FSMOUNT_CLOEXEC, MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC);
    if (proc < 0)
        return err_errno(err, -errno, "mounting /proc for the PID namespace");
    while (umount2("/proc", MNT_DETACH) == 0)
        ;
    *ret_hidden = access("/proc/self", F_OK) == 0 || errno == EACCES;
    if (move_mount(proc, "", AT_FDCWD, "/proc", MOVE_MOUNT_F_EMPTY_PATH) < 0)
        return err_errno(err, -errno, "mounting /proc for the PID namespace");
    return 0;
}

/* In place of the folder stands an empty one that can't be written to, and what is to be seen is seen in it. As long as
 * nobody takes it away, which root could. */
static int hide_folder(const struct inside *in, struct err *err)
{
    autofree char *shown = xasprintf("%s/%s", in->hidden, in->shown);
    autoclose int tree = open_tree(AT_FDCWD, shown, OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC);
    const unsigned long flags = MS_NOSUID | MS_NODEV | MS_NOEXEC;
    if (tree < 0 || mount("muster", in->hidden, "tmpfs", flags, "mode=0755,size=64k") < 0 || mkdir(shown, 0700) < 0 ||
        move_mount(tree, "", AT_FDCWD, shown, MOVE_MOUNT_F_EMPTY_PATH) < 0 ||
        mount("muster", in->hidden, NULL, MS_REMOUNT | MS_RDONLY | flags, NULL) < 0)
        return err_errno(err, -errno, "hiding %s", in->hidden);
    return 0;
}

static int enter(struct inside *in, struct err *err)
{
    if (in->failed == -ENOSPC)
        return err_set(err, -ENOSPC, "user namespaces are off or used up (user.max_user_namespaces)");
    if (in->failed)
        return err_errno(err, in->failed, "%s", in->failed_at);
    bool hidden = false;
    int r = replace_proc(&hidden, err);
    if (r == 0 && in->hidden)
        r = hide_folder(in, err);
    if (r < 0 || !hidden)
        return r;
    /* Mounts that a further user namespace inherits can't be taken apart in it. */
    r = unshare_as_user(CLONE_NEWNS);
    return r < 0 ? err_errno(err, r, "locking the mount of /proc") : 0;
}

static bool is_clean(const struct inside *in)
{
    return rung_reaper.is_clean(in) && (in->group < 0 || !group_has_more(in->group));
}

/* Every process of the namespace. */
static void list(const struct inside *in, struct pids *out)
{
    autopids struct pids all = {0};
    pids_all(in->proc, &all);
    for (size_t i = 0; i < all.n; i++)
        if (all.items[i] != getpid())
            pids_add(out, all.items[i]);
}

/* As init, kill(-1) reaches everything at once. */
static void sweep(const struct inside *in)
{
    (void)in;
    for (;;) {
        kill(-1, SIGKILL);
        if (waitpid(-1, NULL, __WALL) < 0 && errno == ECHILD)
            return;
        while (waitpid(-1, NULL, WNOHANG | __WALL) > 0)
            ;
    }
}

const struct rung rung_pidns = {
    .word = "pidns",
    .family = "pidns",
    .name = "PID namespace",
    .noticed = true,
    .own_pids = true,
    .probed = true,
    .fork = fork_into,
    .enter = enter,
    .is_clean = is_clean,
    .list = list,
    .sweep = sweep,
};
