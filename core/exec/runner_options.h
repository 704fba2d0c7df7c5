/* SPDX-License-Identifier: Apache-2.0 */
/* What a run is asked for, and what came of it. */
#ifndef MUSTER_EXEC_RUNNER_OPTIONS_H
#define MUSTER_EXEC_RUNNER_OPTIONS_H

#include "base/buf.h"
#include "base/loop.h"
#include "contain/contain.h"
#include "contain/limit_groups.h"
#include "discover/hosts.h"
#include "exec/kept_rooms.h"
#include "exec/leaks.h"
#include "exec/slot_shared.h"
#include "plan/fixtures.h"
#include "plan/schedule.h"
#include "record/durability.h"
#include "record/event.h"
#include "record/run_lock.h"

struct runner_options {
    struct loop *loop;
    struct hosts *hosts;
    const struct zygote *zygote;
    const struct containment_set *containment;
    const struct catalogue *catalogue;
    const struct selection *selection;
    struct schedule *schedule;           /* of this selection */
    const struct fixture_plan *fixtures; /* the same */
    int64_t fixture_ns;                  /* for set-up and for tear-down of a fixture that sets none */
    int64_t timeout_factor;              /* of the limits that fixtures set */
    const char *run_id;
    const char *const *target; /* "key=value": what a later `muster cleanup` must be given too */
    size_t n_target;
    struct secrets *secrets;   /* struct slot_shared */
    struct run_lock *run_lock; /* of run_dir */
    int run_dir;
    enum durability durability; /* of what is deferred */
    const char *run_path;       /* absolute */
    struct event_sink sink;
    int64_t epoch_ns; /* the run's start, monotonic */
    uint64_t seed;
    unsigned jobs;
    int64_t grace_ns, cleanup_ns;
    uint64_t max_fail; /* that many bad cases end the run: what runs is finished, nothing else begins; 0: no number */
    int64_t retry_budget; /* retries in all; -1: any number */
    bool until_fail;      /* a case that passes runs again, behind all others, `rounds` times at most; 0: no end */
    uint32_t rounds;
    int64_t stop_at_ns; /* monotonic: what runs then is ended; NEVER: no such time */
    bool exit_handlers; /* attempts end by exit(3): how they do is judged too */
    uint64_t output_cap;
    uint64_t artifacts_cap;  /* of an attempt, in the bundle; 0: none */
    enum keep keep;          /* which attempts leave what they deferred in the ledger */
    bool keep_output;        /* false: attempts leave no files */
    bool drop_passed_output; /* --artifacts=on-failure */
    enum leaks_policy leaks;
    int64_t settle_ns;                           /* what ends this soon after its attempt is no leak */
    bool no_capture, pause_on_failure, debugger; /* struct slot_shared */
    struct resources *resources;                 /* NULL when no case has limits of memory or pids */
    bool keys;                                   /* take single keys from standard input */
    void (*news)(void *news_data, const struct slot_news *news);
    void *news_data;
    /* Called before the loop sleeps: writes what the sink has gathered. Negative ends the run. */
    int (*flush)(void *data, struct err *err);
    /* When it wants to be called next, for a progress line; NEVER if not. */
    int64_t (*next_flush)(void *data);
    void (*settled)(void *data); /* no attempt runs any more, and the ledger is still open; may be NULL */
    void *flush_data;
    /* Something for who waits. `text`: one line; valid during the call. */
    void (*say)(void *flush_data, const char *text);
    pid_t bundle_pid; /* a child that is none of the scenarios'; 0: none */
    int signals;      /* base/signals.h, with its questions; not owned */
};

struct runner_result {
    int interrupted_by; /* the first signal that ended it; 0: none did */
    bool out_of_time;   /* stop_at_ns came */
    bool failed_out;    /* max_fail was reached before the end */
    uint64_t n_bad;     /* cases that failed, crashed, timed out or were errors */
    uint64_t n_flaky;
    uint64_t not_run;
    uint64_t cleanups_failed; /* and tear-downs of fixtures */
    uint64_t cleanups_kept;
    uint64_t outstanding;       /* entries of the ledger that are not done */
    int64_t ledger_bytes;       /* that the runner wrote into it */
    struct kept_rooms services; /* that outlive the run; the caller's to free */
    struct buf left;            /* temporary files that can't be removed, a line for each; the caller's to free */
};

#endif
