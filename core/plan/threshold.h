/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Thresholds: bounds on what a run measures, written alike in C, in YAML and on the command line.
 *
 *     provisioning.time < 5 m    p95(query.time) <= 2s    mean(job.success) >= 85 %    query.time=off
 *
 * A threshold has a metric, a statistic over its samples, an order and a bound. Without a statistic it holds for every
 * sample: that is max() for < and <=, and min() for > and >=. A bound without a unit is in the metric's own. "off" is
 * for the command line alone: it takes away what others have declared.
 *
 * Pure values. Strings live in the arena that threshold_parse() was given, or are constants.
 */
#ifndef MUSTER_PLAN_THRESHOLD_H
#define MUSTER_PLAN_THRESHOLD_H

#include "base/buf.h"
#include "base/err.h"
#include "base/mem.h"

#include <stdbool.h>

enum statistic { STATISTIC_MAX, STATISTIC_MIN, STATISTIC_MEAN, STATISTIC_SUM, STATISTIC_COUNT, STATISTIC_PERCENTILE };
enum threshold_order { ORDER_LESS, ORDER_AT_MOST, ORDER_MORE, ORDER_AT_LEAST };

struct threshold {
    const char *text; /* in the one spelling that reports use: "max(provisioning.time) < 5 m" */
    const char *metric;
    enum statistic statistic;
    double percent; /* of STATISTIC_PERCENTILE: above 0, below 100 */
    enum threshold_order order;
    double bound;     /* in `unit` */
    const char *unit; /* as metrics are recorded: "ms", "bytes", "1/s", "percent", ""; NULL: the metric's own */
    bool off;         /* no bound: what is declared does not count */
    bool any;         /* off, of every statistic */
};

/* Metrics that every run has, in the scope of whoever declares a threshold on them (docs/reference/thresholds.md). */
#define METRIC_SUITE_DURATION    "suite.duration"
#define METRIC_SCENARIO_DURATION "scenario.duration"

/* -EINVAL: *err has the column and a caret. */
int threshold_parse(const char *text, struct arena *arena, struct threshold *ret_threshold, struct err *err);
/* "max", "p95" ... */
void threshold_statistic_add(struct buf *out, const struct threshold *t);
/* "<" ... */
const char *threshold_order_sign(enum threshold_order order);
/* Whether they look at the same statistic of the same metric. */
bool threshold_is_same(const struct threshold *a, const struct threshold *b);
bool threshold_holds(const struct threshold *t, double value);
/* A sample as bounds have it: 3 of "s" is 3000 of "ms". One of no known unit stays what it is. */
double threshold_sample(double value, const char *unit, const char **ret_unit);
/* A value for people: "6m12s", "1.5 MiB", "99.9 %", "12 requests". */
void threshold_value_add(struct buf *out, double value, const char *unit);

#endif
