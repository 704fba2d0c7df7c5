/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The coverage of the product's code by a run: --coverage.
 *
 * What is built with gcc's or clang's `--coverage`, or with clang's `-fprofile-instr-generate -fcoverage-mapping`,
 * writes counters as it ends. Two variables lead those of attempts and services into <run>/coverage/counters, under the
 * path that they would have had: nobody else's counters are in there, and builds stay as they are. When the last
 * service has ended, the collector of what was written makes <run>/coverage/cobertura.xml and html/index.html of it:
 * gcovr for .gcda, llvm-profdata and llvm-cov for .profraw. The counters are removed then, and stay where it failed.
 *
 * Only sources below the working folder count: a run is started in the tree that it is about.
 */
#ifndef MUSTER_COVERAGE_COVERAGE_H
#define MUSTER_COVERAGE_COVERAGE_H

#include "base/buf.h"
#include "base/err.h"

#include <stddef.h>

#define COVERAGE_FOLDER    "coverage"
#define COVERAGE_COUNTERS  COVERAGE_FOLDER "/counters"
#define COVERAGE_LOG       COVERAGE_FOLDER "/collector.log"
#define COVERAGE_COBERTURA COVERAGE_FOLDER "/cobertura.xml"
#define COVERAGE_HTML      COVERAGE_FOLDER "/html/index.html"

/* What there is no collector for can't be asked for: negative with a sentence when none is installed, or when `objects`
 * is no folder. `objects`: where .gcno files, programs and libraries are searched besides; "" or NULL: nowhere. */
int coverage_check(const char *objects, struct err *err);
/* Makes the folder of counters of a run that will be in this one, and both: clang's counters are opened as soon as a
 * plugin is loaded. "NAME=value", NULL behind the last; a value is malloc'd. -EINVAL: a path that the variables can't
 * hold. */
enum { COVERAGE_VARIABLES = 4 };
int coverage_begin(const char *run_path, char *ret_variables[COVERAGE_VARIABLES], struct err *err);

struct coverage_collect {
    const char *run_path; /* absolute */
    const char *objects;  /* as above */
    const char *const *plugins;
    size_t n_plugins;
    int signals; /* base/signals.h: one that ends a run ends the collector */
};
/* *say is what came of it, in a line for the console. -EINTR after a signal. -ENODATA: nothing was written, or nothing
 * of the sources here. */
int coverage_collect(const struct coverage_collect *c, int *ret_signo, struct buf *say, struct err *err);

#endif
