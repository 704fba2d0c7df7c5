/* SPDX-License-Identifier: Apache-2.0 */
/* muster runs: what was run, and how it ended. */
#include "base/cleanup.h"
#include "base/clock.h"
#include "base/mem.h"
#include "cli/cli.h"
#include "cli/configuring.h"
#include "cli/named_run.h"
#include "cli/prune.h"
#include "cli/stdout_style.h"
#include "evidence/past_run.h"
#include "evidence/run_list.h"
#include "evidence/run_pruning.h"
#include "record/run_lock.h"
#include "report/run_rows.h"

#include <errno.h>
#include <string.h>

enum { SHOWN_DEFAULT = 20 };

struct runs_settings {
    const char *out;
    int64_t limit;
    bool json;
    struct prune_settings prune;
    struct configuring configuring;
};

#define AT(member_) offsetof(struct runs_settings, member_)

static const struct option options[] = {
    {OPTION_GROUP, 0, NULL, NULL, "Options", 0, NULL},
    {OPTION_INT, 'n', "limit", "N", "The N newest, 0 for all. Default: 20.", AT(limit), NULL},
    {OPTION_FLAG, 0, "json", NULL, "As JSON.", AT(json), NULL},
    OPTION_RUNS_OUT(struct runs_settings, out),
    OPTIONS_CONFIGURING(struct runs_settings, configuring),
    OPTIONS_PRUNE(struct runs_settings, prune),
    OPTIONS_END,
};

static const char details[] = "A line for each run, the newest first: how it ended, how long it took, when it\n"
                              "began, its id, and what of its scenarios deviates most. The ids, or the\n"
                              "beginnings of them, name runs for 'muster show' and the others. A run whose\n"
                              "log can't be read is DAMAGED, and said; one of a runner that was killed is\n"
                              "INCOMPLETE.\n\n"
                              "--prune never removes the latest run, one that is at work, one that has left\n"
                              "something to be undone, a pinned one, or a folder whose name is not that of a\n"
                              "run. Of several bounds each holds for itself.\n\n"
                              "  muster runs --prune --keep-runs 50 --keep-size 20G --dry-run\n";

/* One run being listed. */
struct listed {
    struct past_run run;
    struct run_row row;
    char *path;
};

static void look(struct listed *l, const char *out, const char *name)
{
    autoerr struct err err = {0};
    l->path = xasprintf("%s/%s", out, name);
    int r = past_run_open(&l->run, l->path, &err);
    l->row = run_row_of(&l->run.model, name);
    if (r < 0) {
        l->row.status = RUN_ROW_DAMAGED;
        cli_complain("warning: %s", err_text(&err));
    } else if (!l->run.is_whole && run_lock_is_held(l->run.dir)) {
        l->row.status = RUN_ROW_RUNNING;
    }
    l->row.pinned = l->run.dir >= 0 && run_is_pinned(l->run.dir);
}

static void listed_free(struct listed *l)
{
    past_run_close(&l->run);
    free(l->path);
}

static void show(const struct runs_settings *s, const struct run_list *runs, size_t n)
{
    const struct style style = stdout_style();
    const int64_t now = clock_real();
    for (size_t i = 0; i < n; i++) {
        autobuf struct buf line = {0};
        struct listed l;
        look(&l, s->out, runs->names[i]);
        run_row_add(&line, &style, &l.row, now);
        listed_free(&l);
        cli_print(&line);
    }
    if (n == runs->n)
        return;
    autobuf struct buf more = {0};
    buf_addf(&more, "and %zu more: --limit 0 shows all\n", runs->n - n);
    cli_print(&more);
}

static void show_json(const struct runs_settings *s, const struct run_list *runs, size_t n)
{
    autobuf struct buf out = {0};
    struct json_out j = {&out, false};
    json_open(&j, NULL, '{');
    json_int(&j, "total", (int64_t)runs->n);
    json_open(&j, "runs", '[');
    for (size_t i = 0; i < n; i++) {
        struct listed l;
        look(&l, s->out, runs->names[i]);
        json_open(&j, NULL, '{');
        run_row_json(&j, &l.row);
        json_text(&j, "path", l.path);
        json_close(&j, '}');
        listed_free(&l);
    }
    json_close(&j, ']');
    json_close(&j, '}');
    buf_addc(&out, '\n');
    cli_print_data(&out);
}

static int list(const struct runs_settings *s)
{
    struct run_list runs = {0};
    int r = run_list_make(&runs, s->out, run_list_has_log, NULL);
    if (r < 0 && r != -ENOENT) {
        cli_complain("--out %s: %s", s->out, strerror(-r));
        return cli_usage_unless_system(r);
    }
    if (runs.n == 0)
        cli_complain("%s: no run is there: 'muster run' makes one, --out names another folder", s->out);
    size_t n = s->limit > 0 && (uint64_t)s->limit < runs.n ? (size_t)s->limit : runs.n;
    if (s->json)
        show_json(s, &runs, n);
    else
        show(s, &runs, n);
    run_list_free(&runs);
    return EXIT_OK;
}

static int main_runs(const struct verb *verb, int argc, char **argv)
{
    struct runs_settings s = {.out = "muster-out", .limit = SHOWN_DEFAULT, .prune = PRUNE_SETTINGS_INIT};
    struct option_list operands = {0};
    int status;
    if (cli_options(verb, argc, argv, &s, &operands, &status)) {
        status = operands.n > 0 ? cli_usage(verb, "it takes no argument: %s", operands.items[0])
                                : prune_check(verb, &s.prune);
        if (status == EXIT_OK)
            status = prune_is_asked(&s.prune) ? prune_runs(&s.prune, s.out, s.json) : list(&s);
    }
    prune_settings_free(&s.prune);
    option_list_free(&operands);
    return status;
}

const struct verb verb_runs = {.name = "runs",
                               .usage = "runs [OPTION]...",
                               .summary = "List the runs that there are, and how they ended.",
                               .details = details,
                               .options = options,
                               .main = main_runs};
