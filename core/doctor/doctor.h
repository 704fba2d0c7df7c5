/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Looks at the machine as a run would, and appends to a list what it offers. What a run tries, these try in the same
 * way: control groups are made and removed, a process is traced. Nothing is written to a disk, and nothing goes on
 * running.
 */
#ifndef MUSTER_DOCTOR_DOCTOR_H
#define MUSTER_DOCTOR_DOCTOR_H

#include "contain/rung.h"
#include "doctor/findings.h"

/* The helpers of this installation, its templates, gdb. */
void doctor_programs(struct findings *f);
/* The temporary folder, the limit of open files (for so many attempts at a time), ptrace(2). */
void doctor_machine(struct findings *f, unsigned jobs);
/* The rungs of containment, and limits of memory and processes. */
void doctor_containment(struct findings *f, containment_probe probe, void *data);

/* What the services that come with muster start, looked for where they do. */
struct doctor_service {
    const char *name; /* the fixture's */
    void (*look)(struct findings *f, const char *name);
};
/* Ends with one without a name. */
extern const struct doctor_service doctor_services[];

#endif
