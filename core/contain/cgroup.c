/* SPDX-License-Identifier: Apache-2.0 */
/* What the rungs of both versions of cgroups share. */
#include "contain/cgroup.h"

#include "base/cleanup.h"
#include "contain/group_tree.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

int cgroup_open(struct containment *c, const char *controller, const char *run_id, struct err *err)
{
    const char *which = *controller ? "v1 (freezer)" : "v2";
    autofree char *own = group_own(controller);
    if (!own)
        return err_set(err, -ENOENT, "no cgroup %s is mounted", which);
    autofree char *procs = xasprintf("%s/cgroup.procs", own);
    if (access(procs, W_OK) < 0) /* moving a process needs this right on the common ancestor */
        return err_errno(err, -errno, "cgroup %s: %s", which, procs);
    int r = group_open_run(own, run_id, &c->base_path, &c->base);
    if (r < 0)
        return err_errno(err, r, "cgroup %s: making one in %s", which, own);
    int slot = group_open_slot(c->base, 0);
    if (slot < 0)
        return err_errno(err, slot, "cgroup %s: making one for a slot in %s", which, c->base_path);
    close_fd(slot);
    return 0;
}

/* Who moved out of the group is still our child, since orphans come to us. */
bool cgroup_is_clean(const struct inside *in)
{
    char text[32];
    ssize_t n = pread(in->procs, text, sizeof text - 1, 0);
    if (n <= 0 || !rung_reaper.is_clean(in) || group_has_more(in->group))
        return false;
    text[n] = '\0';
    char *end;
    return strtol(text, &end, 10) == getpid() && strcmp(end, "\n") == 0;
}

void cgroup_list(const struct inside *in, struct pids *out)
{
    autopids struct pids all = {0};
    group_list(in->group, ".", &all);
    for (size_t i = 0; i < all.n; i++)
        if (all.items[i] != getpid())
            pids_add(out, all.items[i]);
    autopids struct pids ours = {0};
    pids_descendants(in->proc, getpid(), &ours);
    for (size_t i = 0; i < ours.n; i++)
        pids_add_new(out, ours.items[i]);
}
