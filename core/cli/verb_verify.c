/* SPDX-License-Identifier: Apache-2.0 */
/* muster verify: nothing in a bundle was changed, added or removed. */
#include "artifacts/verify.h"
#include "base/cleanup.h"
#include "base/mem.h"
#include "base/program.h"
#include "cli/cli.h"
#include "evidence/past_run.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

struct verify_settings {
    bool quiet;
};

static const struct option options[] = {
    {OPTION_GROUP, 0, NULL, NULL, "Options", 0, NULL},
    {OPTION_FLAG, 'q', "quiet", NULL, "Say nothing of a bundle that is whole.", offsetof(struct verify_settings, quiet),
     NULL},
    OPTIONS_END,
};

static const char details[] = "BUNDLE is a bundle; or a run's folder, of which the event log is verified.\n"
                              "Status 0: whole; 1: changed or cut off.\n";

static int say_problems(const char *path, const struct verify_report *r)
{
    for (size_t i = 0; i < r->n_problems; i++) {
        const struct verify_problem *p = &r->problems[i];
        cli_complain("%s: %s%s%s", path, p->member, *p->member ? ": " : "", p->why);
    }
    return EXIT_FAILED;
}

/* The manifest's word against the log's own: their chain must end in the same line. */
static int verify_log(const char *path, const char *head, int64_t *ret_lines)
{
    autoerr struct err err = {0};
    struct past_run run;
    int status = EXIT_OK;
    if (past_run_open(&run, path, &err) < 0) {
        cli_complain("%s", err_text(&err));
        status = err.code == -ENOENT ? EXIT_USAGE : EXIT_FAILED;
    } else if (run.log.cut_bytes > 0) {
        cli_complain("%s: %s ends in the middle of a line", path, EVLOG_NAME);
        status = EXIT_FAILED;
    } else if (!run.is_whole) {
        cli_complain("%s: %s is cut off: its last event is not the run's end", path, EVLOG_NAME);
        status = EXIT_FAILED;
    } else if (head && strcmp(head, run.log.head) != 0) {
        cli_complain("%s: %s ends in %.16s..., the manifest says %.16s...", path, EVLOG_NAME, run.log.head, head);
        status = EXIT_FAILED;
    }
    *ret_lines = run.log.lines;
    past_run_close(&run);
    return status;
}

static int verify_folder(const char *path, bool quiet)
{
    int64_t lines;
    int status = verify_log(path, NULL, &lines);
    if (status == EXIT_OK && !quiet) {
        autobuf struct buf out = {0};
        buf_addf(&out, "%s: whole: a chain of %lld events\n", path, (long long)lines);
        cli_print(&out);
    }
    return status;
}

static int verify_bundle(const char *path, bool quiet)
{
    autoerr struct err err = {0};
    autofree char *helper = helper_path("muster-bundle");
    struct verify_report report;
    if (bundle_verify(helper, path, &report, &err) < 0) {
        cli_complain("%s", err_text(&err));
        return err.code == -ENOENT ? EXIT_USAGE : EXIT_RUNNER;
    }
    int64_t lines = 0;
    int status = verify_passed(&report) ? verify_log(path, report.head, &lines) : say_problems(path, &report);
    if (status == EXIT_OK && !quiet) {
        const char *note = verify_container_note(&report);
        autobuf struct buf out = {0};
        buf_addf(&out, "%s: whole: run %s, %lld files, a chain of %lld events\n", path, report.run,
                 (long long)report.members, (long long)lines);
        if (note && *note)
            buf_addf(&out, "%s: %s\n", path, note);
        cli_print(&out);
    }
    verify_report_free(&report);
    return status;
}

static int main_verify(const struct verb *verb, int argc, char **argv)
{
    struct verify_settings s = {0};
    struct option_list operands = {0};
    int status;
    if (cli_options(verb, argc, argv, &s, &operands, &status)) {
        status = operands.n == 0 ? cli_usage(verb, "which bundle?") : EXIT_OK;
        for (size_t i = 0; i < operands.n; i++) {
            struct stat st;
            bool folder = stat(operands.items[i], &st) == 0 && S_ISDIR(st.st_mode);
            int one = folder ? verify_folder(operands.items[i], s.quiet) : verify_bundle(operands.items[i], s.quiet);
            status = status == EXIT_OK || one == EXIT_RUNNER ? one : status;
        }
    }
    option_list_free(&operands);
    return status;
}

const struct verb verb_verify = {.name = "verify",
                                 .usage = "verify [OPTION]... BUNDLE...",
                                 .summary = "Prove that nothing in a bundle was changed, added or removed.",
                                 .details = details,
                                 .options = options,
                                 .main = main_verify};
