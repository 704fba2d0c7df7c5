/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The outer side of containment: which rungs of the ladder a run has, and what ends everything that an attempt started.
 *
 * A run has a usual one, which attempts get that ask for nothing: the best that a test can't notice, unless the command
 * line names one. A scenario's marker may ask for another, which is opened before the run begins. The table of rungs is
 * in rung.h; a choice among them is a set of bits by their places in it, 0 for "nothing asked for". In the supervisor
 * only.
 */
#ifndef MUSTER_CONTAIN_CONTAIN_H
#define MUSTER_CONTAIN_CONTAIN_H

#include "contain/rung.h"

struct containment_set {
    char *run_id;
    containment_probe probe;
    void *probe_data;
    const struct containment *usual;
    struct containment_entry {
        enum { RUNG_UNTRIED, RUNG_OPEN, RUNG_REFUSED } state;
        struct containment containment;
        char *why_not;
    } * entries; /* by the rung's place in the table */
    unsigned *spared;
    size_t n_spared, cap_spared;
};

enum { CONTAINMENT_PATHS_MAX = 8 };

/* "auto", or a word of a rung or of several: the rungs that it stands for; for "auto" all that a test can't notice.
 * -EINVAL. */
int containment_parse(const char *name, int *ret_choice);
/* The words, for a message: "auto, cgroup, ...". */
const char *containment_words(void);

/* Opens the best rung of the choice for the run; 0: "auto". An error says why the first of them can't be had. */
int containment_open(struct containment_set *set, int choice, const char *run_id, containment_probe probe, void *data,
                     struct err *err);
/* Opens the best of a choice beside it, for scenarios that ask for it; while nothing but the zygote runs. What can't be
 * had is told by containment_for(). */
void containment_add(struct containment_set *set, int choice);
/* What an attempt with this choice gets; NULL: it can't be had, and *ret_why says why, for as long as the set lives. */
const struct containment *containment_for(const struct containment_set *set, int choice, const char **ret_why);
/* The slot's group, and so the run's, stay when it is closed, with all that is in them. */
void containment_spare(struct containment_set *set, unsigned slot);
/* Descriptors that hold the locks of the run's groups, for who is to hold them longer; how many. They stay the set's.
 */
size_t containment_locks(const struct containment_set *set, int ret_fds[CONTAINMENT_PATHS_MAX]);
/* Removes the run's groups. */
void containment_close(struct containment_set *set, unsigned slots);
/* The run's groups, for whoever has to remove them if the runner can't: how many. Strings are the set's. */
size_t containment_paths(const struct containment_set *set, const char *ret_paths[CONTAINMENT_PATHS_MAX]);

/* The directory of the slot's group for a monitor (made when missing), -1 where there are no groups; the caller closes
 * it. Other negative numbers are errors. */
enum { NO_GROUP = -1 };
int containment_slot_dir(const struct containment *c, unsigned slot, struct err *err);
/* Ends everything in a slot's group, the monitor included. Nothing where there are no groups. */
void containment_kill(const struct containment *c, unsigned slot);
/* After a kill, when it is empty: the slot's next monitor gets a new group. */
void containment_renew(const struct containment *c, unsigned slot);
/* True when nothing is left in the slot's group or below it, and where there is none. */
bool containment_is_empty(const struct containment *c, unsigned slot);

/* The one whose groups are the slots': itself, or what it stands in; NULL: neither has groups. */
const struct containment *containment_groups(const struct containment *c);

#endif
