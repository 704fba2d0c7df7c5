/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Fixtures of plugin and run scope, while a run goes on.
 *
 * Each instance of the plan (plan/fixtures.h) has a slot of its own behind those of attempts, in which its process
 * runs as an attempt does: under a monitor, contained, captured, with deadlines and a janitor. What a slot does
 * otherwise for a fixture than for an attempt is in exec/fixture_slot.c.
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
#ifndef MUSTER_EXEC_FIXTURE_STATE_H
#define MUSTER_EXEC_FIXTURE_STATE_H

#include "exec/fixture_files.h"
#include "exec/slot.h"
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
    bool holds;    /* what one of its users has left to be undone later is in it */
    struct fixture_pair *pairs;
    size_t n_pairs, cap_pairs, bytes;
    struct fixture_watch *watches;
    size_t n_watches, cap_watches;
    int64_t started_ns, died_ns;
    uint64_t users, stdout_bytes, stderr_bytes;
    const char *asked_by;
    char *trouble; /* with its tear-down */
    int files;     /* its artifacts folder, wherever that is moved to; -1: not opened since it was started */
};

/* What an instance had printed when an attempt that uses it began. */
struct fixture_window {
    uint32_t of_case, instance, start;
    uint64_t out, err;
    struct fixture_files files;
};

struct fixtures {
    struct slot_shared *shared;
    const struct fixture_plan *plan;
    const struct selection *selection;
    struct fixture_run *items; /* by instance */
    size_t n;                  /* 0: nothing is shared */
    unsigned first_slot, at_once;
    int64_t setup_ns, teardown_ns; /* where a fixture sets none */
    int64_t timeout_factor;
    bool changed; /* cases that wait may go on */
    bool halted;
    uint64_t failed_teardowns;
    struct fixture_window *windows; /* of attempts that run */
    size_t n_windows, cap_windows;
    uint32_t *kept_cases; /* that have left something to be undone later */
    size_t n_kept_cases, cap_kept_cases;
    bool keeps_none; /* services can't outlive the run */
};

/* What the case needs, where anything is shared; NULL: nothing is. */
const struct case_fixtures *fixtures_needs(const struct fixtures *f, size_t i);
/* Whether the slot runs an attempt of a case that needs it. */
bool fixture_is_used_in(const struct fixture_run *it, const struct slot *s);
/* It stays when its last user has ended: it holds something, or has deferred something itself, that is kept. */
bool fixture_stays(const struct fixture_run *it);
/* Whether the one fixture uses the other itself. */
bool fixture_uses(const struct fixture_run *user, const struct fixture_run *it);
/* From set-up to ready; of its tear-down. */
int64_t fixture_ready_limit(const struct fixture_run *it);
int64_t fixture_teardown_limit(const struct fixture_run *it);
/* `ms`, as long as --timeout-factor makes it; 0: what there is by default. */
int64_t fixture_limit_or(const struct fixtures *f, uint32_t ms, int64_t by_default);
/* "service testbed", "fixture tenant". */
const char *fixture_kind(const struct fixture_run *it);
/* Takes the value over. */
void fixture_set_text(char **text, char *value);
/* Forgets what its last process has said of itself. */
void fixture_forget_words(struct fixture_run *it);
void fixture_emit(const struct fixture_run *it, struct event *event);

#endif
