/* SPDX-License-Identifier: Apache-2.0 */
/* What `llvm-cov export -format=lcov` says of lines: pure. */
#ifndef MUSTER_COVERAGE_LCOV_H
#define MUSTER_COVERAGE_LCOV_H

#include <stddef.h>
#include <stdint.h>

struct lcov_line {
    uint64_t number, hits;
};

struct lcov_file {
    char *path;
    struct lcov_line *lines;
    size_t n, cap, n_covered;
};

struct lcov {
    struct lcov_file *files;
    size_t n, cap;
};

/* Records of other kinds are passed over. */
void lcov_parse(const char *text, size_t len, struct lcov *ret);
void lcov_free(struct lcov *l);

#endif
