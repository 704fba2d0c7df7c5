/* SPDX-License-Identifier: Apache-2.0 */
/* The history of some cases. */
#include "cli/history_view.h"

#include "base/cleanup.h"
#include "base/mem.h"
#include "cli/cli.h"
#include "plan/patterns.h"

#include <string.h>

static void print(const struct history_view *view, const struct history_case *cases, size_t n,
                  const struct history_printing *p)
{
    autobuf struct buf out = {0};
    if (!view->json) {
        p->text(p->data, cases, n, &out);
        cli_print(&out);
        return;
    }
    struct json_out j = {&out, false};
    json_open(&j, NULL, '{');
    json_text(&j, "history", view->history);
    json_int(&j, "window", view->window);
    p->json(p->data, cases, n, &j);
    json_close(&j, '}');
    buf_addc(&out, '\n');
    cli_print_data(&out);
}

static bool selects_any(const char *text, const struct history_case *cases, size_t n)
{
    struct patterns p;
    bool any = false;
    patterns_init(&p, &text, 1);
    for (size_t i = 0; i < n && !any; i++)
        any = patterns_select(&p, cases[i].id);
    patterns_free(&p);
    return any;
}

/* Those that the ids name stand first afterwards. A bare name is the end of an id. */
static int select_cases(const struct option_list *ids, struct history_case *cases, size_t *n, struct arena *arena)
{
    struct patterns p;
    size_t kept = 0;
    const char **texts = arena_alloc(arena, (ids->n + 1) * sizeof *texts);
    for (size_t i = 0; i < ids->n; i++) {
        autofree char *end = xasprintf("*.%s", ids->items[i]);
        texts[i] = selects_any(ids->items[i], cases, *n) ? ids->items[i] : arena_strdup(arena, end);
    }
    patterns_init(&p, texts, ids->n);
    for (size_t i = 0; i < *n; i++)
        if (patterns_select(&p, cases[i].id))
            cases[kept++] = cases[i];
    const char *unused = patterns_unused(&p);
    if (unused)
        cli_complain("%s: the history knows no such scenario", unused + (strncmp(unused, "*.", 2) == 0 ? 2 : 0));
    patterns_free(&p);
    *n = kept;
    return unused ? EXIT_USAGE : EXIT_OK;
}

static int read_and_print(const struct history_view *view, const struct option_list *ids, struct arena *arena,
                          const struct history_printing *p)
{
    autoerr struct err err = {0};
    struct history *h;
    struct history_case *cases;
    size_t n;
    int r = history_open(view->history, &h, &err);
    if (r == 0) {
        r = history_read_recent(h, arena, &cases, &n, &err);
        history_close(h);
    }
    if (r < 0) {
        if (r == -ENOENT)
            cli_complain("%s: there is no history: 'muster run' makes one, --history names another file",
                         view->history);
        else
            cli_complain("%s", err_text(&err));
        return cli_usage_unless_system(r);
    }
    int status = select_cases(ids, cases, &n, arena);
    if (status == EXIT_OK)
        print(view, cases, n, p);
    return status;
}

int history_view(const struct verb *verb, const struct history_view *view, const struct option_list *ids, int64_t most,
                 const struct history_printing *p)
{
    if (view->window < 1 || view->window > most)
        return cli_usage(verb, "--window %lld: it takes 1 to %lld: so many results are remembered",
                         (long long)view->window, (long long)most);
    if (strcmp(view->history, "none") == 0)
        return cli_usage(verb, "--history none: then there is nothing to show");
    struct arena arena = {0};
    int status = read_and_print(view, ids, &arena, p);
    arena_free(&arena);
    return status;
}
