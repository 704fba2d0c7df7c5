/* SPDX-License-Identifier: Apache-2.0 */
/* One run, cleaned up: its ledger, its plugins, janitors for what is outstanding. */
#include "cli/verb_cleanup.h"

#include "base/cleanup.h"
#include "base/io.h"
#include "base/signals.h"
#include "base/text.h"
#include "cli/cleaning.h"
#include "cli/cleanup_services.h"
#include "cli/cli.h"
#include "cli/plugins.h"
#include "cli/target.h"
#include "evidence/kept_target.h"
#include "exec/crash_recovery.h"
#include "exec/ledger_replay.h"
#include "record/evlog.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static void add_entry(struct buf *out, const struct ledger_item *item)
{
    autobuf struct buf text = {0};
    buf_addf(&text, "%s attempt %u: %s(\"%s\")", item->entry.case_id, item->entry.attempt, item->entry.cleanup,
             item->entry.payload);
    terminal_add(out, text.data, text.len);
}

static void say_entry(const char *status, const struct ledger_item *item, const char *error)
{
    autobuf struct buf line = {0};
    buf_addf(&line, "%12s ", status);
    add_entry(&line, item);
    if (*error) {
        buf_adds(&line, ": ");
        terminal_add(&line, error, strlen(error));
    }
    buf_addc(&line, '\n');
    cli_print(&line);
}

/* What was in a service that has ended is gone with it. A cleanup that can't do without what that had published will
 * never do better, so that is the end of it. */
static bool on_settled(void *data, const struct ledger_item *item, const char *error, bool lacked)
{
    struct cleaning *c = data;
    const char *lost = cleanup_services_lost(c, item->entry.case_id);
    bool gone = lost && *error && lacked;
    *(gone ? &c->gone : *error ? &c->failed : &c->undone) += 1;
    autofree char *how = !lost ? xstrdup(error)
                         : gone || !*error
                             ? xasprintf("in service %s, which is gone%s%s", lost, gone ? ": " : "", error)
                             : xasprintf("%s (service %s, which it used, is gone)", error, lost);
    say_entry(gone ? "GONE" : *error ? "FAILED" : "UNDONE", item, how);
    return gone;
}

/* Of what a cleanup says, only why it failed: its output is in the attempt's folder. */
static void on_event(void *data, const struct event *e)
{
    (void)data;
    if (e->type != EVENT_ATTEMPT_CHECK)
        return;
    const struct event_attempt_check *check = &e->attempt_check;
    autobuf struct buf line = {0}, text = {0};
    buf_addf(&text, "%s:%lld: %s", check->file, (long long)check->line, check->expression);
    if (*check->actual)
        buf_addf(&text, " (it is %s)", check->actual);
    if (*check->message)
        buf_addf(&text, ": %s", check->message);
    buf_adds(&line, "             ");
    terminal_add(&line, text.data, text.len);
    buf_addc(&line, '\n');
    cli_print(&line);
}

/* ---- the plugins ------------------------------------------------------------------------------------------ */

static bool is_outstanding(const struct ledger_item *item)
{
    return !item->done;
}

/* What a service has deferred is undone behind its tear-down, and that of its users before. */
static bool is_due(const struct cleaning *c, const struct ledger_item *item)
{
    bool of_service = strncmp(item->entry.case_id, "fixture ", 8) == 0;
    return is_outstanding(item) && (c->part == ALL_ENTRIES || of_service == (c->part == OF_SERVICES));
}

/* The files that entries name, each once; those that are gone are told of. */
static void list_plugins(const struct cleaning *c, struct option_list *paths)
{
    for (size_t i = 0; i < c->ledger.n; i++) {
        const char *path = c->ledger.items[i].entry.plugin_path;
        bool known = !is_due(c, &c->ledger.items[i]);
        for (size_t k = 0; k < paths->n && !known; k++)
            known = strcmp(paths->items[k], path) == 0;
        if (!known)
            option_list_add(paths, path);
    }
    size_t kept = 0;
    for (size_t k = 0; k < paths->n; k++) {
        if (access(paths->items[k], F_OK) == 0)
            paths->items[kept++] = paths->items[k];
        else
            cli_complain("%s: %s: what its scenarios created can't be undone without it", paths->items[k],
                         errno == ENOENT ? "the plugin is gone" : strerror(errno));
    }
    paths->n = kept;
}

static bool find_plugin(const struct catalogue *catalogue, const char *path, uint32_t *ret_plugin)
{
    for (size_t i = 0; i < catalogue->n_plugins; i++) {
        if (strcmp(catalogue->plugins[i].path, path) == 0) {
            *ret_plugin = (uint32_t)i;
            return true;
        }
    }
    return false;
}

static struct replay_item *match_items(const struct cleaning *c, const struct catalogue *catalogue, size_t *ret_n)
{
    struct replay_item *items = xcalloc(c->ledger.n_outstanding + 1, sizeof *items);
    size_t n = 0;
    for (size_t i = 0; i < c->ledger.n; i++) {
        const struct ledger_item *item = &c->ledger.items[i];
        uint32_t plugin;
        if (is_due(c, item) && find_plugin(catalogue, item->entry.plugin_path, &plugin))
            items[n++] = (struct replay_item){item, plugin};
    }
    *ret_n = n;
    return items;
}

/* ---- the run ---------------------------------------------------------------------------------------------- */

static int run_janitors(struct cleaning *c, struct found *f, const struct containment_set *containment,
                        const struct workspace *workspace)
{
    size_t n;
    autofree struct replay_item *items = match_items(c, &f->catalogue, &n);
    struct ledger ledger = LEDGER_INIT(c->dir);
    const struct replay_options o = {.loop = &f->loop,
                                     .secrets = c->settings->secrets,
                                     .hosts = &f->hosts,
                                     .zygote = &f->zygote,
                                     .containment = containment,
                                     .catalogue = &f->catalogue,
                                     .workspace = workspace,
                                     .kept = &c->kept,
                                     .ledger = &ledger,
                                     .items = items,
                                     .n_items = n,
                                     .grace_ns = c->settings->grace_ns,
                                     .cleanup_ns = c->settings->cleanup_ns,
                                     .sink = {on_event, c},
                                     .settled = on_settled,
                                     .settled_data = c,
                                     .signals = c->signals};
    struct replay_result result;
    replay_run(&o, &result);
    ledger_close(&ledger);
    if (result.trouble)
        cli_complain("%s: %s", c->path, result.trouble);
    free(result.trouble);
    return result.interrupted ? EXIT_INTERRUPTED : EXIT_OK;
}

static size_t add_existing(const char **list, size_t n, const char *const *paths, size_t n_paths)
{
    for (size_t i = 0; i < n_paths; i++)
        if (access(paths[i], F_OK) == 0)
            list[n++] = paths[i];
    return n;
}

/* What this process makes is written down too, since it may be killed as well; and what could not be removed stays
 * there, for the next one. */
static int note_rooms(struct cleaning *c, const struct containment_set *containment, const struct workspace *workspace,
                      struct err *err)
{
    const struct run_state *old = &c->facts;
    struct run_state facts = *old;
    size_t n_temps = old->in_place ? old->n_temps : 0, n_groups = old->in_place ? old->n_groups : 0;
    autofree const char **temps = xcalloc(n_temps + 1, sizeof *temps);
    autofree const char **groups = xcalloc(n_groups + CONTAINMENT_PATHS_MAX, sizeof *groups);
    facts.pid = getpid();
    temps[0] = workspace->temp_base;
    facts.temps = temps;
    facts.n_temps = add_existing(temps, 1, old->temps, n_temps);
    facts.groups = groups;
    facts.n_groups = add_existing(groups, containment_paths(containment, groups), old->groups, n_groups);
    return run_lock_note(&c->run_lock, &facts, err);
}

static int with_rooms(struct cleaning *c, struct found *f, const char *full_path)
{
    autoerr struct err err = {0};
    struct containment_set containment;
    struct workspace workspace;
    if (containment_open(&containment, c->settings->containment, c->facts.run_id, zygote_probe, &f->zygote, &err) < 0) {
        cli_complain("--containment: %s; auto takes the best that a cleanup can't notice", err_text(&err));
        return EXIT_RUNNER;
    }
    if (kept_target_give(c->dir, &f->hosts, &err) < 0)
        cli_complain("%s: %s: cleanups that ask the target can't work", c->path, err_text(&err));
    err_free(&err);
    workspace_choose(&workspace, c->dir, full_path);
    int r = note_rooms(c, &containment, &workspace, &err);
    if (r == 0)
        r = workspace_open(&workspace, &err);
    int status = EXIT_RUNNER;
    if (r < 0)
        cli_complain("%s: %s", c->path, err_text(&err));
    else
        status = run_janitors(c, f, &containment, &workspace);
    containment_close(&containment, 1);
    if (workspace_close(&workspace, &err) < 0) {
        cli_complain("%s: %s", c->path, err_text(&err));
        c->left = true;
    }
    return status;
}

static int undo(struct cleaning *c)
{
    autoerr struct err err = {0};
    struct option_list paths = {0};
    list_plugins(c, &paths);
    autofree char *full_path = realpath(c->path, NULL);
    const struct find_options find = {.run_id = c->facts.run_id,
                                      .target = &c->settings->target,
                                      .pass = &c->settings->pass_env,
                                      .load_timeout_ns = c->settings->load_timeout_ns,
                                      .lenient = true,
                                      .keep_hosts = true,
                                      .signals = c->signals};
    struct found f;
    int status = EXIT_OK;
    if (paths.n > 0 && full_path) {
        status = EXIT_RUNNER;
        int r = find_start(&f, &find, &err);
        if (r == 0)
            r = cli_find_plugins(&f, &find, &paths, &status, &err);
        if (r < 0) {
            cli_complain("%s", err_text(&err));
        } else {
            cli_complain_of_refused(&f);
            status = f.catalogue.n_plugins > 0 ? with_rooms(c, &f, full_path) : EXIT_OK;
        }
        found_free(&f);
    }
    option_list_free(&paths);
    return status;
}

static bool was_given(const struct option_list *target, const char *key)
{
    size_t n = strlen(key);
    for (size_t i = 0; i < target->n; i++)
        if (strncmp(target->items[i], key, n) == 0 && target->items[i][n] == '=')
            return true;
    return false;
}

/* A cleanup that failed may have lacked what the run was given. */
static void say_what_was_not_given(const struct cleaning *c)
{
    autobuf struct buf keys = {0};
    for (size_t i = 0; i < c->facts.n_target; i++)
        if (!was_given(&c->settings->target, c->facts.target[i]))
            buf_addf(&keys, " --set %s=...", c->facts.target[i]);
    if (keys.len > 0)
        cli_complain("%s: the run was given%s: give them to muster cleanup too", c->path, buf_str(&keys));
}

static void complain_of_damage(struct cleaning *c)
{
    c->has_spoken |= c->ledger.n_damages > 0 || c->ledger.cut > 0;
    for (size_t i = 0; i < c->ledger.n_damages; i++)
        cli_complain("%s/%s:%zu: %s: what it named may be left", c->path, LEDGER_NAME, c->ledger.damages[i].line,
                     c->ledger.damages[i].what);
    if (c->ledger.cut > 0)
        cli_complain("%s/%s:%zu: the line is cut: the runner died before it answered, so nothing was created for it",
                     c->path, LEDGER_NAME, c->ledger.lines + 1);
}

static int read_ledger(struct cleaning *c)
{
    autoerr struct err err = {0};
    if (ledger_read(c->dir, &c->ledger, &err) < 0) {
        cli_complain("%s: %s", c->path, err_text(&err));
        return EXIT_RUNNER;
    }
    complain_of_damage(c);
    return EXIT_OK;
}

/* The folder's name is its id, where the file does not tell. */
static void read_facts(struct cleaning *c)
{
    if (run_state_read(c->dir, &c->arena, &c->facts, NULL) < 0)
        c->facts = (struct run_state){0};
    if (c->facts.run_id && *c->facts.run_id)
        return;
    autofree char *full = realpath(c->path, NULL);
    c->facts.run_id = full ? arena_strdup(&c->arena, strrchr(full, '/') + 1) : "";
}

static void list_folders(struct cleaning *c)
{
    read_facts(c);
    for (size_t i = 0; i < c->facts.n_temps && c->facts.in_place; i++) {
        autobuf struct buf line = {0};
        buf_adds(&line, "        left ");
        terminal_add(&line, c->facts.temps[i], strlen(c->facts.temps[i]));
        buf_addc(&line, '\n');
        if (access(c->facts.temps[i], F_OK) < 0)
            continue;
        cli_print(&line);
        c->has_spoken = true;
    }
}

static int list(struct cleaning *c)
{
    int status = read_ledger(c);
    if (status != EXIT_OK)
        return status;
    if (c->ledger.n_outstanding > 0) {
        autobuf struct buf line = {0};
        buf_addf(&line, "%s: %zu outstanding%s\n", c->path, c->ledger.n_outstanding,
                 run_lock_is_held(c->dir) ? ", and at work" : "");
        cli_print(&line);
        c->has_spoken = true;
    }
    for (size_t i = c->ledger.n; i-- > 0;)
        if (is_outstanding(&c->ledger.items[i]))
            say_entry(*c->ledger.items[i].error ? "failed" : "open", &c->ledger.items[i], c->ledger.items[i].error);
    if (!run_lock_is_held(c->dir)) {
        read_facts(c);
        status = cleanup_services_list(c);
        list_folders(c);
    }
    return status;
}

/* While they live, what is in them can be undone; then they end, and what they have deferred themselves is undone. */
static int undo_with_services(struct cleaning *c)
{
    c->part = OF_USERS;
    c->live = true;
    int status = undo(c);
    if (status == EXIT_INTERRUPTED)
        return status;
    int ended = cleanup_services_end(c);
    if (ended != EXIT_OK)
        return ended;
    c->part = OF_SERVICES;
    int after = undo(c);
    if (status == EXIT_OK)
        status = after;
    return status == EXIT_OK && c->torn ? EXIT_LEFTOVERS : status;
}

/* A large tree takes its time; the next one goes on with it. */
static bool no_signal_came(void *data, uint64_t steps)
{
    enum { STEPS_A_LOOK = 64 };
    struct cleaning *c = data;
    struct signal_news news;
    if (steps % STEPS_A_LOOK == 0 && signals_read(c->signals, &news))
        c->interrupted = true;
    return !c->interrupted;
}

/* Of a run without services, or behind their end. */
static bool recover(struct cleaning *c)
{
    autoerr struct err err = {0};
    const struct removal_bound bound = {no_signal_came, c};
    int r = (c->all_ended ? crash_recover_ended : crash_recover)(&c->facts, c->dir, &bound, &err);
    if (c->interrupted)
        cli_complain("%s: interrupted while temporary files were removed: the next muster cleanup goes on", c->path);
    else if (r < 0)
        cli_complain("%s: %s", c->path, err_text(&err));
    return r == 0;
}

static bool drop_cut(struct cleaning *c)
{
    autoerr struct err err = {0};
    int r = ledger_drop_cut(c->dir, &c->ledger, &err);
    if (r < 0)
        cli_complain("%s: %s", c->path, err_text(&err));
    return r == 0;
}

static void say_outcome(struct cleaning *c, size_t left, bool clear)
{
    autobuf struct buf line = {0};
    if (c->undone + c->gone > 0 || left > 0) {
        buf_addf(&line, "%s: %zu undone, ", c->path, c->undone);
        if (c->gone > 0)
            buf_addf(&line, "%zu gone, ", c->gone);
        buf_addf(&line, "%zu left\n", left);
    } else if (clear && !c->has_spoken && c->facts.n_temps + c->facts.n_groups > 0) {
        buf_addf(&line, "%s: what was left of it outside of its folder is removed\n", c->path);
    }
    c->has_spoken |= line.len > 0;
    cli_print(&line);
}

static int clean_with_or_without(struct cleaning *c, bool kept)
{
    bool clear = (kept || recover(c)) && drop_cut(c);
    int status = EXIT_OK;
    if (c->interrupted) {
        run_lock_release(&c->run_lock, false);
        return EXIT_INTERRUPTED;
    }
    if (kept)
        status = undo_with_services(c);
    else if (c->ledger.n_outstanding > 0)
        status = undo(c);
    if (kept)
        clear = !c->live && status != EXIT_INTERRUPTED && recover(c) && clear;
    size_t left = c->ledger.n_outstanding - c->undone - c->gone;
    if (left > 0)
        say_what_was_not_given(c);
    say_outcome(c, left, clear);
    clear = clear && left == 0 && !c->left && c->ledger.n_damages == 0;
    run_lock_release(&c->run_lock, clear);
    if (c->interrupted)
        return EXIT_INTERRUPTED;
    return status == EXIT_OK && !clear ? EXIT_LEFTOVERS : status;
}

static int clean_under_lock(struct cleaning *c)
{
    int status = read_ledger(c);
    if (status != EXIT_OK)
        return status;
    read_facts(c);
    c->signals = signals_open();
    if (c->signals < 0) {
        cli_complain("%s: hearing signals: %s", c->path, strerror(-c->signals));
        return EXIT_RUNNER;
    }
    int kept = cleanup_services_open(c);
    return kept < 0 ? cleanup_services_leave(c, kept) : clean_with_or_without(c, kept > 0);
}

static int clean(struct cleaning *c)
{
    autoerr struct err err = {0};
    if (c->settings->list)
        return list(c);
    int r = run_lock_take(&c->run_lock, c->dir, false, &err);
    if (r == 0)
        return clean_under_lock(c);
    c->has_spoken = true;
    cli_complain("%s: %s%s", c->path, err_text(&err), c->settings->all ? ": passed over" : "");
    return r != -EBUSY ? EXIT_RUNNER : c->settings->all ? EXIT_OK : EXIT_USAGE;
}

/* One that was killed before it began its log has a state file alone. */
static bool is_run(int dir)
{
    return faccessat(dir, EVLOG_NAME, F_OK, 0) == 0 || faccessat(dir, RUN_STATE_NAME, F_OK, 0) == 0;
}

int cleanup_run(const struct cleanup_settings *s, const char *path, bool *ret_idle)
{
    struct cleaning c = {.settings = s, .path = path, .run_lock = RUN_LOCK_INIT, .signals = -1, .kept = KEPT_INIT};
    c.dir = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    int status = c.dir < 0 ? cli_usage_unless_system(-errno) : EXIT_USAGE;
    if (c.dir < 0)
        cli_complain("%s: %s", path, strerror(errno));
    else if (!is_run(c.dir))
        cli_complain("%s: no %s: not a run's folder", path, EVLOG_NAME);
    else
        status = clean(&c);
    *ret_idle = !c.has_spoken;
    run_lock_release(&c.run_lock, false);
    ledger_read_free(&c.ledger);
    kept_close(&c.kept);
    close_fd(c.signals);
    arena_free(&c.arena);
    close_fd(c.dir);
    return status;
}
