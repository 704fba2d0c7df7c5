/* SPDX-License-Identifier: Apache-2.0 */
/* What holds attempts together here, and what limits them. */
#include "base/cleanup.h"
#include "base/mem.h"
#include "contain/contain.h"
#include "contain/limit_groups.h"
#include "doctor/doctor.h"

#include <string.h>

#define RUN_ID "doctor"

static const char *meaning_of(const struct rung *rung)
{
    if (rung->noticed)
        return "Scenarios that ask for it (containment) can't run.";
    return "What an attempt leaves is found and ended less surely without it.";
}

/* What gives the rung before gives this one too, where they are of one family. */
static char *advice_for(int i)
{
    const struct rung *rung = rungs[i];
    if (i > 0 && strcmp(rungs[i - 1]->family, rung->family) == 0)
        return xasprintf("As for %s.", rungs[i - 1]->name);
    if (rung->noticed)
        return xasprintf("Allow user namespaces (sysctl user.max_user_namespaces, and "
                         "kernel.apparmor_restrict_unprivileged_userns=0 where there is AppArmor; in a container a "
                         "seccomp profile that allows them), or run muster as root.");
    return xasprintf("Run muster in a cgroup that is yours: systemd-run --user --scope -p Delegate=yes muster ...; in "
                     "a container with /sys/fs/cgroup writable; or as root.");
}

/* A rung below the one that runs take is not missed. */
static void judge_rung(struct findings *f, const struct containment_set *set, int i, bool missed)
{
    const char *why = NULL;
    const struct rung *rung = rungs[i];
    const struct containment *c = containment_for(set, 1 << i, &why);
    if (c)
        findings_add(f, FINDING_OK, rung->name,
                     c == set->usual ? xasprintf("can be had, and is what runs take") : xasprintf("can be had"), NULL);
    else if (missed || rung->noticed)
        findings_add(f, FINDING_LACKS, rung->name, xasprintf("%s. %s", why, meaning_of(rung)), advice_for(i));
    else
        findings_add(f, FINDING_NOTE, rung->name,
                     xasprintf("%s. It is not missed, since a better one can be had.", why), NULL);
}

static void judge_limit(struct findings *f, const struct resources *r, const char *marker, const struct limits *limits)
{
    const char *why = resources_lack(r, limits);
    autofree char *name = xasprintf("%s limits", marker);
    if (!why)
        findings_add(f, FINDING_OK, name, xasprintf("can be had"), NULL);
    else
        findings_add(f, FINDING_LACKS, name, xasprintf("%s. Scenarios with the marker %s can't run.", why, marker),
                     xasprintf("Run muster where the %s controller of cgroups is delegated to it.", marker));
}

static void judge_limits(struct findings *f, const struct containment_set *set)
{
    struct resources *r = resources_open(set, RUN_ID);
    judge_limit(f, r, "memory", &(struct limits){.memory_bytes = 1});
    judge_limit(f, r, "pids", &(struct limits){.pids = 1});
    resources_close(r, 0);
}

void doctor_containment(struct findings *f, containment_probe probe, void *data)
{
    struct containment_set set;
    autoerr struct err err = {0};
    if (containment_open(&set, 0, RUN_ID, probe, data, &err) < 0) {
        findings_add(f, FINDING_NEEDS, "containment",
                     xasprintf("%s: nothing would end what attempts leave.", err_text(&err)), NULL);
        return;
    }
    bool missed = true;
    for (int i = 0; rungs[i]; i++) {
        containment_add(&set, 1 << i);
        judge_rung(f, &set, i, missed);
        missed = missed && rungs[i] != set.usual->rung;
    }
    judge_limits(f, &set);
    containment_close(&set, 1);
}
