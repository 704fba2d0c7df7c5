/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Thresholds of a run, judged from its events: docs/reference/thresholds.md.
 *
 * Who declares them: a plugin (plugin.loaded), a scenario while it runs (attempt.threshold), the command line
 * (run.started), which also replaces bounds of the others or takes them away. A plugin's looks at the metrics of that
 * plugin's cases, a scenario's at those of the attempts that declare it, the command line's own at all.
 *
 * Samples of all attempts count, those that were retried too: what was measured, was measured. They are kept for
 * percentiles alone, THRESHOLD_SAMPLES_MAX of a threshold; one with more is missed, since it can't be judged.
 *
 * Events come in the order of the log; of a merged run those of its shards by turns, each with its shard as `lane`: a
 * shard has a time of its own. One thread.
 */
#ifndef MUSTER_RECORD_THRESHOLDS_H
#define MUSTER_RECORD_THRESHOLDS_H

#include "record/event.h"

enum { THRESHOLD_SAMPLES_MAX = 1000 * 1000, THRESHOLDS_MAX = 10 * 1000 };

struct thresholds;

struct thresholds *thresholds_new(void);
void thresholds_free(struct thresholds *t);
void thresholds_event(struct thresholds *t, const struct event *event, int64_t lane);
/* Tells the sink a run.threshold for each, at that time. */
void thresholds_judge(struct thresholds *t, int64_t t_ns, const struct event_sink *sink);

#endif
