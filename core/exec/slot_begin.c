/* SPDX-License-Identifier: Apache-2.0 */
/* An attempt begins: nothing of the one before it is left, its order goes out, it is listened to. */
#include "exec/slot_begin.h"

#include "base/cleanup.h"
#include "base/clock.h"
#include "exec/slot_folders.h"
#include "exec/slot_limits.h"
#include "exec/slot_order.h"
#include "exec/slot_prefetch.h"
#include "exec/slot_state.h"
#include "ipc/sock.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

void slot_forget(struct slot *s)
{
    free(s->attempt.reason);
    free(s->attempt.file);
    free(s->attempt.setup_error);
    s->attempt.reason = s->attempt.file = s->attempt.setup_error = NULL;
    slot_cause_forget(&s->attempt.cause);
    slot_cause_forget(&s->attempt.foreign);
    s->attempt.observed = (struct observed){.phase = PHASE_BODY};
    s->forensics.prepared = false;
    s->attempt.line = s->attempt.n_leaked = s->attempt.n_messages = s->attempt.step = s->cleanups.n_deferred =
        s->cleanups.n_begun = 0;
    s->cleanups.bytes = 0;
    s->monitor.lost = 0;
    s->attempt.phase_reported = false;
    s->attempt.told = s->attempt.quiet = false;
    s->attempt.exited_ns = 0;
    s->attempt.repeats = 0;
    s->forensics.paused = PAUSE_NONE;
    s->attempt.ordered_ns = 0;
    s->attempt.limit_ns = NEVER;
    s->attempt.late_part = NULL;
    s->attempt.checks = s->attempt.failed_checks = s->attempt.user_us = s->attempt.system_us = s->attempt.max_rss_kb =
        0;
    s->attempt.recorded_failures = 0;
    s->attempt.foreign_checks = 0;
    s->attempt.read_bytes = s->attempt.written_bytes = 0;
    s->attempt.artifacts = s->attempt.worn = false;
    s->attempt.kill_at_ns = s->monitor.sweep_until_ns = NEVER;
    s->attempt.ended_ns = 0;
    outputs_current(&s->outputs)->out.total = outputs_current(&s->outputs)->err.total = 0;
    buf_clear(&s->forensics.stacks.text);
}

void slot_begin_task(struct slot *s, const struct slot_task *task, int64_t now_ns)
{
    s->attempt.task = *task;
    s->attempt.janitor = false;
    s->attempt.kept = 0;
    slot_forget(s);
    s->attempt.started_ns = now_ns;
    s->attempt.prepared_ns = 0;
    struct event e = {.type = EVENT_ATTEMPT_STARTED, .attempt_started = {task->case_id, task->attempt, s->number}};
    slot_emit(s, &e);
}

void slot_listen(struct slot *s)
{
    outputs_begin(&s->outputs, s->attempt.janitor, s->shared->secrets, s->shared->output_cap, slot_open_file, s);
    const struct limits *l = &s->attempt.task.limits;
    enum phase phase = s->attempt.janitor ? PHASE_CLEANUP : s->owner->first_phase;
    int64_t limit = phase == PHASE_CLEANUP ? s->shared->cleanup_ns : phase == PHASE_SETUP ? l->setup_ns : l->body_ns;
    if (!s->attempt.janitor)
        s->attempt.prepared_ns = s->attempt.ordered_ns - s->attempt.started_ns;
    s->attempt.observed.phase = phase;
    s->attempt.observed.budget_ns = limit;
    slot_set_limit(s, limit == NEVER ? NEVER : s->attempt.ordered_ns + limit);
}

void slot_begin_to_run(struct slot *s, int64_t at_ns)
{
    s->attempt.ordered_ns = at_ns;
    slot_event(s, SLOT_ORDERED);
    slot_prefetch(s, true);
}

bool slot_send_attempt(struct slot *s)
{
    if (!slot_limit(s)) {
        slot_event(s, SLOT_REFUSE);
        return true;
    }
    char *why = NULL;
    s->attempt.serial = slot_next_serial(s);
    const struct slot_order order = {&s->attempt.task, s->attempt.serial, 0, false, s->outputs.current};
    int r = slot_send_order(s, &order, &why);
    if (r == 0) {
        slot_begin_to_run(s, clock_mono());
        return true;
    }
    if (r != -EPIPE)
        slot_refuse(s, why ? why : xasprintf("asking the monitor for an attempt: %s", strerror(-r)));
    return r != -EPIPE;
}
