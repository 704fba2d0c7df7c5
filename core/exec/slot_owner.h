/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a slot asks and tells whoever gives it its tasks: a table of functions and facts. The runner has one for cases,
 * fixtures have one, and so has the replay of a ledger. A slot knows no more of any of them; they use exec/slot.h.
 *
 * Functions are called from the loop, with the data that came with the table. But for `ended`, NULL is an answer too:
 * there is nothing to say, or to hear.
 */
#ifndef MUSTER_EXEC_SLOT_OWNER_H
#define MUSTER_EXEC_SLOT_OWNER_H

#include "exec/slot_task.h"
#include "ipc/message.h"
#include "ipc/sock.h"
#include "record/event.h"

struct slot;

/* What came of a task. Valid during the call. */
struct slot_result {
    const struct slot_task *task;
    enum verdict verdict;
    const char *reason;
    int64_t duration_ns;
    uint64_t kept;           /* of what it deferred, on purpose */
    const char *setup_error; /* why its last process, be it a janitor, could not work; NULL: it could */
};

/* What came of the process that a task is about, while what it deferred may still be undone. Valid during the call. */
struct slot_judgement {
    enum verdict verdict;
    const char *reason, *file; /* file: "" when unknown */
    uint32_t line;
    bool interrupted;
    uint64_t stdout_bytes, stderr_bytes;
};

/* A part of set-up and tear-down with budgets of its own: an attempt-scoped fixture. */
struct slot_part {
    const char *name;
    int64_t setup_ns, teardown_ns;
};

struct slot_owner {
    /* What its processes are in until they say so, which is limited as that phase is. */
    enum phase first_phase;
    const char *body_name; /* of their body in reasons; NULL: they have one body, which needs no name */
    bool may_stand_still;  /* for a person who looks at them */

    /* The task is over, and the slot is idle again. */
    void (*ended)(void *data, const struct slot_result *result);
    void (*judged)(void *data, const struct slot_judgement *judgement);
    /* Whether there will be another attempt after this verdict. */
    bool (*will_retry)(void *data, const struct slot_task *task, enum verdict verdict);
    /* The next task for a slot whose attempt is about to end: ordered at once, it begins the moment that the monitor is
     * free. False: none, or none of this plugin. `begun` or `returned` follows: it has begun, or it could not. */
    bool (*next)(void *data, uint32_t plugin, const struct slot_task *current, struct slot_task *ret_task);
    void (*begun)(void *data, const struct slot_task *task);
    void (*returned)(void *data, const struct slot_task *task);
    /* Whether what it deferred is kept where only that of bad ones is, though it is none. */
    bool (*keeps)(void *data, const struct slot_task *task);
    /* One of its cleanups has been tried: `error` is "" when it was undone; `lacked`: it has asked for what a fixture
     * had published, and that was not there. */
    void (*settled)(void *data, uint64_t ledger_id, const char *error, bool lacked);

    /* Takes an event; NULL: those are the run's. */
    void (*event)(void *data, const struct slot_task *task, struct event *event);
    /* It is bad: adds events with what else is known of it. NULL: nothing is. */
    void (*evidence)(void *data, const struct slot_task *task);
    /* Opens the folder of what is kept of it; NULL: that of an attempt of a case. */
    int (*open_dir)(void *data, const struct slot_task *task);
    /* A message that attempts don't send, and its descriptors; false when it is none of the owner's. */
    bool (*message)(void *data, struct slot *s, const struct message *m, struct received *got);

    /* Adds to an order what the slot does not know; says in words how much that is, after "; ". */
    void (*order)(void *data, const struct slot_task *task, struct arena *arena, struct msg_attempt *order);
    void (*describe_order)(void *data, const struct slot_task *task, struct buf *out);
    /* The n-th part that it sets up itself; false when there is none. */
    bool (*part)(void *data, const struct slot_task *task, uint32_t n, struct slot_part *ret_part);
    /* Whether something that the task stands on has ended, and has yet to say how: slot_lose() tells when it has. */
    bool (*losing)(void *data, const struct slot_task *task);
    /* Whether something that the task stands on was lost since then: what looks like a failure of the product is none.
     * NULL, or the reason; malloc'd. */
    char *(*lost)(void *data, const struct slot_task *task, int64_t since_ns);
};

#endif
