/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The run as reports need it, built from its events.
 *
 * model_event() takes events one by one, live or from a log; every report is a function of the model, and
 * of the attempts' output files. The model owns all that it points to until model_free(). Strings are made
 * valid UTF-8 in the way the log does it, so that a model built live and one built from the log are equal.
 *
 * A run of 100,000 passing cases must stay small: repeated strings are kept once, and what only some attempts
 * have (checks, steps, a crash ...) hangs on a detail that the others don't own. The log lines of an attempt
 * that passed are dropped; the event log has them.
 *
 * What one attempt can make the model keep is bounded (MODEL_MAX_ITEMS of each kind): a babbling scenario fills
 * the event log, not the supervisor's memory.
 *
 * An event that names a case that was never planned, or an attempt that never began, adds it: a log may be
 * odd, a report of it must still be made.
 */
#ifndef MUSTER_REPORT_MODEL_H
#define MUSTER_REPORT_MODEL_H

#include "report/run_model.h"

/* An empty model; strings are "" until run.started. */
void model_init(struct run_model *model);
void model_event(struct run_model *model, const struct event *event);
void model_free(struct run_model *model);

/* model_fixture.c: an event of a fixture. */
void model_fixture_event(struct run_model *model, const struct event *event);
void model_fixture_free(struct model_fixture *f);
/* NULL when there is none. */
const struct model_fixture *model_fixture_find(const struct run_model *model, const char *label, int64_t start);
/* The fixture whose failure is all that there is to tell of a case: it could not be set up, or died, and the case has
 * neither checks nor a log or output of its own. NULL: it has an account of its own. */
const struct model_fixture *model_fixture_blamed(const struct run_model *model, const struct model_case *c);
/* NULL when there is none. */
const struct model_case *model_case_find(const struct run_model *model, const char *id);
const struct model_attempt *model_attempt_find(const struct model_case *c, int64_t number);
/* What a report names a case within its plugin: its id without the plugin's name, with its parameters. */
const char *model_case_name(const struct model_case *c);
/* A detail that holds nothing, for attempts without one. */
const struct model_detail *model_attempt_detail(const struct model_attempt *a);
/* "refund twice > refund again", "" for step 0. */
void model_step_path(const struct model_attempt *a, int32_t step, struct buf *out);
/* Attempts that began and have not ended, as "acme.pay attempt 1"; the items in the arena. */
struct string_list model_running(const struct run_model *model, struct arena *arena);
/* Cases that ended badly: failed, error, timeout, crashed. */
size_t model_bad(const struct run_model *model);
/* The attempt that a bad case's verdict and reason are from: the last bad one, which a retry that was skipped may
 * follow. Of every other case the last one; NULL: there was none. */
const struct model_attempt *model_attempt_told(const struct model_case *c);
/* The case passed without a single check: nothing says that it looked at anything. */
bool model_is_unchecked(const struct model_case *c);
/* Why a case that did not end badly makes the run a failure all the same, as --flaky, --no-checks and --skipped have
 * it; NULL: it does not. */
const char *model_fault(const struct run_model *model, const struct model_case *c);
/* Why the exit status is not 0 though no case, plugin or file has anything to say of it: who reads only a report would
 * take the run for a good one. Also that there is none, since the log ends before. NULL: it is 0, or something has. */
const char *model_run_fault(const struct run_model *model);
/* "PASSED", "FAILED", "INTERRUPTED", "INCOMPLETE": the run in a word, as results.json has it. */
const char *model_status(const struct run_model *model);
/* Thresholds that were missed, whether that makes the run a failure or not. */
size_t model_missed(const struct run_model *model);
/* It was merged from fewer shards than there were. */
bool model_parts_missing(const struct run_model *model);
/* Cases that were planned and have no end. */
size_t model_not_run(const struct run_model *model);

#endif
