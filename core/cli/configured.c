/* SPDX-License-Identifier: Apache-2.0 */
/* muster.yaml and variables, as values of options. */
#include "cli/configured.h"

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/mem.h"
#include "base/suggest.h"
#include "cli/run_options.h"
#include "tables/fetch.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define VARIABLE "MUSTER_OPTION_"

static struct {
    struct arena arena;
    const char *file, *folder; /* "", "../" */
    const char *profile;       /* asked for; NULL: none */
    struct settings settings;
    struct option_list plugins, profiles;
} configured;

/* ---- which file ---- */

/* A file that a stranger has put above a folder of ours says nothing: it is this user's, root's, or of who owns the
 * folder in which we are, as a checkout in a container is. */
static int check_owner(const char *path, const struct stat *s, struct err *err)
{
    struct stat here;
    if (s->st_uid == geteuid() || s->st_uid == 0 || (stat(".", &here) == 0 && s->st_uid == here.st_uid))
        return 0;
    return err_set(err, -EINVAL,
                   "%s belongs to another user (%u): --config %s takes it all the same, --config none leaves it out",
                   path, (unsigned)s->st_uid, path);
}

static bool same_folder(const struct stat *a, const struct stat *b)
{
    return a->st_dev == b->st_dev && a->st_ino == b->st_ino;
}

/* The first of its name, upwards: configured.folder says where. */
static int look_for_file(struct err *err)
{
    autobuf struct buf folder = {0};
    struct stat here, above, file;
    bool more = stat(".", &here) == 0;
    while (more) {
        autofree char *path = xasprintf("%s%s", buf_str(&folder), CONFIG_FILE);
        if (stat(path, &file) == 0 && S_ISREG(file.st_mode)) {
            configured.folder = arena_strdup(&configured.arena, buf_str(&folder));
            configured.file = arena_strdup(&configured.arena, path);
            return check_owner(path, &file, err);
        }
        buf_adds(&folder, "../");
        more = stat(buf_str(&folder), &above) == 0 && !same_folder(&here, &above);
        here = above;
    }
    return 0;
}

static void take_named_file(const char *path)
{
    const char *slash = strrchr(path, '/');
    configured.file = arena_strdup(&configured.arena, path);
    configured.folder = slash ? arena_strndup(&configured.arena, path, (size_t)(slash - path) + 1) : "";
}

static int read_file(const char *named, struct err *err)
{
    if (named && strcmp(named, "none") == 0)
        return 0;
    if (named)
        take_named_file(named);
    int r = named ? 0 : look_for_file(err);
    if (r < 0 || !configured.file)
        return r;
    struct table_helper helper = {.sock = -1, .signals = -1, .limit_ns = 10 * NS_PER_S};
    r = settings_fetch(&helper, configured.file, &configured.arena, &configured.settings, err);
    table_helper_end(&helper);
    return r;
}

/* ---- its values ---- */

static bool is_relative(const char *path)
{
    return *path && *path != '/' && strcmp(path, "none") != 0 && strcmp(path, "-") != 0;
}

static const char *anchored(const char *before, size_t len, const char *path)
{
    autofree char *text = xasprintf("%.*s%s%s", (int)len, before, is_relative(path) ? configured.folder : "", path);
    return arena_strdup(&configured.arena, text);
}

/* What names a file is meant from the file's own folder. */
static const char *value_of(const struct option *o, const char *value)
{
    const char *equals = strchr(value, '=');
    if (o->kind == OPTION_ATTACHED)
        return strcmp(value, "true") == 0 ? "" : anchored("", 0, value);
    if (o->arg && (strcmp(o->arg, "FILE") == 0 || strcmp(o->arg, "DIR") == 0))
        return anchored("", 0, value);
    if (o->arg && strcmp(o->arg, "ID=FILE") == 0 && equals)
        return anchored(value, (size_t)(equals + 1 - value), equals + 1);
    if (o->arg && strcmp(o->arg, "KEY=VALUE") == 0 && equals && equals[1] == '@')
        return anchored(value, (size_t)(equals + 2 - value), equals + 2);
    return value;
}

static bool may_be_configured(const char *name)
{
    return strcmp(name, "config") != 0 && strcmp(name, "profile") != 0;
}

static int unknown_key(const struct setting *s, struct err *err)
{
    if (!may_be_configured(s->key))
        return err_set(err, -EINVAL, "%s: %s is for the command line and the environment", s->at, s->key);
    const char *best = option_suggest(run_options, s->key);
    return best ? err_set(err, -EINVAL, "%s: 'muster run' has no option %s: did you mean %s?", s->at, s->key, best)
                : err_set(err, -EINVAL, "%s: 'muster run' has no option %s", s->at, s->key);
}

static bool takes_many(const struct option *o)
{
    return o->kind == OPTION_LIST;
}

/* A list for an option that takes one value. */
static bool is_second(const struct setting *s)
{
    return s > configured.settings.items && strcmp(s[-1].section, "run") == 0 && strcmp(s[-1].key, s->key) == 0 &&
           strcmp(s[-1].profile, s->profile) == 0;
}

/* All of it is looked at, whatever this verb takes and whichever profile is asked for: a mistake is found at once. */
static int take_option(const struct option *table, const struct setting *s, bool wanted, struct option_values *values,
                       struct err *err)
{
    const struct option *known = option_find(run_options, s->key);
    const struct option *own = option_find(table, s->key);
    if (!known || !may_be_configured(s->key))
        return unknown_key(s, err);
    if (!takes_many(known) && is_second(s))
        return err_set(err, -EINVAL, "%s: %s takes one value", s->at, s->key);
    if (known->arg && strcmp(known->arg, "KEY=VALUE") == 0 && !strchr(s->value, '='))
        return err_set(err, -EINVAL, "%s: %s takes a mapping of keys to values", s->at, s->key);
    if (own && wanted)
        option_values_add(values, (struct option_value){own, value_of(own, s->value), s->at});
    return 0;
}

static bool has_profile(const char *name)
{
    for (size_t i = 0; i < configured.profiles.n; i++)
        if (strcmp(configured.profiles.items[i], name) == 0)
            return true;
    return false;
}

static int check_profile(const char *name, struct err *err)
{
    struct suggestion s = suggest_start(name);
    autobuf struct buf known = {0};
    if (has_profile(name))
        return 0;
    if (!configured.file)
        return err_set(err, -EINVAL, "profile %s: there is no " CONFIG_FILE " here or above", name);
    for (size_t i = 0; i < configured.profiles.n; i++) {
        suggest_offer(&s, configured.profiles.items[i]);
        buf_addf(&known, "%s%s", i ? ", " : "", configured.profiles.items[i]);
    }
    if (s.best)
        return err_set(err, -EINVAL, "%s has no profile %s: did you mean %s?", configured.file, name, s.best);
    return err_set(err, -EINVAL, "%s has no profile %s: there is %s", configured.file, name,
                   known.len ? buf_str(&known) : "none");
}

/* The settings of one profile, "" for those of every run. */
static int take_profile(const struct option *table, const char *profile, bool wanted, struct option_values *values,
                        struct err *err)
{
    int r = 0;
    for (uint32_t i = 0; r == 0 && i < configured.settings.n; i++) {
        const struct setting *s = &configured.settings.items[i];
        if (strcmp(s->profile, profile) != 0)
            continue;
        if (strcmp(s->section, "run") == 0)
            r = take_option(table, s, wanted, values, err);
        else if (strcmp(s->section, "plugins") == 0 && wanted)
            option_list_add(&configured.plugins, anchored("", 0, s->value));
    }
    return r;
}

static int take_file(const struct option *table, struct option_values *values, struct err *err)
{
    int r = take_profile(table, "", true, values, err);
    for (size_t i = 0; r == 0 && i < configured.profiles.n; i++) {
        const char *name = configured.profiles.items[i];
        r = take_profile(table, name, configured.profile && strcmp(name, configured.profile) == 0, values, err);
    }
    return r;
}

/* ---- the environment ---- */

/* MUSTER_OPTION_RETRY_DELAY is --retry-delay. */
static void name_of_variable(const char *variable, size_t len, struct buf *out)
{
    buf_clear(out);
    for (size_t i = 0; i < len; i++)
        buf_addc(out, variable[i] == '_' ? '-' : (char)tolower((unsigned char)variable[i]));
}

/* Each line of the text is a value, where the option takes many. */
static void add_lines(const struct option *o, char *text, const char *from, struct option_values *values)
{
    for (char *line; (line = takes_many(o) ? strsep(&text, "\n") : text); text = takes_many(o) ? text : NULL)
        if (*line || !takes_many(o))
            option_values_add(values, (struct option_value){o, line, from});
}

static int take_variable(const struct option *table, const char *variable, struct option_values *values,
                         struct err *err)
{
    autobuf struct buf name = {0};
    const char *at = variable + sizeof VARIABLE - 1, *equals = strchr(at, '=');
    name_of_variable(at, (size_t)(equals - at), &name);
    const char *whole = arena_strndup(&configured.arena, variable, (size_t)(equals - variable));
    const struct option *known = option_find(run_options, buf_str(&name)), *own = option_find(table, buf_str(&name));
    if (!known || !may_be_configured(known->name)) {
        const char *best = option_suggest(run_options, buf_str(&name));
        return best ? err_set(err, -EINVAL, "%s: 'muster run' has no option --%s: did you mean --%s?", whole,
                              buf_str(&name), best)
                    : err_set(err, -EINVAL, "%s: 'muster run' has no option --%s", whole, buf_str(&name));
    }
    if (own)
        add_lines(own, arena_strdup(&configured.arena, equals + 1), whole, values);
    return 0;
}

static int take_environment(const struct option *table, struct option_values *values, struct err *err)
{
    int r = 0;
    for (char **v = environ; r == 0 && *v; v++)
        if (strncmp(*v, VARIABLE, sizeof VARIABLE - 1) == 0 && strchr(*v, '='))
            r = take_variable(table, *v, values, err);
    return r;
}

/* ---- the whole ---- */

/* The last of its name on the command line, else the variable. */
static const char *given_or(const struct option_values *given, const char *name, const char *variable)
{
    const char *value = getenv(variable);
    for (size_t i = 0; i < given->n; i++)
        if (strcmp(given->items[i].option->name, name) == 0)
            value = given->items[i].value;
    return value && *value ? value : NULL;
}

int configured_read(const struct option_values *given, struct err *err)
{
    configured.profile = given_or(given, "profile", "MUSTER_PROFILE");
    int r = read_file(given_or(given, "config", "MUSTER_CONFIG"), err);
    for (uint32_t i = 0; r == 0 && i < configured.settings.n; i++)
        if (strcmp(configured.settings.items[i].section, "profiles") == 0)
            option_list_add(&configured.profiles, configured.settings.items[i].profile);
    return r == 0 && configured.profile ? check_profile(configured.profile, err) : r;
}

int configured_values(const struct option *table, struct option_values *values, struct err *err)
{
    configured.plugins.n = 0;
    int r = take_file(table, values, err);
    return r == 0 ? take_environment(table, values, err) : r;
}

const struct option_list *configured_plugins(void)
{
    return &configured.plugins;
}

const char *configured_file(void)
{
    return configured.file;
}

const struct option_list *configured_profiles(void)
{
    return &configured.profiles;
}

void configured_free(void)
{
    arena_free(&configured.arena);
    option_list_free(&configured.plugins);
    option_list_free(&configured.profiles);
}
