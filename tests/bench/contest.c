/* SPDX-License-Identifier: Apache-2.0 */
/* Contenders measured in turn, and ratios made of pairs from the same round. */
#include "contest.h"

#include <assert.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int remove_entry(const char *path, const struct stat *st, int type, struct FTW *at)
{
    (void)st;
    (void)type;
    (void)at;
    return remove(path);
}

static void run_once(struct contender *c)
{
    if (c->scratch)
        nftw(c->scratch, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
    struct measured m = measure_run(&c->command);
    c->seconds[c->n] = m.seconds;
    c->cpu_seconds[c->n] = m.cpu_seconds;
    if (c->seconds_of)
        c->seconds[c->n] = c->seconds_of(c);
    c->n++;
}

void contest_run(struct contender *const *contenders, size_t n)
{
    for (unsigned round = 0; round < CONTEST_MAX_ROUNDS; round++) {
        for (size_t i = 0; i < n; i++)
            if (round < contenders[i]->rounds)
                run_once(contenders[i]);
    }
}

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a;
    double y = *(const double *)b;
    return (x > y) - (x < y);
}

struct spread {
    double min, median, max;
};

static struct spread spread_of(const double *values, unsigned n)
{
    double sorted[CONTEST_MAX_ROUNDS];
    assert(n > 0 && n <= CONTEST_MAX_ROUNDS);
    memcpy(sorted, values, n * sizeof(sorted[0]));
    qsort(sorted, n, sizeof(sorted[0]), by_value);
    double median = n % 2 ? sorted[n / 2] : (sorted[n / 2 - 1] + sorted[n / 2]) / 2;
    return (struct spread){sorted[0], median, sorted[n - 1]};
}

void contest_print(const char *title, struct contender *const *contenders, size_t n)
{
    printf("\n%-47s %9s %9s %9s %11s %9s %7s\n", title, "min ms", "median ms", "max ms", "us per unit", "CPU us",
           "rounds");
    for (size_t i = 0; i < n; i++) {
        const struct contender *c = contenders[i];
        struct spread s = spread_of(c->seconds, c->n);
        double cpu = spread_of(c->cpu_seconds, c->n).median;
        printf("  %-45s %9.1f %9.1f %9.1f %11.1f ", c->name, s.min * 1e3, s.median * 1e3, s.max * 1e3,
               s.median * 1e6 / c->units);
        if (cpu < 0) /* no cgroup that counts it can be had here */
            printf("%9s %7u\n", "-", c->n);
        else
            printf("%9.1f %7u\n", cpu * 1e6 / c->units, c->n);
    }
    fflush(stdout);
}

static const char *word_for(bool good)
{
    return good ? "ok" : "MISSED";
}

static bool is_within(double value, const struct bound *b)
{
    return (b->at_least == 0 || value >= b->at_least) && (b->at_most == 0 || value <= b->at_most);
}

static void print_bound(const struct bound *b, bool good)
{
    if (b->at_least > 0)
        printf("  floor %.2f", b->at_least);
    if (b->at_most > 0)
        printf("  at most %.2f", b->at_most);
    if (b->aim > 0)
        printf("  aim %.2f", b->aim);
    printf("  %s\n", b->at_least > 0 || b->at_most > 0 ? word_for(good) : "");
}

bool ratio_print(const struct ratio *r)
{
    double values[CONTEST_MAX_ROUNDS];
    unsigned n = r->time->n < r->over->n ? r->time->n : r->over->n;
    for (unsigned i = 0; i < n; i++)
        values[i] = r->scale * r->time->seconds[i] / r->over->seconds[i];
    struct spread s = spread_of(values, n);
    bool good = is_within(s.median, &r->bound);
    printf("  %-58s %7.2f (%.2f to %.2f)", r->name, s.median, s.min, s.max);
    print_bound(&r->bound, good);
    return good;
}

bool bound_print(const char *name, double value, const char *unit, const struct bound *bound)
{
    bool good = is_within(value, bound);
    printf("  %-58s %7.1f %s", name, value, unit);
    print_bound(bound, good);
    return good;
}
