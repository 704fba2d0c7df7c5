/* SPDX-License-Identifier: Apache-2.0 */
/* Finding plugins: from operands to a catalogue. */
#include "discover/find.h"

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/mem.h"
#include "base/program.h"
#include "data/data_file.h"
#include "discover/operations_sought.h"
#include "discover/plugin_files.h"
#include "plan/names.h"
#include "plan/needs.h"

#include <errno.h>
#include <sched.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static bool is_path(const char *operand)
{
    struct stat st;
    uint32_t line;
    if (names_place(operand, &line) > 0 && stat(operand, &st) < 0)
        return false;
    return strchr(operand, '/') || is_plugin_file(operand) || is_data_file(operand) || stat(operand, &st) == 0;
}

/* A plugin of a folder, or a library that lies beside it. */
static void add_around(struct hosts *h, const char *path)
{
    size_t before = h->n;
    hosts_add(h, path);
    if (h->n > before)
        h->items[before]->incidental = true;
}

static int add_folder(struct found *f, const char *path, bool is_operand, struct err *err)
{
    struct plugin_files files = {0};
    const struct folder_search search = {.in_depth = is_operand, .without_data = f->hosts.providing};
    int r = plugin_files_find(&files, path, &search, err);
    for (size_t i = 0; i < files.n && r == 0; i++) {
        if (is_data_file(files.paths[i]))
            option_list_add(&f->data_around, arena_strdup(&f->catalogue.arena, files.paths[i]));
        else
            add_around(&f->hosts, files.paths[i]);
    }
    if (r == 0 && files.n == 0)
        r = err_set(err, -ENOENT, "%s: no plugins (files *.so, *.yaml) in this folder or below it", path);
    plugin_files_free(&files);
    return is_operand ? r : 0;
}

static int add_path(struct found *f, const char *path, struct err *err)
{
    struct stat st;
    if (stat(path, &st) < 0)
        return err_errno(err, -errno, "%s", path);
    if (S_ISDIR(st.st_mode))
        return add_folder(f, path, true, err);
    if (is_data_file(path))
        option_list_add(&f->data, path);
    else
        hosts_add(&f->hosts, path);
    return 0;
}

/* "plugins" or "packs": beside bin/ in a build tree, in lib/muster/ of an installation. */
static void each_own_folder(struct found *f, const char *name, void (*take)(struct found *f, const char *path))
{
    autofree char *self = program_folder();
    if (!self)
        return;
    autofree char *build = xasprintf("%s/../%s", self, name);
    autofree char *installed = xasprintf("%s/" MUSTER_LIBDIR "/%s", self, name);
    const char *const folders[] = {build, installed};
    for (size_t i = 0; i < ARRAY_LEN(folders); i++) {
        autofree char *plain = realpath(folders[i], NULL); /* a report shows it */
        if (plain)
            take(f, plain);
    }
}

static void add_own_folder(struct found *f, const char *path)
{
    add_folder(f, path, false, NULL);
}

static void add_packs(struct found *f)
{
    each_own_folder(f, "packs", add_own_folder);
}

char *find_tool(const char *file)
{
    autofree char *self = program_folder();
    if (!self)
        return NULL;
    const char *const folders[] = {"../tools", MUSTER_LIBDIR "/tools"};
    for (size_t i = 0; i < ARRAY_LEN(folders); i++) {
        autofree char *path = xasprintf("%s/%s/%s", self, folders[i], file);
        char *plain = realpath(path, NULL);
        if (plain)
            return plain;
    }
    return NULL;
}

static int each_searched_folder(struct found *f, int (*take)(struct found *f, const char *dir, struct err *err),
                                struct err *err)
{
    const char *env = getenv("MUSTER_PLUGIN_PATH");
    autofree char *copy = xstrdup(env ? env : "");
    char *state = NULL;
    int r = 0;
    for (char *dir = strtok_r(copy, ":", &state); dir && r == 0; dir = strtok_r(NULL, ":", &state))
        r = take(f, dir, err);
    return r;
}

/* Who misspelt one would miss scenarios and be told that all is well. */
static int check_searched_folder(struct found *f, const char *dir, struct err *err)
{
    (void)f;
    autoclosedir DIR *readable = opendir(dir);
    return readable ? 0 : err_errno(err, -errno, "MUSTER_PLUGIN_PATH: %s", dir);
}

static int add_searched_folder(struct found *f, const char *dir, struct err *err)
{
    (void)err;
    add_folder(f, dir, false, NULL);
    return 0;
}

static int note_searched_folder(struct found *f, const char *dir, struct err *err)
{
    (void)err;
    option_list_add(&f->searched, arena_strdup(&f->catalogue.arena, dir));
    return 0;
}

static void note_own_folder(struct found *f, const char *path)
{
    note_searched_folder(f, path, NULL);
}

const char *find_searched(struct found *f)
{
    if (!f->default_folders)
        return NULL;
    if (f->searched.n == 0) {
        each_searched_folder(f, note_searched_folder, NULL);
        each_own_folder(f, "plugins", note_own_folder);
    }
    autobuf struct buf out = {0};
    for (size_t i = 0; i < f->searched.n; i++)
        buf_addf(&out, "%s%s", i == 0 ? "in " : i + 1 < f->searched.n ? ", " : " and ", f->searched.items[i]);
    if (f->searched.n == 0)
        buf_adds(&out, "anywhere");
    buf_adds(&out,
             " (no PATH was given; MUSTER_PLUGIN_PATH names more folders, --packs takes the demonstration packs)");
    return arena_strdup(&f->catalogue.arena, buf_str(&out));
}

static void add_default_folders(struct found *f)
{
    each_searched_folder(f, add_searched_folder, NULL);
    each_own_folder(f, "plugins", add_own_folder);
}

/* "pay.yaml:12": the file has to be read. */
static int add_file_of_place(struct found *f, const char *operand, bool *any_path, struct err *err)
{
    uint32_t line;
    const char *file = arena_strndup(&f->catalogue.arena, operand, names_place(operand, &line));
    if (!is_data_file(file) || access(file, F_OK) < 0)
        return 0;
    *any_path = true;
    for (size_t i = 0; i < f->data.n; i++)
        if (strcmp(f->data.items[i], file) == 0)
            return 0;
    return add_path(f, file, err);
}

static int add_operands(struct found *f, const struct find_options *o, const struct option_list *operands,
                        struct err *err)
{
    bool any_path = o->packs;
    int checked = o->lenient ? 0 : each_searched_folder(f, check_searched_folder, err);
    if (checked < 0)
        return checked;
    if (o->packs)
        add_packs(f);
    for (size_t i = 0; i < operands->n; i++) {
        if (!is_path(operands->items[i])) {
            option_list_add(&f->ids, operands->items[i]);
            int r = add_file_of_place(f, operands->items[i], &any_path, err);
            if (r < 0)
                return r;
            continue;
        }
        any_path = true;
        int r = add_path(f, operands->items[i], err);
        if (r < 0)
            return r;
    }
    for (size_t i = 0; !any_path && o->plugins && i < o->plugins->n; i++) {
        int r = add_path(f, o->plugins->items[i], err);
        if (r < 0)
            return r;
    }
    f->default_folders = !any_path && !(o->plugins && o->plugins->n > 0);
    if (f->default_folders)
        add_default_folders(f);
    return 0;
}

static bool has_fixture(const struct catalogue *c, const char *use)
{
    size_t n = strcspn(use, "(");
    for (size_t i = 0; i < c->n_fixtures; i++)
        if (strncmp(c->fixtures[i].name, use, n) == 0 && c->fixtures[i].name[n] == '\0')
            return true;
    return false;
}

/* One of them uses a fixture that no plugin so far has under this plain name, or the target's, whatever that is. */
static bool lacks_fixtures(const struct catalogue *c)
{
    for (size_t i = 0; i < c->n_scenarios; i++)
        if (needs_operations(&c->scenarios[i]))
            return true;
    for (size_t i = 0; i < c->n_scenarios; i++)
        for (const char *const *use = c->scenarios[i].uses; *use; use++)
            if (!has_fixture(c, *use))
                return true;
    for (size_t i = 0; i < c->n_fixtures; i++)
        for (const char *const *use = c->fixtures[i].uses; *use; use++)
            if (!has_fixture(c, *use))
                return true;
    return false;
}

static unsigned processors(void)
{
    cpu_set_t set;
    return sched_getaffinity(0, sizeof set, &set) == 0 ? (unsigned)CPU_COUNT(&set) : 1;
}

int find_start(struct found *f, const struct find_options *o, struct err *err)
{
    *f = (struct found){.loop = {.epoll = -1},
                        .zygote = {.sock = -1},
                        .table_helper = {.signals = o->signals > 0 ? o->signals : -1, .limit_ns = o->load_timeout_ns}};
    f->target = (struct run_target){
        .path = o->target_file, .values = o->target, .helper = &f->table_helper, .catalogue = &f->catalogue};
    struct msg_run run = {
        .run_id = o->run_id, .seed = o->seed, .exit_handlers = o->exit_handlers, .log_checks = o->log_checks};
    if (o->target) {
        run.target.items = o->target->items;
        run.target.n = (uint32_t)o->target->n;
    }
    autofree char *factor = xasprintf("MUSTER_TIMEOUT_FACTOR=%d", o->timeout_factor);
    struct option_list pass = {0}, set = {0};
    for (char *const *p = o->variables; p && *p; p++)
        option_list_add(&set, *p);
    if (o->timeout_factor > 1)
        option_list_add(&set, factor);
    option_list_add(&set, NULL);
    for (size_t i = 0; o->pass && i < o->pass->n; i++)
        option_list_add(&pass, o->pass->items[i]);
    option_list_add(&pass, NULL);
    int r = zygote_start(&f->zygote, &run, pass.items, set.items, err);
    option_list_free(&pass);
    option_list_free(&set);
    if (r == 0 && (r = loop_init(&f->loop)) < 0)
        err_errno(err, r, "making an event loop");
    if (r == 0)
        hosts_init(&f->hosts, &f->loop, &f->zygote, o->load_timeout_ns);
    return r;
}

static int discover(struct found *f, const struct find_options *o, struct err *err)
{
    return hosts_discover(&f->hosts, 2 * processors(), o->keep_hosts, &f->catalogue, err);
}

static int discover_providers(struct found *f, const struct find_options *o, struct err *err)
{
    bool wanted = o->providers || f->data.n + f->data_around.n > 0 || lacks_fixtures(&f->catalogue);
    if (!wanted)
        return 0;
    f->hosts.providing = true;
    if (!f->default_folders)
        add_default_folders(f);
    f->hosts.yielding = true;
    add_packs(f);
    f->hosts.providing = f->hosts.yielding = false;
    return discover(f, o, err);
}

static bool has_scenario_of(const struct catalogue *c, const char *word, size_t len)
{
    for (size_t i = 0; i < c->n_scenarios; i++)
        if (strncmp(c->scenarios[i].id, word, len) == 0 && c->scenarios[i].id[len] == '.')
            return true;
    return false;
}

static void note_pack(struct found *f, const char *folder)
{
    for (size_t i = 0; i < f->ids.n; i++) {
        size_t len = strcspn(f->ids.items[i], ".*?[");
        autofree char *pack = xasprintf("%s/%.*s.so", folder, (int)len, f->ids.items[i]);
        if (access(pack, F_OK) == 0 && !has_scenario_of(&f->catalogue, f->ids.items[i], len))
            f->names_pack = true;
    }
}

/* An id that nothing in the searched folders bears may be a demonstration pack's. */
static int discover_named_packs(struct found *f, const struct find_options *o, struct err *err)
{
    if (!f->default_folders)
        return 0;
    each_own_folder(f, "packs", note_pack);
    if (!f->names_pack)
        return 0;
    add_packs(f);
    return discover(f, o, err);
}

/* What operations in the data files are held against; NULL: there are none, or no target. */
static const char *target_of_data(struct found *f)
{
    if (!operations_in_any(&f->data) && !operations_in_any(&f->data_around))
        return NULL;
    const struct target_info *target = run_target_look(&f->target);
    return target ? target->json : NULL;
}

static int discover_data(struct found *f, const struct find_options *o, struct err *err)
{
    if (o->without_data || f->data.n + f->data_around.n == 0)
        return 0;
    hosts_offer_steps(&f->hosts, &f->catalogue, o->lenient ? NULL : target_of_data(f));
    for (size_t i = 0; i < f->data.n; i++)
        hosts_add(&f->hosts, f->data.items[i]);
    size_t asked_for = f->hosts.n;
    for (size_t i = 0; i < f->data_around.n; i++)
        hosts_add(&f->hosts, f->data_around.items[i]);
    for (size_t i = asked_for; i < f->hosts.n; i++)
        f->hosts.items[i]->incidental = true;
    return discover(f, o, err);
}

/* Plugins that files of data alone name have fixtures as well, those that their steps use above all. */
static int discover_named(struct found *f, const struct find_options *o, struct err *err)
{
    const struct catalogue *c = &f->catalogue;
    size_t before = f->hosts.n;
    f->hosts.providing = true;
    for (size_t i = 0; i < c->n_plugins; i++)
        for (const char *const *path = c->plugins[i].named; *path; path++)
            hosts_add(&f->hosts, *path);
    f->hosts.providing = false;
    return f->hosts.n > before ? discover(f, o, err) : 0;
}

bool find_is_refused(const struct host *host)
{
    if (host->state != HOST_REFUSED || host->provider)
        return false;
    return !host->incidental || strcmp(host->reason, is_data_file(host->path) ? "no-scenarios" : "foreign") != 0;
}

bool find_is_passed_over(const struct host *host)
{
    return host->state == HOST_REFUSED && !host->provider && !find_is_refused(host);
}

int find_plugins(struct found *f, const struct find_options *o, const struct option_list *operands, bool *ret_is_usage,
                 struct err *err)
{
    int r = add_operands(f, o, operands, err);
    *ret_is_usage = r < 0;
    if (r < 0)
        return r;
    if (o->signals > 0)
        hosts_watch(&f->hosts, o->signals);
    r = discover(f, o, err);
    if (r == 0)
        r = discover_named_packs(f, o, err);
    if (r == 0)
        r = discover_providers(f, o, err);
    if (r == 0)
        r = discover_data(f, o, err);
    if (r == 0)
        r = discover_named(f, o, err);
    hosts_unwatch(&f->hosts);
    for (size_t i = 0; i < f->hosts.n; i++)
        f->n_refused += find_is_refused(f->hosts.items[i]);
    return r;
}

void found_free(struct found *f)
{
    if (f->loop.epoll >= 0)
        hosts_free(&f->hosts);
    zygote_stop(&f->zygote);
    loop_free(&f->loop);
    run_tables_free(&f->tables);
    run_target_free(&f->target);
    table_helper_end(&f->table_helper);
    catalogue_free(&f->catalogue);
    option_list_free(&f->ids);
    option_list_free(&f->data);
    option_list_free(&f->data_around);
    option_list_free(&f->searched);
}
