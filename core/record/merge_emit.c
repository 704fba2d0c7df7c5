/* SPDX-License-Identifier: Apache-2.0 */
/* The events of a merged run. */
#include "record/merge.h"

#include "artifacts/collect.h"
#include "base/cleanup.h"
#include "record/thresholds.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static void emit(const struct event_sink *sink, const struct event *event)
{
    sink->event(sink->data, event);
}

/* What every event of the merged run passes: thresholds are judged by all of them, and then tell of themselves. */
struct judging {
    const struct event_sink *sink;
    struct thresholds *thresholds;
    int64_t lane; /* the shard whose event it is */
    size_t n_missed;
};

static void pass_on(void *data, const struct event *event)
{
    struct judging *j = data;
    thresholds_event(j->thresholds, event, j->lane);
    emit(j->sink, event);
}

static void count_missed(void *data, const struct event *event)
{
    struct judging *j = data;
    j->n_missed += strcmp(event->run_threshold.outcome, EVENT_THRESHOLD_MISSED) == 0;
    emit(j->sink, event);
}

static bool is_in(const char *const *items, size_t n, const char *text)
{
    for (size_t i = 0; i < n; i++)
        if (strcmp(items[i], text) == 0)
            return true;
    return false;
}

/* The different ones, in the order of the shards: "runner-1, runner-2". */
static const char *join(const struct merge *m, const char *(*get)(const struct merge_log *log), struct arena *arena)
{
    autobuf struct buf out = {0};
    const char **seen = xcalloc(m->n, sizeof *seen);
    size_t n = 0;
    for (size_t i = 0; i < m->n; i++) {
        const char *text = get(&m->logs[i]);
        if (is_in(seen, n, text))
            continue;
        buf_adds(&out, n ? ", " : "");
        buf_adds(&out, text);
        seen[n++] = text;
    }
    free(seen);
    return arena_strdup(arena, buf_str(&out));
}

static const char *host_of(const struct merge_log *log)
{
    return log->started.host;
}

static const char *containment_of(const struct merge_log *log)
{
    return log->started.containment;
}

static struct string_list sources(const struct merge *m, struct arena *arena)
{
    const char **items = arena_alloc(arena, m->n * sizeof *items);
    for (size_t i = 0; i < m->n; i++) {
        autobuf struct buf text = {0};
        buf_addf(&text, "%lld %s %s", (long long)m->logs[i].started.shard, m->logs[i].started.run_id,
                 m->logs[i].summary.head);
        items[i] = arena_strdup(arena, buf_str(&text));
    }
    return (struct string_list){items, m->n};
}

static void emit_started(const struct merge *m, const struct event_sink *sink)
{
    struct arena arena = {0};
    struct event event = {.type = EVENT_RUN_STARTED, .run_started = m->logs[0].started};
    struct event_run_started *s = &event.run_started;
    s->run_id = m->run_id;
    s->shard = 0;
    s->host = join(m, host_of, &arena);
    s->containment = join(m, containment_of, &arena);
    s->merged = sources(m, &arena);
    for (size_t i = 0; i < m->n; i++) {
        if (m->logs[i].started_ns == m->started_ns)
            s->started_at = m->logs[i].started.started_at;
        if (m->logs[i].started.jobs > s->jobs)
            s->jobs = m->logs[i].started.jobs;
    }
    emit(sink, &event);
    arena_free(&arena);
}

static bool is_same_refusal(const struct event_plugin_refused *a, const struct event_plugin_refused *b)
{
    return strcmp(a->path, b->path) == 0 && strcmp(a->reason, b->reason) == 0 && strcmp(a->text, b->text) == 0;
}

/* Whether a shard before the i-th, or an earlier line of its own, has said so. */
static bool was_refused(const struct merge *m, size_t i, size_t k)
{
    const struct event_plugin_refused *refusal = &m->logs[i].refused[k];
    for (size_t a = 0; a <= i; a++)
        for (size_t b = 0; b < (a == i ? k : m->logs[a].n_refused); b++)
            if (is_same_refusal(&m->logs[a].refused[b], refusal))
                return true;
    return false;
}

static void emit_plugins(const struct merge *m, const struct event_sink *sink)
{
    const struct merge_log *first = &m->logs[0];
    for (size_t k = 0; k < first->n_plugins; k++)
        emit(sink, &(struct event){.type = EVENT_PLUGIN_LOADED, .plugin_loaded = first->plugins[k]});
    for (size_t i = 0; i < m->n; i++)
        for (size_t k = 0; k < m->logs[i].n_refused; k++)
            if (!was_refused(m, i, k))
                emit(sink, &(struct event){.type = EVENT_PLUGIN_REFUSED, .plugin_refused = m->logs[i].refused[k]});
}

static int is_another(const struct merge_log *log, struct err *err)
{
    return err_set(err, -ESTALE, "%s: %s was changed while it was merged", log->name, EVLOG_NAME);
}

struct place {
    const struct merge_log *log;
    const struct merge_planned *planned;
};

static int by_position(const void *a, const void *b)
{
    int64_t x = ((const struct place *)a)->planned->position, y = ((const struct place *)b)->planned->position;
    return (x > y) - (x < y);
}

static int emit_case(const struct place *p, struct arena *arena, const struct event_sink *sink, struct err *err)
{
    struct event event;
    int r = evlog_read_at(&p->log->input, p->planned->line, arena, &event, err);
    if (r < 0)
        return err_prefix(err, "%s", p->log->name), r;
    if (event.type != EVENT_CASE_PLANNED || strcmp(event.case_planned.case_id, p->planned->id) != 0)
        return is_another(p->log, err);
    event.t_ns = 0;
    event.case_planned.shard = p->log->started.shard;
    emit(sink, &event);
    return 0;
}

static int emit_planned(const struct merge *m, const struct event_sink *sink, struct err *err)
{
    struct arena arena = {0};
    autofree struct place *places = NULL;
    size_t n = 0, cap = 0;
    for (size_t i = 0; i < m->n; i++) {
        for (size_t k = 0; k < m->logs[i].n_planned; k++) {
            GROW(places, n, cap);
            places[n++] = (struct place){&m->logs[i], &m->logs[i].planned[k]};
        }
    }
    if (n > 0)
        qsort(places, n, sizeof *places, by_position);
    int r = 0;
    for (size_t i = 0; r == 0 && i < n; i++) {
        r = emit_case(&places[i], &arena, sink, err);
        arena_reset(&arena);
    }
    arena_free(&arena);
    return r;
}

/* Where a log has got to. */
struct cursor {
    const struct merge_log *log;
    struct evlog_reader *reader;
    bool has_event;
    int64_t t_ns; /* of the event, since the merged run's start */
    struct event event;
    struct arena arena; /* of a fixture's label and file */
};

/* What the cases did: the rest was told before, or comes last. */
static bool is_told_by_time(enum event_type type)
{
    return type > EVENT_CASE_PLANNED && type < EVENT_RUN_ENDED && type != EVENT_RUN_THRESHOLD;
}

char *merge_fixture_label(const struct merge_log *log, const char *label)
{
    return xasprintf("shard %lld: %s", (long long)log->started.shard, label);
}

/* A file in the folder of the label's fixture is in that of the other label. */
static const char *move_file(const char *file, const char *label, const char *own, struct arena *arena)
{
    autobuf struct buf from = {0}, to = {0};
    artifact_fixture_path(&from, label, 1);
    buf_addc(&from, '/');
    if (strncmp(file, from.data, from.len) != 0)
        return file;
    artifact_fixture_path(&to, own, 1);
    buf_addf(&to, "/%s", file + from.len);
    return arena_strdup(arena, buf_str(&to));
}

static void tell_apart(struct cursor *c)
{
    const char **label = c->has_event ? event_fixture(&c->event) : NULL;
    if (!label)
        return;
    autofree char *own = merge_fixture_label(c->log, *label);
    if (c->event.type == EVENT_ATTEMPT_SERVICE)
        c->event.attempt_service.file = move_file(c->event.attempt_service.file, *label, own, &c->arena);
    *label = arena_strdup(&c->arena, own);
}

/* To the next event that is told by time. At the log's end it must be the log that merge_add() read. */
static int advance(struct cursor *c, int64_t start_ns, struct err *err)
{
    int r;
    c->has_event = false;
    arena_reset(&c->arena);
    while (!c->has_event && (r = evlog_reader_next(c->reader, &c->event, err)) != 0) {
        if (r < 0)
            return err_prefix(err, "%s: %s", c->log->name, EVLOG_NAME), r;
        c->t_ns = c->log->started_ns - start_ns + c->event.t_ns;
        c->has_event = is_told_by_time(c->event.type);
    }
    tell_apart(c);
    bool is_same = c->has_event || strcmp(evlog_reader_summary(c->reader)->head, c->log->summary.head) == 0;
    return is_same ? 0 : is_another(c->log, err);
}

/* The lower shard's of two at the same time. */
static struct cursor *earliest(struct cursor *cursors, size_t n)
{
    struct cursor *first = NULL;
    for (size_t i = 0; i < n; i++)
        if (cursors[i].has_event && (!first || cursors[i].t_ns < first->t_ns))
            first = &cursors[i];
    return first;
}

static int emit_by_time(struct cursor *cursors, const struct merge *m, struct judging *judging, int64_t *ret_last_ns,
                        struct err *err)
{
    int64_t now = 0;
    int r = 0;
    for (size_t i = 0; r == 0 && i < m->n; i++)
        r = advance(&cursors[i], m->started_ns, err);
    for (struct cursor *c; r == 0 && (c = earliest(cursors, m->n)); r = advance(c, m->started_ns, err)) {
        now = c->t_ns > now ? c->t_ns : now; /* time never goes back in a log */
        c->event.t_ns = now;
        judging->lane = c->log->started.shard;
        pass_on(judging, &c->event);
    }
    *ret_last_ns = now;
    return r;
}

static int emit_rest(const struct merge *m, struct judging *judging, int64_t *ret_last_ns, struct err *err)
{
    struct cursor *cursors = xcalloc(m->n, sizeof *cursors);
    for (size_t i = 0; i < m->n; i++) {
        cursors[i].log = &m->logs[i];
        cursors[i].reader = evlog_reader_open(&m->logs[i].input);
    }
    int r = emit_by_time(cursors, m, judging, ret_last_ns, err);
    for (size_t i = 0; i < m->n; i++) {
        evlog_reader_close(cursors[i].reader);
        arena_free(&cursors[i].arena);
    }
    free(cursors);
    return r;
}

/* What any of the shards had as a failure. */
static struct string_list fails_of(const struct merge *m, struct arena *arena)
{
    size_t most = 0;
    for (size_t i = 0; i < m->n; i++)
        most += m->logs[i].is_whole ? m->logs[i].ended.fails.n : 0;
    const char **items = arena_alloc(arena, most * sizeof *items);
    struct string_list all = {items, 0};
    for (size_t i = 0; i < m->n; i++)
        for (size_t k = 0; m->logs[i].is_whole && k < m->logs[i].ended.fails.n; k++)
            if (!is_in(all.items, all.n, m->logs[i].ended.fails.items[k]))
                items[all.n++] = m->logs[i].ended.fails.items[k];
    return all;
}

static void emit_ended(const struct merge *m, const struct event_sink *sink, int64_t last_ns)
{
    int64_t not_run = m->logs[0].started.plan_cases;
    for (size_t i = 0; i < m->n; i++) {
        const struct merge_log *log = &m->logs[i];
        int64_t end = log->started_ns - m->started_ns + log->last_ns;
        last_ns = end > last_ns ? end : last_ns;
        for (size_t k = 0; k < log->n_planned; k++)
            not_run -= log->planned[k].ended;
    }
    struct arena arena = {0};
    const struct event event = {.type = EVENT_RUN_ENDED,
                                .t_ns = last_ns,
                                .run_ended = {.exit_status = m->exit_status,
                                              .interrupted = m->interrupted,
                                              .duration_ns = last_ns,
                                              .not_run = not_run,
                                              .why = m->why,
                                              .fails = fails_of(m, &arena)}};
    emit(sink, &event);
    arena_free(&arena);
}

static void judge(struct merge *m, struct judging *judging, int64_t last_ns)
{
    const struct event_sink counting = {count_missed, judging};
    thresholds_judge(judging->thresholds, last_ns, &counting);
    if (judging->n_missed == 0 || strcmp(m->logs[0].started.missed, EVENT_MISSED_WARNS) == 0 ||
        merge_worse(m->exit_status, MERGE_THRESHOLD) != MERGE_THRESHOLD)
        return;
    m->exit_status = MERGE_THRESHOLD;
    free(m->why);
    m->why = xasprintf("%zu threshold%s missed", judging->n_missed, judging->n_missed == 1 ? " was" : "s were");
}

int merge_emit(struct merge *m, const struct event_sink *sink, struct err *err)
{
    int64_t last_ns;
    struct judging judging = {.sink = sink, .thresholds = thresholds_new()};
    const struct event_sink passing = {pass_on, &judging};
    emit_started(m, &passing);
    emit_plugins(m, &passing);
    int r = emit_planned(m, &passing, err);
    if (r == 0)
        r = emit_rest(m, &judging, &last_ns, err);
    if (r == 0) {
        judge(m, &judging, last_ns);
        emit_ended(m, sink, last_ns);
    }
    thresholds_free(judging.thresholds);
    return r;
}
