/* SPDX-License-Identifier: Apache-2.0 */
/* A case, or a step of it, for programs. */
#include "report/results_json.h"
#include "report/show.h"

#include <string.h>

static void add_file(void *data, const char *path, const char *media_type, int64_t bytes)
{
    struct json_out *j = data;
    json_open(j, NULL, '{');
    json_text(j, "path", path);
    json_text_if(j, "mediaType", media_type);
    json_int(j, "bytes", bytes);
    json_close(j, '}');
}

static void add_run(struct json_out *j, const struct shown *s)
{
    json_text(j, "run", s->model->run_id);
    json_text(j, "path", s->path);
    json_text_if(j, "rerun", s->rerun);
}

static void add_cause(struct json_out *j, const struct run_model *m, const struct model_case *c)
{
    struct causes causes = causes_find(m);
    for (size_t i = 0; i < m->n_cases; i++) {
        if (m->cases[i] != c || causes.of_case[i] == 0)
            continue;
        const struct cause *cause = &causes.items[causes.of_case[i] - 1];
        json_open(j, "cause", '{');
        json_text(j, "kind", cause_kind_name(cause->kind));
        json_text(j, "title", cause->title);
        json_int(j, "scenarios", (int64_t)cause->n);
        json_close(j, '}');
    }
    causes_free(&causes);
}

void show_case_json(struct json_out *j, const struct shown *s, const struct model_case *c)
{
    const struct model_attempt *a = show_attempt(s, c);
    json_open(j, NULL, '{');
    add_run(j, s);
    add_cause(j, s->model, c);
    json_open(j, "files", '[');
    if (a)
        show_files(s, c, a, add_file, j);
    json_close(j, ']');
    results_json_case(j, "scenario", c);
    json_close(j, '}');
}

void show_step_json(struct json_out *j, const struct shown *s, const struct model_case *c,
                    const struct model_attempt *a, const struct model_step *step)
{
    const struct model_detail *d = model_attempt_detail(a);
    autobuf struct buf path = {0};
    model_step_path(a, step->number, &path);
    json_open(j, NULL, '{');
    add_run(j, s);
    json_text(j, "scenario", c->id);
    json_int(j, "attempt", a->number);
    json_int(j, "number", step->number);
    json_int(j, "parent", step->parent);
    json_text(j, "name", step->name);
    json_text(j, "step", buf_str(&path));
    json_text(j, "status", !step->ended ? "UNFINISHED" : step->failed ? "FAILED" : "PASSED");
    json_ms(j, "durationMs", step->duration_ns);
    json_open(j, "failures", '[');
    for (uint32_t i = 0; i < d->n_checks; i++)
        if (d->checks[i].step == step->number)
            results_json_failure(j, a, &d->checks[i]);
    json_close(j, ']');
    json_close(j, '}');
}
