/* SPDX-License-Identifier: Apache-2.0 */
/* muster target: what a target file says, and which scenarios it is enough for. */
#include "base/buf.h"
#include "base/clock.h"
#include "base/mem.h"
#include "base/text.h"
#include "cli/cli.h"
#include "cli/configuring.h"
#include "cli/plugins.h"
#include "cli/secret_options.h"
#include "cli/target.h"
#include "cli/target_try.h"
#include "plan/needs.h"

#include <string.h>

struct target_settings {
    int64_t load_timeout_ns;
    const char *out;
    struct option_list set, secret_sources;
    bool packs, no_try;
    struct configuring configuring;
};

#define AT(member_) offsetof(struct target_settings, member_)

static const struct option options[] = {
    {OPTION_GROUP, 0, NULL, NULL, "Options", 0, NULL},
    {OPTION_FLAG, 0, "packs", NULL,
     "check: the demonstration packs of the installation, as if their folder was a PATH.", AT(packs), NULL},
    {OPTION_LIST, 0, "set", "KEY=VALUE",
     "check: a value of the target. KEY=@FILE reads it from a file: for secrets, which a command line shows to "
     "everyone.",
     AT(set), NULL},
    {OPTION_LIST, 0, "secret", "KEY=SOURCE", "check: " SECRET_OPTION_TEXT, AT(secret_sources), NULL},
    {OPTION_FLAG, 0, "no-try", NULL, "check: read the file only, and ask the platform nothing.", AT(no_try), NULL},
    {OPTION_STRING, 'o', "out", "DIR", "check: where the run that tries is kept, as for 'muster run'.", AT(out), NULL},
    {OPTION_DURATION, 0, "load-timeout", "TIME", "For reading the file, and for loading one plugin. Default: 10s.",
     AT(load_timeout_ns), NULL},
    OPTIONS_CONFIGURING(struct target_settings, configuring),
    OPTIONS_END,
};

static const char details[] = "show FILE prints what attempts are given of a target file: JSON, every short\n"
                              "form written out, every default filled in, each entry with its place.\n\n"
                              "check FILE [PATH]... reads the file, says all that is wrong with it, and tells\n"
                              "which scenarios of the PATHs it enables, and what the others lack. Status 4:\n"
                              "the file has mistakes.\n\n"
                              "When the values that the target needs are given, by --set or by its fixture,\n"
                              "it then tries each operation that is safe, as the target's first identity:\n"
                              "status 1 when one is refused, or lacks a result that the file names.\n\n"
                              "  muster target check acme.target.yaml scenarios/\n"
                              "  muster target check acme.target.yaml --set url=https://acme.example\n"
                              "  muster target show acme.target.yaml\n";

static int show(const struct target_settings *s, const char *path)
{
    autoerr struct err err = {0};
    struct table_helper helper = {.sock = -1, .signals = -1, .limit_ns = s->load_timeout_ns};
    struct arena arena = {0};
    struct target_info target;
    int e = target_fetch(&helper, path, &arena, &target, &err);
    if (e < 0) {
        cli_complain("%s", err_text(&err));
    } else {
        autobuf struct buf out = {0};
        buf_addf(&out, "%s\n", target.json);
        cli_print_data(&out);
    }
    arena_free(&arena);
    table_helper_end(&helper);
    return e == 0 ? EXIT_OK : cli_usage_unless_system(e);
}

/* ---- check ------------------------------------------------------------------------------------------------------ */

static void add_line(struct buf *out, const char *id, const char *reason)
{
    static const char before[] = "unsupported: ";
    buf_adds(out, reason ? "     lacks " : "   enables ");
    terminal_add(out, id, strlen(id));
    if (reason) {
        buf_adds(out, ": ");
        reason += strncmp(reason, before, strlen(before)) == 0 ? strlen(before) : 0;
        terminal_add(out, reason, strlen(reason));
    }
    buf_addc(out, '\n');
}

/* Whether the scenario can be run on it, as far as it depends on the target: other needs are the runner's. */
static int check_scenario(const struct scenario_info *s, const struct target_info *target, struct arena *arena,
                          const char **ret_reason, struct err *err)
{
    size_t n = 0;
    while (s->needs[n])
        n++;
    return needs_unmet(s, s->needs, n, target, arena, ret_reason, err);
}

static int tell_scenarios(const struct found *f, const struct target_info *target, struct err *err)
{
    const struct catalogue *c = &f->catalogue;
    autobuf struct buf out = {0};
    size_t n = 0, enabled = 0;
    int e = 0;
    for (size_t i = 0; e == 0 && i < c->n_scenarios; i++) {
        struct arena arena = {0};
        const char *reason = NULL;
        if (needs_operations(&c->scenarios[i])) {
            e = check_scenario(&c->scenarios[i], target, &arena, &reason, err);
            add_line(&out, c->scenarios[i].id, reason);
            n++;
            enabled += !reason;
        }
        arena_free(&arena);
    }
    buf_addf(&out, "%s: %u operations; %zu of %zu scenarios that ask for some are enabled\n", target->name,
             target->n_operations, enabled, n);
    if (e == 0)
        cli_print(&out);
    return e;
}

/* Tells what it read; *ret_ready: it can be tried. */
static int check_found(struct found *f, const struct target_settings *s, struct target_try *try, bool *ret_ready)
{
    autoerr struct err err = {0}, not_tried = {0};
    const struct target_info *target = NULL;
    int e = run_target_get(&f->target, &target, &err);
    if (e == 0)
        e = tell_scenarios(f, target, &err);
    cli_complain_of_refused(f);
    if (e < 0) {
        cli_complain("%s", err_text(&err));
        return cli_usage_unless_system(e);
    }
    *ret_ready = !s->no_try && target_try_prepare(try, f, &not_tried);
    if (!s->no_try && !*ret_ready) {
        autobuf struct buf out = {0};
        buf_addf(&out, "Nothing was tried on the platform:\n%s\n", err_text(&not_tried));
        cli_print(&out);
    }
    return f->n_refused > 0 ? EXIT_PLUGIN : EXIT_OK;
}

static int check_and_try(const struct target_settings *s, const struct find_options *find, struct target_try *try,
                         const struct option_list *paths)
{
    autoerr struct err err = {0};
    struct found found;
    int status = EXIT_RUNNER;
    bool ready = false;
    int r = find_start(&found, find, &err);
    if (r == 0)
        r = cli_find_plugins(&found, find, paths, &status, &err);
    if (r < 0)
        cli_complain("%s", err_text(&err));
    else
        status = check_found(&found, s, try, &ready);
    found_free(&found);
    int tried = ready ? target_try_run(try) : EXIT_OK;
    return tried != EXIT_OK ? tried : status;
}

static int check(const struct verb *verb, const struct target_settings *s, const char *path,
                 const struct option_list *paths)
{
    struct target_try try = {.file = path, .out = s->out, .set = &s->set, .secret_sources = &s->secret_sources};
    struct option_list set = {0}; /* with the texts of files; the run reads them again */
    struct arena arena = {0};
    for (size_t i = 0; i < s->set.n; i++)
        option_list_add(&set, s->set.items[i]);
    const struct find_options find = {.run_id = "target",
                                      .target = &set,
                                      .load_timeout_ns = s->load_timeout_ns,
                                      .packs = s->packs,
                                      .providers = !s->no_try,
                                      .target_file = path};
    struct secrets *secrets = secrets_new(); /* the run hides them, this only has to have their values */
    int status = cli_read_target(verb, &set, &arena);
    if (status == EXIT_OK)
        status = cli_read_secrets(verb, &s->secret_sources, &set, secrets, &arena);
    secrets_free(secrets);
    if (status == EXIT_OK)
        status = check_and_try(s, &find, &try, paths);
    option_list_free(&set);
    arena_free(&arena);
    target_try_free(&try);
    return status;
}

static int act(const struct verb *verb, const struct target_settings *s, const struct option_list *operands)
{
    const char *what = operands->n > 0 ? operands->items[0] : "";
    if (strcmp(what, "show") == 0)
        return operands->n == 2 ? show(s, operands->items[1]) : cli_usage(verb, "show: it takes one FILE");
    if (strcmp(what, "check") != 0)
        return cli_usage(verb, "what to do with the target file? It takes: check FILE [PATH]..., show FILE");
    if (operands->n < 2)
        return cli_usage(verb, "check: which FILE?");
    const struct option_list paths = {.items = operands->items + 2, .n = operands->n - 2};
    return check(verb, s, operands->items[1], &paths);
}

static int main_target(const struct verb *verb, int argc, char **argv)
{
    struct target_settings s = {.load_timeout_ns = 10 * NS_PER_S};
    struct option_list operands = {0};
    int status;
    if (cli_options(verb, argc, argv, &s, &operands, &status))
        status = act(verb, &s, &operands);
    option_list_free(&operands);
    option_list_free(&s.set);
    option_list_free(&s.secret_sources);
    return status;
}

const struct verb verb_target = {.name = "target",
                                 .usage = "target check FILE [PATH]... | target show FILE",
                                 .summary = "Look at a target file: what operations are on a platform.",
                                 .details = details,
                                 .options = options,
                                 .main = main_target};
