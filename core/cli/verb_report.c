/* SPDX-License-Identifier: Apache-2.0 */
/* muster report: any report of a run, from its log alone. */
#include "base/cleanup.h"
#include "cli/cli.h"
#include "cli/configuring.h"
#include "cli/named_run.h"
#include "cli/stdout_style.h"
#include "evidence/past_run.h"
#include "report/report.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

struct settings {
    int format, junit_family; /* enum report_format, enum junit_family */
    int tap_version;
    const char *out;
    struct configuring configuring;
};

static int choose_format(const char *text, int *ret_choice)
{
    enum report_format format;
    int r = report_format_parse(text, &format);
    if (r == 0)
        *ret_choice = (int)format;
    return r;
}

static const struct option options[] = {
    {OPTION_GROUP, 0, NULL, NULL, "Options", 0, NULL},
    {OPTION_CHOICE, 'f', "format", "FORMAT", "human (the default), html, junit, json or tap.",
     offsetof(struct settings, format), choose_format},
    {OPTION_CHOICE, 0, "junit-family", "FAMILY",
     "Whose schema JUnit's passes: jenkins (the default), surefire, or full, as of 'muster run'.",
     offsetof(struct settings, junit_family), report_choose_family},
    {OPTION_CHOICE, 0, "tap-version", "N", "Of TAP: 13 (the default, which prove reads) or 14.",
     offsetof(struct settings, tap_version), report_choose_tap_version},
    OPTION_RUNS_OUT(struct settings, out),
    OPTIONS_CONFIGURING(struct settings, configuring),
    OPTIONS_END,
};

static const char details[] =
    RUN_TEXT " Without it,\n"
             "the latest. The report goes to stdout; it is the same file that the run itself\n"
             "left, also for a run that was killed half-way.\n";

static int write_report(const struct past_run *run, const char *path, enum report_format format,
                        const struct report_options *o)
{
    autoerr struct err err = {0};
    int status = EXIT_OK;
    int r = report_write(&run->model, format, &run->source, o, STDOUT_FILENO, &err);
    if (r < 0 && r != -EPIPE) { /* whoever has read enough may close the pipe */
        cli_complain("%s", err_text(&err));
        status = EXIT_RUNNER;
    }
    if (run->log.cut_bytes > 0)
        cli_complain("%s: the log ends in the middle of a line (%lld bytes): the runner was killed", path,
                     (long long)run->log.cut_bytes);
    else if (!run->model.ended)
        cli_complain("%s: the log ends before the run did: the runner was killed, or the log was cut", path);
    return status;
}

static int report(const char *path, const struct settings *s)
{
    autoerr struct err err = {0};
    struct past_run run;
    int status;
    const struct style style = stdout_style();
    const enum report_format format = (enum report_format)s->format;
    const struct report_options o = {
        .style = &style, .family = (enum junit_family)s->junit_family, .tap_version = s->tap_version};
    int r = past_run_open(&run, path, &err);
    if (r == 0)
        r = past_run_take_outputs(&run, format, &o, &err);
    if (r < 0) {
        cli_complain("%s", err_text(&err));
        status = cli_usage_unless_system(r);
    } else {
        status = write_report(&run, path, format, &o);
    }
    past_run_close(&run);
    return status;
}

static int main_report(const struct verb *verb, int argc, char **argv)
{
    struct settings s = {.format = REPORT_HUMAN, .out = "muster-out"};
    struct option_list operands = {0};
    int status;
    if (cli_options(verb, argc, argv, &s, &operands, &status)) {
        autofree char *path = NULL;
        if (operands.n > 1)
            status = cli_usage(verb, "one run at a time");
        else if ((path = named_run(operands.n ? operands.items[0] : NULL, s.out, &status)))
            status = report(path, &s);
    }
    option_list_free(&operands);
    return status;
}

const struct verb verb_report = {.name = "report",
                                 .usage = "report [OPTION]... [RUN]",
                                 .summary = "Make a report of a run, from its event log or bundle.",
                                 .details = details,
                                 .options = options,
                                 .main = main_report};
