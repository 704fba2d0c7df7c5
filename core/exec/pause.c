/* SPDX-License-Identifier: Apache-2.0 */
/* An attempt that stands still, and goes on. */
#include "exec/pause.h"

#include "base/clock.h"
#include "base/pids.h"
#include "exec/slot_state.h"
#include "forensics/debugger.h"

#include <stdio.h>

bool pause_wanted(const struct slot *s, enum pause_at at)
{
    if (s->attempt.janitor || !s->owner->may_stand_still)
        return false;
    return at == PAUSE_START ? s->shared->debugger : s->shared->pause_on_failure;
}

void pause_begin(struct slot *s, enum pause_at at, const char *why)
{
    s->forensics.paused = at;
    snprintf(s->forensics.pause_why, sizeof s->forensics.pause_why, "%s", why);
    slot_event(s, SLOT_PAUSE);
}

void pause_hold(struct slot *s)
{
    s->forensics.pause_told = false;
    pause_tell(s);
}

void pause_tell(struct slot *s)
{
    int pidfd = slot_attempt_pidfd(s);
    if (s->state != SLOT_PAUSED || s->forensics.pause_told || pidfd < 0)
        return;
    s->forensics.pause_told = true;
    pid_t pid = pidfd_pid(pidfd);
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

void pause_resume(struct slot *s)
{
    const struct limits *l = &s->attempt.task.limits;
    /* Tear-down and cleanups bring limits of their own. */
    slot_set_limit(s, from_now(s->forensics.paused == PAUSE_START ? l->body_ns : l->teardown_ns));
    slot_send_go(s);
}

void pause_end(struct slot *s)
{
    if (s->state != SLOT_PAUSED)
        return;
    if (s->forensics.paused == PAUSE_TIMEOUT)
        slot_stop_softly(s);
    else
        slot_event(s, s->forensics.paused == PAUSE_CRASHED ? SLOT_CRASH : SLOT_GO_ON);
}
