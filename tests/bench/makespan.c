/* SPDX-License-Identifier: Apache-2.0 */
/* Makespans: from the log of a run, and for an order that it could have had. */
#include "makespan.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SLOTS_MOST = 64 };

/* The number behind a key that is not in a text before it: those of the log's own fields come first. */
static double seconds_at(const char *line, const char *key)
{
    const char *at = strstr(line, key);
    return at ? strtod(at + strlen(key), NULL) * 1e-9 : 0;
}

static void take(struct durations *d, const char *line, double *first)
{
    double t = seconds_at(line, "\"t\":");
    if (strstr(line, "\"type\":\"attempt.started\"") && (*first < 0 || t < *first))
        *first = t;
    if (!strstr(line, "\"type\":\"attempt.ended\""))
        return;
    d->span = t - *first > d->span ? t - *first : d->span;
    if (d->n < MAKESPAN_MOST)
        d->seconds[d->n++] = seconds_at(line, "\"duration_ns\":");
}

void makespan_read(const char *log, struct durations *ret_durations)
{
    char *line = NULL;
    size_t size = 0;
    double first = -1;
    struct durations d = {0};
    FILE *events = fopen(log, "re");
    if (!events) {
        fprintf(stderr, "bench: %s: %s\n", log, strerror(errno));
        exit(3);
    }
    while (getline(&line, &size, events) > 0)
        take(&d, line, &first);
    free(line);
    fclose(events);
    *ret_durations = d;
}

static int longest_first(const void *a, const void *b)
{
    double x = *(const double *)a;
    double y = *(const double *)b;
    return (x < y) - (x > y);
}

double makespan_longest_first(const struct durations *durations, unsigned slots)
{
    struct durations d = *durations;
    double free_at[SLOTS_MOST] = {0};
    double end = 0;
    assert(slots > 0 && slots <= SLOTS_MOST);
    qsort(d.seconds, d.n, sizeof(d.seconds[0]), longest_first);
    for (size_t i = 0; i < d.n; i++) {
        unsigned first = 0;
        for (unsigned k = 1; k < slots; k++)
            first = free_at[k] < free_at[first] ? k : first;
        free_at[first] += d.seconds[i];
        end = free_at[first] > end ? free_at[first] : end;
    }
    return end;
}

double makespan_least(const struct durations *durations, unsigned slots)
{
    double sum = 0;
    double longest = 0;
    for (size_t i = 0; i < durations->n; i++) {
        sum += durations->seconds[i];
        longest = durations->seconds[i] > longest ? durations->seconds[i] : longest;
    }
    return sum / slots > longest ? sum / slots : longest;
}
