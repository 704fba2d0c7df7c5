/* SPDX-License-Identifier: Apache-2.0 */
/* One shard's log, read for merging. */
#include "base/clock.h"
#include "record/fields.h"
#include "record/merge.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* Far beyond any run; the sum of two can still be counted. */
static const int64_t latest_ns = INT64_MAX / 4;

/* The case that an event is about: what its line has as "case". NULL for events of the run, and for those of a fixture,
 * whose line names the case that asked for it. */
static const char *case_of(const struct event *e)
{
    const struct event_shape *shape = event_shape(e->type);
    if (!shape || strncmp(shape->type, "fixture.", 8) == 0)
        return NULL;
    for (size_t i = 0; i < shape->n_fields; i++) {
        const struct event_field *f = &shape->fields[i];
        if (f->kind == FIELD_STRING && strcmp(f->name, "case") == 0)
            return *(const char *const *)((const char *)e + f->offset);
    }
    return NULL;
}

static const char *keep(struct merge_log *log, const char *text)
{
    return arena_strdup(&log->arena, text);
}

static struct string_list keep_list(struct merge_log *log, const struct string_list *list)
{
    const char **items = arena_alloc(&log->arena, list->n * sizeof *items);
    for (size_t i = 0; i < list->n; i++)
        items[i] = keep(log, list->items[i]);
    return (struct string_list){items, list->n};
}

static void keep_started(struct merge_log *log, const struct event_run_started *s)
{
    log->started = *s;
    const char **strings[] = {&log->started.run_id,     &log->started.muster_version, &log->started.host,
                              &log->started.started_at, &log->started.containment,    &log->started.rerun_of,
                              &log->started.shard_by,   &log->started.split,          &log->started.target};
    for (size_t i = 0; i < ARRAY_LEN(strings); i++)
        *strings[i] = keep(log, *strings[i]);
    log->started.missed = keep(log, s->missed);
    log->started.command = keep_list(log, &s->command);
    log->started.thresholds = keep_list(log, &s->thresholds);
    log->started.merged = keep_list(log, &s->merged);
}

static int take_started(struct merge_log *log, const struct event_run_started *s, struct err *err)
{
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
    keep_started(log, s);
    return 0;
}

static void take_loaded(struct merge_log *log, const struct event_plugin_loaded *p)
{
    GROW(log->plugins, log->n_plugins, log->cap_plugins);
    struct event_plugin_loaded *kept = &log->plugins[log->n_plugins++];
    *kept = *p;
    kept->path = keep(log, p->path);
    kept->plugin = keep(log, p->plugin);
    kept->version = keep(log, p->version);
    kept->summary = keep(log, p->summary);
    kept->thresholds = keep_list(log, &p->thresholds);
}

static void take_refused(struct merge_log *log, const struct event_plugin_refused *p)
{
    GROW(log->refused, log->n_refused, log->cap_refused);
    log->refused[log->n_refused++] =
        (struct event_plugin_refused){keep(log, p->path), keep(log, p->reason), keep(log, p->text)};
}

static int take_planned(struct merge_log *log, const struct event_case_planned *c, struct evlog_place line,
                        struct err *err)
{
    const char *id = keep(log, c->case_id);
    if (idmap_put(&log->ids, id, strlen(id), (uint32_t)log->n_planned) != IDMAP_NONE)
        return err_set(err, -EINVAL, "%s is planned twice", c->case_id);
    if (c->position < 1 || c->position > log->started.plan_cases)
        return err_set(err, -EINVAL, "%s is in place %lld of a plan of %lld", c->case_id, (long long)c->position,
                       (long long)log->started.plan_cases);
    GROW(log->planned, log->n_planned, log->cap_planned);
    log->planned[log->n_planned++] = (struct merge_planned){.id = id, .position = c->position, .line = line};
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

static int take_event(struct merge_log *log, const struct event *e, struct evlog_place line, struct err *err)
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
        return take_started(log, &e->run_started, err);
    case EVENT_PLUGIN_LOADED:
        return take_loaded(log, &e->plugin_loaded), 0;
    case EVENT_PLUGIN_REFUSED:
        return take_refused(log, &e->plugin_refused), 0;
    case EVENT_CASE_PLANNED:
        return take_planned(log, &e->case_planned, line, err);
    case EVENT_RUN_ENDED:
        log->is_whole = true;
        log->ended = e->run_ended;
        log->ended.why = keep(log, e->run_ended.why);
        log->ended.fails = keep_list(log, &e->run_ended.fails);
        return 0;
    default:
        return take_case_event(log, e, err);
    }
}

static int take_all(struct merge_log *log, struct evlog_reader *reader, struct err *err)
{
    struct event event;
    int r;
    while ((r = evlog_reader_next(reader, &event, err)) > 0) {
        r = take_event(log, &event, evlog_reader_place(reader), err);
        if (r < 0)
            return err_prefix(err, "line %lld", (long long)evlog_reader_summary(reader)->lines), r;
    }
    log->summary = *evlog_reader_summary(reader);
    return r;
}

int merge_log_read(struct merge_log *log, struct err *err)
{
    log->started.run_id = "";
    struct evlog_reader *reader = evlog_reader_open(&log->input);
    int r = take_all(log, reader, err);
    evlog_reader_close(reader);
    if (r == 0 && !*log->started.run_id)
        r = err_set(err, -EINVAL, "it is empty");
    if (r < 0)
        err_prefix(err, "%s: %s", log->name, EVLOG_NAME);
    return r;
}

void merge_log_free(struct merge_log *log)
{
    free(log->plugins);
    free(log->refused);
    free(log->planned);
    idmap_free(&log->ids);
    arena_free(&log->arena);
}
