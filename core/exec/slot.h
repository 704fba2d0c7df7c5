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

#include "exec/slot_owner.h"
#include "exec/slot_shared.h"
#include "exec/slot_task.h"

/* `number`: nobody else of those who share has it. */
struct slot *slot_new(struct slot_shared *shared, uint32_t number, const struct slot_owner *owner, void *owner_data);
void slot_free(struct slot *s);
uint32_t slot_number(const struct slot *s);
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
/* Asks its process to tear itself down; `keep`: without undoing what it deferred. */
void slot_ask_to_stop(struct slot *s, bool keep);
/* How many bytes its process has printed so far, to stdout and stderr. */
void slot_printed(struct slot *s, uint64_t *ret_out, uint64_t *ret_err);
/* Appends the end of what it has printed to the file ("stdout.log", or "stderr.log"), behind the first `since` bytes:
 * exec/capture.h. True: the file does not have all that was printed. */
bool slot_output_end(struct slot *s, const char *name, uint64_t since, size_t most, struct buf *out);
/* It has deferred something that is not undone. */
bool slot_has_deferred(const struct slot *s);
/* What its process is held by, for who is to hold it longer: descriptors that stay the slot's. Nothing is changed by
 * it. slot_leave(): somebody holds them now; what it has printed is in its files, the slot has nothing to do with it
 * any more, and what it deferred is kept. */
struct slot_ends {
    int monitor, channel, out, err; /* the latter -1 where it prints to our own */
    pid_t monitor_pid;
};
void slot_lend(struct slot *s, struct slot_ends *ret_ends);
void slot_leave(struct slot *s);
/* Paths of its temporary folder and of that for artifacts, the slot's. */
void slot_folders(const struct slot *s, char **ret_temp, char **ret_artifacts);
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

#endif
