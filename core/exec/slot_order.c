/* SPDX-License-Identifier: Apache-2.0 */
/* What a monitor is asked for: the order of an attempt, or of a janitor; the same ahead, before the running one has
 * ended. */
#include "base/cleanup.h"
#include "base/clock.h"
#include "exec/slot.h"
#include "ipc/sock.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

static void on_channel(struct source *source, uint32_t events)
{
    (void)events;
    slot_read_channel(source->data, SLOT_MESSAGES_A_TURN);
}

static uint64_t budget(int64_t limit_ns)
{
    return limit_ns == NEVER ? 0 : (uint64_t)limit_ns;
}

/* Why it can't be given its order: most of a large one is what its owner has added. */
static char *describe_large(const struct slot *s, const struct slot_task *task, size_t bytes)
{
    autobuf struct buf text = {0};
    buf_addf(&text, "its order has %zu bytes, and an attempt can be given %d", bytes, MESSAGE_ORDER_MAX);
    if (s->owner->describe_order)
        s->owner->describe_order(s->owner_data, task, &text);
    return buf_steal(&text);
}

/* ret_why, malloc'd and only with -EMSGSIZE, may be NULL. */
static int send_order(struct slot *s, const struct slot_task *task, uint32_t pipe_pair, int channel, char **ret_why)
{
    const struct limits *l = &task->limits;
    struct arena arena = {0};
    struct message m = {.type = MSG_ATTEMPT,
                        .attempt = {.scenario = s->attempt.janitor ? UINT32_MAX : task->scenario,
                                    .fixture = UINT32_MAX,
                                    .attempt = task->attempt,
                                    .pipe_pair = pipe_pair,
                                    .pause_at_start = pause_wanted(s, PAUSE_START),
                                    .pause_on_failure = pause_wanted(s, PAUSE_FAILED),
                                    .case_id = task->case_id,
                                    .setup_ns = budget(l->setup_ns),
                                    .body_ns = budget(l->body_ns),
                                    .teardown_ns = budget(l->teardown_ns),
                                    .cleanup_ns = budget(s->shared->cleanup_ns),
                                    .keep = s->shared->keep,
                                    .settle_ns = (uint64_t)s->shared->settle_ns,
                                    .name_files = !s->attempt.janitor && leaks_name_files(s->shared->leaks)}};
    if (!s->attempt.janitor)
        m.attempt.values = (struct message_list){(const char **)(uintptr_t)task->values, task->n_values};
    if (s->owner->order)
        s->owner->order(s->owner_data, task, &arena, &m.attempt);
    if (s->attempt.janitor) { /* which undoes things in services that are still up */
        m.attempt.scenario = m.attempt.fixture = UINT32_MAX;
        m.attempt.local_fixtures = (struct message_list){0};
        m.attempt.cleanups = cleanups_order(&s->cleanups, &arena);
    }
    m.attempt.groups = slot_groups(s, &arena);
    int r = sock_send_order(s->monitor.socket.fd, &m, &channel, 1);
    if (r == -EMSGSIZE && ret_why)
        *ret_why = describe_large(s, task, message_size(&m));
    arena_free(&arena);
    return r;
}

/* The order is out: from here on the attempt is listened to. */
void slot_listen(struct slot *s)
{
    outputs_begin(&s->outputs, s->attempt.janitor, s->shared->output_cap, slot_open_file, s);
    const struct limits *l = &s->attempt.task.limits;
    enum phase phase = s->attempt.janitor ? PHASE_CLEANUP : s->owner->first_phase;
    int64_t limit = phase == PHASE_CLEANUP ? s->shared->cleanup_ns : phase == PHASE_SETUP ? l->setup_ns : l->body_ns;
    s->attempt.ordered_ns = clock_mono();
    if (!s->attempt.janitor)
        s->attempt.prepared_ns = s->attempt.ordered_ns - s->attempt.started_ns;
    s->attempt.observed.phase = phase;
    s->attempt.observed.budget_ns = limit;
    slot_set_limit(s, limit == NEVER ? NEVER : s->attempt.ordered_ns + limit);
}

static void begin_to_run(struct slot *s, int channel)
{
    loop_add(s->shared->loop, &s->attempt.channel, channel, EPOLLIN, on_channel, s);
    slot_event(s, SLOT_ORDERED);
}

void slot_send_attempt(struct slot *s)
{
    if (!slot_limit(s)) {
        slot_event(s, SLOT_REFUSE);
        return;
    }
    int channel[2];
    int r = sock_pair(channel);
    if (r < 0) {
        slot_refuse(s, xasprintf("making a socket for an attempt: %s", strerror(-r)));
        return;
    }
    char *why = NULL;
    r = send_order(s, &s->attempt.task, s->outputs.current, channel[1], &why);
    close_fd(channel[1]);
    if (r == 0) {
        begin_to_run(s, channel[0]);
        return;
    }
    close_fd(channel[0]);
    if (r != -EPIPE || !slot_try_another_monitor(s)) /* it died idle, and we have not heard of it yet */
        slot_refuse(s, why ? why : xasprintf("asking the monitor for an attempt: %s", strerror(-r)));
}

/* ---- the next one, prefetched ------------------------------------------------------------------------------------ */

void slot_prefetch(struct slot *s)
{
    struct slot_task task;
    int channel[2];
    bool good = s->attempt.observed.outcome == OUTCOME_PASSED || s->attempt.observed.outcome == OUTCOME_SKIPPED;
    bool simple = good && s->state == SLOT_RUNNING && !s->attempt.janitor && s->cleanups.n == 0 &&
                  s->monitor.socket.fd >= 0 && !s->prefetched.ordered;
    /* Its limits must be looked at before the next one has them. */
    if (!simple || s->attempt.limited || s->stopping || !s->owner->next ||
        !s->owner->next(s->owner_data, s->monitor.plugin, &s->attempt.task, &task))
        return;
    s->prefetched.ordered = true;
    s->prefetched.task = task;
    s->prefetched.channel = -1;
    bool same_monitor = task.limits.containment == s->attempt.task.limits.containment;
    if (slot_is_limited(&task) || !same_monitor || sock_pair(channel) < 0)
        return; /* it is ordered again when its turn comes */
    if (send_order(s, &task, outputs_other(&s->outputs), channel[1], NULL) == 0)
        s->prefetched.channel = channel[0];
    else
        close_fd(channel[0]);
    close_fd(channel[1]);
}

void slot_begin_prefetched(struct slot *s)
{
    struct slot_task task = s->prefetched.task;
    int channel = s->prefetched.channel;
    s->prefetched.ordered = false;
    s->outputs.current = outputs_other(&s->outputs);
    if (channel < 0 || s->monitor.socket.fd < 0) { /* the monitor, and the order with it, is gone */
        close_fd(channel);
        slot_start(s, &task);
    } else {
        slot_begin_task(s, &task);
        begin_to_run(s, channel);
    }
    if (s->stopping)
        slot_interrupt(s, s->stopping > 1);
}
