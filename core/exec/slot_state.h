/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The state of a slot, and what all of its files need: its machine at work, its events, its signals. For the slot's own
 * files (slot_*.c, pause.c, status_dump.c); others use exec/slot.h.
 */
#ifndef MUSTER_EXEC_SLOT_STATE_H
#define MUSTER_EXEC_SLOT_STATE_H

#include "base/clock.h"
#include "base/loop.h"
#include "exec/pending_cleanups.h"
#include "exec/slot_attempt.h"
#include "exec/slot_machine.h"
#include "exec/slot_outputs.h"
#include "exec/slot_owner.h"
#include "exec/slot_parts.h"
#include "exec/slot_shared.h"

enum {
    SLOT_MESSAGES_A_TURN = 64,   /* one that babbles must not starve the others */
    SLOT_MESSAGES_A_LOOK = 1024, /* before a deadline is judged: as many as its socket holds, at least */
};
static const int64_t slot_dump_limit_ns = 3 * NS_PER_S;      /* for stacks */
static const int64_t slot_handlers_limit_ns = 30 * NS_PER_S; /* the same where exit handlers run in between */
static const int64_t slot_exit_limit_ns = 2 * NS_PER_S;      /* from the verdict, or SIGKILL, to the end */

typedef void slot_do(struct slot *s);

/* Each part has a file of its own, which alone changes it unless the field says otherwise. */
struct slot {
    struct slot_shared *shared;
    uint32_t number;
    enum slot_state state;
    int64_t deadline_ns; /* of the state */
    struct loop_post posted;
    int stopping; /* the run is: 1 SIGTERM, 2 in a hurry */
    char *temp_dir, *artifacts_dir;
    unsigned generation;     /* of the two */
    slot_do *const *actions; /* of the machine: SLOT_ACTIONS */
    const struct slot_owner *owner;
    void *owner_data;

    struct slot_monitor monitor;
    struct slot_attempt attempt;
    struct slot_outputs outputs;
    struct slot_cleanups cleanups;
    struct slot_prefetched prefetched;
    struct slot_forensics forensics;
};

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
/* Tells it something; one that is gone is not told. */
void slot_offer(struct slot *s, const struct message *m);
void slot_send_go(struct slot *s);
void slot_signal(int pidfd, int signo);
/* The running attempt's. */
static inline struct source *slot_channel(struct slot *s)
{
    return &outputs_current(&s->outputs)->channel;
}
/* It has been ordered, and not judged. */
bool slot_has_attempt(const struct slot *s);
/* A pidfd of the attempt, or -1. */
int slot_attempt_pidfd(const struct slot *s);
bool slot_attempt_has_ended(const struct slot *s);
/* It runs, and nobody is left who could tell of its end. */
bool slot_is_unwatched(const struct slot *s);
void slot_cause_forget(struct slot_cause *c);
const struct scenario_info *slot_scenario(const struct slot *s);
void slot_emit(struct slot *s, struct event *event);
/* A line of its log that is ours. */
void slot_log(struct slot *s, const char *level, const char *text);
/* Completes the news and passes them on. */
void slot_news(struct slot *s, struct slot_news *news);

#endif
