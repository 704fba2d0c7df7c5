/* SPDX-License-Identifier: Apache-2.0 */
/* muster cleanup: which runs, and how. */
#include "cli/verb_cleanup.h"

#include "base/cleanup.h"
#include "base/clock.h"
#include "cli/cli.h"
#include "cli/named_run.h"
#include "cli/outstanding.h"
#include "cli/secret_options.h"
#include "cli/target.h"
#include "contain/contain.h"
#include "evidence/run_list.h"
#include "record/evlog.h"
#include "record/ledger.h"
#include "record/run_lock.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#define AT(member_) offsetof(struct cleanup_settings, member_)

static const struct option options[] = {
    {OPTION_GROUP, 0, NULL, NULL, "Options", 0, NULL},
    {OPTION_FLAG, 0, "all", NULL, "Every run below --out.", AT(all), NULL},
    {OPTION_FLAG, 0, "list", NULL, "Show what is outstanding, and do nothing.", AT(list), NULL},
    {OPTION_STRING, 'o', "out", "DIR", "Where runs are kept: DIR/RUN, and DIR/latest. Default: muster-out.", AT(out),
     NULL},
    {OPTION_LIST, 0, "set", "KEY=VALUE",
     "A value of the target, as for run: values are not kept with a run, since they may be secrets. KEY=@FILE reads it "
     "from a file.",
     AT(target), NULL},
    {OPTION_LIST, 0, "secret", "KEY=SOURCE", SECRET_OPTION_TEXT, AT(secret_sources), NULL},
    {OPTION_LIST, 0, "pass-env", "NAME", "Pass an environment variable on to cleanups.", AT(pass_env), NULL},
    {OPTION_DURATION, 0, "cleanup-timeout", "TIME", "For one cleanup that sets none. Default: 30s.", AT(cleanup_ns),
     NULL},
    {OPTION_DURATION, 0, "grace", "TIME", "Between SIGTERM and SIGKILL. Default: 2s.", AT(grace_ns), NULL},
    {OPTION_DURATION, 0, "load-timeout", "TIME", "For loading one plugin. Default: 10s.", AT(load_timeout_ns), NULL},
    {OPTION_CHOICE, 0, "containment", "RUNG",
     "How a cleanup's processes are held together: auto, cgroup, pidns or reaper. Default: auto, the best "
     "that a cleanup can't notice.",
     AT(containment), containment_parse},
    OPTIONS_CONFIGURING(struct cleanup_settings, configuring),
    OPTIONS_END,
};

static const char details[] = "RUN is a run's folder; or, below --out, its id or the beginning of one,\n"
                              "latest, or previous (also -1, -2 ...). Without it, the latest. What the run's\n"
                              "scenarios deferred and nobody undid is undone now, newest first: after the\n"
                              "runner was killed, after --keep-failed, after a cleanup that failed. A run\n"
                              "whose runner is still at work is left alone. Status 7: something is still\n"
                              "left.\n\n"
                              "  muster cleanup --list\n"
                              "  muster cleanup --all --set url=http://127.0.0.1:8080\n";

/* ---- all runs --------------------------------------------------------------------------------------------- */

/* A run that ended well has nothing to be cleaned up, which its missing state file tells; a ledger without one was
 * copied here; a state file alone is of one that was killed before it began its log. */
static bool is_run_of_interest(void *data, int out, const char *name)
{
    (void)data;
    autofree char *log = xasprintf("%s/%s", name, EVLOG_NAME);
    autofree char *state = xasprintf("%s/%s", name, RUN_STATE_NAME);
    autofree char *ledger = xasprintf("%s/%s", name, LEDGER_NAME);
    return faccessat(out, state, F_OK, 0) == 0 ||
           (faccessat(out, log, F_OK, 0) == 0 && faccessat(out, ledger, F_OK, 0) == 0);
}

/* What was not done is what matters: the runner's own failure, then an interruption, then something left. */
static int worse(int a, int b)
{
    static const int order[] = {EXIT_RUNNER, EXIT_INTERRUPTED, EXIT_USAGE, EXIT_PLUGIN, EXIT_LEFTOVERS};
    for (size_t i = 0; i < ARRAY_LEN(order); i++)
        if (a == order[i] || b == order[i])
            return order[i];
    return EXIT_OK;
}

static void say_nothing_to_do(const struct cleanup_settings *s, const char *of)
{
    autobuf struct buf line = {0};
    buf_addf(&line, "%s: nothing %s\n", of, s->list ? "outstanding" : "to clean up");
    cli_print(&line);
}

static int clean_all(const struct cleanup_settings *s)
{
    struct run_list runs;
    int r = run_list_make(&runs, s->out, is_run_of_interest, NULL);
    if (r < 0) {
        cli_complain("--out %s: %s", s->out, strerror(-r));
        return cli_usage_unless_system(r);
    }
    int status = EXIT_OK;
    bool idle = true;
    for (size_t i = 0; i < runs.n && status != EXIT_INTERRUPTED; i++) {
        autofree char *path = xasprintf("%s/%s", s->out, runs.names[i]);
        bool was_idle;
        status = worse(status, cleanup_run(s, path, &was_idle));
        idle = idle && was_idle;
    }
    if (idle && status == EXIT_OK)
        say_nothing_to_do(s, s->out);
    run_list_free(&runs);
    return status;
}

/* Who looks at the latest run alone hears of the others. */
static void tell_of_others(const char *out, const char *latest)
{
    char name[256];
    ssize_t n = readlink(latest, name, sizeof name - 1);
    name[n > 0 ? n : 0] = '\0';
    cli_tell_outstanding(out, name);
}

int cli_cleanup(const struct cleanup_settings *s, const char *run)
{
    if (s->all)
        return clean_all(s);
    int status = EXIT_OK;
    autofree char *path = named_run(run, s->out, &status);
    if (!path)
        return status;
    bool idle;
    status = cleanup_run(s, path, &idle);
    if (idle && status == EXIT_OK)
        say_nothing_to_do(s, path);
    if (!run && s->list)
        tell_of_others(s->out, path);
    return status;
}

static int main_cleanup(const struct verb *verb, int argc, char **argv)
{
    struct cleanup_settings s = {.out = "muster-out",
                                 .cleanup_ns = 30 * NS_PER_S,
                                 .grace_ns = 2 * NS_PER_S,
                                 .load_timeout_ns = 10 * NS_PER_S,
                                 .secrets = secrets_new()};
    struct option_list operands = {0};
    struct arena arena = {0};
    int status;
    if (cli_options(verb, argc, argv, &s, &operands, &status)) {
        status = cli_read_target(verb, &s.target, &arena);
        if (status == EXIT_OK)
            status = cli_read_secrets(verb, &s.secret_sources, &s.target, s.secrets, &arena);
        if (status == EXIT_OK && operands.n > (s.all ? 0 : 1))
            status = cli_usage(verb, s.all ? "--all takes no RUN" : "one run at a time, or --all");
        else if (status == EXIT_OK)
            status = cli_cleanup(&s, operands.n ? operands.items[0] : NULL);
    }
    arena_free(&arena);
    option_list_free(&operands);
    option_list_free(&s.target);
    option_list_free(&s.secret_sources);
    secrets_free(s.secrets);
    option_list_free(&s.pass_env);
    return status;
}

const struct verb verb_cleanup = {.name = "cleanup",
                                  .usage = "cleanup [OPTION]... [RUN]",
                                  .summary = "Undo what runs have left behind.",
                                  .details = details,
                                  .options = options,
                                  .main = main_cleanup};
