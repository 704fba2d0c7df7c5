/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Fixtures of plugin and run scope, while a run goes on.
 *
 * Each instance of the plan (plan/fixtures.h) has a slot of its own behind those of attempts, in which its process
 * runs as an attempt does: under a monitor, contained, captured, with deadlines and a janitor. What a slot does
 * otherwise for a fixture than for an attempt is in fixture_slot.c.
 *
 *   IDLE -> WANTED -> STARTING -> READY -> STOPPING -> IDLE
 *             |           |         |                   ^
 *             +-> IDLE    |         +-> DYING ----------+
 *                         +-----------------------------+
 *
 *   IDLE      no process; `failure` says why there can be none
 *   WANTED    a case waits for it; it waits for those that it uses
 *   STARTING  set-up, and until it is ready
 *   READY     its users run
 *   STOPPING  was told to tear itself down
 *   DYING     ended, or said that it can't be used: its users are ended, its process is wound up
 *
 * It is started when a case that needs it would begin, and stopped when its last case has ended and nothing that uses
 * it is left. One that died is started anew for the next who needs it, a few times; one whose set-up failed, for
 * retries only. With nothing to share, everything here is a look at `n`.
 */
#ifndef MUSTER_EXEC_FIXTURE_SET_H
#define MUSTER_EXEC_FIXTURE_SET_H

#include "exec/slot.h"
#include "ipc/sock.h"
#include "plan/fixtures.h"

enum fixture_state { FIXTURE_IDLE, FIXTURE_WANTED, FIXTURE_STARTING, FIXTURE_READY, FIXTURE_STOPPING, FIXTURE_DYING };

enum { FIXTURE_STARTS_MAX = 4 }; /* of an instance in a run */

struct fixture_pair {
    char *key, *value;
};

/* A process that a fixture stands on. */
struct fixture_watch {
    int pidfd;
    char *what;
};

struct fixture_run {
    struct fixtures *fixtures;
    const struct fixture_instance *plan; /* NULL: of attempt scope, not in use */
    const struct fixture_info *info;
    struct slot *slot;
    char *id; /* "fixture postgres": in the ledger, where cases have theirs */
    enum fixture_state state;
    bool wanted_again; /* by a case that came while it was on its way out */
    uint32_t starts;
    uint32_t left; /* cases that need it and have not ended */
    char *failure; /* why it can't be used, as a case's reason */
    char *death;   /* how it died last */
    bool keep;     /* one of its users was bad, and --keep-failed */
    struct fixture_pair *pairs;
    size_t n_pairs, cap_pairs, bytes;
    struct fixture_watch *watches;
    size_t n_watches, cap_watches;
    int64_t started_ns, died_ns;
    uint64_t users, stdout_bytes, stderr_bytes;
    const char *asked_by;
    char *trouble; /* with its tear-down */
};

struct fixtures {
    struct slot_shared *shared;
    const struct fixture_plan *plan;
    const struct selection *selection;
    struct fixture_run *items; /* by instance */
    size_t n;                  /* 0: nothing is shared */
    unsigned first_slot, at_once;
    int64_t setup_ns, teardown_ns; /* where a fixture sets none */
    bool changed;                  /* cases that wait may go on */
    bool halted;
    uint64_t failed_teardowns;
};

struct fixtures_options {
    struct slot_shared *shared; /* its slots: attempts' first, then one for each shared instance */
    const struct fixture_plan *plan;
    const struct selection *selection;
    unsigned first_slot;   /* the first of them that is a fixture's: it has not been opened */
    uint32_t first_number; /* which it gets */
    unsigned at_once;      /* that are started at a time */
    int64_t setup_ns, teardown_ns;
};

void fixtures_open(struct fixtures *f, const struct fixtures_options *o);
void fixtures_close(struct fixtures *f);

enum fixtures_answer { FIXTURES_READY, FIXTURES_WAIT, FIXTURES_LACKING };
/* Whether the case can begin; asks for those that it needs. LACKING: not at all, for *ret_reason. `again`: for a retry,
 * what failed is tried once more. */
enum fixtures_answer fixtures_ask(struct fixtures *f, size_t i, bool again, const char **ret_reason);
/* The case's attempt begins; has ended; all of its attempts have. */
void fixtures_note_begin(struct fixtures *f, size_t i);
void fixtures_note_end(struct fixtures *f, size_t i, enum verdict verdict);
void fixtures_note_last(struct fixtures *f, size_t i);
/* Starts and stops what is due. True when cases that wait may go on. */
bool fixtures_step(struct fixtures *f);
/* No case begins any more: what runs is stopped when its users have ended. */
void fixtures_halt(struct fixtures *f);
/* The run is to end. In a hurry nothing waits for its users, or for its tear-down. */
void fixtures_interrupt(struct fixtures *f, bool hurry);
bool fixtures_are_idle(const struct fixtures *f);
bool fixtures_uses_shared(const struct fixtures *f, size_t i);

/* fixture_orders.c: what an attempt of the case is told; names what that is, with sizes. */
void fixtures_order(const struct fixtures *f, size_t i, struct arena *arena, struct msg_attempt *order);
void fixtures_describe_order(const struct fixtures *f, size_t i, struct buf *out);
/* Its n-th attempt-scoped fixture; false when it has no such one. */
bool fixtures_local(const struct fixtures *f, size_t i, uint32_t n, struct slot_part *ret_part);
/* Whether one that the case needs has died since then, noticed or not. NULL, or the reason; malloc'd. */
char *fixtures_lost(struct fixtures *f, size_t i, int64_t since_ns);

/* The same two, of what a fixture is told. */
void fixture_order(const struct fixture_run *it, struct arena *arena, struct msg_attempt *order);
void fixture_describe_order(const struct fixture_run *it, struct buf *out);

/* fixture_slot.c: a fixture as the owner of its slot. The data is its struct fixture_run. */
extern const struct slot_owner fixture_owner;
/* The last lines of its output. */
struct string_list fixture_output(const struct fixture_run *it, struct arena *arena);

/* fixture_set.c, for fixture_slot.c. */
void fixture_is_ready(struct fixture_run *it);
void fixture_has_failed(struct fixture_run *it, const struct slot_judgement *judgement);
void fixture_has_ended(struct fixture_run *it);
void fixture_has_died(struct fixture_run *it, const char *reason);
/* From set-up to ready. */
int64_t fixture_ready_limit(const struct fixture_run *it);
/* "service testbed", "fixture tenant". */
const char *fixture_kind(const struct fixture_run *it);

#endif
