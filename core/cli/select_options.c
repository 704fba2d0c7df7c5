/* SPDX-License-Identifier: Apache-2.0 */
/* Selecting, for run and list. */
#include "cli/select_options.h"

#include "base/cleanup.h"
#include "base/machine_error.h"
#include "base/mem.h"
#include "cli/cli.h"
#include "contain/contain.h"
#include "plan/names.h"
#include "plan/needs.h"
#include "tables/json.h"

#define MUSTER_NO_SHORT_NAMES
#include <muster/muster.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* What this runner's hosts offer: a scenario that needs something else is skipped, not run. */
#define ID(id_, name_) MUSTER_EXT_##id_,
static const char *const capabilities[] = {MUSTER_EXTENSIONS(ID)};
#undef ID

static struct select_options options_of(const struct selecting *s)
{
    return (struct select_options){.markers = s->markers,
                                   .keywords = s->keywords,
                                   .own_markers = s->own_markers.items,
                                   .n_own_markers = s->own_markers.n,
                                   .capabilities = capabilities,
                                   .n_capabilities = ARRAY_LEN(capabilities),
                                   .check_json = json_text_check,
                                   .limits = {.timeout_ns = s->timeout_ns,
                                              .timeout_factor = s->timeout_factor,
                                              .retries = s->retries,
                                              .retry_delay_ns = s->retry_delay_ns,
                                              .backoff = 2.0,
                                              .retry_on = (uint32_t)s->retry_on,
                                              .containment_parse = containment_parse,
                                              .containment_words = containment_words}};
}

/* "pay.so: refund.c:12: ", or "pay.yaml:12: " of what stands in the file itself. */
static void add_place(const struct catalogue *c, const struct scenario_info *s, struct buf *out)
{
    const char *path = c->plugins[s->plugin].path, *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
    buf_adds(out, path);
    if (s->line > 0 && strcmp(s->file, path) != 0 && strcmp(s->file, name) != 0)
        buf_addf(out, ": %s", s->file);
    if (s->line > 0)
        buf_addf(out, ":%u", s->line);
}

size_t cli_complain_of_markers(const struct found *f, const struct selecting *s)
{
    const struct catalogue *c = &f->catalogue;
    const struct select_options o = options_of(s);
    size_t n = 0;
    for (uint32_t i = 0; i < c->n_scenarios; i++) {
        autoerr struct err err = {0};
        if (c->plugins[c->scenarios[i].plugin].provider || select_check_markers(c, &o, i, &err) == 0)
            continue;
        autobuf struct buf place = {0};
        add_place(c, &c->scenarios[i], &place);
        cli_complain("%s: %s", buf_str(&place), err_text(&err));
        n++;
    }
    return n;
}

static void complain_of_word(const char *name, const char *meant, void *n)
{
    if (meant)
        cli_complain("-m: no scenario has a marker %s; did you mean %s?", name, meant);
    else
        cli_complain("-m: no scenario has a marker %s", name);
    ++*(size_t *)n;
}

static void complain_of_keyword(const char *name, const char *meant, void *n)
{
    if (meant)
        cli_complain("-k: no scenario's id, plugin or marker contains %s; did you mean %s?", name, meant);
    else
        cli_complain("-k: no scenario's id, plugin or marker contains %s", name);
    ++*(size_t *)n;
}

static int name_all(struct found *f, struct names *names, struct err *err)
{
    int r = 0;
    for (size_t i = 0; i < f->ids.n && r == 0; i++)
        r = names_add(names, &f->catalogue, f->ids.items[i], err);
    return r;
}

/* -k's words may be values of parameters: they are looked for when tables can be read. -EBADMSG: --strict-markers
 * forbids what it has complained of. */
static int complain_of_words(const struct found *f, const struct selecting *s, const struct select_options *o,
                             struct err *err)
{
    size_t unknown = 0;
    select_each_unknown_marker(&f->catalogue, s->markers, complain_of_word, &unknown);
    select_each_unknown_keyword(&f->catalogue, o, complain_of_keyword, &unknown);
    return unknown > 0 && s->strict_markers
               ? err_set(err, -EBADMSG, "--strict-markers: an expression has words that no scenario has")
               : 0;
}

static int select_named(struct found *f, const struct selecting *s, struct select_options *o,
                        struct selection *ret_selection, struct err *err)
{
    struct names names = {0};
    o->target = run_target_get;
    o->target_data = &f->target;
    o->tables = run_tables_of;
    o->tables_data = &f->tables;
    int e = run_tables_init(&f->tables, &f->catalogue, s->data.items, s->data.n, table_fetch, &f->table_helper, err);
    if (e == 0)
        e = complain_of_words(f, s, o, err);
    if (e == 0)
        e = name_all(f, &names, err);
    o->ids = names.items;
    o->n_ids = names.n;
    if (e == 0)
        e = select_cases(&f->catalogue, o, ret_selection, err);
    names_free(&names);
    return e;
}

/* A fixture that uses the target's may be used by scenarios that don't say so themselves. */
static bool reaches_target(const struct catalogue *c, const struct selection *selection)
{
    autofree bool *seen = xcalloc(c->n_fixtures + 1, sizeof *seen);
    for (size_t i = 0; i < selection->n_cases; i++)
        if (uses_reach_target(c, c->scenarios[selection->cases[i].scenario].uses, seen))
            return true;
    return false;
}

static int take_target(struct found *f, struct selection *selection, struct err *err)
{
    const struct target_info *target;
    int e = reaches_target(&f->catalogue, selection) ? run_target_get(&f->target, &target, err) : 0;
    selection->target_fixture = run_target_fixture(&f->target);
    return e;
}

static int refuse(const struct verb *verb, const struct found *f, const struct err *err)
{
    if (err->code == -EINTR) {
        cli_complain("%s", err_text(err));
        return EXIT_INTERRUPTED;
    }
    if (f->catalogue.n_scenarios == 0 && f->n_refused > 0) {
        cli_complain("no plugin could be loaded: nothing to select from");
        return EXIT_PLUGIN;
    }
    if (is_machine_error(err->code)) {
        cli_complain("%s", err_text(err));
        return EXIT_RUNNER;
    }
    return cli_usage(verb, "%s", err_text(err));
}

void cli_complain_of_nothing(struct found *f)
{
    size_t n = catalogue_asked_for(&f->catalogue);
    const char *where = find_searched(f);
    cli_complain("nothing selected: %zu scenario%s in %zu plugin%s%s%s", f->catalogue.n_scenarios,
                 f->catalogue.n_scenarios == 1 ? "" : "s", n, n == 1 ? "" : "s", where ? ", " : "", where ? where : "");
}

int cli_select(const struct verb *verb, struct found *f, const struct selecting *s, struct selection *ret_selection)
{
    autoerr struct err err = {0};
    if (cli_complain_of_markers(f, s) > 0)
        return EXIT_USAGE;
    char today[16];
    time_t now = time(NULL);
    struct tm tm;
    strftime(today, sizeof today, "%Y-%m-%d", gmtime_r(&now, &tm));
    struct select_options o = options_of(s);
    o.where = find_searched(f);
    o.today = today;
    int e = select_named(f, s, &o, ret_selection, &err);
    if (e == 0)
        e = take_target(f, ret_selection, &err);
    return e < 0 ? refuse(verb, f, &err) : EXIT_OK;
}

void selecting_free(struct selecting *s)
{
    option_list_free(&s->data);
    option_list_free(&s->own_markers);
}
