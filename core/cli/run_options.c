/* SPDX-License-Identifier: Apache-2.0 */
/* The options of `muster run`, and which of them go together. */
#include "cli/run_options.h"

#include "cli/cli.h"
#include "cli/rerun.h"
#include "cli/secret_options.h"
#include "cli/threshold_options.h"
#include "contain/contain.h"
#include "coverage/coverage.h"

#include <ctype.h>
#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

static int choose_no_tests(const char *text, int *ret_choice)
{
    *ret_choice = strcmp(text, "pass") == 0 ? NO_TESTS_PASS : NO_TESTS_FAIL;
    return strcmp(text, "pass") == 0 || strcmp(text, "fail") == 0 ? 0 : -EINVAL;
}

static int choose_factor(const char *text, int *ret_factor)
{
    char *end;
    errno = 0;
    long n = strtol(text, &end, 10);
    bool good = isdigit((unsigned char)*text) && !*end && !errno && n >= 1 && n <= 1000;
    *ret_factor = good ? (int)n : 1;
    return good ? 0 : -EINVAL;
}

#define AT(member_) offsetof(struct run_settings, member_)

const struct option run_options[] = {
    OPTIONS_SELECTING(struct run_settings, selecting),
    {OPTION_CHOICE, 0, "no-tests", "WHAT", "When nothing is selected: fail (status 5; the default) or pass.",
     AT(no_tests), choose_no_tests},
    {OPTION_GROUP, 0, NULL, NULL, "Running", 0, NULL},
    {OPTION_INT, 'j', "jobs", "N", "How many attempts run at a time. Default: the number of processors.", AT(jobs),
     NULL},
    {OPTION_DURATION, 0, "timeout", "TIME",
     "For scenarios that set none: 30s, 2m, 1500ms; 0 for no limit. Default: 60s.", AT(selecting.timeout_ns), NULL},
    {OPTION_CHOICE, 0, "timeout-factor", "N",
     "Multiply every limit of time by N, from 1 to 1000: of scenarios, fixtures, steps and the kit's waits. For a slow "
     "machine or product.",
     AT(selecting.timeout_factor), choose_factor},
    {OPTION_DURATION, 0, "grace", "TIME", "Between SIGTERM and SIGKILL. Default: 2s.", AT(grace_ns), NULL},
    {OPTION_DURATION, 0, "cleanup-timeout", "TIME", "For one cleanup that sets none. Default: 30s.", AT(cleanup_ns),
     NULL},
    {OPTION_FLAG, 0, "skip-cleanup", NULL,
     "Leave everything in the ledger, for 'muster cleanup': nothing that was deferred is undone.", AT(skip_cleanup),
     NULL},
    {OPTION_FLAG, 0, "keep-failed", NULL,
     "Leave what attempts that were bad deferred, for a look at it; 'muster cleanup' undoes it later.", AT(keep_failed),
     NULL},
    {OPTION_FLAG, 0, "cleanup-only", NULL, "Run nothing: do what 'muster cleanup' does for the latest run.",
     AT(cleanup_only), NULL},
    {OPTION_DURATION, 0, "load-timeout", "TIME", "For loading one plugin, or one table. Default: 10s.",
     AT(selecting.load_timeout_ns), NULL},
    {OPTION_INT, 0, "retries", "N",
     "Try a failed scenario up to N times more, where it sets nothing itself; 0 switches all retries off.",
     AT(selecting.retries), NULL},
    {OPTION_DURATION, 0, "retry-delay", "TIME", "Before the first retry; doubled for each further one.",
     AT(selecting.retry_delay_ns), NULL},
    {OPTION_CHOICE, 0, "retry-on", "KINDS",
     "After which ends to try again: failed, error, timeout, crashed, with commas between. Default: all of them.",
     AT(selecting.retry_on), limits_parse_retry_on},
    {OPTION_INT, 0, "retry-budget", "N", "Of the whole run: no more than N retries in all.",
     AT(scheduling.retry_budget), NULL},
    {OPTION_CHOICE, 0, "flaky", "WHAT", "Scenarios that passed on a retry: pass (the default) or fail (status 1).",
     AT(scheduling.flaky_fails), scheduling_choose_fails},
    {OPTION_CHOICE, 0, "skipped", "WHAT", "Scenarios that were skipped: pass (the default) or fail (status 1).",
     AT(scheduling.skipped_fails), scheduling_choose_fails},
    {OPTION_CHOICE, 0, "no-checks", "WHAT",
     "Scenarios that passed without a single check: warn (the default), fail (status 1) or pass.",
     AT(scheduling.no_checks), scheduling_choose_told},
    {OPTION_CHOICE, 0, "all-skipped", "WHAT",
     "When every scenario was skipped: warn (the default), fail (status 5) or pass.", AT(scheduling.all_skipped),
     scheduling_choose_told},
    {OPTION_LIST, 0, "threshold", "BOUND",
     "A bound on what scenarios measure, in place of that of a plugin or besides: 'query.time<3s', "
     "'p95(shop.latency) <= 200 ms'; 'query.time=off' takes one away.",
     AT(thresholds), NULL},
    {OPTION_CHOICE, 0, "missed", "WHAT", "Thresholds that were missed: fail (status 8; the default) or warn.",
     AT(missed_warns), threshold_choose_missed},
    {OPTION_CHOICE, 0, "containment", "RUNG",
     "How an attempt's processes are held together: auto, cgroup (cgroup2, cgroup1), pidns or reaper. Default: auto, "
     "the "
     "best that a test can't notice.",
     AT(containment), containment_parse},
    {OPTION_LIST, 0, "set", "KEY=VALUE",
     "A value of the target, for scenarios that ask for it. KEY=@FILE reads it from a file: for secrets, which a "
     "command line shows to everyone.",
     AT(target), NULL},
    {OPTION_LIST, 0, "secret", "KEY=SOURCE", SECRET_OPTION_TEXT, AT(secret_sources), NULL},
    {OPTION_LIST, 0, "pass-env", "NAME", "Pass an environment variable on to scenarios.", AT(pass_env), NULL},
    {OPTION_INT, 0, "seed", "N",
     "Of the run, for --order random and for what scenarios choose at random. Default: random, and shown; 0 with "
     "--shard.",
     AT(seed), NULL},
    {OPTION_FLAG, 0, "exit-handlers", NULL,
     "End attempts by exit(3): functions of atexit(3), destructors, gcov and LeakSanitizer run, for 30 s at the most, "
     "and an exit status of theirs, or a crash, is the attempt's. By default they end by _exit(2).",
     AT(exit_handlers), NULL},
    {OPTION_ATTACHED, 0, "coverage", "FOLDER",
     "The coverage of the sources below the working folder, by what was built for it: as Cobertura's XML and HTML in "
     "the run's coverage/. FOLDER: where objects, programs and libraries are, when that is not where they were built. "
     "Implies --exit-handlers.",
     AT(coverage), NULL},
    {OPTION_FLAG, 0, "log-checks", NULL,
     "Log each check that passed, too, as a debug line with its file and line: evidence of all that was looked at. "
     "Loops of checks make it long.",
     AT(log_checks), NULL},
    {OPTION_FLAG, 0, "strict", NULL, "Run nothing when a plugin can't be loaded.", AT(strict), NULL},
    OPTIONS_SCHEDULING(struct run_settings, scheduling),
    OPTIONS_DEBUG(struct run_settings, debug),
    OPTIONS_EVIDENCE(struct run_settings, evidence),
    {OPTION_GROUP, 0, NULL, NULL, "Old runs, which the end of a run removes", 0, NULL},
    OPTIONS_RETENTION(struct run_settings, keep),
    {OPTION_GROUP, 0, NULL, NULL, "Configuration", 0, NULL},
    OPTIONS_CONFIGURING(struct run_settings, selecting.configuring),
    OPTIONS_END,
};

int run_options_check(const struct verb *verb, const struct run_settings *s)
{
    if (s->jobs < 1 || s->jobs > 1024)
        return cli_usage(verb, "--jobs %lld: it takes 1 to 1024", (long long)s->jobs);
    if (s->selecting.retries > 1000)
        return cli_usage(verb, "--retries %lld: it takes at most 1000", (long long)s->selecting.retries);
    if (s->scheduling.repeat == 0 || s->scheduling.repeat > MAX_REPEAT)
        return cli_usage(verb, "--repeat %lld: it takes 1 to %d", (long long)s->scheduling.repeat, MAX_REPEAT);
    const char *leaves = s->skip_cleanup    ? "--skip-cleanup"
                         : s->keep_failed   ? "--keep-failed"
                         : s->debug.closely ? "--debug"
                                            : NULL;
    if (s->cleanup_only && leaves)
        return cli_usage(verb, "--cleanup-only and %s: one undoes what the other leaves", leaves);
    if (s->debug.closely && s->evidence.quiet)
        return cli_usage(verb, "--debug and --quiet: one shows what the other hides");
    if (threshold_options_check(verb, &s->thresholds) != EXIT_OK)
        return EXIT_USAGE;
    autoerr struct err err = {0};
    if (run_folder_check_junit(&s->evidence.reports, &err) < 0)
        return cli_usage(verb, "%s", err_text(&err));
    if (s->coverage && coverage_check(s->coverage, &err) < 0)
        return cli_usage(verb, "%s", err_text(&err));
    if (s->scheduling.rerun && !rerun_is_valid(s->scheduling.rerun))
        return cli_usage(verb, "--rerun %s: it takes failed, failed:RUN, latest or the path of a run",
                         s->scheduling.rerun);
    return EXIT_OK;
}

void run_options_settle(struct run_settings *s)
{
    enum { ALL_LINES = 2 };
    s->exit_handlers = s->exit_handlers || s->coverage;
    if (debug_shares_terminal(&s->debug)) {
        s->jobs = 1;
        s->evidence.plain = true;
    }
    if (!s->debug.closely)
        return;
    s->jobs = 1;
    s->evidence.verbose = ALL_LINES;
    s->evidence.artifacts = ARTIFACTS_ALWAYS;
    s->keep_failed = true;
}

void run_settings_free(struct run_settings *s)
{
    option_list_free(&s->target);
    option_list_free(&s->secret_sources);
    option_list_free(&s->pass_env);
    option_list_free(&s->thresholds);
    selecting_free(&s->selecting);
}
