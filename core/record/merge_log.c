/* SPDX-License-Identifier: Apache-2.0 */
/* One shard's log, read for merging. */
#include "base/clock.h"
#include "record/merge.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* Far beyond any run; the sum of two can still be counted. */
static const int64_t latest_ns = INT64_MAX / 4;

bool merge_log_line(const struct merge_log *log, size_t *at, const char **ret_line, size_t *ret_len)
{
    if (*at >= log->text.len)
        return false;
    const char *line = log->text.data + *at;
    const char *end = memchr(line, '\n', log->text.len - *at);
    if (!end)
        return false;
    *ret_line = line;
    *ret_len = (size_t)(end - line);
    *at += *ret_len + 1;
    return true;
}

/* The case that an event is about, NULL for events of the run. */
static const char *case_of(const struct event *e)
{
    switch (e->type) {
    case EVENT_CASE_PLANNED:
        return e->case_planned.case_id;
    case EVENT_ATTEMPT_STARTED:
        return e->attempt_started.case_id;
    case EVENT_ATTEMPT_STEP:
        return e->attempt_step.case_id;
    case EVENT_ATTEMPT_LOG:
        return e->attempt_log.case_id;
    case EVENT_ATTEMPT_CHECK:
        return e->attempt_check.case_id;
    case EVENT_ATTEMPT_METRIC:
        return e->attempt_metric.case_id;
    case EVENT_ATTEMPT_ARTIFACT:
        return e->attempt_artifact.case_id;
    case EVENT_ATTEMPT_CRASHED:
        return e->attempt_crashed.case_id;
    case EVENT_ATTEMPT_TIMEOUT:
        return e->attempt_timeout.case_id;
    case EVENT_ATTEMPT_LEAKED:
        return e->attempt_leaked.case_id;
    case EVENT_ATTEMPT_ENDED:
        return e->attempt_ended.case_id;
    case EVENT_CASE_ENDED:
        return e->case_ended.case_id;
    case EVENT_RUN_STARTED:
    case EVENT_PLUGIN_LOADED:
    case EVENT_PLUGIN_REFUSED:
    case EVENT_FIXTURE_STARTED:
    case EVENT_FIXTURE_READY:
    case EVENT_FIXTURE_LOG:
    case EVENT_FIXTURE_FAILED:
    case EVENT_FIXTURE_DIED:
    case EVENT_FIXTURE_ENDED:
    case EVENT_RUN_ENDED:
    case EVENT_N_TYPES:
        break;
    }
    return NULL;
}

static int take_started(struct merge_log *log, const struct event *e, struct err *err)
{
    const struct event_run_started *s = &e->run_started;
    if (*log->started.run_id)
        return err_set(err, -EINVAL, "a second run.started");
    if (s->merged.n > 0)
        return err_set(err, -EINVAL, "it is a merged run already");
    if (s->shard == 0 && s->shards == 0)
        return err_set(err, -EINVAL, "it was not run with --shard");
    if (s->shards < 1 || s->shard < 1 || s->shard > s->shards || !*s->run_id || s->plan_cases < 0)
        return err_set(err, -EINVAL, "run.started makes no sense: shard %lld of %lld, %lld cases", (long long)s->shard,
                       (long long)s->shards, (long long)s->plan_cases);
    if (clock_parse_rfc3339(s->started_at, &log->started_ns) < 0 || log->started_ns < 0)
        return err_set(err, -EINVAL, "run.started: %s is no time to start at", s->started_at);
    log->started = *s;
    return 0;
}

static int take_planned(struct merge_log *log, const struct event *e, size_t line, struct err *err)
{
    const struct event_case_planned *c = &e->case_planned;
    if (idmap_put(&log->ids, c->case_id, strlen(c->case_id), (uint32_t)log->n_planned) != IDMAP_NONE)
        return err_set(err, -EINVAL, "%s is planned twice", c->case_id);
    if (c->position < 1 || c->position > log->started.plan_cases)
        return err_set(err, -EINVAL, "%s is in place %lld of a plan of %lld", c->case_id, (long long)c->position,
                       (long long)log->started.plan_cases);
    GROW(log->planned, log->n_planned, log->cap_planned);
    log->planned[log->n_planned++] = (struct merge_planned){c->case_id, c->position, line, false};
    return 0;
}

static int take_case_event(struct merge_log *log, const struct event *e, struct err *err)
{
    const char *id = case_of(e);
    if (!id)
        return 0;
    uint32_t at = idmap_get(&log->ids, id, strlen(id));
    if (at == IDMAP_NONE)
        return err_set(err, -EINVAL, "%s was not planned in this shard", id);
    log->planned[at].ended |= e->type == EVENT_CASE_ENDED;
    return 0;
}

static int take_event(struct merge_log *log, const struct event *e, size_t line, struct err *err)
{
    if (!*log->started.run_id && e->type != EVENT_RUN_STARTED)
        return err_set(err, -EINVAL, "the log does not begin with run.started");
    if (log->is_whole)
        return err_set(err, -EINVAL, "it goes on after run.ended");
    if (e->t_ns < 0 || e->t_ns > latest_ns)
        return err_set(err, -EINVAL, "its time, %lld ns, makes no sense", (long long)e->t_ns);
    log->last_ns = e->t_ns > log->last_ns ? e->t_ns : log->last_ns;
    switch (e->type) {
    case EVENT_RUN_STARTED:
        return take_started(log, e, err);
    case EVENT_PLUGIN_LOADED:
        GROW(log->plugins, log->n_plugins, log->cap_plugins);
        log->plugins[log->n_plugins++] = e->plugin_loaded;
        return 0;
    case EVENT_PLUGIN_REFUSED:
        GROW(log->refused, log->n_refused, log->cap_refused);
        log->refused[log->n_refused++] = e->plugin_refused;
        return 0;
    case EVENT_CASE_PLANNED:
        return take_planned(log, e, line, err);
    case EVENT_RUN_ENDED:
        log->is_whole = true;
        log->ended = e->run_ended;
        return 0;
    default:
        return take_case_event(log, e, err);
    }
}

/* What is said of the run and its plan is kept; of all else nothing is. */
static bool is_kept(enum event_type type)
{
    return type <= EVENT_CASE_PLANNED;
}

static int take_lines(struct merge_log *log, struct err *err)
{
    struct arena scratch = {0};
    const char *line;
    size_t len, at = 0;
    int r = 0;
    for (size_t begin = 0, n = 1; r == 0 && merge_log_line(log, &at, &line, &len); begin = at, n++) {
        struct event event;
        r = event_decode(line, len, &scratch, &event, err);
        if (r == 0 && is_kept(event.type))
            r = event_decode(line, len, &log->arena, &event, err);
        if (r == 0)
            r = take_event(log, &event, begin, err);
        if (r < 0)
            err_prefix(err, "line %zu", n);
        arena_reset(&scratch);
    }
    arena_free(&scratch);
    return r;
}

int merge_log_read(struct merge_log *log, struct err *err)
{
    log->started.run_id = "";
    const char *text = log->text.data ? log->text.data : "";
    int r = evlog_read_mem(text, log->text.len, &log->summary, err, NULL, NULL);
    if (r == 0)
        r = take_lines(log, err);
    if (r == 0 && !*log->started.run_id)
        r = err_set(err, -EINVAL, "it is empty");
    return r < 0 ? err_prefix(err, "%s: %s", log->name, EVLOG_NAME) : 0;
}

void merge_log_free(struct merge_log *log)
{
    buf_free(&log->text);
    free(log->plugins);
    free(log->refused);
    free(log->planned);
    idmap_free(&log->ids);
    arena_free(&log->arena);
}
