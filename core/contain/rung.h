/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A rung of the containment ladder: one way to hold together what an attempt starts. Each is a file, rung_NAME.c, and a
 * word in the table RUNGS below; nothing else knows how many there are.
 *
 * Each has two sides. The supervisor's opens the rung once for the run, makes a group for each slot where the rung has
 * groups, and ends everything in one from outside. The monitor's is born in it, looks who is there, and ends what it
 * can. A rung that changes what a process sees (a namespace) stands inside of one that does not where both can be had:
 * its holder, which then has the groups.
 *
 * A member that is NULL: the rung has none of it. Functions return a negative errno.
 */
#ifndef MUSTER_CONTAIN_RUNG_H
#define MUSTER_CONTAIN_RUNG_H

#include "base/err.h"
#include "base/pids.h"

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/* In the supervisor: a rung that is open, for the run. */
struct containment {
    const struct rung *rung;
    const struct containment *holder; /* its groups are the slots'; NULL: it stands by itself */
    char *base_path;                  /* the run's group; NULL: it has none */
    int base;                         /* its directory, or -1; locked (flock) for as long as the run lives */
};

/* In a host, a monitor: where it is. */
struct inside {
    const struct rung *rung;
    const struct rung *holder; /* NULL: none */
    int group;                 /* the slot's group, or -1 */
    int procs;                 /* its list of processes, or -1 */
    int proc;                  /* /proc as it was in the beginning: an attempt may unmount it */
    const char *hidden;        /* a folder that is not to be seen from inside, where the rung can hide it; NULL: none */
    const char *shown;         /* but for this one, in it: a name */
    int failed;                /* a negative errno: what a go-between could not do for us */
    const char *failed_at;     /* what it was doing */
};

/* Asks whether a rung can be entered here, by doing it; the sentence goes to *err when it can't. */
typedef int (*containment_probe)(void *data, const struct rung *rung, struct err *err);

struct rung {
    const char *word;   /* in --containment and in the marker: "cgroup2" */
    const char *family; /* a word for several: "cgroup" */
    const char *name;   /* for people: "cgroup v2" */
    bool noticed;       /* an attempt can tell: taken only when somebody asks for it */
    bool own_pids;      /* numbers of processes differ inside, and so does /proc */

    /* The supervisor's side. Whether it can be had is seen by having it, a slot's group included. */
    int (*open)(struct containment *c, const char *run_id, struct err *err);
    bool probed; /* instead of that, or besides: the kernel may refuse it to a process like a monitor's */
    void (*kill)(int base, unsigned slot);
    bool (*is_empty)(int base, unsigned slot);

    /* The monitor's side. `fork`: 0 in the child. */
    pid_t (*fork)(struct inside *in);
    int (*enter)(struct inside *in, struct err *err);
    /* True when certainly nothing but the caller is in it: one look, for the common case. */
    bool (*is_clean)(const struct inside *in);
    /* All others that are in it, zombies too. */
    void (*list)(const struct inside *in, struct pids *out);
    /* Ends and reaps them; NULL where only the supervisor can, with us. */
    void (*sweep)(const struct inside *in);
};

/* Best first; ends with NULL. */
extern const struct rung *const rungs[];
/* A place in the table that a message names; NULL: there is none. */
const struct rung *rung_at(uint32_t i);
uint32_t rung_index(const struct rung *rung);

/* The table: rung_NAME of each, in rung_NAME.c. */
#define RUNGS(X_)           X_(cgroup2) X_(cgroup1) X_(pidns) X_(reaper)
#define RUNG_DECLARE(name_) extern const struct rung rung_##name_;
RUNGS(RUNG_DECLARE)

#endif
