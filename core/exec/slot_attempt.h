/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The attempt that a slot runs, or the janitor that undoes what it deferred: what it was asked for, what was observed
 * of it, and what that is judged to be. Empty between two attempts, but for its judgement.
 */
#ifndef MUSTER_EXEC_SLOT_ATTEMPT_H
#define MUSTER_EXEC_SLOT_ATTEMPT_H

#include "base/loop.h"
#include "exec/judge.h"
#include "exec/slot_task.h"

struct slot_attempt {
    struct slot_task task;
    uint64_t kept;     /* of what it deferred */
    bool janitor;      /* runs what a dead attempt deferred */
    struct source end; /* its pidfd: watched when no monitor is left to tell */
    int pidfd;
    int dir; /* its directory of evidence, -1 until something is kept */

    struct observed observed;
    char *reason, *file, *setup_error; /* owned: what `observed` points to */
    struct slot_cause {
        char *reason, *file; /* owned; NULL: none */
        enum outcome outcome;
        uint32_t line;
    } cause, foreign; /* its own, and of processes that it forked */
    uint32_t line;
    char part[128];      /* behind observed.part */
    uint32_t step;       /* the innermost open one */
    bool phase_reported; /* it has said what it is in */
    uint32_t repeats;    /* how often it has begun this phase again, for a local fixture */
    uint32_t n_messages;
    uint64_t recorded_failures; /* failed checks that came, its children's among them */
    uint64_t foreign_checks;    /* passed ones of its children */
    uint64_t checks, failed_checks, user_us, system_us, max_rss_kb, read_bytes, written_bytes;
    int64_t started_ns, ordered_ns /* when its order was sent */, ended_ns, kill_at_ns;
    int64_t prepared_ns;   /* from its start to its order: the runner's time, which is not charged to it */
    int64_t cause_by_ns;   /* until when its judgement waits for what was lost under it to say how; 0: it does not */
    int64_t limit_ns;      /* until when the running phase has time, NEVER without an end */
    const char *late_part; /* what of it is late then, where observed.part is not it */
    uint32_t serial;       /* of its order */
    bool told;             /* its monitor has told that it runs */
    bool quiet;            /* ... that it left nothing, and it gave a good verdict: an order sent ahead counts */
    int64_t exited_ns;     /* when its monitor saw its end; 0: it has not told */
    bool limited;          /* it has limits to be looked at after it */
    bool artifacts;        /* it left some in the slot's folder */
    bool worn;             /* the slot's folders can't be renewed: the next attempt gets others */
    uint32_t n_leaked;
    char first_leak[256];

    /* its judgement, kept while a janitor works */
    enum verdict verdict;
    struct buf why;
    int64_t duration_ns;
};

#define SLOT_ATTEMPT_INIT                                                                                              \
    {                                                                                                                  \
        .end = SOURCE_INIT, .pidfd = -1, .dir = -1                                                                     \
    }

#endif
