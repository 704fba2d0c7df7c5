/* SPDX-License-Identifier: Apache-2.0 */
/* Lines that were run, as Cobertura's XML: for LLVM, whose tools write none. */
#ifndef MUSTER_COVERAGE_COBERTURA_H
#define MUSTER_COVERAGE_COBERTURA_H

#include "base/err.h"
#include "coverage/lcov.h"
#include "report/output.h"

struct line_counts {
    size_t lines, covered;
};

struct line_counts lcov_counts(const struct lcov *l);
/* Paths below `root` are written from there on, as CI servers want them. `now`: seconds. */
int cobertura_write(const struct lcov *l, const char *root, int64_t now, struct output *out, struct err *err);

#endif
