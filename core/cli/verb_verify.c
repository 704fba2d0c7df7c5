/* SPDX-License-Identifier: Apache-2.0 */
/* muster verify: nothing in a bundle was changed, added or removed. */
#include "base/cleanup.h"
#include "cli/cli.h"
#include "cli/configuring.h"
#include "cli/named_run.h"
#include "evidence/run_check.h"

#include <errno.h>
#include <sys/stat.h>

struct verify_settings {
    bool quiet;
    const char *out;
    struct configuring configuring;
};

static const struct option options[] = {
    {OPTION_GROUP, 0, NULL, NULL, "Options", 0, NULL},
    {OPTION_FLAG, 'q', "quiet", NULL, "Say nothing of a bundle that is whole.", offsetof(struct verify_settings, quiet),
     NULL},
    OPTION_RUNS_OUT(struct verify_settings, out),
    OPTIONS_CONFIGURING(struct verify_settings, configuring),
    OPTIONS_END,
};

static const char details[] = "BUNDLE is a bundle; or a run's folder, of which the event log is verified; or,\n"
                              "below --out, a run's id or the beginning of one, latest, or previous (also -1,\n"
                              "-2 ...). Without it, the latest.\n"
                              "Status 0: whole; 1: changed or cut off.\n\n"
                              "What is whole is as a runner wrote it, or somebody who made all of it anew: it\n"
                              "is not signed. A bundle's SHA-256, kept elsewhere, tells whether it is the same.\n";

static int say_problems(const char *path, const struct verify_report *r)
{
    for (size_t i = 0; i < r->n_problems; i++) {
        const struct verify_problem *p = &r->problems[i];
        cli_complain("%s: %s%s%s", path, p->member, *p->member ? ": " : "", p->why);
    }
    return EXIT_FAILED;
}

static int say_error(const struct err *err)
{
    cli_complain("%s", err_text(err));
    return err->code == -ENOENT ? EXIT_USAGE : err->code == -EILSEQ ? EXIT_FAILED : EXIT_RUNNER;
}

static void say_whole(const char *path, bool is_folder, const struct run_check *c)
{
    autobuf struct buf out = {0};
    if (is_folder) {
        buf_addf(&out, "%s: whole: a chain of %lld events\n", path, (long long)c->log.lines);
    } else {
        buf_addf(&out, "%s: whole: run %s, %lld files, a chain of %lld events\n", path, c->bundle.run,
                 (long long)c->bundle.members, (long long)c->log.lines);
        buf_addf(&out, "%s: %s\n", path, verify_container_note(&c->bundle));
    }
    cli_print(&out);
}

static int verify(const char *path, bool quiet)
{
    autoerr struct err err = {0};
    struct stat st;
    bool is_folder = stat(path, &st) == 0 && S_ISDIR(st.st_mode);
    struct run_check check;
    int status = EXIT_OK;
    if ((is_folder ? run_check_folder : run_check_bundle)(path, &check, &err) < 0)
        status = say_error(&err);
    else if (!verify_passed(&check.bundle))
        status = say_problems(path, &check.bundle);
    else if (!quiet)
        say_whole(path, is_folder, &check);
    run_check_free(&check);
    return status;
}

static int main_verify(const struct verb *verb, int argc, char **argv)
{
    struct verify_settings s = {.out = "muster-out"};
    struct option_list operands = {0};
    int status;
    if (cli_options(verb, argc, argv, &s, &operands, &status)) {
        status = EXIT_OK;
        for (size_t i = 0; i < operands.n || i == 0; i++) {
            int one = EXIT_OK;
            autofree char *path = named_run(operands.n ? operands.items[i] : NULL, s.out, &one);
            if (path)
                one = verify(path, s.quiet);
            status = status == EXIT_OK || one == EXIT_RUNNER ? one : status;
        }
    }
    option_list_free(&operands);
    return status;
}

const struct verb verb_verify = {.name = "verify",
                                 .usage = "verify [OPTION]... [BUNDLE]...",
                                 .summary = "Prove that nothing in a bundle was changed, added or removed.",
                                 .details = details,
                                 .options = options,
                                 .main = main_verify};
