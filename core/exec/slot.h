/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A slot: a place in which one attempt at a time runs. -j N makes N of them; a slot keeps its number, its directories,
 * its cgroup and, as long as cases of one plugin follow each other, its monitor.
 *
 *   IDLE -> PREPARING -> RUNNING ------------------------------> SWEEPING -> ENDED -> IDLE
 *             ^            |  out of time                          ^  ^      ^
 *   SWITCHING-+            +-> DUMPING -> ENDING -> KILLED --------+  |      |
 *                          +-> PAUSED, CRASHED -----------------------+      |
 *                          +-------------------------------------------------+
 *
 * exec/slot_machine.h says what each state waits for; exec/slot_machine.c has all moves. A task ends in a call of
 * `ended` from the loop, whatever happens, never inside the call that starts it.
 *
 * Slots know nothing of queues, retries, fixtures or verdicts of cases: exec/slot_owner.h has what they ask of those.
 */
#ifndef MUSTER_EXEC_SLOT_H
#define MUSTER_EXEC_SLOT_H

#include "base/clock.h"
#include "base/loop.h"
#include "contain/contain.h"
#include "discover/hosts.h"
#include "exec/leaks.h"
#include "exec/slot_attempt.h"
#include "exec/slot_cleanups.h"
#include "exec/slot_forensics.h"
#include "exec/slot_machine.h"
#include "exec/slot_monitor.h"
#include "exec/slot_order.h"
#include "exec/slot_outputs.h"
#include "exec/slot_owner.h"
#include "exec/slot_task.h"
#include "record/event.h"
#include "record/ledger.h"
#include "slotdir/slotdir.h"
#include "slotdir/sweeper.h"

enum {
    SLOT_MESSAGES_A_TURN = 64,   /* one that babbles must not starve the others */
    SLOT_MESSAGES_A_LOOK = 1024, /* before a deadline is judged: as many as its socket holds, at least */
};
static const int64_t slot_exit_limit_ns = 2 * NS_PER_S; /* from the verdict, or SIGKILL, to the end */

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
    bool own_pids; /* other numbers inside: contain/rung.h */
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
    uint64_t artifacts_cap;  /* of an attempt, in the bundle; 0: none */
    struct sweeper *sweeper; /* NULL: what is set aside goes with the workspace */
    bool keep_output;        /* false: --artifacts=never */
    enum leaks_policy leaks;
    int64_t settle_ns;           /* what ends this soon after its attempt is no leak */
    struct resources *resources; /* NULL when no case has limits of memory or pids */
    bool no_capture;             /* attempts print to the runner's own stdout and stderr */
    bool pause_on_failure;       /* a bad attempt stands still before anything of it is undone */
    bool debugger;               /* each stands still at its start, for gdb */
    void (*news)(void *news_data, const struct slot_news *news);
    void *news_data;
    struct slot *slots;
    unsigned n_slots;
    const char *failure;   /* of the runner, which ends the attempts; NULL: none */
    pid_t own_children[2]; /* of the supervisor, that are none of the scenarios' */
    enum keep keep;
    uint64_t cleanups_failed, cleanups_kept;
};

/* Each part has a file of its own, which alone changes it unless the field says otherwise. */
struct slot {
    struct slot_shared *shared;
    uint32_t number;
    enum slot_state state;
    int64_t deadline_ns; /* of the state */
    struct loop_post posted;
    int stopping; /* the run is: 1 SIGTERM, 2 in a hurry */
    char *temp_dir, *artifacts_dir;
    unsigned generation; /* of the two */
    const struct slot_owner *owner;
    void *owner_data;

    struct slot_monitor monitor;
    struct slot_attempt attempt;
    struct slot_outputs outputs;
    struct slot_cleanups cleanups;
    struct slot_prefetched prefetched;
    struct slot_forensics forensics;
};

void slot_init(struct slot *s, struct slot_shared *shared, uint32_t number, const struct slot_owner *owner,
               void *owner_data);
void slot_free(struct slot *s);
/* What it has been given and has not ended; NULL: it is idle. */
const struct slot_task *slot_task(const struct slot *s);
/* Its process runs, and nothing is known against it. */
bool slot_is_well(const struct slot *s);
bool slot_process_has_ended(const struct slot *s);
/* The folder of what is kept of it; -1 when nothing has been so far. */
int slot_dir(const struct slot *s);
/* Starts an attempt in an idle slot. Ends in `ended`, whatever happens, later. */
void slot_start(struct slot *s, const struct slot_task *task);
/* Ends the attempt because the run is: SIGTERM and grace, or SIGKILL at once. */
void slot_interrupt(struct slot *s, bool hurry);
/* Ends the attempt because what it stands on is gone. One that has given its verdict keeps it. */
void slot_lose(struct slot *s, const char *reason);
/* Its owner knows better than its process what that is in, and how long it may be. */
struct slot_stage {
    enum phase phase;
    const char *part;      /* in words, where the phase says too little; NULL: it doesn't */
    const char *late_part; /* the same, of what is late when the limit has come; NULL: `part` */
    int64_t budget_ns;     /* which is over then */
    int64_t limit_ns;      /* monotonic, or NEVER */
};
void slot_set_stage(struct slot *s, const struct slot_stage *stage);
/* Tells its process something; one that is gone is not told. */
void slot_send(struct slot *s, const struct message *m);
/* Takes what its process has said, and waits a while for something. */
void slot_hear_out(struct slot *s, int wait_ms);
/* When slot_tick() must be called next. */
int64_t slot_deadline(const struct slot *s);
/* Does what the time demands. */
void slot_tick(struct slot *s, int64_t now_ns);
/* Lets its monitor go (the slot is idle). */
void slot_dismiss(struct slot *s);
/* After slot_dismiss(): true until the monitor has ended. */
bool slot_has_monitor(const struct slot *s);
/* Gives an idle slot something to undo, the oldest first; starts a janitor for it, which ends in `ended` too. */
void slot_add_cleanup(struct slot *s, uint64_t ledger_id, const char *name, const char *payload);
void slot_clean(struct slot *s, const struct slot_task *task);

/* Those above are in the file that they are about (slot_interrupt() and slot_lose() in slot_stop.c, slot_clean() in
 * slot_end.c). What follows is for the slot's own files, and for those of pauses, limits and fixtures. */

/* slot.c: its beginning; crashes, deadlines, signals. */

/* The task is the slot's from here on: nothing of the one before is left, and an event tells of it. */
void slot_begin_task(struct slot *s, const struct slot_task *task);
void slot_forget(struct slot *s);
/* Looks the event's move up, and makes it. */
void slot_event(struct slot *s, enum slot_event event);
/* Why it is an error that is not the product's: it goes on for now; it can't run or be watched any more; it can't run,
 * and nothing of it has begun. They take over `why`. */
void slot_blame(struct slot *s, char *why);
void slot_fail(struct slot *s, char *why);
void slot_refuse(struct slot *s, char *why);
/* SIGTERM, and the grace from now on. */
void slot_stop_softly(struct slot *s);
/* Until when the running phase has time. */
void slot_set_limit(struct slot *s, int64_t at_ns);
void slot_send_go(struct slot *s);
void slot_signal(int pidfd, int signo);
/* The number behind a pidfd in our namespace, 0 when it is gone, -1 when that can't be read (no descriptor is left). */
pid_t slot_pid_of(int pidfd);
/* A pidfd of the attempt, or -1. */
int slot_attempt_pidfd(const struct slot *s);
const struct scenario_info *slot_scenario(const struct slot *s);
void slot_emit(struct slot *s, struct event *event);
/* A line of its log that is ours. */
void slot_log(struct slot *s, const char *level, const char *text);
/* Completes the news and passes them on. */
void slot_news(struct slot *s, struct slot_news *news);

/* slot_channel.c: what the attempt says. */

/* Takes what it said, up to `most` messages. */
void slot_read_channel(struct slot *s, unsigned most);
/* slot_limits.c: its limits of memory and pids. */

/* It asks for what can't be had: skipped, and its name says so. */
void slot_skip(struct slot *s, const char *why);
/* Whether it has any. */
bool slot_is_limited(const struct slot_task *task);
/* Sets those of the attempt that is about to begin. False when it can't: the attempt is skipped, or an error. */
bool slot_limit(struct slot *s);
/* The groups that the attempt has to enter. */
struct message_list slot_groups(const struct slot *s, struct arena *arena);
/* After it: what came of them. */
void slot_see_limits(struct slot *s);

/* slot_folders.c: what becomes of its folders. */

/* Chooses them, for the first time or after worn ones. */
void slot_choose_folders(struct slot *s);
/* The monitor's word of what the attempt left in them. */
void slot_take_folders(struct slot *s, const struct msg_folders *m);
/* The attempt's processes are gone: what it left is kept or set aside, and the monitor, if there is one, may go on. */
void slot_part_with_folders(struct slot *s);
/* A file of ours in the attempt's folder, to be written behind what is in it; or a negative errno. */
int slot_open_file(void *slot, const char *name);

/* slot_sweep.c: the end of all its processes. */

/* Actions of the machine: ends everything of the attempt and the monitor with it; looks whether something is left. */
void slot_begin_sweep(struct slot *s);
void slot_sweep(struct slot *s);
/* The monitor's pidfd is readable. */
void slot_on_monitor_end(struct source *source, uint32_t events);

/* slot_end.c: what came of it. */

/* Actions of the machine. The attempt's processes are gone: judges, records, goes on with a janitor. */
void slot_finish(struct slot *s);
/* Tells its owner, and goes on with the prefetched one. */
void slot_tell(struct slot *s);

#endif
