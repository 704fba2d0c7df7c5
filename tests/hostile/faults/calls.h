/* SPDX-License-Identifier: Apache-2.0 */
/* The system calls that can fail for want of something, and what they say then. */
#ifndef FAULTS_CALLS_H
#define FAULTS_CALLS_H

#include <stdint.h>

enum { CALL_ERRORS = 4 };

struct call {
    const char *name;
    long number;
    int errors[CALL_ERRORS];                 /* which it can give; 0: no more */
    int (*is_meant)(const uint64_t args[6]); /* NULL: each such call */
};

extern const struct call calls[];

/* NULL: it can't fail in a way that is of interest here. */
const struct call *call_find(long number, const uint64_t args[6]);
const struct call *call_named(const char *name);

/* 0: none of that name. */
int error_number(const char *name);

#endif
