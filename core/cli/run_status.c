/* SPDX-License-Identifier: Apache-2.0 */
/* The exit status of a run, and why. */
#include "cli/run_status.h"

#include "base/clock.h"
#include "base/mem.h"
#include "base/wait_status.h"
#include "cli/cli.h"

static struct run_status status(int code, char *why)
{
    return (struct run_status){code, why};
}

static char *count(uint64_t n, const char *one, const char *what)
{
    return xasprintf("%llu %s%s %s", (unsigned long long)n, one, n == 1 ? "" : "s", what);
}

struct run_status run_status_of(const struct run_outcome *o)
{
    if (o->failure)
        return status(EXIT_RUNNER, xasprintf("%s", *o->failure ? o->failure : "the runner failed"));
    if (o->interrupted_by)
        return status(EXIT_INTERRUPTED, xasprintf("interrupted by %s", describe_signal(o->interrupted_by)));
    if (o->refused > 0)
        return status(EXIT_PLUGIN, count(o->refused, "plugin", "could not be loaded"));
    if (o->out_of_time)
        return status(EXIT_FAILED, xasprintf("--global-timeout: the run was ended after %.6g s",
                                             (double)o->global_timeout_ns / NS_PER_S));
    if (o->bad > 0)
        return status(EXIT_FAILED, count(o->bad, "scenario", "ended badly"));
    if (o->changed > 0)
        return status(EXIT_FAILED, count(o->changed, "thing", "in the run's folder was changed by somebody else"));
    if (o->flaky_fails && o->flaky > 0)
        return status(EXIT_FAILED,
                      xasprintf("--flaky fail: %llu passed on a retry only", (unsigned long long)o->flaky));
    if (o->skipped_fails && o->skipped > 0)
        return status(EXIT_FAILED, xasprintf("--skipped fail: %llu skipped", (unsigned long long)o->skipped));
    if (o->unchecked_fails && o->unchecked > 0)
        return status(EXIT_FAILED, xasprintf("--no-checks fail: %llu passed without a single check",
                                             (unsigned long long)o->unchecked));
    if (o->cleanups_failed > 0)
        return status(EXIT_LEFTOVERS, count(o->cleanups_failed, "cleanup", "or tear-downs of fixtures failed"));
    if (o->left)
        return status(EXIT_LEFTOVERS, xasprintf("not all that the run made outside of its folder could be removed"));
    if (o->missed > 0 && !o->missed_warns)
        return status(EXIT_THRESHOLD, count(o->missed, "threshold", o->missed == 1 ? "was missed" : "were missed"));
    if (o->nothing_selected && o->nothing_fails)
        return status(EXIT_NOTHING, xasprintf("nothing was selected"));
    if (o->all_skipped && o->all_skipped_fails)
        return status(EXIT_NOTHING, xasprintf("--all-skipped fail: every scenario was skipped"));
    return status(EXIT_OK, NULL);
}
