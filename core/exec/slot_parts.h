/* SPDX-License-Identifier: Apache-2.0 */
/* Parts of a slot that are no more than data: what each is about is said where it is used. */
#ifndef MUSTER_EXEC_SLOT_PARTS_H
#define MUSTER_EXEC_SLOT_PARTS_H

#include "base/loop.h"
#include "contain/contain.h"
#include "exec/slot_task.h"
#include "forensics/live_dump.h"
#include "forensics/stacks.h"

/* exec/slot_monitor.h */
struct slot_monitor {
    uint32_t plugin;                       /* whose it is */
    const struct containment *containment; /* where it stands; NULL: there was none yet */
    struct source socket; /* orders go there, and it tells of attempts; -1: there is none, or it was let go */
    struct source end;    /* its pidfd */
    struct source old;    /* the pidfd of the one before, which was let go and has not ended */
    unsigned lost;        /* of this attempt, before they had begun it */
    uint32_t serial;      /* of the newest order */
    bool quick;           /* its last attempt was over before there was a word of it */
    int64_t sweep_until_ns, sweep_look_ns;
};

#define SLOT_MONITOR_INIT                                                                                              \
    {                                                                                                                  \
        .socket = SOURCE_INIT, .end = SOURCE_INIT, .old = SOURCE_INIT                                                  \
    }

/* The next attempt, ordered before the running one has ended: exec/slot_prefetch.h. */
struct slot_prefetched {
    bool ordered; /* the owner has given it away */
    struct slot_task task;
    bool sent; /* the monitor has its order; else it is ordered when its turn comes */
    bool early;
    uint32_t serial, after; /* of its order, and of the one that it follows: a janitor in between is another */
};

/* exec/pause.h */
enum pause_at { PAUSE_NONE, PAUSE_START, PAUSE_FAILED, PAUSE_CRASHED, PAUSE_TIMEOUT };

/* What is looked at in an attempt: its stacks when it crashed or is late, what it does right now, and itself while it
 * stands still. */
struct slot_forensics {
    struct stacks stacks;       /* of its end */
    struct live_dump live_dump; /* for who asked what runs right now */
    bool prepared;              /* once in an attempt */
    uint32_t crashed_tid;
    enum pause_at paused;
    bool pause_told;
    char pause_why[256];
    pid_t debugger; /* 0 when none runs */
};

#define SLOT_FORENSICS_INIT                                                                                            \
    {                                                                                                                  \
        .stacks = {.output = SOURCE_INIT}, .live_dump = LIVE_DUMP_INIT                                                 \
    }

#endif
