/* SPDX-License-Identifier: Apache-2.0 */
/* An attempt that stands still, and goes on. */
#include "exec/pause.h"

#include "base/clock.h"
#include "exec/slot.h"
#include "forensics/debugger.h"

#include <stdio.h>

static const int64_t end_limit_ns = 2 * NS_PER_S; /* of a crash's handler, from GO to the end */

bool pause_wanted(const struct slot *s, enum pause_at at)
{
    if (s->attempt.janitor || s->attempt.task.fixture)
        return false;
    return at == PAUSE_START ? s->shared->debugger : s->shared->pause_on_failure;
}

void pause_begin(struct slot *s, enum pause_at at, const char *why)
{
    s->forensics.paused = at;
    s->deadline_ns = NEVER;
    s->forensics.pause_told = false;
    snprintf(s->forensics.pause_why, sizeof s->forensics.pause_why, "%s", why);
    pause_tell(s);
}

void pause_tell(struct slot *s)
{
    int pidfd = slot_attempt_pidfd(s);
    if (s->forensics.paused == PAUSE_NONE || s->forensics.pause_told || pidfd < 0)
        return;
    s->forensics.pause_told = true;
    pid_t pid = slot_pid_of(pidfd);
    if (s->forensics.paused == PAUSE_START) {
        const struct scenario_info *scenario = slot_scenario(s);
        if (debugger_start(pid, scenario->file, scenario->line, &s->forensics.debugger) < 0)
            pause_end(s);
        return;
    }
    slot_news(s, &(struct slot_news){.kind = NEWS_PAUSED, .pid = pid, .text = s->forensics.pause_why});
}

static int64_t from_now(int64_t budget_ns)
{
    return budget_ns == NEVER ? NEVER : clock_mono() + budget_ns;
}

void pause_end(struct slot *s)
{
    enum pause_at at = s->forensics.paused;
    s->forensics.paused = PAUSE_NONE;
    switch (at) {
    case PAUSE_NONE:
        break;
    case PAUSE_START:
        s->deadline_ns = from_now(s->attempt.task.limits.body_ns);
        slot_send_go(s);
        break;
    case PAUSE_FAILED: /* tear-down and cleanups bring limits of their own */
        s->deadline_ns = from_now(s->attempt.task.limits.teardown_ns);
        slot_send_go(s);
        break;
    case PAUSE_CRASHED:
        s->deadline_ns = from_now(end_limit_ns);
        slot_send_go(s);
        break;
    case PAUSE_TIMEOUT:
        s->attempt.kill_at_ns = from_now(s->shared->grace_ns);
        slot_term(s, clock_mono());
        break;
    }
}
