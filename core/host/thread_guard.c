/* SPDX-License-Identifier: Apache-2.0 */
/* What fails on a thread that only tries something. */
#include "host/thread_guard.h"

#include "base/cleanup.h"
#include "host/attempt_state.h"

#include <stdio.h>

static _Thread_local struct thread_guard *current;

struct thread_guard *guard_current(void)
{
    return current;
}

void guard_set(struct thread_guard *guard)
{
    current = guard;
}

void guard_abandon(struct thread_guard *guard)
{
    attempt.n_late++;
    guard->abandoned = true;
}

static _Noreturn void stand_still(void)
{
    for (;;)
        pause(); /* its frames are the plugin's, and never unwound; the process's end takes it along */
}

void guard_pass(void)
{
    if (current && current->abandoned)
        stand_still();
}

static void note(const char *what)
{
    snprintf(current->last, sizeof current->last, "%s", what ? what : "it stopped");
    current->failed++;
}

static _Noreturn void end(void)
{
    struct thread_guard *guard = current;
    steps_end_all();
    guard->ended(guard);
    stand_still();
}

static void log_dropped(const char *file, uint32_t line, const char *text)
{
    attempt_send(
        &(struct message){.type = MSG_LOG, .log = {MUSTER_LOG_INFO, line, attempt_cut(file), attempt_cut(text)}});
}

bool guard_takes_check(const struct muster_check *c)
{
    if (!current || current->mode != GUARD_DROP)
        return false;
    autofree char *text =
        xasprintf("a check failed, in a try that is not the last: %s%s%s%s%s%s%s", c->expression,
                  c->actual ? ", it is " : "", c->actual ? c->actual : "", c->expected ? ", wanted " : "",
                  c->expected ? c->expected : "", c->message ? ": " : "", c->message ? c->message : "");
    log_dropped(c->file, c->line, text);
    note(text + sizeof "a check failed, in a try that is not the last: " - 1);
    if (c->flags & MUSTER_CHECK_REQUIRED)
        end();
    return true;
}

void guard_note_check(const struct muster_check *c)
{
    if (!current)
        return;
    note(c->expression);
    if (c->flags & MUSTER_CHECK_REQUIRED)
        end();
}

void guard_take_stop(int32_t how, const char *file, uint32_t line, const char *reason)
{
    if (!current || current->mode != GUARD_DROP || how == MUSTER_STOP_SKIP)
        return;
    autofree char *text =
        xasprintf("it stopped, in a try that is not the last: %s", reason ? reason : "no reason given");
    log_dropped(file, line, text);
    note(reason);
    end();
}

void guard_note_stop(const char *reason)
{
    if (!current)
        return;
    current->final = true;
    note(reason);
    end();
}
