/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What report.html knows of every case without unpacking its details: a head for the whole run, and a row for each
 * case. js/data.js reads both.
 */
#include "report/html/html.h"

#include "report/results_json.h"

#include <string.h>

enum row_flag { ROW_LEAKED = 1, ROW_UNCHECKED = 2, ROW_DETAILS = 4, ROW_FAULT = 8 };

static void add_causes(struct json_out *j, const struct causes *causes)
{
    json_open(j, "causes", '[');
    for (size_t i = 0; i < causes->n; i++) {
        const struct cause *cause = &causes->items[i];
        json_open(j, NULL, '{');
        json_text(j, "kind", cause_kind_name(cause->kind));
        json_text(j, "title", cause->title);
        json_text_if(j, "file", cause->file);
        json_int(j, "line", cause->line);
        json_int(j, "cases", (int64_t)cause->n);
        json_close(j, '}');
    }
    json_close(j, ']');
}

void html_head_add(struct json_out *j, const struct run_model *m, const struct causes *causes)
{
    json_open(j, NULL, '{');
    json_open(j, "testRun", '{');
    results_json_run(j, m);
    results_json_outcome(j, m);
    json_close(j, '}');
    json_text_if(j, "rerunOf", m->rerun_of);
    if (model_run_fault(m))
        json_text(j, "runFault", model_run_fault(m));
    json_bool(j, "missedWarns", m->missed_warns);
    add_causes(j, causes);
    json_close(j, '}');
}

/* Of what is mostly the same as in the row before: 0 then. */
static void add_again(struct json_out *j, const char *text, const char **before)
{
    if (*before && strcmp(*before, text) == 0)
        json_int(j, NULL, 0);
    else
        json_text(j, NULL, text);
    *before = text;
}

static bool same_lists(const struct string_list *a, const struct string_list *b)
{
    if (a->n != b->n)
        return false;
    for (size_t i = 0; i < a->n; i++)
        if (strcmp(a->items[i], b->items[i]) != 0)
            return false;
    return true;
}

static void add_markers(struct json_out *j, const struct string_list *markers, const struct string_list **before)
{
    if (*before && same_lists(*before, markers)) {
        json_int(j, NULL, 0);
    } else {
        json_open(j, NULL, '[');
        for (size_t i = 0; i < markers->n; i++)
            json_text(j, NULL, markers->items[i]);
        json_close(j, ']');
    }
    *before = markers;
}

/* Milliseconds to the microsecond, as everywhere in the page. */
static void add_attempts(struct json_out *j, const struct model_case *c)
{
    json_open(j, NULL, '[');
    for (const struct model_attempt *a = c->first; a; a = a->next) {
        json_ms(j, NULL, a->started_ns);
        json_ms(j, NULL, a->duration_ns);
        json_int(j, NULL, a->slot);
        json_text(j, NULL, a->ended ? verdict_name((enum verdict)a->verdict) : "unfinished");
        json_int(j, NULL, a->n_checks);
    }
    json_close(j, ']');
}

struct before {
    const char *plugin, *file, *summary, *verdict;
    const struct string_list *markers;
};

static void add_row(struct json_out *j, const struct run_model *m, size_t at, uint32_t cause, struct before *before)
{
    const struct model_case *c = m->cases[at];
    int flags = (c->leaked ? ROW_LEAKED : 0) | (model_is_unchecked(c) ? ROW_UNCHECKED : 0) |
                (html_has_details(c) ? ROW_DETAILS : 0) | (model_fault(m, c) ? ROW_FAULT : 0);
    json_open(j, NULL, '[');
    json_text(j, NULL, c->id);
    add_again(j, c->plugin, &before->plugin);
    add_again(j, c->ended ? verdict_name((enum verdict)c->verdict) : "not_run", &before->verdict);
    json_ms(j, NULL, c->duration_ns);
    add_markers(j, &c->markers, &before->markers);
    add_again(j, c->file, &before->file);
    json_int(j, NULL, c->line);
    json_int(j, NULL, flags);
    json_int(j, NULL, cause);
    add_again(j, c->summary, &before->summary);
    json_text(j, NULL, c->reason);
    add_attempts(j, c);
    json_close(j, ']');
}

void html_rows_write(struct chunk_writer *w, const struct run_model *m, const struct causes *causes)
{
    struct before before = {0};
    struct json_out *j = chunk_begin(w, "rows");
    json_open(j, NULL, '[');
    for (size_t i = 0; i < m->n_cases; i++) {
        add_row(j, m, i, causes->of_case[i], &before);
        chunk_step(w);
    }
    json_close(j, ']');
    chunk_end(w);
}
