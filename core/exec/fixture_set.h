/* SPDX-License-Identifier: Apache-2.0 */
/* Which fixture starts and stops when, and who waits for it: exec/fixture_state.h has the states. */
#ifndef MUSTER_EXEC_FIXTURE_SET_H
#define MUSTER_EXEC_FIXTURE_SET_H

#include "exec/fixture_state.h"

struct fixtures_options {
    struct slot_shared *shared; /* its slots: attempts' first, then one for each shared instance */
    const struct fixture_plan *plan;
    const struct selection *selection;
    unsigned first_slot;   /* the first of them that is a fixture's: it has not been opened */
    uint32_t first_number; /* which it gets */
    unsigned at_once;      /* that are started at a time */
    int64_t setup_ns, teardown_ns;
    int64_t timeout_factor;
};

void fixtures_open(struct fixtures *f, const struct fixtures_options *o);
void fixtures_close(struct fixtures *f);

enum fixtures_answer { FIXTURES_READY, FIXTURES_WAIT, FIXTURES_LACKING };
/* Whether the case can begin; asks for those that it needs. LACKING: not at all, for *ret_reason. `again`: for a retry,
 * what failed is tried once more. */
enum fixtures_answer fixtures_ask(struct fixtures *f, size_t i, bool again, const char **ret_reason);
/* The case's attempt begins; has ended; all of its attempts have. */
void fixtures_note_begin(struct fixtures *f, size_t i);
/* `kept`: what it has left to be undone later. */
void fixtures_note_end(struct fixtures *f, size_t i, enum verdict verdict, uint64_t kept);
void fixtures_note_last(struct fixtures *f, size_t i);
/* Starts and stops what is due. True when cases that wait may go on. */
bool fixtures_step(struct fixtures *f);
/* No case begins any more: what runs is stopped when its users have ended. */
void fixtures_halt(struct fixtures *f);
/* The run is to end. In a hurry nothing waits for its users, or for its tear-down. */
void fixtures_interrupt(struct fixtures *f, bool hurry);
/* Nothing runs but what is to stay. */
bool fixtures_are_idle(const struct fixtures *f);
bool fixtures_uses_shared(const struct fixtures *f, size_t i);

#endif
