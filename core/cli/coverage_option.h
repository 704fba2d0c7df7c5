/* SPDX-License-Identifier: Apache-2.0 */
/* --coverage, before and after a run. */
#ifndef MUSTER_CLI_COVERAGE_OPTION_H
#define MUSTER_CLI_COVERAGE_OPTION_H

#include "coverage/coverage.h"
#include "evidence/recording.h"
#include "plan/catalogue.h"

struct coverage_variables {
    char *run_path;
    char *items[COVERAGE_VARIABLES]; /* of the environment; NULL behind the last */
};
/* A run that did not begin leaves no folder. */
void coverage_option_free(struct coverage_variables *v);
#define autovariables __attribute__((cleanup(coverage_option_free))) struct coverage_variables

/* Of a run that will be OUT/RUN_ID. */
int coverage_option_begin(const char *out, const char *run_id, struct coverage_variables *ret, struct err *err);
/* A run, all of which has ended. */
struct coverage_ended {
    struct evidence *evidence;
    const struct catalogue *catalogue; /* whose plugins ran */
    const char *objects;               /* --coverage: a folder, or "" */
    int signals;
};
/* Why there is no report of it, malloc'd, where that is the run's failure; NULL. *ret_signo: a signal ended it; 0. */
char *coverage_option_collect(const struct coverage_ended *e, int *ret_signo);

#endif
