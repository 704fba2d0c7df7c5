/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What there is to tell of each case, in chunks: one for a case with an attempt that did not pass, since that is what
 * somebody will open and it may have long outputs; one for each hundred places of the plan for the others.
 */
#include "report/html/html.h"

#include "artifacts/collect.h"
#include "report/results_json.h"

#include <stdio.h>

/* Of each stream of an attempt, as in junit.xml; the whole is in the run's folder, where the page links to. */
enum { MAX_OUTPUT = 64 * 1024, CASES_IN_A_CHUNK = 100 };

bool html_has_details(const struct model_case *c)
{
    if (c->params.n > 0)
        return true;
    for (const struct model_attempt *a = c->first; a; a = a->next)
        if (a->detail || a->stdout_bytes > 0 || a->stderr_bytes > 0 || !a->ended || a->verdict != VERDICT_PASSED)
            return true;
    return false;
}

static bool has_own_chunk(const struct model_case *c)
{
    for (const struct model_attempt *a = c->first; a; a = a->next)
        if (!a->ended || (a->verdict != VERDICT_PASSED && a->verdict != VERDICT_SKIPPED))
            return true;
    return false;
}

static void add_output(struct json_out *j, const struct output_reader *source, const char *name, const char *folder,
                       int64_t bytes)
{
    autobuf struct buf path = {0}, text = {0};
    int64_t size = 0;
    if (bytes <= 0)
        return;
    buf_addf(&path, "%s/%s.log", folder, name);
    if (!output_reader_tail(source, buf_str(&path), MAX_OUTPUT, &text, &size))
        return;
    json_open(j, name, '{');
    json_textn(j, "text", text.data, text.len);
    json_int(j, "size", size);
    json_close(j, '}');
}

/* An attempt's folder, and the end of its output unless it passed. */
static void add_outputs(struct json_out *j, const struct model_case *c, const struct output_reader *source)
{
    json_open(j, "outputs", '[');
    for (const struct model_attempt *a = c->first; a; a = a->next) {
        autobuf struct buf folder = {0};
        artifact_path(&folder, c->id, (uint32_t)a->number);
        json_open(j, NULL, '{');
        json_text(j, "folder", buf_str(&folder));
        if (!a->ended || verdict_is_bad((enum verdict)a->verdict)) {
            add_output(j, source, "stdout", buf_str(&folder), a->stdout_bytes);
            add_output(j, source, "stderr", buf_str(&folder), a->stderr_bytes);
        }
        json_close(j, '}');
    }
    json_close(j, ']');
}

static void add_case(struct json_out *j, size_t at, const struct model_case *c, const struct output_reader *source)
{
    char key[24];
    snprintf(key, sizeof key, "%zu", at);
    json_open(j, key, '{');
    results_json_case(j, "case", c);
    add_outputs(j, c, source);
    json_close(j, '}');
}

static void write_own_chunks(struct chunk_writer *w, const struct run_model *m, const struct output_reader *source)
{
    for (size_t i = 0; i < m->n_cases; i++) {
        if (!has_own_chunk(m->cases[i]))
            continue;
        char id[24];
        snprintf(id, sizeof id, "c%zu", i);
        struct json_out *j = chunk_begin(w, id);
        json_open(j, NULL, '{');
        add_case(j, i, m->cases[i], source);
        json_close(j, '}');
        chunk_end(w);
    }
}

static bool is_shared(const struct model_case *c)
{
    return html_has_details(c) && !has_own_chunk(c);
}

static void write_shared_chunk(struct chunk_writer *w, const struct run_model *m, size_t from, size_t to,
                               const struct output_reader *source)
{
    char id[24];
    snprintf(id, sizeof id, "d%zu", from / CASES_IN_A_CHUNK);
    struct json_out *j = chunk_begin(w, id);
    json_open(j, NULL, '{');
    for (size_t i = from; i < to; i++) {
        if (!is_shared(m->cases[i]))
            continue;
        add_case(j, i, m->cases[i], source);
        chunk_step(w);
    }
    json_close(j, '}');
    chunk_end(w);
}

static void write_shared_chunks(struct chunk_writer *w, const struct run_model *m, const struct output_reader *source)
{
    for (size_t from = 0; from < m->n_cases; from += CASES_IN_A_CHUNK) {
        size_t to = from + CASES_IN_A_CHUNK < m->n_cases ? from + CASES_IN_A_CHUNK : m->n_cases, first = from;
        while (first < to && !is_shared(m->cases[first]))
            first++;
        if (first < to)
            write_shared_chunk(w, m, from, to, source);
    }
}

void html_cases_write(struct chunk_writer *w, const struct run_model *m, const struct output_reader *source)
{
    write_own_chunks(w, m, source);
    write_shared_chunks(w, m, source);
}
