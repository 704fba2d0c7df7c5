/* SPDX-License-Identifier: Apache-2.0 */
/* The run as reports need it: one function for each type of event. */
#include "report/model.h"

#include "report/interner.h"

#include <stdlib.h>
#include <string.h>

void model_init(struct run_model *model)
{
    *model = (struct run_model){.run_id = "",
                                .muster_version = "",
                                .host = "",
                                .started_at = "",
                                .containment = "",
                                .rerun_of = "",
                                .target = "",
                                .shard_by = "",
                                .why = "",
                                .exit_status = -1};
    model->index = xcalloc(1, sizeof *model->index);
}

static void take_run_started(struct run_model *m, const struct event_run_started *e)
{
    m->started = true;
    m->run_id = interner_copy(m, e->run_id);
    m->muster_version = interner_copy(m, e->muster_version);
    m->host = interner_copy(m, e->host);
    m->started_at = interner_copy(m, e->started_at);
    m->containment = interner_copy(m, e->containment);
    m->command = interner_list(m, &e->command);
    m->jobs = e->jobs;
    m->seed = e->seed;
    m->rerun_of = interner_copy(m, e->rerun_of);
    m->target = interner_copy(m, e->target);
    m->shard = e->shard;
    m->shards = e->shards;
    m->shard_by = interner_copy(m, e->shard_by);
    m->plan_cases = e->plan_cases;
    m->n_merged = e->merged.n;
    m->missed_warns = strcmp(e->missed, EVENT_MISSED_WARNS) == 0;
}

static void take_plugin_loaded(struct run_model *m, const struct event_plugin_loaded *e)
{
    GROW(m->plugins, m->n_plugins, m->cap_plugins);
    m->plugins[m->n_plugins++] = (struct model_plugin){
        .path = interner_copy(m, e->path),
        .name = interner_share(m, e->plugin),
        .version = interner_share(m, e->version),
        .summary = interner_copy(m, e->summary),
        .abi_minor = e->abi_minor,
        .scenarios = e->scenarios,
    };
}

static void take_plugin_refused(struct run_model *m, const struct event_plugin_refused *e)
{
    GROW(m->refusals, m->n_refusals, m->cap_refusals);
    m->refusals[m->n_refusals++] = (struct model_refusal){
        .path = interner_copy(m, e->path),
        .reason = interner_share(m, e->reason),
        .text = interner_copy(m, e->text),
    };
}

static void take_evidence_changed(struct run_model *m, const struct event_evidence_changed *e)
{
    GROW(m->changes, m->n_changes, m->cap_changes);
    m->changes[m->n_changes++] = (struct model_change){
        .path = interner_copy(m, e->path),
        .what = interner_copy(m, e->what),
        .during = interner_list(m, &e->during),
    };
}

static struct model_case *get_case(struct run_model *m, const char *id)
{
    struct model_case *c = interner_case(m, id);
    if (c)
        return c;
    c = arena_alloc(&m->arena, sizeof *c);
    c->id = interner_copy(m, id);
    c->plugin = c->scenario = c->summary = c->file = c->reason = "";
    interner_add_case(m, c);
    GROW(m->cases, m->n_cases, m->cap_cases);
    m->cases[m->n_cases++] = c;
    return c;
}

/* A scenario's name is mostly the tail of the case's id already. */
static const char *tail_or_intern(struct run_model *m, const char *id, const char *name)
{
    size_t id_len = strlen(id), len = strlen(name);
    if (len <= id_len && strcmp(id + id_len - len, name) == 0)
        return id + id_len - len;
    return interner_share(m, name);
}

static void take_case_planned(struct run_model *m, const struct event_case_planned *e)
{
    struct model_case *c = get_case(m, e->case_id);
    c->plugin = interner_share(m, e->plugin);
    c->scenario = tail_or_intern(m, c->id, e->scenario);
    c->summary = interner_share(m, e->summary);
    c->file = interner_share(m, e->file);
    c->line = (int32_t)e->line;
    c->markers = interner_list(m, &e->markers);
    c->params = interner_list(m, &e->params);
}

static struct model_attempt *get_attempt(struct run_model *m, const char *case_id, int64_t number)
{
    struct model_case *c = get_case(m, case_id);
    if (c->last && c->last->number == (int32_t)number)
        return c->last;
    for (struct model_attempt *a = c->first; a; a = a->next)
        if (a->number == (int32_t)number)
            return a;
    struct model_attempt *a = arena_alloc(&m->arena, sizeof *a);
    a->number = (int32_t)number;
    a->reason = a->file = "";
    *(c->last ? &c->last->next : &c->first) = a;
    c->last = a;
    c->n_attempts++;
    m->n_running++;
    return a;
}

static struct model_detail *get_detail(struct run_model *m, const char *case_id, int64_t number)
{
    struct model_attempt *a = get_attempt(m, case_id, number);
    if (!a->detail) {
        a->detail = arena_alloc(&m->arena, sizeof *a->detail);
        a->detail->signal = a->detail->address = a->detail->crash_phase = a->detail->timeout_phase = "";
    }
    return a->detail;
}

static bool is_full(struct model_detail *d, uint32_t n)
{
    d->dropped += n >= MODEL_MAX_ITEMS;
    return n >= MODEL_MAX_ITEMS;
}

static void take_attempt_started(struct run_model *m, const struct event *event)
{
    const struct event_attempt_started *e = &event->attempt_started;
    struct model_attempt *a = get_attempt(m, e->case_id, e->attempt);
    a->started_ns = event->t_ns;
    a->slot = (int32_t)e->slot;
}

static struct model_step *find_open_step(struct model_detail *d, int64_t number)
{
    for (uint32_t i = d->n_steps; i-- > 0;)
        if (d->steps[i].number == (int32_t)number && !d->steps[i].ended)
            return &d->steps[i];
    return NULL;
}

static struct model_step *add_step(struct run_model *m, struct model_detail *d, const struct event_attempt_step *e)
{
    if (is_full(d, d->n_steps))
        return NULL;
    GROW(d->steps, d->n_steps, d->cap_steps);
    struct model_step *s = &d->steps[d->n_steps++];
    *s = (struct model_step){
        .name = interner_share(m, e->name), .number = (int32_t)e->step, .parent = (int32_t)e->parent};
    return s;
}

static void take_step(struct run_model *m, const struct event_attempt_step *e)
{
    struct model_detail *d = get_detail(m, e->case_id, e->attempt);
    struct model_step *s = e->ended ? find_open_step(d, e->step) : NULL;
    if (!s)
        s = add_step(m, d, e);
    if (s && e->ended) {
        s->ended = true;
        s->failed = e->failed;
        s->duration_ns = e->duration_ns;
    }
}

static void take_log(struct run_model *m, const struct event_attempt_log *e)
{
    struct model_detail *d = get_detail(m, e->case_id, e->attempt);
    if (d->n_logs == MODEL_MAX_LOGS) {
        free(d->logs[0].text);
        memmove(d->logs, d->logs + 1, --d->n_logs * sizeof *d->logs);
        d->dropped_logs++;
    }
    GROW(d->logs, d->n_logs, d->cap_logs);
    d->logs[d->n_logs++] = (struct model_log){.level = interner_share(m, e->level),
                                              .file = interner_share(m, e->file),
                                              .line = (int32_t)e->line,
                                              .text = interner_valid(m, e->text)};
}

static void take_check(struct run_model *m, const struct event_attempt_check *e)
{
    struct model_detail *d = get_detail(m, e->case_id, e->attempt);
    if (is_full(d, d->n_checks))
        return;
    GROW(d->checks, d->n_checks, d->cap_checks);
    d->checks[d->n_checks++] = (struct model_check){
        .expression = interner_share(m, e->expression),
        .actual = interner_copy(m, e->actual),
        .expected = interner_copy(m, e->expected),
        .message = interner_copy(m, e->message),
        .file = interner_share(m, e->file),
        .line = (int32_t)e->line,
        .step = (int32_t)e->step,
        .required = e->required,
    };
}

static void take_metric(struct run_model *m, const struct event_attempt_metric *e)
{
    struct model_detail *d = get_detail(m, e->case_id, e->attempt);
    if (is_full(d, d->n_metrics))
        return;
    GROW(d->metrics, d->n_metrics, d->cap_metrics);
    d->metrics[d->n_metrics++] = (struct model_metric){
        .name = interner_share(m, e->name), .unit = interner_share(m, e->unit), .value = e->value};
}

static void take_artifact(struct run_model *m, const struct event_attempt_artifact *e)
{
    struct model_detail *d = get_detail(m, e->case_id, e->attempt);
    if (is_full(d, d->n_artifacts))
        return;
    GROW(d->artifacts, d->n_artifacts, d->cap_artifacts);
    d->artifacts[d->n_artifacts++] = (struct model_artifact){
        .name = interner_share(m, e->name), .media_type = interner_share(m, e->media_type), .bytes = e->bytes};
}

static void take_crashed(struct run_model *m, const struct event_attempt_crashed *e)
{
    struct model_detail *d = get_detail(m, e->case_id, e->attempt);
    d->crashed = true;
    d->signal = interner_share(m, e->signal);
    d->address = interner_share(m, e->address);
    d->crash_phase = interner_share(m, e->phase);
    d->crash_stack = interner_list(m, &e->stack);
}

static void take_timeout(struct run_model *m, const struct event_attempt_timeout *e)
{
    struct model_detail *d = get_detail(m, e->case_id, e->attempt);
    d->timed_out = true;
    d->timeout_phase = interner_share(m, e->phase);
    d->budget_ns = e->budget_ns;
    d->timeout_stack = interner_list(m, &e->stack);
}

static void take_leaked(struct run_model *m, const struct event_attempt_leaked *e)
{
    struct model_case *c = get_case(m, e->case_id);
    m->n_leaked += !c->leaked;
    c->leaked = true;
    struct model_detail *d = get_detail(m, e->case_id, e->attempt);
    if (is_full(d, d->n_leaks))
        return;
    GROW(d->leaks, d->n_leaks, d->cap_leaks);
    d->leaks[d->n_leaks++] =
        (struct model_leak){.kind = interner_share(m, e->kind), .what = interner_list(m, &e->what)};
}

static void take_service(struct run_model *m, const struct event_attempt_service *e)
{
    struct model_detail *d = get_detail(m, e->case_id, e->attempt);
    if (is_full(d, d->n_services))
        return;
    GROW(d->services, d->n_services, d->cap_services);
    d->services[d->n_services++] = (struct model_service){.fixture = interner_share(m, e->fixture),
                                                          .file = interner_share(m, e->file),
                                                          .from = e->from,
                                                          .bytes = e->bytes,
                                                          .cut = e->cut,
                                                          .output = interner_list(m, &e->output)};
}

static void drop_logs(struct model_detail *d)
{
    for (uint32_t i = 0; i < d->n_logs; i++)
        free(d->logs[i].text);
    free(d->logs);
    d->logs = NULL;
    d->n_logs = d->cap_logs = d->dropped_logs = 0;
}

static void take_attempt_ended(struct run_model *m, const struct event_attempt_ended *e)
{
    struct model_attempt *a = get_attempt(m, e->case_id, e->attempt);
    m->n_running -= !a->ended;
    a->ended = true;
    a->verdict = (uint8_t)e->verdict;
    a->reason = interner_share(m, e->reason);
    a->file = interner_share(m, e->file);
    a->line = (int32_t)e->line;
    a->duration_ns = e->duration_ns;
    a->n_checks = (uint32_t)e->checks;
    a->n_failed_checks = (uint32_t)e->failed_checks;
    a->stdout_bytes = e->stdout_bytes;
    a->stderr_bytes = e->stderr_bytes;
    a->output_cut = e->output_cut;
    a->cpu_user_us = e->cpu_user_us;
    a->cpu_system_us = e->cpu_system_us;
    a->max_rss_kb = e->max_rss_kb;
    a->will_retry = e->will_retry;
    if (a->detail && e->verdict == VERDICT_PASSED)
        drop_logs(a->detail);
}

static void take_case_ended(struct run_model *m, const struct event_case_ended *e)
{
    struct model_case *c = get_case(m, e->case_id);
    if (c->ended)
        m->verdicts[c->verdict]--;
    else
        m->n_ended++;
    c->ended = true;
    c->verdict = (uint8_t)e->verdict;
    c->duration_ns = e->duration_ns;
    c->reason = interner_share(m, e->reason);
    m->verdicts[e->verdict]++;
}

/* A word that nobody knows makes it missed: it is not to be taken for a good one. */
static enum threshold_outcome outcome_of(const char *word)
{
    return strcmp(word, EVENT_THRESHOLD_MET) == 0          ? THRESHOLD_MET
           : strcmp(word, EVENT_THRESHOLD_UNMEASURED) == 0 ? THRESHOLD_UNMEASURED
           : strcmp(word, EVENT_THRESHOLD_OFF) == 0        ? THRESHOLD_OFF
                                                           : THRESHOLD_MISSED;
}

static void take_threshold(struct run_model *m, const struct event_run_threshold *e)
{
    GROW(m->thresholds, m->n_thresholds, m->cap_thresholds);
    struct model_threshold *t = &m->thresholds[m->n_thresholds++];
    *t = (struct model_threshold){.text = interner_copy(m, e->threshold),
                                  .plugin = interner_share(m, e->plugin),
                                  .declared_by = interner_share(m, e->declared_by),
                                  .declared = interner_copy(m, e->declared),
                                  .metric = interner_share(m, e->metric),
                                  .statistic = interner_share(m, e->statistic),
                                  .order = interner_share(m, e->order),
                                  .unit = interner_share(m, e->unit),
                                  .why = interner_copy(m, e->why),
                                  .bound = e->bound,
                                  .value = e->value,
                                  .worst_value = e->worst_value,
                                  .samples = e->samples,
                                  .worst_attempt = e->worst_attempt,
                                  .worst = interner_copy(m, e->worst),
                                  .outcome = outcome_of(e->outcome)};
    m->outcomes[t->outcome]++;
}

static void take_run_ended(struct run_model *m, const struct event_run_ended *e)
{
    m->ended = true;
    m->exit_status = e->exit_status;
    m->interrupted = e->interrupted;
    m->duration_ns = e->duration_ns;
    m->why = interner_copy(m, e->why);
    for (size_t i = 0; i < e->fails.n; i++) {
        m->flaky_fails = m->flaky_fails || strcmp(e->fails.items[i], EVENT_FAILS_FLAKY) == 0;
        m->unchecked_fails = m->unchecked_fails || strcmp(e->fails.items[i], EVENT_FAILS_UNCHECKED) == 0;
        m->skipped_fails = m->skipped_fails || strcmp(e->fails.items[i], EVENT_FAILS_SKIPPED) == 0;
    }
}

void model_event(struct run_model *m, const struct event *event)
{
    m->duration_ns = event->t_ns;
    switch (event->type) {
    case EVENT_RUN_STARTED:
        return take_run_started(m, &event->run_started);
    case EVENT_PLUGIN_LOADED:
        return take_plugin_loaded(m, &event->plugin_loaded);
    case EVENT_PLUGIN_REFUSED:
        return take_plugin_refused(m, &event->plugin_refused);
    case EVENT_EVIDENCE_CHANGED:
        return take_evidence_changed(m, &event->evidence_changed);
    case EVENT_CASE_PLANNED:
        return take_case_planned(m, &event->case_planned);
    case EVENT_ATTEMPT_STARTED:
        return take_attempt_started(m, event);
    case EVENT_ATTEMPT_STEP:
        return take_step(m, &event->attempt_step);
    case EVENT_ATTEMPT_LOG:
        return take_log(m, &event->attempt_log);
    case EVENT_ATTEMPT_CHECK:
        return take_check(m, &event->attempt_check);
    case EVENT_ATTEMPT_METRIC:
        return take_metric(m, &event->attempt_metric);
    case EVENT_ATTEMPT_ARTIFACT:
        return take_artifact(m, &event->attempt_artifact);
    case EVENT_ATTEMPT_CRASHED:
        return take_crashed(m, &event->attempt_crashed);
    case EVENT_ATTEMPT_TIMEOUT:
        return take_timeout(m, &event->attempt_timeout);
    case EVENT_ATTEMPT_SERVICE:
        return take_service(m, &event->attempt_service);
    case EVENT_ATTEMPT_LEAKED:
        return take_leaked(m, &event->attempt_leaked);
    case EVENT_ATTEMPT_ENDED:
        return take_attempt_ended(m, &event->attempt_ended);
    case EVENT_CASE_ENDED:
        return take_case_ended(m, &event->case_ended);
    case EVENT_FIXTURE_STARTED:
    case EVENT_FIXTURE_READY:
    case EVENT_FIXTURE_LOG:
    case EVENT_FIXTURE_FAILED:
    case EVENT_FIXTURE_DIED:
    case EVENT_FIXTURE_ENDED:
        return model_fixture_event(m, event);
    case EVENT_ATTEMPT_THRESHOLD:
        return;
    case EVENT_RUN_THRESHOLD:
        return take_threshold(m, &event->run_threshold);
    case EVENT_RUN_ENDED:
        return take_run_ended(m, &event->run_ended);
    case EVENT_N_TYPES:
        break;
    }
}

static void free_detail(struct model_detail *d)
{
    drop_logs(d);
    free(d->checks);
    free(d->steps);
    free(d->metrics);
    free(d->artifacts);
    free(d->leaks);
    free(d->services);
}

void model_free(struct run_model *m)
{
    for (size_t i = 0; i < m->n_cases; i++)
        for (struct model_attempt *a = m->cases[i]->first; a; a = a->next)
            if (a->detail)
                free_detail(a->detail);
    for (size_t i = 0; i < m->n_fixtures; i++)
        model_fixture_free(&m->fixtures[i]);
    free(m->fixtures);
    free(m->plugins);
    free(m->refusals);
    free(m->changes);
    free(m->thresholds);
    free(m->cases);
    if (m->index)
        interner_free(m->index);
    free(m->index);
    arena_free(&m->arena);
    *m = (struct run_model){0};
}
