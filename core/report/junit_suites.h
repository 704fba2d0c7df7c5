/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Inside the room: how cases become JUnit's suites and counts. One suite a plugin, in the order in which they
 * first appear; the counts agree with the elements that junit.c writes.
 */
#ifndef MUSTER_REPORT_JUNIT_SUITES_H
#define MUSTER_REPORT_JUNIT_SUITES_H

#include "report/model.h"

struct suite_counts {
    size_t tests, failures, errors, skipped, flakes;
    int64_t time_ns;
};

struct suite {
    const char *plugin;
    const struct model_case **cases;
    size_t n, cap;
    struct suite_counts counts;
};

struct suite_list {
    struct suite *items;
    size_t n, cap;
    struct suite_counts counts;
};

struct suite_list junit_suites(const struct run_model *model);
/* Of the thresholds: a testcase each. */
struct suite_counts junit_thresholds(const struct run_model *model);
void junit_suites_free(struct suite_list *suites);

/* The attempt that gives a bad case its element; NULL when it has none. */
const struct model_attempt *junit_first_bad(const struct model_case *c);
/* <failure> rather than <error>. */
bool junit_is_failure(const struct model_case *c);
/* A flaky case counts with the attempt that passed, as in Surefire. */
int64_t junit_time(const struct model_case *c);

#endif
