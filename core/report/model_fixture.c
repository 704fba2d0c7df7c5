/* SPDX-License-Identifier: Apache-2.0 */
/* Fixtures of plugin and run scope in the model. */
#include "report/interner.h"
#include "report/model.h"

#include <stdlib.h>
#include <string.h>

/* Newest first: most events are about one that runs. */
static struct model_fixture *find(const struct run_model *m, const char *label, int64_t start)
{
    for (size_t i = m->n_fixtures; i-- > 0;)
        if (m->fixtures[i].start == (int32_t)start && strcmp(m->fixtures[i].label, label) == 0)
            return &m->fixtures[i];
    return NULL;
}

const struct model_fixture *model_fixture_find(const struct run_model *model, const char *label, int64_t start)
{
    return find(model, label, start);
}

static struct model_fixture *get(struct run_model *m, const char *label, int64_t start)
{
    const char *name = interner_share(m, label);
    struct model_fixture *f = find(m, name, start);
    if (f)
        return f;
    GROW(m->fixtures, m->n_fixtures, m->cap_fixtures);
    f = &m->fixtures[m->n_fixtures++];
    *f = (struct model_fixture){.label = name, .start = (int32_t)start};
    f->scope = f->plugin = f->asked_by = f->reason = f->file = f->trouble = "";
    return f;
}

static void take_started(struct run_model *m, const struct event *event)
{
    const struct event_fixture_started *e = &event->fixture_started;
    struct model_fixture *f = get(m, e->fixture, e->start);
    f->scope = interner_share(m, e->scope);
    f->plugin = interner_share(m, e->plugin);
    f->asked_by = interner_share(m, e->case_id);
    f->slot = (int32_t)e->slot;
    f->started_ns = event->t_ns;
}

static void take_ready(struct run_model *m, const struct event_fixture_ready *e)
{
    struct model_fixture *f = get(m, e->fixture, e->start);
    f->ready = true;
    f->ready_after_ns = e->duration_ns;
    f->keys = interner_list(m, &e->keys);
}

static void take_log(struct run_model *m, const struct event_fixture_log *e)
{
    struct model_fixture *f = get(m, e->fixture, e->start);
    if (f->n_logs == MODEL_MAX_LOGS) {
        free(f->logs[0].text);
        memmove(f->logs, f->logs + 1, --f->n_logs * sizeof *f->logs);
    }
    GROW(f->logs, f->n_logs, f->cap_logs);
    f->logs[f->n_logs++] = (struct model_log){.level = interner_share(m, e->level),
                                              .file = interner_share(m, e->file),
                                              .line = (int32_t)e->line,
                                              .text = interner_valid(m, e->text)};
}

static void take_failed(struct run_model *m, const struct event_fixture_failed *e)
{
    struct model_fixture *f = get(m, e->fixture, e->start);
    f->failed = true;
    f->reason = interner_copy(m, e->reason);
    f->file = interner_share(m, e->file);
    f->line = (int32_t)e->line;
    f->output = interner_list(m, &e->output);
}

static void take_died(struct run_model *m, const struct event_fixture_died *e)
{
    struct model_fixture *f = get(m, e->fixture, e->start);
    f->died = true;
    f->reason = interner_copy(m, e->reason);
    f->output = interner_list(m, &e->output);
}

static void take_ended(struct run_model *m, const struct event_fixture_ended *e)
{
    struct model_fixture *f = get(m, e->fixture, e->start);
    f->ended = true;
    f->trouble = interner_copy(m, e->reason);
    f->duration_ns = e->duration_ns;
    f->users = e->users;
    f->stdout_bytes = e->stdout_bytes;
    f->stderr_bytes = e->stderr_bytes;
}

void model_fixture_event(struct run_model *m, const struct event *event)
{
    switch (event->type) {
    case EVENT_FIXTURE_STARTED:
        return take_started(m, event);
    case EVENT_FIXTURE_READY:
        return take_ready(m, &event->fixture_ready);
    case EVENT_FIXTURE_LOG:
        return take_log(m, &event->fixture_log);
    case EVENT_FIXTURE_FAILED:
        return take_failed(m, &event->fixture_failed);
    case EVENT_FIXTURE_DIED:
        return take_died(m, &event->fixture_died);
    case EVENT_FIXTURE_ENDED:
        return take_ended(m, &event->fixture_ended);
    default:
        return;
    }
}

void model_fixture_free(struct model_fixture *f)
{
    for (uint32_t i = 0; i < f->n_logs; i++)
        free(f->logs[i].text);
    free(f->logs);
}

static bool is_bare(const struct model_attempt *a)
{
    return !a->detail && a->stdout_bytes == 0 && a->stderr_bytes == 0;
}

/* "service db: set-up failed: ..." and "service db died: ...", also behind that of a fixture which uses it
 * (exec/fixture_life.c). */
static bool reason_names(const char *reason, const struct model_fixture *f)
{
    size_t len = strlen(f->label);
    for (const char *p = strstr(reason, f->label); p; p = strstr(p + 1, f->label)) {
        bool is_word = p > reason && p[-1] == ' ';
        if (is_word && (strncmp(p + len, ": set-up failed", 15) == 0 || strncmp(p + len, " died", 5) == 0))
            return true;
    }
    return false;
}

const struct model_fixture *model_fixture_blamed(const struct run_model *model, const struct model_case *c)
{
    if (!c->ended || c->verdict != VERDICT_ERROR)
        return NULL;
    for (const struct model_attempt *a = c->first; a; a = a->next)
        if (!is_bare(a))
            return NULL;
    for (size_t i = model->n_fixtures; i > 0; i--) {
        const struct model_fixture *f = &model->fixtures[i - 1];
        if ((f->failed || f->died) && reason_names(c->reason, f))
            return f;
    }
    return NULL;
}
