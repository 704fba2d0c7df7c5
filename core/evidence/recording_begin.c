/* SPDX-License-Identifier: Apache-2.0 */
/* The beginning of a run's log: what the run is, its plugins, its plan. */
#include "evidence/recording.h"

#include "base/clock.h"
#include "evidence/shown_command.h"

#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>

static void emit_at(struct evidence *e, struct event *event, int64_t t_ns)
{
    const struct event_sink sink = evidence_sink(e);
    event->t_ns = t_ns;
    sink.event(sink.data, event);
}

static void emit(struct evidence *e, struct event *event)
{
    emit_at(e, event, clock_mono() - e->epoch_ns);
}

static void emit_started(struct evidence *e, const struct evidence_run *run, const struct target_info *target,
                         const char *containment)
{
    struct utsname uts = {0};
    char started[32];
    uname(&uts);
    clock_rfc3339(run->started_real_ns, started, sizeof started);
    const struct sharding *s = run->sharding;
    bool divided = s->shard.total > 0;
    struct arena arena = {0};
    struct event event = {.type = EVENT_RUN_STARTED,
                          .run_started = {.run_id = run->run_id,
                                          .muster_version = MUSTER_VERSION,
                                          .host = uts.nodename,
                                          .started_at = started,
                                          .containment = containment,
                                          .target = target ? target->name : "",
                                          .command = shown_command(e->settings->argv, e->settings->argc, &arena),
                                          .jobs = run->jobs,
                                          .seed = run->seed,
                                          .rerun_of = run->rerun_of ? run->rerun_of : "",
                                          .shard = s->shard.index,
                                          .shards = s->shard.total,
                                          .shard_by = divided ? shard_method_name(s->method) : "",
                                          .split = s->split,
                                          .plan_cases = (int64_t)s->n_whole,
                                          .thresholds = {run->thresholds->items, run->thresholds->n},
                                          .missed = run->missed_warns ? EVENT_MISSED_WARNS : ""}};
    emit_at(e, &event, 0);
    arena_free(&arena);
}

static size_t count_texts(const char *const *texts)
{
    size_t n = 0;
    while (texts[n])
        n++;
    return n;
}

static void emit_plugins(struct evidence *e, const struct found *f)
{
    for (size_t i = 0; i < f->catalogue.n_plugins; i++) {
        const struct plugin_info *p = &f->catalogue.plugins[i];
        if (p->provider)
            continue;
        struct event event = {.type = EVENT_PLUGIN_LOADED,
                              .plugin_loaded = {p->path,
                                                p->name,
                                                p->version,
                                                p->summary,
                                                p->abi_minor,
                                                p->count,
                                                p->fresh,
                                                {p->thresholds, count_texts(p->thresholds)}}};
        emit(e, &event);
    }
    for (size_t i = 0; i < f->hosts.n; i++) {
        const struct host *h = f->hosts.items[i];
        if (!find_is_refused(h))
            continue;
        struct event event = {.type = EVENT_PLUGIN_REFUSED, .plugin_refused = {h->path, h->reason, h->text}};
        emit(e, &event);
    }
}

/* "plan=pro" for each parameter. */
static struct string_list params_of(const struct scenario_info *s, const struct case_plan *plan, struct arena *arena)
{
    uint32_t n = plan->values ? s->params.n : 0;
    const char **items = n ? arena_alloc(arena, n * sizeof *items) : NULL;
    for (uint32_t i = 0; i < n; i++) {
        size_t size = strlen(s->params.items[i].name) + strlen(plan->values[i]) + 2;
        char *item = arena_alloc(arena, size);
        snprintf(item, size, "%s=%s", s->params.items[i].name, plan->values[i]);
        items[i] = item;
    }
    return (struct string_list){items, n};
}

static void emit_planned(struct evidence *e, const struct catalogue *c, const struct case_plan *plan, size_t place)
{
    enum { MARKERS_MAX = 1024 }; /* load/validate.c allows no more */
    const char *markers[MARKERS_MAX];
    const struct scenario_info *s = &c->scenarios[plan->scenario];
    uint32_t n = s->n_markers < MARKERS_MAX ? s->n_markers : MARKERS_MAX;
    for (uint32_t i = 0; i < n; i++)
        markers[i] = s->markers[i].text;
    struct arena arena = {0};
    struct event event = {.type = EVENT_CASE_PLANNED,
                          .case_planned = {.case_id = plan->id,
                                           .plugin = c->plugins[s->plugin].name,
                                           .scenario = s->name,
                                           .summary = s->summary,
                                           .file = s->file,
                                           .line = s->line,
                                           .markers = {markers, n},
                                           .position = plan->position ? plan->position : (int64_t)place,
                                           .params = params_of(s, plan, &arena)}};
    emit(e, &event);
    arena_free(&arena);
}

void evidence_begin(struct evidence *e, const struct found *f, const struct selection *selection,
                    const char *containment)
{
    emit_started(e, e->run, run_target_known(&f->target), containment);
    emit_plugins(e, f);
    for (size_t i = 0; i < selection->n_cases; i++)
        emit_planned(e, &f->catalogue, &selection->cases[i], i + 1);
}
