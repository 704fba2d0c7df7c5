/* SPDX-License-Identifier: Apache-2.0 */
/* What the rungs of both versions of cgroups share. */
#ifndef MUSTER_CONTAIN_CGROUP_H
#define MUSTER_CONTAIN_CGROUP_H

#include "contain/rung.h"

/* Makes the run's group and a slot's in the hierarchy of a controller; "" is v2. */
int cgroup_open(struct containment *c, const char *controller, const char *run_id, struct err *err);
bool cgroup_is_clean(const struct inside *in);
/* Who is in the slot's group or one below it, and who has left it and descends from us all the same. */
void cgroup_list(const struct inside *in, struct pids *out);

#endif
