/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The cases of a run, and the one state that each is in.
 *
 *              +----------------------- retry is due -------------------- WAITING
 *              v                                                             ^
 *   QUEUED -> CHOSEN -> RUNNING -> LEAVING ----------------------------------+-> ENDED
 *     ^ ^       |          |          |                                      |
 *     | |       v          +----------+-- another round, or a retry ---------+
 *     | +--- BLOCKED                  |
 *     +-------------------------------+
 *
 *   QUEUED    in the schedule, for its first attempt or for one that follows
 *   CHOSEN    the schedule has given it its claims; it is about to begin, to end, or to stand aside; or it was ordered
 *             ahead, and goes back to its place when it can't begin
 *   BLOCKED   stands aside until fixtures have changed, and keeps nobody from a slot or a lock meanwhile
 *   RUNNING   has an attempt, and its claims
 *   LEAVING   its attempt has given its verdict; its claims are those of the one ordered behind it
 *   WAITING   until its retry is due
 *   ENDED     for good
 *
 * case_runs_move() is the only way from one to another: the table in case_runs.c says where it may go from each, and it
 * takes and gives back what a state holds (claims, a place in the schedule, a timer). What is to happen to a case is
 * decided in runner_cases.c. No clock, no process and no event here; the schedule must outlive it.
 */
#ifndef MUSTER_EXEC_CASE_RUNS_H
#define MUSTER_EXEC_CASE_RUNS_H

#include "base/timers.h"
#include "plan/schedule.h"
#include "record/event.h"

enum case_state {
    CASE_QUEUED,
    CASE_CHOSEN,
    CASE_BLOCKED,
    CASE_RUNNING,
    CASE_LEAVING,
    CASE_WAITING,
    CASE_ENDED,
    CASE_N_STATES
};

/* What follows the attempt that runs. */
enum case_next { NEXT_UNDECIDED, NEXT_END, NEXT_RETRY };

struct case_run {
    enum case_state state;
    enum case_next next;
    uint32_t attempts;       /* begun */
    uint32_t bad;            /* of them, that ended badly */
    uint32_t fixtures_asked; /* the number of attempts after which what failed of its fixtures was tried once more */
    enum verdict verdict;    /* of its last attempt, for what may yet follow; VERDICT_FLAKY after a bad one */
    char *reason;            /* the same; NULL: none */
    char *setup_error;       /* why its fixtures can't be had; of the attempt that runs */
    int64_t total_ns;        /* of all attempts */
    struct timer retry;      /* while it is WAITING */
};

struct case_runs {
    struct schedule *schedule;
    struct case_run *items;
    size_t n;
    size_t in[CASE_N_STATES]; /* how many are in each */
    uint32_t *blocked;        /* those that are BLOCKED, the first to be the first again */
    size_t n_blocked, cap_blocked;
    struct timers retries;
};

/* All of the schedule's `n` cases are queued. */
void case_runs_open(struct case_runs *s, struct schedule *schedule, size_t n);
void case_runs_close(struct case_runs *s);

bool case_may_move(enum case_state from, enum case_state to);
void case_runs_move(struct case_runs *s, uint32_t i, enum case_state to);

/* The next that may begin, CHOSEN; false when none may before another ends. */
bool case_runs_choose(struct case_runs *s, uint32_t *ret_case);
/* -> WAITING, until then. */
void case_runs_wait(struct case_runs *s, uint32_t i, int64_t until_ns);
/* All that are BLOCKED -> QUEUED. */
void case_runs_unblock(struct case_runs *s);
/* Those whose retry is due -> QUEUED, before all that have not begun. */
void case_runs_wake(struct case_runs *s, int64_t now_ns);
/* When case_runs_wake() has something to do next; NEVER: not by itself. */
int64_t case_runs_next_ns(const struct case_runs *s);
/* How many have a process, or are about to. */
size_t case_runs_running(const struct case_runs *s);
/* Of a case, from what it was before and its newest attempt: no end is forgotten for a better one. A case passes when
 * all attempts did; one that passes after a bad one is flaky; one that is skipped after a bad one, or one that passed,
 * says nothing new. `bad`: how many were. */
enum verdict case_verdict_after(enum verdict before, uint32_t bad, enum verdict attempt);
/* Whether it has been attempted, and stands in some line for more: when nothing begins any more, its last verdict is
 * the case's. */
bool case_is_between_attempts(const struct case_run *c);

#endif
