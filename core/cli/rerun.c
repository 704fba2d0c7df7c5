/* SPDX-License-Identifier: Apache-2.0 */
/* What a run still owes. */
#include "cli/rerun.h"

#include "base/cleanup.h"
#include "cli/cli.h"
#include "evidence/past_run.h"
#include "evidence/run_name.h"
#include "plan/repeat.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { LONGEST_CHAIN = 1000 };

/* The run in "failed:RUN", or a RUN that nobody takes for a slip of "failed"; NULL for neither. */
static const char *named(const char *what)
{
    if (strncmp(what, "failed:", 7) == 0)
        return what[7] ? what + 7 : NULL;
    return strcmp(what, "latest") == 0 || strchr(what, '/') ? what : NULL;
}

bool rerun_is_valid(const char *what)
{
    return strcmp(what, "failed") == 0 || named(what);
}

/* What a newer run said of a case stands. */
static void take_cases(struct rerun *r, const struct run_model *model)
{
    for (size_t i = 0; i < model->n_cases; i++) {
        const struct model_case *c = model->cases[i];
        bool done = c->ended && !verdict_is_bad((enum verdict)c->verdict);
        size_t len = repeat_base(c->id);
        uint32_t known = idmap_get(&r->ids, c->id, len);
        if (known == IDMAP_NONE) {
            idmap_put(&r->ids, arena_strndup(&r->arena, c->id, len), len, (uint32_t)r->n_cases);
            GROW(r->cases, r->n_cases, r->cap_cases);
            r->cases[r->n_cases++] = (struct rerun_case){r->n_runs, done};
        } else if (r->cases[known].run == r->n_runs) {
            r->cases[known].done = r->cases[known].done && done;
        }
    }
    r->n_runs++;
}

/* The run before lies beside it, or in the folder of runs; NULL when it does not. */
static char *path_before(const char *path, const char *run_id, const char *out)
{
    autofree char *folder = realpath(path, NULL);
    char *slash = folder ? strrchr(folder, '/') : NULL;
    if (slash) {
        *slash = '\0';
        char *beside = xasprintf("%s/%s", folder, run_id);
        if (access(beside, F_OK) == 0)
            return beside;
        free(beside);
    }
    char *in_out = xasprintf("%s/%s", out, run_id);
    if (access(in_out, F_OK) == 0)
        return in_out;
    free(in_out);
    return NULL;
}

/* Reads one run; *ret_before is the path of the one that it ran again, or NULL. */
static int take_run(struct rerun *r, const char *path, const char *out, char **ret_before, struct err *err)
{
    struct past_run run;
    int e = past_run_open(&run, path, err);
    if (e == 0 && !run.model.started)
        e = err_set(err, -EINVAL, "%s: its log is empty", path);
    if (e == 0 && run.model.n_cases == 0 && run.model.plan_cases == 0)
        e = err_set(err, -EINVAL, "%s: that run selected nothing: name the one before it, as in failed:RUN", path);
    if (e == 0) {
        if (!r->run_id)
            r->run_id = arena_strdup(&r->arena, run.model.run_id);
        take_cases(r, &run.model);
        if (!run.is_whole)
            cli_complain(
                "warning: --rerun: the log of run %s ends before the run did: what it does not tell the end of is run "
                "again",
                run.model.run_id);
        *ret_before = *run.model.rerun_of ? path_before(path, run.model.rerun_of, out) : NULL;
        if (*run.model.rerun_of && !*ret_before)
            cli_complain("warning: --rerun: run %s is gone: what it alone had run is run again", run.model.rerun_of);
        r->is_broken |= *run.model.rerun_of && !*ret_before;
    }
    past_run_close(&run);
    return e;
}

int rerun_open(struct rerun *r, const char *what, const char *out, struct err *err)
{
    *r = (struct rerun){0};
    char *path = NULL;
    int e = run_name_find(named(what), out, &path, err);
    for (int n = 0; path && e == 0 && n < LONGEST_CHAIN; n++) {
        char *before = NULL;
        e = take_run(r, path, out, &before, err);
        free(path);
        path = before;
    }
    free(path);
    return e < 0 ? err_prefix(err, "--rerun") : 0;
}

void rerun_free(struct rerun *r)
{
    idmap_free(&r->ids);
    free(r->cases);
    arena_free(&r->arena);
}

size_t rerun_apply(const struct rerun *r, struct selection *selection)
{
    size_t n = 0, done = 0;
    const size_t before = selection->n_cases;
    for (size_t i = 0; i < before; i++) {
        const char *id = selection->cases[i].id;
        uint32_t known = idmap_get(&r->ids, id, strlen(id));
        if (known == IDMAP_NONE ? r->is_broken : !r->cases[known].done)
            selection->cases[n++] = selection->cases[i];
        done += known != IDMAP_NONE && r->cases[known].done;
    }
    selection->n_cases = n;
    return done;
}
