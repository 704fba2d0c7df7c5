/* SPDX-License-Identifier: Apache-2.0 */
/* What fails on a thread that only tries something. */
#include "host/guard_checks.h"

#include "base/cleanup.h"
#include "host/attempt_state.h"
#include "host/open_steps.h"
#include "host/thread_guard.h"

#include <stdio.h>

static void note(struct thread_guard *guard, const char *what)
{
    snprintf(guard->last, sizeof guard->last, "%s", what ? what : "it stopped");
    guard->failed++;
}

static _Noreturn void end(struct thread_guard *guard)
{
    steps_end_all();
    guard->ended(guard);
    guard_hold();
}

static void log_dropped(const char *file, uint32_t line, const char *text)
{
    attempt_send(
        &(struct message){.type = MSG_LOG, .log = {MUSTER_LOG_INFO, line, attempt_cut(file), attempt_cut(text)}});
}

bool guard_takes_check(const struct muster_check *c)
{
    struct thread_guard *current = guard_current();
    if (!current || current->mode != GUARD_DROP)
        return false;
    autofree char *text =
        xasprintf("a check failed, in a try that is not the last: %s%s%s%s%s%s%s", c->expression,
                  c->actual ? ", it is " : "", c->actual ? c->actual : "", c->expected ? ", wanted " : "",
                  c->expected ? c->expected : "", c->message ? ": " : "", c->message ? c->message : "");
    log_dropped(c->file, c->line, text);
    note(current, text + sizeof "a check failed, in a try that is not the last: " - 1);
    if (c->flags & MUSTER_CHECK_REQUIRED)
        end(current);
    return true;
}

void guard_note_check(const struct muster_check *c)
{
    struct thread_guard *current = guard_current();
    if (!current)
        return;
    note(current, c->expression);
    if (c->flags & MUSTER_CHECK_REQUIRED)
        end(current);
}

void guard_take_stop(int32_t how, const char *file, uint32_t line, const char *reason)
{
    struct thread_guard *current = guard_current();
    if (!current || current->mode != GUARD_DROP || how == MUSTER_STOP_SKIP)
        return;
    autofree char *text =
        xasprintf("it stopped, in a try that is not the last: %s", reason ? reason : "no reason given");
    log_dropped(file, line, text);
    note(current, reason);
    end(current);
}

void guard_note_stop(const char *reason)
{
    struct thread_guard *current = guard_current();
    if (!current)
        return;
    current->final = true;
    note(current, reason);
    end(current);
}
