/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A slot: a place in which one attempt at a time runs. -j N makes N of them; a slot keeps its number, its directories,
 * its cgroup and, as long as cases of one plugin follow each other, its monitor.
 *
 *   IDLE -> PREPARING -> RUNNING -------------------------------> SWEEPING -> IDLE
 *             ^             |  out of time                          ^  ^
 *   SWITCHING-+             +-> DUMPING -> ENDING -> KILLED --------+  |
 *                           +------------------------------------------+
 *
 *   SWITCHING   the monitor of another plugin is on its way out
 *   PREPARING   the monitor is being made
 *   RUNNING     the attempt runs (its deadline is the running phase's)
 *   DUMPING     it ran out of time, and its stacks are read
 *   ENDING      it was sent SIGTERM and has until `kill_at_ns`
 *   KILLED      it was sent SIGKILL; the monitor should tell of its end
 *   SWEEPING    it is over; what is left in the containment is ended, with the monitor
 *
 * Slots know nothing of queues, retries or verdicts of cases: they report to the runner through slot_owner.
 */
#ifndef MUSTER_EXEC_SLOT_H
#define MUSTER_EXEC_SLOT_H

#include "base/loop.h"
#include "contain/contain.h"
#include "discover/hosts.h"
#include "exec/capture.h"
#include "exec/judge.h"
#include "exec/leaks.h"
#include "exec/pause.h"
#include "forensics/stacks.h"
#include "plan/limits.h"
#include "record/event.h"
#include "record/ledger.h"
#include "slotdir/slotdir.h"

enum slot_state {
    SLOT_IDLE,
    SLOT_SWITCHING,
    SLOT_PREPARING,
    SLOT_RUNNING,
    SLOT_DUMPING,
    SLOT_ENDING,
    SLOT_KILLED,
    SLOT_SWEEPING
};

struct fixture_run;
struct fixtures;

/* What a slot is given to run. Strings are the owner's and hold until the attempt has ended. */
struct slot_task {
    const char *case_id;
    uint32_t plugin;   /* index in the catalogue */
    uint32_t scenario; /* index in the plugin's table */
    uint32_t attempt;  /* from 1 */
    struct limits limits;
    const char *const *values; /* of the scenario's parameters, in their order */
    uint32_t n_values;
    void *owner_data;
    struct fixture_run *fixture; /* it is one (exec/fixture_set.h); NULL: an attempt of a case */
    const char *lacks;           /* why it can't run, though it begins; NULL: it can */
};

/* What came out of it. Valid during the call. */
struct slot_result {
    const struct slot_task *task;
    enum verdict verdict;
    int64_t duration_ns;
    bool infrastructure; /* it never ran properly: no fault of the product */
};

struct slot;

/* A deferred cleanup that has not been done. */
struct pending_cleanup {
    uint64_t ledger_id;
    uint32_t id; /* within the attempt */
    char *name, *payload;
};

/* Something of an attempt that a person wants to hear at once. Valid during the call. */
enum news_kind { NEWS_NOTHING, NEWS_RUNNING, NEWS_PAUSED };
struct slot_news {
    enum news_kind kind;
    const char *text; /* RUNNING: its stacks; PAUSED: why */
    pid_t pid;        /* 0 when it isn't known */
    /* The rest is the slot's: slot_news() fills it in. */
    const struct slot_task *task;
    uint32_t slot;
    uint32_t step; /* the innermost open one, 0 for none */
    const char *phase, *temp_dir;
    enum containment containment;
    int64_t elapsed_ns;
};

/* Settings and services that all slots share. */
struct slot_shared {
    struct loop *loop;
    struct hosts *hosts;
    const struct catalogue *catalogue;
    const struct containment_set *containment;
    const struct workspace *workspace;
    struct ledger *ledger;
    struct event_sink sink;
    int64_t epoch_ns;   /* the run's start, monotonic */
    int64_t grace_ns;   /* between SIGTERM and SIGKILL */
    int64_t cleanup_ns; /* default budget of one cleanup */
    uint64_t output_cap;
    bool keep_output; /* false: --artifacts=never */
    enum leaks_policy leaks;
    struct resources *resources; /* NULL when no case has limits of memory or pids */
    bool no_capture;             /* attempts print to the runner's own stdout and stderr */
    bool pause_on_failure;       /* a bad attempt stands still before anything of it is undone */
    bool debugger;               /* each stands still at its start, for gdb */
    void (*news)(void *news_data, const struct slot_news *news);
    void *news_data;
    /* Whether a case that ended so will be tried again. */
    bool (*will_retry)(void *ended_data, void *owner_data, enum verdict verdict);
    struct fixtures *fixtures; /* NULL: no attempts of cases, or none uses any */
    /* The next task for a slot whose attempt has given its verdict and needs nothing more: ordered at once, it begins
     * the moment that the monitor is free. False: none, or none of this plugin. */
    bool (*next_ahead)(void *ended_data, uint32_t plugin, const struct slot_task *current, struct slot_task *ret_task);
    struct slot *slots;
    unsigned n_slots;
    const char *failure;   /* of the runner, which ends the attempts; NULL: none */
    pid_t own_children[2]; /* of the supervisor, that are none of the scenarios' */
    enum keep keep;
    uint64_t cleanups_failed, cleanups_kept;
    /* When a cleanup has been tried; NULL: nobody asks. `error` is "" when it was undone. */
    void (*settled)(void *data, const struct slot *s, const struct pending_cleanup *p, const char *error);
    void *settled_data;
};

struct slot {
    struct slot_shared *shared;
    uint32_t number;
    enum slot_state state;
    char *temp_dir, *artifacts_dir;
    void (*ended)(struct slot *slot, const struct slot_result *result, void *data); /* the slot is idle again */
    void *ended_data;

    /* the monitor */
    uint32_t monitor_plugin;
    struct source monitor;     /* its socket */
    struct source monitor_end; /* its pidfd */
    struct source old_monitor; /* pidfd of the one before */
    unsigned monitors_lost;    /* of this attempt, before they had begun it */

    /* the attempt */
    struct slot_task task;
    bool janitor;              /* runs what a dead attempt deferred */
    struct source words;       /* its socket */
    struct source attempt_end; /* its pidfd: watched when no monitor is left to tell */
    int attempt_pidfd;
    struct slot_outputs {
        struct capture out, err;
    } lanes[OUTPUT_LANES];
    uint32_t lane; /* the attempt's */
    struct stacks stacks;
    struct stacks live_dump; /* for who asked what runs right now */
    bool live_dump_wanted;
    enum pause_at paused;
    bool pause_told;
    char pause_why[256];
    pid_t debugger; /* 0 when none runs */
    uint32_t step;  /* the innermost open one */
    struct observed seen;
    char *seen_reason, *seen_file, *infrastructure;
    uint32_t seen_line;
    uint64_t checks, failed_checks, user_us, system_us, max_rss_kb, read_bytes, written_bytes;
    int64_t started_ns, ended_ns, deadline_ns, kill_at_ns, sweep_until_ns;
    uint32_t crashed_tid;
    int64_t begun_ns;     /* when its order was sent */
    int64_t prepared_ns;  /* what it took until then from started_ns on: the runner's time, not the attempt's */
    uint32_t words_taken; /* messages of this attempt */
    bool limited;         /* the attempt has limits to be looked at after it */
    uint32_t n_leaked;
    char first_leak[256];
    bool artifacts, dumping_crash;
    int attempt_dir; /* -1 until something is kept */
    struct pending_cleanup *pending;
    size_t n_pending, cap_pending;
    uint32_t n_deferred, n_cleanups_begun; /* by this attempt; a janitor's are those that were pending before it */
    uint64_t deferred_bytes;
    bool phase_told;  /* it has said what it is in */
    uint32_t repeats; /* how often it has begun this phase again, for a local fixture */
    char part[128];   /* behind seen.part */

    /* the next attempt, ordered ahead */
    struct {
        bool ordered;
        struct slot_task task;
        int words;
    } ahead;
    int stopping; /* the run is: 1 SIGTERM, 2 in a hurry */

    /* the attempt's judgement, kept while a janitor works */
    enum verdict verdict;
    struct buf reason;
    int64_t duration_ns;
    bool was_infrastructure;
};

void slot_init(struct slot *s, struct slot_shared *shared, uint32_t number);
void slot_free(struct slot *s);
/* Starts an attempt in an idle slot. Ends in `ended`, whatever happens, later. */
void slot_start(struct slot *s, const struct slot_task *task);
/* Ends the attempt because the run is: SIGTERM and grace, or SIGKILL at once. */
void slot_interrupt(struct slot *s, bool hurry);
/* Ends the attempt because what it stands on is gone. One that has given its verdict keeps it. */
void slot_lose(struct slot *s, const char *reason);
/* When slot_tick() must be called next. */
int64_t slot_deadline(const struct slot *s);
/* Does what the time demands. */
void slot_tick(struct slot *s, int64_t now_ns);
/* Lets its monitor go (the slot is idle). */
void slot_dismiss(struct slot *s);
/* After slot_dismiss(): true until the monitor has ended. */
bool slot_has_monitor(const struct slot *s);
static inline struct slot_outputs *slot_outputs(struct slot *s)
{
    return &s->lanes[s->lane];
}
/* Starts a janitor for s->pending (oldest first, filled in by the caller) in an idle slot. Ends in `ended` too. */
void slot_clean(struct slot *s, const struct slot_task *task);

/* Those above are in the file that they are about (slot_interrupt() and slot_lose() in slot_stop.c, slot_clean() in
 * slot_end.c). What follows is for the slot's own files, and for those of pauses, limits and fixtures. */

/* slot.c: its beginning; crashes, deadlines, signals. */

/* The task is the slot's from here on: nothing of the one before is left, and an event tells of it. */
void slot_begin_task(struct slot *s, const struct slot_task *task);
void slot_forget(struct slot *s);
/* It can't run or be watched; takes over `why`. */
void slot_fail(struct slot *s, char *why);
void slot_crashed(struct slot *s, const struct msg_crash *m);
/* Reads the stacks of one that crashed, or lets it go on where nothing can be read. */
void slot_dump_crash(struct slot *s);
void slot_send_go(struct slot *s);
void slot_kill(struct slot *s, int64_t now_ns);
void slot_term(struct slot *s, int64_t now_ns);
void slot_signal(int pidfd, int signo);
/* The number behind a pidfd in our namespace, 0 when it is gone, -1 when that can't be read (no descriptor is left). */
pid_t slot_pid_of(int pidfd);
/* A pidfd of the attempt, or -1. */
int slot_attempt_pidfd(const struct slot *s);
const struct scenario_info *slot_scenario(const struct slot *s);
void slot_emit(struct slot *s, struct event *event);
/* Completes the news and passes them on. */
void slot_news(struct slot *s, struct slot_news *news);
int slot_attempt_dir(void *slot);

/* slot_monitor.c: from the monitor's making to its end, and what it tells. */

/* Sends the task to its plugin's monitor, after making one where there is none. */
void slot_place(struct slot *s);
/* After a monitor that was killed, or whose host was, before it had begun the attempt. False: enough have been. */
bool slot_try_another_monitor(struct slot *s);
/* It was not there in time. */
void slot_monitor_is_late(struct slot *s);
/* It runs, and nobody is left who could tell of its end. */
bool slot_is_unwatched(const struct slot *s);

/* slot_order.c: what the monitor is asked for. */

void slot_send_attempt(struct slot *s);
/* Orders the next attempt, now that the running one has given its verdict. */
void slot_order_ahead(struct slot *s);
/* The one ordered ahead is the running one from now on. */
void slot_begin_ahead(struct slot *s);

/* slot_words.c: what the attempt says. */

/* Takes what it said, up to `most` messages. */
void slot_hear(struct slot *s, unsigned most);
/* A pending cleanup is over: `error` is "" when it was undone. */
void slot_settle(struct slot *s, size_t i, const char *error);

/* slot_limits.c: its limits of memory and pids. */

/* Whether it has any. */
bool slot_is_limited(const struct slot_task *task);
/* Sets those of the attempt that is about to begin. False when it can't: the attempt is skipped, or an error. */
bool slot_limit(struct slot *s);
/* The groups that the attempt has to enter. */
struct message_list slot_groups(const struct slot *s, struct arena *arena);
/* After it: what came of them. */
void slot_see_limits(struct slot *s);

/* slot_sweep.c: the end of all its processes. */

/* Ends everything of the attempt and the monitor with it; comes back until nothing is left. */
void slot_sweep(struct slot *s);
/* The monitor's pidfd is readable. */
void slot_on_monitor_end(struct source *source, uint32_t events);

/* slot_end.c: what came of it. */

/* The attempt's processes are gone: judges, records, goes on with a janitor or to `ended`. */
void slot_finish(struct slot *s);

#endif
