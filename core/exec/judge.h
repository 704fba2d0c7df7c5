/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From what was seen of an attempt to its verdict: a pure function. A verdict is a message; an exit status never is
 * one.
 */
#ifndef MUSTER_EXEC_JUDGE_H
#define MUSTER_EXEC_JUDGE_H

#include "ipc/message.h"
#include "record/event.h"

#include <stdbool.h>
#include <stdint.h>

struct observed {
    const char *setup_error; /* why it could not run or be watched; NULL: it could */
    bool interrupted;        /* the run was ended by a signal before it had a verdict */
    bool timed_out;          /* before it had a verdict */
    enum phase phase;        /* where it was last */
    const char *part;        /* the same in words, where the phase's name says too little; NULL: it doesn't */
    int64_t budget_ns;       /* which ran out */
    bool has_verdict;
    enum outcome outcome;
    const char *reason; /* of the verdict */
    /* What made it bad, as it said when it happened; NULL: nothing did. `foreign`: the worst of it was in a process
     * that it forked, of which its own verdict knows nothing. */
    const char *cause, *foreign_cause;
    enum outcome foreign_outcome;
    bool cause_is_late; /* nothing had made it bad when it was told to end: what did, came behind that */
    bool malformed;     /* it sent what is no message */
    bool lost;          /* it closed its connection */
    bool crashed;       /* it told of a crash */
    int signal;
    bool has_address;
    uint64_t address;
    uint64_t memory_limit; /* the kernel killed for it; 0: it did not */
    bool exit_counts;      /* its exit handlers run behind its verdict */
    bool has_status;
    int wait_status;
};

/* When a message was sent: by its own account, which can't lie before the order or after the present. */
int64_t judge_sent_at(uint64_t claimed_ns, int64_t ordered_ns, int64_t now_ns);
/* Whether a verdict of that time counts, where the phase had time until limit_ns (NEVER: without an end). One that is
 * late never does: the process may have been told of its end before it spoke. */
bool judge_is_in_time(const struct observed *o, int64_t at_ns, int64_t limit_ns);

enum verdict judge(const struct observed *o, struct buf *ret_reason);

#endif
