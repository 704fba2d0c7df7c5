/* SPDX-License-Identifier: Apache-2.0 */
/* What the parts of the JUnit report share: junit.c writes the run and its suites, junit_case.c one case. */
#ifndef MUSTER_REPORT_JUNIT_PARTS_H
#define MUSTER_REPORT_JUNIT_PARTS_H

#include "report/formats.h"
#include "report/xml_writer.h"

#define JUNIT_UNCHECKED "it passed without a single check"

/* What the families differ in. */
struct junit_shape {
    bool one_suite;  /* the root is a <testsuite>: Surefire writes a file for each */
    bool extras;     /* what no schema has */
    bool attributes; /* timestamp and hostname of a suite */
    /* <rerunError> and <flakyError> for what is no failed check. Jenkins reads neither, though its schema has them. */
    bool retried_errors;
    int digits, suite_digits; /* of a second, of a testcase and of a suite: Jenkins's schema takes three of a suite's */
};

struct junit {
    struct xml_writer *xml;
    const struct junit_shape *shape;
    const struct run_model *model;
    const struct output_reader *source;
};

/* A <testcase>. */
void junit_case(struct junit *j, const struct model_case *c);
/* Properties for what must not be missed, of a case whose element has no place for it. */
void junit_warnings(struct junit *j, const struct model_case *c);
void junit_seconds(struct junit *j, int digits, int64_t ns);
void junit_skipped(struct junit *j, const char *why);
void junit_property(struct junit *j, const char *name, const char *value);

#endif
