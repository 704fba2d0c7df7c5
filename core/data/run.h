/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Running a program: the interpreter, in the attempt's process. It is over the plugin interface like any scenario: what
 * it knows and tells goes through ctx->host. One process, one attempt: its state is one static object.
 *
 * Nothing unwinds: what can't go on returns FLOW_STOP all the way up, and the body ends.
 */
#ifndef MUSTER_DATA_RUN_H
#define MUSTER_DATA_RUN_H

#include "data/data.h"
#include "data/runnable.h"

#include <muster/ext/attempt.h>
#include <muster/ext/fixtures.h>
#include <muster/ext/params.h>
#include <muster/ext/steps.h>
#include <muster/ext/target.h>
#include <pthread.h>

enum flow { FLOW_ON, FLOW_STOP };

struct run {
    struct muster_ctx *ctx;
    const struct program *program;
    const struct loader_environment *around;
    /* Extensions; NULL where the runner has none */
    const struct muster_ext_attempt *attempt;
    const struct muster_ext_steps *steps;
    const struct muster_ext_params *params;
    const struct muster_ext_target *target;
    const struct muster_ext_fixtures *fixtures;
    pthread_mutex_t lock; /* of the variables' values */
    json_t **values;      /* by slot; NULL: not set */
    bool ready;           /* its variables are set: the first step may run */
    bool finally;         /* tearing down */
    atomic_uint n_late;   /* threads that were left behind */
};

/* What the host calls: an entry's run_data and teardown_data. */
void run_program(struct muster_ctx *ctx, const void *program);
void run_finally(struct muster_ctx *ctx, const void *program);
/* The rest of `finally`, in a new image of the process: `state` is what start_anew() was given. */
void run_resumed(struct muster_ctx *ctx, const void *program, const char *state);
/* Once in the process that maps the module. */
void run_environment(const struct loader_environment *around);

/* ---- run_value.c ---- */

enum expanded { EXPANDED, EXPANDED_UNSET, EXPANDED_BAD };

/* A value as it is now. On EXPANDED *ret_value is a new reference; else *ret_why says, malloc'd, what is wrong with
 * which reference. EXPANDED_UNSET: a variable in it has no value (yet). */
enum expanded run_expand(struct run *r, const struct value *v, json_t **ret_value, char **ret_why);
/* The text of a value as an argument of this type. */
enum expanded run_text(struct run *r, const struct value *v, uint32_t type, char **ret_text, char **ret_why);
/* One reference, for what has to be there from the start. */
enum expanded run_reference(struct run *r, const struct reference *ref, json_t **ret_value, char **ret_why);
/* Takes over the reference to `value`. */
void run_set(struct run *r, uint32_t slot, json_t *value);

/* ---- run_expect.c ---- */

/* The first expectation that `result` (borrowed; NULL: the step returned nothing) does not meet, or NULL. */
const struct expectation *run_unmet(struct run *r, const struct expectations *e, json_t *result);
/* Reports every one as a check of the step; false when one failed. */
bool run_report(struct run *r, const struct expectations *e, json_t *result, const char *step);
/* Reports one as failed, with more to say. */
void run_report_failed(struct run *r, const struct expectation *e, json_t *result, const char *step,
                       const char *message);
/* `look: /status == "running" (it is "starting")`. malloc'd. */
char *run_describe_unmet(struct run *r, const struct expectation *e, json_t *result, const char *step);
/* Whether a condition holds. EXPANDED_BAD or _UNSET: it can't be told, *ret_why says why. */
enum expanded run_condition(struct run *r, const struct expectations *e, bool *ret_holds, char **ret_why);

/* ---- run_call.c ---- */

/* A call of a step function with all that stands beside it: tries, polling, time limit, expectations, save. `number` is
 * the step that it is, for what it opens on other threads. */
enum flow run_call(struct run *r, const struct step *s, uint32_t number, const char *title);

/* ---- run_thread.c ---- */

/* Something done on a thread of its own, under a guard. */
struct job {
    struct thread_guard guard; /* first */
    struct run *run;
    void (*work)(struct job *job);
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t changed;
    bool returned, ended; /* `work` is done; a required check or a stop() has stopped the thread */
};

enum job_end { JOB_RETURNED, JOB_ENDED, JOB_LATE };

/* `job` is malloc'd, with `run` and `work` set. Ends the attempt as an error when there is no thread to be had. */
void job_start(struct job *job, enum guard_mode mode, uint32_t step);
/* Waits until it is over, or until the deadline (NEVER without). What has not returned must never be freed: its thread
 * is still there. A late one is abandoned. */
enum job_end job_wait(struct job *job, int64_t deadline_ns);

/* ---- run.c ---- */

/* The process's one. */
struct run *run_of_process(void);
/* Takes the attempt up: its extensions, and variables without values. */
void run_open(struct run *r, struct muster_ctx *ctx, const struct program *program);
enum flow run_steps(struct run *r, const struct step_list *steps);
/* A failed check without comparison: "WHAT: WHY". */
void run_fail(struct run *r, struct place at, const char *what, const char *why);
/* The same where more is to be said (message, or NULL) than what the attempt's reason becomes. */
void run_fail_check(struct run *r, struct place at, const char *expression, const char *message);
void run_log(struct run *r, struct place at, const char *fmt, ...) __attribute__((format(printf, 3, 4)));

#endif
