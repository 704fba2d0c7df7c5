/* SPDX-License-Identifier: Apache-2.0 */
/* A case, or a step of it, as a person looks at it later. */
#include "artifacts/collect.h"
#include "base/number.h"
#include "report/show.h"
#include "report/summary.h"

#include <string.h>

static void add_rule(struct buf *out)
{
    buf_adds(out, "------------\n");
}

static void add_titled_list(struct buf *out, const struct style *style, const char *title,
                            const struct string_list *list)
{
    autobuf struct buf text = {0};
    for (size_t i = 0; i < list->n; i++)
        buf_addf(&text, "%s%s", i ? ", " : title, list->items[i]);
    style_wrapped(out, style, style_detail(style), buf_str(&text));
}

/* One without an end has no verdict yet. */
static void add_case_line(struct buf *out, const struct style *style, const struct model_case *c)
{
    if (c->ended) {
        style_case_line(out, style, c, c->verdict == VERDICT_SKIPPED ? c->reason : NULL);
        return;
    }
    style_status(out, style, COLOUR_YELLOW, "NOT RUN");
    style_seconds(out, style, -1);
    style_continued(out, style, c->id);
    buf_addc(out, '\n');
}

static void add_head(struct buf *out, const struct style *style, const struct model_case *c)
{
    autobuf struct buf place = {0};
    add_case_line(out, style, c);
    style_wrapped(out, style, style_detail(style), c->summary);
    if (*c->file)
        buf_addf(&place, "%s:%d", c->file, (int)c->line);
    style_wrapped(out, style, style_detail(style), buf_str(&place));
    add_titled_list(out, style, "markers: ", &c->markers);
    add_titled_list(out, style, "parameters: ", &c->params);
    if (model_is_unchecked(c))
        buf_addf(out, "%*sit passed without a single check\n", (int)style_detail(style), "");
}

/* `    attempt 1: failed [   0.012s] in slot 0, 1 of 3 checks failed` */
static void add_attempt_line(struct buf *out, const struct style *style, const struct model_attempt *a)
{
    buf_addf(out, "%*sattempt %d: ", (int)style_detail(style), "", (int)a->number);
    if (!a->ended) {
        buf_adds(out, "its end is not in the log\n");
        return;
    }
    buf_adds(out, verdict_name((enum verdict)a->verdict));
    style_seconds(out, style, a->duration_ns);
    buf_addf(out, "in slot %d, ", (int)a->slot);
    if (a->n_failed_checks > 0)
        buf_addf(out, "%u of %u checks failed\n", a->n_failed_checks, a->n_checks);
    else
        buf_addf(out, "%u check%s\n", a->n_checks, a->n_checks == 1 ? "" : "s");
}

static const struct model_step *find_step(const struct model_detail *d, int32_t number)
{
    for (uint32_t i = 0; i < d->n_steps; i++)
        if (d->steps[i].number == number)
            return &d->steps[i];
    return NULL;
}

/* How many steps it is in; a log may have a circle of them. */
static size_t depth_of(const struct model_detail *d, const struct model_step *step)
{
    enum { DEEPEST = 16 };
    size_t depth = 0;
    const struct model_step *s = step;
    while (depth < DEEPEST && s->parent && (s = find_step(d, s->parent)))
        depth++;
    return depth;
}

static bool is_within(const struct model_detail *d, const struct model_step *step, int32_t outer)
{
    const struct model_step *s = step;
    for (uint32_t i = 0; s && i <= d->n_steps; i++) {
        if (s->parent == outer)
            return true;
        s = s->parent ? find_step(d, s->parent) : NULL;
    }
    return false;
}

static void add_step(struct buf *out, const struct style *style, const struct model_step *step, size_t depth)
{
    style_status(out, style, step->ended && !step->failed ? COLOUR_GREEN : COLOUR_RED,
                 !step->ended   ? "OPEN"
                 : step->failed ? "FAIL"
                                : "OK");
    style_seconds(out, style, step->ended ? step->duration_ns : -1);
    buf_addf(out, "%*s%d ", (int)(2 * depth), "", (int)step->number);
    style_continued(out, style, step->name);
    buf_addc(out, '\n');
}

/* Those within the step `outer`; 0: all. */
static void add_steps(struct buf *out, const struct style *style, const struct model_detail *d, int32_t outer)
{
    bool any = false;
    for (uint32_t i = 0; i < d->n_steps; i++) {
        if (outer != 0 && !is_within(d, &d->steps[i], outer))
            continue;
        if (!any)
            buf_addf(out, "%*ssteps:\n", (int)style_detail(style), "");
        any = true;
        add_step(out, style, &d->steps[i], depth_of(d, &d->steps[i]));
    }
}

static void add_metrics(struct buf *out, const struct style *style, const struct model_detail *d)
{
    if (d->n_metrics > 0)
        buf_addf(out, "%*smeasured:\n", (int)style_detail(style), "");
    for (uint32_t i = 0; i < d->n_metrics; i++) {
        autobuf struct buf text = {0};
        buf_addf(&text, "%s = ", d->metrics[i].name);
        number_add(&text, d->metrics[i].value);
        if (*d->metrics[i].unit)
            buf_addf(&text, " %s", d->metrics[i].unit);
        style_wrapped(out, style, style_value(style), buf_str(&text));
    }
}

static void tell_file(const struct shown *s, const struct buf *path, const char *media_type,
                      void (*tell)(void *data, const char *path, const char *media_type, int64_t bytes), void *data)
{
    autobuf struct buf whole = {0}, nothing = {0}, inside = {0};
    int64_t size;
    buf_add(&inside, path->data, path->len);
    if (!s->source || s->source->read(s->source->data, buf_str(&inside), 0, &nothing, &size) < 0)
        return;
    buf_addf(&whole, "%s%s%s", s->is_bundle ? "" : s->path, s->is_bundle ? "" : "/", buf_str(&inside));
    tell(data, buf_str(&whole), media_type, size);
}

void show_files(const struct shown *s, const struct model_case *c, const struct model_attempt *a,
                void (*tell)(void *data, const char *path, const char *media_type, int64_t bytes), void *data)
{
    const struct model_detail *d = model_attempt_detail(a);
    autobuf struct buf path = {0};
    output_reader_path(&path, c, a, "stdout.log");
    if (a->stdout_bytes > 0)
        tell_file(s, &path, "text/plain", tell, data);
    buf_clear(&path);
    output_reader_path(&path, c, a, "stderr.log");
    if (a->stderr_bytes > 0)
        tell_file(s, &path, "text/plain", tell, data);
    for (uint32_t i = 0; i < d->n_artifacts; i++) {
        buf_clear(&path);
        output_reader_artifact_path(&path, c, a, d->artifacts[i].name);
        tell_file(s, &path, d->artifacts[i].media_type, tell, data);
    }
}

/* Files being added to a text. */
struct files {
    struct buf *out;
    const struct style *style;
    bool any;
};

static void add_file(void *data, const char *path, const char *media_type, int64_t bytes)
{
    struct files *f = data;
    autobuf struct buf text = {0};
    if (!f->any)
        buf_addf(f->out, "%*sfiles:\n", (int)style_detail(f->style), "");
    f->any = true;
    buf_addf(&text, "%s (%lld bytes%s%s)", path, (long long)bytes, *media_type ? ", " : "", media_type);
    style_indented(f->out, style_value(f->style), text.data, text.len);
}

static void add_told_attempt(struct buf *out, const struct style *style, const struct shown *s,
                             const struct model_case *c, const struct model_attempt *a)
{
    const struct model_detail *d = model_attempt_detail(a);
    struct files files = {out, style, false};
    add_attempt_line(out, style, a);
    failure_add(out, style, c, a, s->source);
    add_steps(out, style, d, 0);
    add_metrics(out, style, d);
    show_files(s, c, a, add_file, &files);
    if (d->dropped > 0)
        buf_addf(out, "%*sand %u more things in the event log\n", (int)style_detail(style), "", d->dropped);
}

const struct model_attempt *show_attempt(const struct shown *s, const struct model_case *c)
{
    return s->attempt ? model_attempt_find(c, s->attempt) : model_attempt_told(c);
}

static void add_case_folder(struct buf *out, const struct model_case *c)
{
    buf_adds(out, "cases/");
    artifact_component(out, c->id);
}

void show_case(struct buf *out, const struct style *style, const struct shown *s, const struct model_case *c)
{
    const struct model_attempt *told = show_attempt(s, c);
    autobuf struct buf folder = {0};
    add_head(out, style, c);
    if (!told && c->ended && c->verdict != VERDICT_SKIPPED)
        style_wrapped(out, style, style_detail(style), c->reason);
    for (const struct model_attempt *a = c->first; a; a = a->next) {
        add_rule(out);
        if (a == told) {
            add_told_attempt(out, style, s, c, a);
            continue;
        }
        add_attempt_line(out, style, a);
        failure_add_short(out, style, a);
    }
    add_rule(out);
    add_case_folder(&folder, c);
    show_end(out, style, s, buf_str(&folder));
}

void show_step(struct buf *out, const struct style *style, const struct shown *s, const struct model_case *c,
               const struct model_attempt *a, const struct model_step *step)
{
    const struct model_detail *d = model_attempt_detail(a);
    autobuf struct buf path = {0};
    add_case_line(out, style, c);
    add_rule(out);
    add_step(out, style, step, 0);
    model_step_path(a, step->number, &path);
    buf_addf(out, "%*s", (int)style_detail(style), "");
    autobuf struct buf text = {0};
    buf_addf(&text, "attempt %d: %s", (int)a->number, buf_str(&path));
    style_wrapped_behind(out, style, style_detail(style), style_detail(style), buf_str(&text));
    for (uint32_t i = 0; i < d->n_checks; i++) {
        const struct model_step *of = find_step(d, d->checks[i].step);
        if (of && (of == step || is_within(d, of, step->number)))
            failure_add_check(out, style, a, &d->checks[i]);
    }
    add_steps(out, style, d, step->number);
    add_rule(out);
    autobuf struct buf folder = {0};
    add_case_folder(&folder, c);
    show_end(out, style, s, buf_str(&folder));
}
