/* SPDX-License-Identifier: Apache-2.0 */
/* A slot: its machine at work, its events and signals. */
#include "exec/slot_state.h"

#include "base/cleanup.h"
#include "base/io.h"
#include "ipc/sock.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>

void slot_emit(struct slot *s, struct event *event)
{
    event->t_ns = clock_mono() - s->shared->epoch_ns;
    if (s->owner->event)
        s->owner->event(s->owner_data, &s->attempt.task, event);
    else
        s->shared->sink.event(s->shared->sink.data, event);
}

void slot_log(struct slot *s, const char *level, const char *text)
{
    struct event e = {.type = EVENT_ATTEMPT_LOG,
                      .attempt_log = {s->attempt.task.case_id, s->attempt.task.attempt, level, "", 0, text}};
    slot_emit(s, &e);
}

int slot_attempt_pidfd(const struct slot *s)
{
    return s->attempt.pidfd >= 0 ? s->attempt.pidfd : s->attempt.end.fd;
}

void slot_cause_forget(struct slot_cause *c)
{
    free(c->reason);
    free(c->file);
    *c = (struct slot_cause){0};
}

const struct scenario_info *slot_scenario(const struct slot *s)
{
    const struct catalogue *c = s->shared->catalogue;
    const struct plugin_info *p = &c->plugins[s->attempt.task.plugin];
    uint32_t i = p->first;
    while (i + 1 < p->first + p->count && c->scenarios[i].index != s->attempt.task.scenario)
        i++;
    return &c->scenarios[i];
}

void slot_news(struct slot *s, struct slot_news *news)
{
    news->task = &s->attempt.task;
    news->slot = s->number;
    news->step = s->attempt.step;
    news->phase = s->attempt.observed.part ? s->attempt.observed.part : phase_name(s->attempt.observed.phase);
    news->temp_dir = s->temp_dir;
    news->own_pids = s->monitor.containment && s->monitor.containment->rung->own_pids;
    news->elapsed_ns = clock_mono() - s->attempt.started_ns;
    s->shared->news(s->shared->news_data, news);
}

void slot_signal(int pidfd, int signo)
{
    if (pidfd >= 0)
        syscall(SYS_pidfd_send_signal, pidfd, signo, NULL, 0);
}

bool slot_attempt_has_ended(const struct slot *s)
{
    struct pollfd p = {.fd = slot_attempt_pidfd(s), .events = POLLIN};
    return p.fd >= 0 && poll(&p, 1, 0) > 0;
}

bool slot_is_unwatched(const struct slot *s)
{
    return slot_state_is_live(s->state) && s->monitor.socket.fd < 0 && slot_attempt_pidfd(s) < 0;
}

bool slot_has_attempt(const struct slot *s)
{
    return s->state != SLOT_IDLE && s->attempt.ordered_ns != 0;
}

/* Nobody is there any more, or it said what it must not. */
static bool may_be_told(struct slot *s)
{
    return slot_has_attempt(s) && slot_channel(s)->fd >= 0;
}

void slot_offer(struct slot *s, const struct message *m)
{
    if (may_be_told(s))
        sock_offer_message(slot_channel(s)->fd, m);
}

void slot_send_go(struct slot *s)
{
    const struct message go = {.type = MSG_GO};
    int r = may_be_told(s) ? sock_offer_message(slot_channel(s)->fd, &go) : 0;
    if (r == 0 || r == -EPIPE)
        return;
    slot_blame(s, xasprintf("it could not be told to go on: %s", strerror(-r))); /* it waits for ever */
    slot_event(s, SLOT_KILL);
}

/* ---- its machine ---------------------------------------------------------------------------------------------- */

void slot_event(struct slot *s, enum slot_event event)
{
    struct slot_move move = slot_machine(s->state, event);
    assert(move.legality != SLOT_WRONG);
    if (move.legality != SLOT_TAKEN)
        return;
    s->state = move.next;
    if (move.action != SLOT_NO_ACTION)
        s->actions[move.action](s);
}

static void set_error(struct slot *s, char *why)
{
    free(s->attempt.setup_error);
    s->attempt.setup_error = why;
    s->attempt.observed.setup_error = why;
}

void slot_blame(struct slot *s, char *why)
{
    set_error(s, why);
}

void slot_fail(struct slot *s, char *why)
{
    set_error(s, why);
    slot_event(s, SLOT_FAIL);
}

void slot_refuse(struct slot *s, char *why)
{
    set_error(s, why);
    slot_event(s, SLOT_REFUSE);
}

void slot_stop_softly(struct slot *s)
{
    s->attempt.kill_at_ns = clock_mono() + s->shared->grace_ns;
    slot_event(s, SLOT_STOP);
}

void slot_set_limit(struct slot *s, int64_t at_ns)
{
    s->attempt.limit_ns = at_ns;
    if (s->state == SLOT_RUNNING)
        s->deadline_ns = at_ns;
}
