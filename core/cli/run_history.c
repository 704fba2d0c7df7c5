/* SPDX-License-Identifier: Apache-2.0 */
/* The history, for `muster run`. */
#include "cli/run_history.h"

#include "base/cleanup.h"
#include "cli/cli.h"
#include "plan/repeat.h"
#include "record/history.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static void warn(const struct err *err)
{
    cli_complain("warning: history: %s", err_text(err));
}

static struct case_past *past_of(const struct selection *selection, const struct history_case *known, size_t n_known)
{
    struct idmap ids = {0};
    idmap_reserve(&ids, n_known);
    for (size_t k = 0; k < n_known; k++)
        idmap_put(&ids, known[k].id, strlen(known[k].id), (uint32_t)k);
    struct case_past *past = xcalloc(selection->n_cases, sizeof *past);
    for (size_t i = 0; i < selection->n_cases; i++) {
        const char *id = selection->cases[i].id;
        uint32_t k = idmap_get(&ids, id, repeat_base(id));
        if (k != IDMAP_NONE)
            past[i] = (struct case_past){true, verdict_is_bad(known[k].verdict), known[k].mean_ns};
    }
    idmap_free(&ids);
    return past;
}

struct case_past *cli_history_read(const char *path, const struct selection *selection)
{
    autoerr struct err err = {0};
    struct history *h;
    int r = history_open(path, &h, &err);
    if (r == -ENOENT)
        return NULL; /* the first run */
    struct arena arena = {0};
    struct history_case *known;
    size_t n_known;
    struct case_past *past = NULL;
    if (r == 0) {
        r = history_read(h, &arena, &known, &n_known, &err);
        history_close(h);
    }
    if (r == 0)
        past = past_of(selection, known, n_known);
    else
        warn(&err);
    arena_free(&arena);
    return past;
}

struct walk {
    const struct run_model *model;
    size_t next;
    struct buf id; /* without a repetition */
};

static bool next_result(void *data, struct history_result *ret_result)
{
    struct walk *w = data;
    while (w->next < w->model->n_cases) {
        const struct model_case *c = w->model->cases[w->next++];
        if (!c->ended || c->verdict == VERDICT_SKIPPED)
            continue;
        buf_clear(&w->id);
        buf_add(&w->id, c->id, repeat_base(c->id));
        *ret_result = (struct history_result){buf_str(&w->id), (enum verdict)c->verdict, c->duration_ns};
        return true;
    }
    return false;
}

void cli_history_write(const char *path, const struct run_model *model)
{
    autoerr struct err err = {0};
    struct history *h;
    int r = history_create(path, &h, &err);
    if (r == 0) {
        struct walk walk = {.model = model};
        r = history_write(h, next_result, &walk, &err);
        buf_free(&walk.id);
        history_close(h);
    }
    if (r < 0)
        warn(&err);
}
