/* SPDX-License-Identifier: Apache-2.0 */
/* cgroup v2: ended by one write to cgroup.kill, with all groups below (Linux 5.14). */
#include "contain/cgroup.h"

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/io.h"
#include "contain/group_tree.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/sched.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/syscall.h>

static int open_v2(struct containment *c, const char *run_id, struct err *err)
{
    int r = cgroup_open(c, "", run_id, err);
    if (r == 0 && faccessat(c->base, "cgroup.kill", W_OK, 0) < 0)
        r = err_set(err, -ENOTSUP, "cgroup v2 without cgroup.kill: Linux 5.14 or newer has it");
    return r;
}

static void kill_group(int base, unsigned slot)
{
    char path[GROUP_PATH];
    group_slot_path(slot, "cgroup.kill", path);
    group_write(base, path, "1");
}

/* That of all groups below it too. */
static bool is_empty(int base, unsigned slot)
{
    char path[GROUP_PATH];
    group_slot_path(slot, "cgroup.events", path);
    autobuf struct buf text = {0};
    int r = io_read_file(base, path, 4096, &text);
    return r == -ENOENT || (r == 0 && strstr(buf_str(&text), "populated 0"));
}

/* Born inside: moving in afterwards can take the kernel 10 ms (a grace period of RCU). */
static pid_t fork_into(struct inside *in)
{
    struct clone_args args = {.flags = CLONE_INTO_CGROUP, .exit_signal = SIGCHLD, .cgroup = (__u64)(unsigned)in->group};
    pid_t pid = (pid_t)syscall(SYS_clone3, &args, sizeof args);
    return pid < 0 ? -errno : pid;
}

const struct rung rung_cgroup2 = {
    .word = "cgroup2",
    .family = "cgroup",
    .name = "cgroup v2",
    .open = open_v2,
    .kill = kill_group,
    .is_empty = is_empty,
    .fork = fork_into,
    .is_clean = cgroup_is_clean,
    .list = cgroup_list,
};
