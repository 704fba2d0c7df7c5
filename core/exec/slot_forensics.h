/* SPDX-License-Identifier: Apache-2.0 */
/* What is looked at in the attempt of a slot: its stacks when it crashed or is late, what it does right now, and itself
 * while it stands still. */
#ifndef MUSTER_EXEC_SLOT_FORENSICS_H
#define MUSTER_EXEC_SLOT_FORENSICS_H

#include "exec/pause.h"
#include "forensics/stacks.h"

struct slot_forensics {
    struct stacks stacks;    /* of its end */
    struct stacks live_dump; /* for who asked what runs right now */
    bool live_dump_wanted;
    bool prepared; /* once in an attempt */
    uint32_t crashed_tid;
    enum pause_at paused;
    bool pause_told;
    char pause_why[256];
    pid_t debugger; /* 0 when none runs */
};

#define SLOT_FORENSICS_INIT                                                                                            \
    {                                                                                                                  \
        .stacks = {.output = SOURCE_INIT}, .live_dump = {.output = SOURCE_INIT }                                       \
    }

struct slot;
struct msg_crash;

/* It told of a crash. */
void slot_crashed(struct slot *s, const struct msg_crash *m);
/* Its process has become known: what could not be read when it crashed can be. */
void slot_crash_is_known(struct slot *s);
/* Somewhat before its deadline a helper is started, that then need not be waited for: when that is. */
int64_t slot_prepares_at(const struct slot *s);
void slot_prepare_to_read(struct slot *s);
/* Actions of the machine. */
void slot_read_crash(struct slot *s);
void slot_after_crash(struct slot *s);
void slot_let_crash(struct slot *s);
void slot_run_out(struct slot *s);
void slot_settle_down(struct slot *s);
void slot_read_late(struct slot *s);
void slot_after_late(struct slot *s);

#endif
