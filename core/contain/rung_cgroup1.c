/* SPDX-License-Identifier: Apache-2.0 */
/* cgroup v1: a group of the freezer hierarchy. It is frozen, so that nothing forks; each process killed; then thawed.
 */
#include "contain/cgroup.h"

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/io.h"
#include "contain/group_tree.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>

static int open_v1(struct containment *c, const char *run_id, struct err *err)
{
    return cgroup_open(c, "freezer", run_id, err);
}

/* The kernel says FREEZING while something of it still runs, which may fork: a list that is read then is not whole. One
 * that can't be frozen (it waits for a device) must not hold us up: the next sweep looks again. */
static void wait_until_frozen(int base, const char *path)
{
    enum { LOOKS = 50, LOOK_MS = 1, STATE_MAX = 64 };
    autofree char *file = xasprintf("%s/freezer.state", path);
    for (int i = 0; i < LOOKS; i++) {
        autobuf struct buf state = {0};
        if (io_read_file(base, file, STATE_MAX, &state) < 0 || strncmp(buf_str(&state), "FROZEN", 6) == 0)
            return;
        poll(NULL, 0, LOOK_MS);
    }
}

/* What is frozen above is frozen below; what was frozen below by itself has to be thawed there. */
static void kill_group(int base, unsigned slot)
{
    char path[GROUP_PATH];
    group_slot_path(slot, "", path);
    autopids struct pids all = {0};
    group_write_all(base, path, "freezer.state", "FROZEN");
    wait_until_frozen(base, path);
    group_list(base, path, &all);
    for (size_t i = 0; i < all.n; i++)
        kill(all.items[i], SIGKILL);
    group_thaw(base, path); /* a frozen process dies when it thaws */
}

static bool is_empty(int base, unsigned slot)
{
    char path[GROUP_PATH];
    group_slot_path(slot, "", path);
    autopids struct pids all = {0};
    group_list(base, path, &all);
    return all.n == 0;
}

static int enter(struct inside *in, struct err *err)
{
    autoclose int fd = openat(in->group, "cgroup.procs", O_WRONLY | O_CLOEXEC);
    if (fd < 0 || write(fd, "0", 1) < 0) /* 0 is the writer itself */
        return err_errno(err, -errno, "entering the cgroup");
    return 0;
}

const struct rung rung_cgroup1 = {
    .word = "cgroup1",
    .family = "cgroup",
    .name = "cgroup v1",
    .open = open_v1,
    .kill = kill_group,
    .is_empty = is_empty,
    .enter = enter,
    .is_clean = cgroup_is_clean,
    .list = cgroup_list,
};
