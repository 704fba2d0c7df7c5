/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The runner: from a selection to results. It gives cases to slots as the schedule says, waits between the attempts of
 * one that failed while others go on, and ends all of it on a signal. Events go to a sink; the log must be on disk
 * before the loop sleeps.
 */
#ifndef MUSTER_EXEC_RUNNER_H
#define MUSTER_EXEC_RUNNER_H

#include "exec/runner_options.h"

/* An error is the runner's own (status 3). *ret_result is set in any case. */
int runner_run(const struct runner_options *options, struct runner_result *ret_result, struct err *err);

#endif
