/* SPDX-License-Identifier: Apache-2.0 */
/* From a file to a plugin: the entry of the module. */
#include "base/buf.h"
#include "base/cleanup.h"
#include "base/hash.h"
#include "base/io.h"
#include "data/check_target_step.h"
#include "data/load.h"
#include "data/run.h"

#include <errno.h>
#include <exact.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* Names in a message. */
enum { SEARCHED_SHOWN = 8 };

/* Lives as long as the process: the programs are in it. */
struct file {
    struct checked_file checked;
    struct mapping mapping;
    struct library library;
};

static int refuse(const char **ret_reason, const char *reason, struct err *err, int code, const char *text)
{
    *ret_reason = reason;
    return err_set(err, code, "%s", text);
}

static int read_text(const char *path, struct buf *out, const char **ret_reason, struct err *err)
{
    autoclose int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    struct stat st;
    if (fd < 0 || fstat(fd, &st) < 0) {
        *ret_reason = errno == ENOENT ? "missing" : "unreadable";
        return errno == ENOENT ? err_set(err, -ENOENT, "no such file") : err_errno(err, -errno, "cannot be read");
    }
    if (!S_ISREG(st.st_mode))
        return refuse(ret_reason, "not-a-file", err, -EINVAL, "not a regular file");
    if (st.st_mode & S_IWOTH)
        return refuse(ret_reason, "writable-by-others", err, -EPERM,
                      "writable by everyone: anybody could put steps into it (chmod o-w)");
    int r = io_read_fd(fd, NODE_FILE_MAX, out);
    if (r < 0) {
        *ret_reason = "unreadable";
        return r == -EFBIG ? err_set(err, r, "larger than 4 MiB") : err_errno(err, r, "cannot be read");
    }
    return 0;
}

static struct file_identity identify(const char *path)
{
    struct stat st;
    if (stat(path, &st) < 0)
        return (struct file_identity){0};
    return (struct file_identity){st.st_dev, st.st_ino, (uint64_t)st.st_size,
                                  (uint64_t)st.st_mtim.tv_sec * 1000000000u + (uint64_t)st.st_mtim.tv_nsec};
}

/* FNV-1a over the identities of what was read besides: a change in any of them is a change of the plugin. */
static void fold(struct file_identity *into, const char *path)
{
    const struct file_identity id = identify(path);
    into->mtime_ns = hash_add(into->mtime_ns, &id, sizeof id);
}

static struct file_identity identify_all(const char *path, const struct file *f)
{
    struct file_identity id = identify(path);
    for (size_t i = 0; i < f->mapping.n; i++)
        fold(&id, f->mapping.items[i].path);
    for (size_t i = 0; i < f->checked.n_others; i++)
        fold(&id, f->checked.others[i]);
    return id;
}

/* What the loader of shared objects makes sure of too: nothing is NULL that may be empty. */
static void complete(struct muster_scenario *s)
{
    static const char *const no_texts[] = {NULL};
    static const struct muster_param *const no_params[] = {NULL};
    static const struct muster_table *const no_tables[] = {NULL};
    s->markers = s->markers ? s->markers : no_texts;
    s->needs = s->needs ? s->needs : no_texts;
    s->uses = s->uses ? s->uses : no_texts;
    s->params = s->params ? s->params : no_params;
    s->tables = s->tables ? s->tables : no_tables;
}

static struct plugin_params as_params(struct arena *arena, const struct muster_param *const *params)
{
    struct plugin_params list = {0};
    while (params[list.n])
        list.n++;
    struct plugin_param *items = arena_alloc(arena, (list.n + 1) * sizeof *items);
    for (uint32_t i = 0; i < list.n; i++)
        items[i] = (struct plugin_param){params[i]->type, params[i]->name};
    list.items = items;
    return list;
}

/* What the runner has not found itself. */
static const char *const *list_named(struct arena *arena, const struct mapping *mapping)
{
    const char **paths = arena_alloc(arena, (mapping->n + 1) * sizeof *paths);
    size_t n = 0;
    for (size_t i = 0; i < mapping->n; i++)
        if (!mapping->items[i].found)
            paths[n++] = mapping->items[i].path;
    return paths;
}

static void fill(struct file *f, struct plugin *p)
{
    const struct checked_file *c = &f->checked;
    struct plugin_entry *entries = arena_alloc(&p->arena, (c->n + 1) * sizeof *entries);
    p->name = c->name;
    p->version = c->version;
    p->summary = c->summary;
    p->thresholds = c->thresholds;
    p->abi_minor = MUSTER_ABI_MINOR;
    p->named = list_named(&p->arena, &f->mapping);
    p->scenarios = arena_alloc(&p->arena, (c->n + 1) * sizeof *p->scenarios);
    p->n_scenarios = (uint32_t)c->n;
    for (size_t i = 0; i < c->n; i++) {
        p->scenarios[i] = c->scenarios[i].scenario;
        complete(&p->scenarios[i]);
        entries[i] = (struct plugin_entry){.run_data = run_program,
                                           .teardown_data = c->scenarios[i].program->finally.n > 0 ? run_finally : NULL,
                                           .resume_data = run_resumed,
                                           .program = c->scenarios[i].program,
                                           .params = as_params(&p->arena, p->scenarios[i].params),
                                           .operations = operations_among(&p->arena, p->scenarios[i].needs)};
    }
    p->entries = entries;
    for (size_t i = 0; i < f->mapping.n; i++)
        p->fresh = p->fresh || f->mapping.items[i].plugin.fresh;
}

static bool may_have_operations(const struct node *root)
{
    return node_get(root, "include") || mentions_operations(root);
}

/* Where a step was looked for: in the plugins that the file names, else in all that were found; but for the runner's
 * own, which is there for operations. */
static const char *tell_searched(struct file *f, const struct loader_environment *around, const struct node *root)
{
    bool named = node_get(root, "plugins") != NULL;
    size_t n = named ? f->mapping.n : around->n_providers;
    autobuf struct buf text = {0};
    size_t told = 0;
    for (size_t i = 0; i < n; i++) {
        const char *name = named ? f->mapping.items[i].plugin.name : around->providers[i].name;
        if (strcmp(name, OPERATIONS_PLUGIN) != 0 && ++told <= SEARCHED_SHOWN)
            buf_addf(&text, "%s%s", told > 1 ? ", " : "", name);
    }
    if (told > SEARCHED_SHOWN)
        buf_addf(&text, " and %zu more", told - SEARCHED_SHOWN);
    return arena_strdup(&f->checked.arena, buf_str(&text));
}

static int check(struct file *f, const char *path, const struct node *root, const struct loader_environment *around,
                 struct diagnostics *m, struct plugin *p, const char **ret_reason, struct err *err)
{
    struct arena *arena = &f->checked.arena;
    int r = mapping_make(&f->mapping, around, path, root, arena, m, ret_reason, err);
    if (r < 0)
        return r;
    f->library.incomplete = m->n > 0;
    if (around->target && may_have_operations(root))
        f->library.target = pool_keep(&f->checked.pool, exact_loads(around->target, 0, NULL));
    f->library.searched = tell_searched(f, around, root);
    for (size_t i = 0; i < f->mapping.n; i++) {
        const struct mapped *from = &f->mapping.items[i];
        library_add(&f->library, &(struct library_plugin){.name = from->plugin.name,
                                                          .path = from->path,
                                                          .steps = from->plugin.steps,
                                                          .n_steps = from->plugin.n_steps,
                                                          .fixtures = from->plugin.fixtures,
                                                          .n_fixtures = from->plugin.n_fixtures,
                                                          .yields = from->yields});
    }
    mapping_cleanups(&f->mapping, (struct place){path, 1, 1}, p, arena, m);
    check_file(path, root, &f->library, m, &f->checked);
    *ret_reason = "bad-data";
    r = diagnostics_end(m, err);
    if (r == 0)
        fill(f, p);
    return r;
}

static void file_free(struct file *f)
{
    for (size_t i = 0; i < f->mapping.n; i++)
        arena_free(&f->mapping.items[i].plugin.arena);
    free(f->mapping.items);
    library_free(&f->library);
    checked_file_free(&f->checked);
    free(f);
}

/* Before it, on its line or in a map in braces, stands nothing but blanks. */
static bool begins_key(const char *text, const char *at)
{
    at -= at > text && (at[-1] == '"' || at[-1] == '\'');
    while (at > text && (at[-1] == ' ' || at[-1] == '\t'))
        at--;
    return at == text || (at[-1] && strchr("\n\r{,\xbf", at[-1])); /* \xbf ends a byte order mark */
}

/* Whether what can't be read as a map was meant to have `scenarios:`, or is something else that lies in the folder: a
 * template, several documents, a list. */
static bool names_scenarios(const struct buf *text)
{
    static const char key[] = "scenarios";
    const char *end = text->data + text->len, *at = text->data;
    while (at && (at = memmem(at, (size_t)(end - at), key, sizeof key - 1))) {
        const char *behind = at + sizeof key - 1;
        behind += behind < end && (*behind == '"' || *behind == '\'');
        while (behind < end && (*behind == ' ' || *behind == '\t'))
            behind++;
        if (behind < end && *behind == ':' && begins_key(text->data, at))
            return true;
        at = behind;
    }
    return false;
}

static int load(struct file *f, const char *path, const struct loader_environment *around, struct diagnostics *m,
                struct plugin *p, const char **ret_reason, struct err *err)
{
    autobuf struct buf text = {0};
    const char *own_path = arena_strdup(&f->checked.arena, path);
    int r = read_text(path, &text, ret_reason, err);
    if (r == -EFBIG && !names_scenarios(&text))
        *ret_reason = "no-scenarios";
    if (r < 0)
        return r;
    const struct node *root = node_parse(own_path, buf_str(&text), text.len, &f->checked.arena, m);
    bool is_map = root && root->kind == NODE_MAP;
    if (is_map && node_get(root, "operations") && !node_get(root, "scenarios"))
        return refuse(ret_reason, "no-scenarios", err, -EINVAL, "a target file: it is given by --target");
    if (is_map && !node_get(root, "scenarios"))
        return refuse(ret_reason, "no-scenarios", err, -EINVAL,
                      "no `scenarios:` in it; as a file of data it can be named by `from:` or `include:` of another");
    *ret_reason = "bad-data";
    r = root ? check(f, own_path, root, around, m, p, ret_reason, err) : diagnostics_end(m, err);
    if (r < 0 && !is_map && !names_scenarios(&text))
        *ret_reason = "no-scenarios";
    return r;
}

int data_load(const char *path, const struct loader_environment *around, load_progress progress, void *progress_data,
              struct plugin *ret_plugin, const char **ret_reason, struct err *err)
{
    struct file *f = xcalloc(1, sizeof *f);
    struct diagnostics m = {.arena = &f->checked.arena};
    struct plugin p = {0};
    progress(progress_data, STAGE_LOADING);
    const struct file_identity before = identify(path);
    int r = load(f, path, around, &m, &p, ret_reason, err);
    diagnostics_free(&m);
    if (r == 0) {
        const struct file_identity after = identify(path);
        if (memcmp(&before, &after, sizeof before) != 0)
            r = refuse(ret_reason, "cannot-load", err, -EAGAIN, "the file changed while it was being loaded");
    }
    if (r < 0) {
        arena_free(&p.arena);
        file_free(f);
        return r;
    }
    p.file = identify_all(path, f);
    run_environment(around);
    progress(progress_data, STAGE_LOADED);
    *ret_plugin = p;
    return 0;
}
