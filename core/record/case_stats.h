/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the latest results of a case say, as the history keeps them: a letter for each result, and the times of some of
 * them, the newest last. Pure.
 */
#ifndef MUSTER_RECORD_CASE_STATS_H
#define MUSTER_RECORD_CASE_STATS_H

#include "record/event.h"

enum {
    CASE_RESULTS = 100,  /* letters that are kept */
    CASE_TIMES = 50,     /* times that are kept */
    CASE_TIME_DIGITS = 7 /* of one time: hexadecimal, in tenths of a millisecond; 7 h 27 min at the most */
};

/* 'P', 'F', 'E', 'T', 'C', and 'R' for passed on a retry. */
char case_letter(enum verdict v);
void case_time_text(int64_t ns, char ret_text[CASE_TIME_DIGITS + 1]);

/* How steady a case is. A failure after which it passed again counts against it; those at the end don't: it may be
 * broken, which is another thing. */
struct case_rate {
    size_t runs;      /* looked at: the window, or as many as there are */
    size_t flaky;     /* passed on a retry */
    size_t recovered; /* failed, and passed in a later run */
    size_t failing;   /* in a row, at the end */
    double rate;      /* (flaky + recovered) / (runs - failing) */
    double low, high; /* its interval at 95 %, by Wilson */
};
struct case_rate case_rate_of(const char *letters, size_t window);
/* Wilson's interval of k of n at 95 %; 0 and 1 without any. */
void wilson_interval(size_t k, size_t n, double *ret_low, double *ret_high);

/* How long it takes. Nearest ranks. */
struct case_times {
    size_t n;
    int64_t median_ns, p95_ns, longest_ns;
    int64_t before_ns, lately_ns; /* medians of the older ones, and of the last CASE_LATELY; both 0 with fewer than
                                     twice as many */
};
enum { CASE_LATELY = 5 };
struct case_times case_times_of(const char *text, size_t window);

#endif
