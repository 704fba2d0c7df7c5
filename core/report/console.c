/* SPDX-License-Identifier: Apache-2.0 */
/* The console of a live run. */
#include "report/console.h"

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/mem.h"
#include "base/number.h"
#include "base/text.h"
#include "report/fixture_lines.h"
#include "report/progress.h"
#include "report/summary.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum {
    MAX_SLOTS = 4096, /* a log may name any slot */
};
/* Lines wait this long for company, and the progress block is as old at most. */
static const int64_t TICK_NS = 100 * NS_PER_MS;

struct console {
    struct output out;  /* what has gathered, without the block */
    struct output late; /* with it, what the descriptor has not taken yet */
    struct style style;
    const struct run_model *model;
    struct running *slots;
    size_t n_slots;
    size_t height;
    struct progress_lines block; /* on the terminal */
    int64_t last_write_ns;
    int verbosity;
    bool setup_show;
    bool progress;
    bool started; /* the header is complete */
    bool ended;
};

int console_color_parse(const char *name, enum console_color *ret_color)
{
    static const char *const names[] = {"auto", "always", "never"};
    for (size_t i = 0; i < ARRAY_LEN(names); i++) {
        if (strcmp(names[i], name) == 0) {
            *ret_color = (enum console_color)i;
            return 0;
        }
    }
    return -EINVAL;
}

bool console_wants_color(enum console_color color, bool is_tty, const char *no_color, const char *term)
{
    if (color != CONSOLE_COLOR_AUTO)
        return color == CONSOLE_COLOR_ALWAYS;
    /* no-color.org: set and not empty. */
    return is_tty && !(no_color && *no_color) && !(term && strcmp(term, "dumb") == 0);
}

struct console *console_new(const struct console_options *options, const struct run_model *model)
{
    struct console *c = xcalloc(1, sizeof *c);
    c->out.fd = c->late.fd = options->fd;
    c->out.defuse = c->late.defuse = options->defuse;
    c->model = model;
    c->style.color = options->color;
    c->progress = options->progress && options->width > 0;
    c->verbosity = options->verbosity;
    c->setup_show = options->setup_show;
    c->last_write_ns = -TICK_NS;
    c->style.utf8 = options->utf8;
    console_resize(c, options->width, options->height);
    return c;
}

void console_resize(struct console *c, size_t width, size_t height)
{
    c->style.width = width;
    c->height = height;
}

static void add_run(struct console *c)
{
    const struct run_model *m = c->model;
    if (c->verbosity < 0)
        return;
    style_status(&c->out.text, &c->style, COLOUR_BOLD, "muster");
    buf_addf(&c->out.text, " %s, run %s", m->muster_version, m->run_id);
    if (*m->target) {
        buf_adds(&c->out.text, ", target ");
        terminal_add(&c->out.text, m->target, strlen(m->target));
    }
    buf_addc(&c->out.text, '\n');
    if (m->shard == 0)
        return;
    style_status(&c->out.text, &c->style, COLOUR_BOLD, "Shard");
    buf_addf(&c->out.text, " %lld/%lld by %s\n", (long long)m->shard, (long long)m->shards,
             strcmp(m->shard_by, "time") == 0 ? "recorded time" : "hash");
}

/* The plan is complete when the first thing happens to a case. */
static void add_plan_once(struct console *c)
{
    const struct run_model *m = c->model;
    if (c->started)
        return;
    c->started = true;
    if (c->verbosity < 0)
        return;
    autobuf struct buf rest = {0};
    buf_addf(&rest, " %zu", m->n_cases);
    if (m->shard > 0)
        buf_addf(&rest, " of %lld", (long long)m->plan_cases);
    buf_addf(&rest, " scenario%s from %zu plugin%s (%lld job%s, %s, seed %lld)",
             (m->shard > 0 ? m->plan_cases : (int64_t)m->n_cases) == 1 ? "" : "s", m->n_plugins,
             m->n_plugins == 1 ? "" : "s", (long long)m->jobs, m->jobs == 1 ? "" : "s", m->containment,
             (long long)m->seed);
    style_status(&c->out.text, &c->style, COLOUR_GREEN, "Starting");
    size_t column = style_is_narrow(&c->style) ? strlen("Starting") : STATUS_COLUMNS;
    style_wrapped_behind(&c->out.text, &c->style, column, style_below(&c->style), buf_str(&rest));
}

/* `        STEP [   0.003s] acme.refund: ` */
static void begin_detail(struct console *c, const char *word, int64_t ns, const char *case_id)
{
    style_status(&c->out.text, &c->style, COLOUR_NONE, word);
    style_seconds(&c->out.text, &c->style, ns);
    terminal_add(&c->out.text, case_id, strlen(case_id));
    buf_adds(&c->out.text, ": ");
}

static void end_detail(struct console *c, const char *text)
{
    style_continued(&c->out.text, &c->style, text);
    buf_addc(&c->out.text, '\n');
}

static const struct model_attempt *find_attempt(const struct console *c, const char *case_id, int64_t attempt)
{
    const struct model_case *mc = model_case_find(c->model, case_id);
    return mc ? model_attempt_find(mc, attempt) : NULL;
}

static void take_started(struct console *c, const struct event *event)
{
    const struct event_attempt_started *e = &event->attempt_started;
    add_plan_once(c);
    if (c->verbosity >= 2) {
        begin_detail(c, "START", -1, e->case_id);
        buf_addf(&c->out.text, "attempt %lld, slot %lld\n", (long long)e->attempt, (long long)e->slot);
    }
    if (e->slot < 0 || e->slot >= MAX_SLOTS)
        return;
    if ((size_t)e->slot >= c->n_slots) {
        size_t n = (size_t)e->slot + 1;
        c->slots = xreallocarray(c->slots, n, sizeof *c->slots);
        memset(c->slots + c->n_slots, 0, (n - c->n_slots) * sizeof *c->slots);
        c->n_slots = n;
    }
    c->slots[e->slot] = (struct running){model_case_find(c->model, e->case_id), event->t_ns};
}

static void take_step(struct console *c, const struct event_attempt_step *e)
{
    if (c->verbosity < 1 || (!e->ended && c->verbosity < 2))
        return;
    begin_detail(c,
                 !e->ended   ? "STEP"
                 : e->failed ? "STEP FAIL"
                             : "STEP OK",
                 e->ended ? e->duration_ns : -1, e->case_id);
    const struct model_attempt *a = find_attempt(c, e->case_id, e->attempt);
    autobuf struct buf path = {0};
    if (a)
        model_step_path(a, (int32_t)e->step, &path);
    end_detail(c, path.len > 0 ? buf_str(&path) : e->name);
}

static void take_log(struct console *c, const struct event_attempt_log *e)
{
    if (c->verbosity < 1 || (strcmp(e->level, "debug") == 0 && c->verbosity < 2))
        return;
    begin_detail(c, "LOG", -1, e->case_id);
    terminal_add(&c->out.text, e->level, strlen(e->level));
    buf_adds(&c->out.text, ": ");
    end_detail(c, e->text);
}

static void take_metric(struct console *c, const struct event_attempt_metric *e)
{
    if (c->verbosity < 1)
        return;
    begin_detail(c, "METRIC", -1, e->case_id);
    terminal_add(&c->out.text, e->name, strlen(e->name));
    buf_adds(&c->out.text, " = ");
    number_add(&c->out.text, e->value);
    buf_addc(&c->out.text, ' ');
    end_detail(c, e->unit);
}

static void take_artifact(struct console *c, const struct event_attempt_artifact *e)
{
    if (c->verbosity < 2)
        return;
    begin_detail(c, "FILE", -1, e->case_id);
    buf_addf(&c->out.text, "%lld bytes in ", (long long)e->bytes);
    end_detail(c, e->name);
}

static void take_attempt_ended(struct console *c, const struct event_attempt_ended *e)
{
    const struct model_case *mc = model_case_find(c->model, e->case_id);
    const struct model_attempt *a = mc ? model_attempt_find(mc, e->attempt) : NULL;
    if (!a)
        return;
    if (a->slot >= 0 && (size_t)a->slot < c->n_slots && c->slots[a->slot].c == mc)
        c->slots[a->slot].c = NULL;
    if (!e->will_retry)
        return;
    style_try_line(&c->out.text, &c->style, mc, a);
    failure_add_short(&c->out.text, &c->style, a);
}

static void take_case_ended(struct console *c, const struct event_case_ended *e)
{
    add_plan_once(c);
    const struct model_case *mc = model_case_find(c->model, e->case_id);
    bool bad = verdict_is_bad(e->verdict);
    if (!mc || (c->verbosity < 0 && !bad && e->verdict != VERDICT_FLAKY && !mc->leaked))
        return;
    const struct model_fixture *blamed = model_fixture_blamed(c->model, mc);
    const char *kind = blamed && strcmp(blamed->scope, "run") == 0 ? "service" : "fixture";
    autofree char *note = blamed ? xasprintf("%s %s %s", kind, blamed->label, blamed->died ? "died" : "failed") : NULL;
    style_case_line(&c->out.text, &c->style, mc, note ? note : e->verdict == VERDICT_SKIPPED ? mc->reason : NULL);
    if (blamed)
        return;
    if (bad && mc->last)
        failure_add_short(&c->out.text, &c->style, model_attempt_told(mc));
    else if (bad && *mc->reason)
        style_wrapped(&c->out.text, &c->style, style_below(&c->style), mc->reason);
}

static void take_fixture_log(struct console *c, const struct event_fixture_log *e)
{
    if (c->verbosity < 1 || (strcmp(e->level, "debug") == 0 && c->verbosity < 2))
        return;
    begin_detail(c, "LOG", -1, e->fixture);
    terminal_add(&c->out.text, e->level, strlen(e->level));
    buf_adds(&c->out.text, ": ");
    end_detail(c, e->text);
}

static void take_fixture(struct console *c, enum event_type type, const char *label, int64_t start)
{
    const struct model_fixture *f = model_fixture_find(c->model, label, start);
    add_plan_once(c);
    bool bad = type == EVENT_FIXTURE_FAILED || type == EVENT_FIXTURE_DIED || (f && *f->trouble);
    if (f && (c->setup_show || c->verbosity >= 2 || bad))
        fixture_add_line(&c->out.text, &c->style, type, f);
}

void console_event(struct console *c, const struct event *event)
{
    switch (event->type) {
    case EVENT_RUN_STARTED:
        return add_run(c);
    case EVENT_PLUGIN_REFUSED:
        if (c->model->n_refusals > 0)
            refusal_add(&c->out.text, &c->style, &c->model->refusals[c->model->n_refusals - 1]);
        return;
    case EVENT_EVIDENCE_CHANGED:
        if (c->model->n_changes > 0)
            change_add(&c->out.text, &c->style, &c->model->changes[c->model->n_changes - 1]);
        return;
    case EVENT_ATTEMPT_STARTED:
        return take_started(c, event);
    case EVENT_ATTEMPT_STEP:
        return take_step(c, &event->attempt_step);
    case EVENT_ATTEMPT_LOG:
        return take_log(c, &event->attempt_log);
    case EVENT_ATTEMPT_METRIC:
        return take_metric(c, &event->attempt_metric);
    case EVENT_ATTEMPT_ARTIFACT:
        return take_artifact(c, &event->attempt_artifact);
    case EVENT_ATTEMPT_ENDED:
        return take_attempt_ended(c, &event->attempt_ended);
    case EVENT_CASE_ENDED:
        return take_case_ended(c, &event->case_ended);
    case EVENT_FIXTURE_STARTED:
        return take_fixture(c, event->type, event->fixture_started.fixture, event->fixture_started.start);
    case EVENT_FIXTURE_READY:
        return take_fixture(c, event->type, event->fixture_ready.fixture, event->fixture_ready.start);
    case EVENT_FIXTURE_FAILED:
        return take_fixture(c, event->type, event->fixture_failed.fixture, event->fixture_failed.start);
    case EVENT_FIXTURE_DIED:
        return take_fixture(c, event->type, event->fixture_died.fixture, event->fixture_died.start);
    case EVENT_FIXTURE_ENDED:
        return take_fixture(c, event->type, event->fixture_ended.fixture, event->fixture_ended.start);
    case EVENT_FIXTURE_LOG:
        return take_fixture_log(c, &event->fixture_log);
    case EVENT_RUN_ENDED:
        add_plan_once(c);
        c->ended = true;
        return;
    case EVENT_PLUGIN_LOADED:
    case EVENT_CASE_PLANNED:
    case EVENT_ATTEMPT_CHECK:
    case EVENT_ATTEMPT_CRASHED:
    case EVENT_ATTEMPT_TIMEOUT:
    case EVENT_ATTEMPT_LEAKED:
    case EVENT_ATTEMPT_SERVICE:
    case EVENT_ATTEMPT_THRESHOLD:
    case EVENT_RUN_THRESHOLD:
    case EVENT_N_TYPES:
        return;
    }
}

void console_message(struct console *c, const char *text)
{
    style_wrapped(&c->out.text, &c->style, 0, text);
}

void console_lines(struct console *c, const char *text)
{
    end_detail(c, text);
}

static bool wants_progress(const struct console *c)
{
    return c->progress && c->started && !c->ended && c->verbosity >= 0;
}

/* A line that a narrower terminal has broken takes several rows of it. */
static size_t rows_of_block(const struct console *c)
{
    size_t rows = 0, width = c->style.width;
    for (size_t i = 0; i < c->block.n; i++)
        rows += c->block.columns[i] > width ? (c->block.columns[i] + width - 1) / width : 1;
    return rows;
}

/* The cursor stands at the end of the block's last line. */
static void erase_block(struct console *c, struct buf *out)
{
    size_t rows = rows_of_block(c);
    buf_addc(out, '\r');
    if (rows > 1)
        buf_addf(out, "\x1b[%zuA", rows - 1);
    buf_adds(out, "\x1b[J");
    c->block.n = 0;
}

static void add_block(struct console *c, int64_t now_ns)
{
    size_t room = c->height > 2 ? c->height - 1 : 1;
    progress_add(&c->out.text, &c->style, c->model, c->slots, c->n_slots, room, now_ns, &c->block);
}

int64_t console_deadline(const struct console *c)
{
    return c->out.text.len > 0 || c->late.text.len > 0 || wants_progress(c) ? c->last_write_ns + TICK_NS : NEVER;
}

/* Puts the erasing of the block before what has gathered. */
static void erase_first(struct console *c)
{
    if (c->block.n == 0)
        return;
    autobuf struct buf whole = {0};
    erase_block(c, &whole);
    buf_add(&whole, c->out.text.data, c->out.text.len);
    struct buf gathered = c->out.text;
    c->out.text = whole;
    whole = gathered;
}

/* A reader that stands still (a pager, ^S) must not hold up the run: deadlines go on. */
void console_flush(struct console *c, int64_t now_ns)
{
    if (now_ns < console_deadline(c))
        return;
    c->last_write_ns = now_ns;
    output_flush_ready(&c->late);
    if (c->late.text.len > 0)
        return;
    erase_first(c);
    if (wants_progress(c))
        add_block(c, now_ns);
    const struct buf empty = c->late.text;
    c->late.text = c->out.text;
    c->out.text = empty;
    output_flush_ready(&c->late);
}

int console_finish(struct console *c, const struct output_reader *source)
{
    c->ended = true;
    c->out.error = output_flush(&c->late);
    erase_first(c);
    summary_final(&c->out, &c->style, c->model, source);
    return output_flush(&c->out);
}

void console_free(struct console *c)
{
    if (!c)
        return;
    output_free(&c->out);
    output_free(&c->late);
    free(c->slots);
    free(c);
}
