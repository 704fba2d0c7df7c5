/* SPDX-License-Identifier: Apache-2.0 */
/* What the latest results of a case say. */
#include "record/case_stats.h"

#include "base/clock.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const int64_t TIME_UNIT_NS = NS_PER_MS / 10;

char case_letter(enum verdict v)
{
    static const char letters[VERDICT_N] = {
        [VERDICT_PASSED] = 'P',  [VERDICT_FAILED] = 'F',  [VERDICT_ERROR] = 'E', [VERDICT_TIMEOUT] = 'T',
        [VERDICT_CRASHED] = 'C', [VERDICT_SKIPPED] = 'S', [VERDICT_FLAKY] = 'R'};
    return (unsigned)v < VERDICT_N ? letters[v] : 'E';
}

static bool is_bad_letter(char c)
{
    return c != 'P' && c != 'R';
}

void case_time_text(int64_t ns, char ret_text[CASE_TIME_DIGITS + 1])
{
    const int64_t most = (1LL << (4 * CASE_TIME_DIGITS)) - 1;
    int64_t units = ns < 0 ? 0 : (ns + TIME_UNIT_NS / 2) / TIME_UNIT_NS;
    snprintf(ret_text, CASE_TIME_DIGITS + 1, "%07llx", (unsigned long long)(units > most ? most : units));
}

/* By Newton, of 0 to 2: the mathematical library would be one more for every run to map. */
static double square_root(double x)
{
    double root = 2;
    for (int i = 0; i < 40 && x > 0; i++)
        root = (root + x / root) / 2;
    return x > 0 ? root : 0;
}

void wilson_interval(size_t k, size_t n, double *ret_low, double *ret_high)
{
    static const double z = 1.959963984540054;
    double p = n > 0 ? (double)k / (double)n : 0, z2n = n > 0 ? z * z / (double)n : 0;
    double middle = p + z2n / 2, half = n > 0 ? z * square_root(p * (1 - p) / (double)n + z2n / (4 * (double)n)) : 0;
    *ret_low = n > 0 && k > 0 ? (middle - half) / (1 + z2n) : 0;
    *ret_high = n > 0 && k < n ? (middle + half) / (1 + z2n) : 1;
}

struct case_rate case_rate_of(const char *letters, size_t window)
{
    size_t len = strlen(letters), from = len > window ? len - window : 0;
    struct case_rate r = {.runs = len - from};
    size_t end = len;
    while (end > from && is_bad_letter(letters[end - 1]))
        end--;
    r.failing = len - end;
    for (size_t i = from; i < end; i++) {
        r.flaky += letters[i] == 'R';
        r.recovered += is_bad_letter(letters[i]);
    }
    size_t judged = r.runs - r.failing;
    r.rate = judged > 0 ? (double)(r.flaky + r.recovered) / (double)judged : 0;
    wilson_interval(r.flaky + r.recovered, judged, &r.low, &r.high);
    return r;
}

static int by_length(const void *a, const void *b)
{
    const int64_t *x = a, *y = b;
    return (*x > *y) - (*x < *y);
}

/* At the nearest rank, of a sorted list. */
static int64_t rank(const int64_t *sorted, size_t n, size_t percent)
{
    size_t at = (n * percent + 99) / 100;
    return sorted[at > 0 ? at - 1 : 0];
}

static int64_t median(const int64_t *times, size_t n)
{
    int64_t sorted[CASE_TIMES];
    memcpy(sorted, times, n * sizeof *sorted);
    qsort(sorted, n, sizeof *sorted, by_length);
    return rank(sorted, n, 50);
}

/* The file is the user's, and may hold anything. */
static size_t decode(const char *text, size_t window, int64_t ret_times[CASE_TIMES])
{
    size_t n = strlen(text) / CASE_TIME_DIGITS, most = window < CASE_TIMES ? window : CASE_TIMES;
    size_t from = n > most ? n - most : 0;
    for (size_t i = from; i < n; i++) {
        char digits[CASE_TIME_DIGITS + 1] = "";
        memcpy(digits, text + i * CASE_TIME_DIGITS, CASE_TIME_DIGITS);
        ret_times[i - from] =
            strspn(digits, "0123456789abcdef") == CASE_TIME_DIGITS ? strtoll(digits, NULL, 16) * TIME_UNIT_NS : 0;
    }
    return n - from;
}

struct case_times case_times_of(const char *text, size_t window)
{
    int64_t times[CASE_TIMES], sorted[CASE_TIMES];
    struct case_times t = {.n = decode(text, window, times)};
    if (t.n == 0)
        return t;
    memcpy(sorted, times, t.n * sizeof *sorted);
    qsort(sorted, t.n, sizeof *sorted, by_length);
    t.median_ns = rank(sorted, t.n, 50);
    t.p95_ns = rank(sorted, t.n, 95);
    t.longest_ns = sorted[t.n - 1];
    if (t.n >= 2 * CASE_LATELY) {
        t.before_ns = median(times, t.n - CASE_LATELY);
        t.lately_ns = median(times + t.n - CASE_LATELY, CASE_LATELY);
    }
    return t;
}
