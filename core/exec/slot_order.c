/* SPDX-License-Identifier: Apache-2.0 */
/* What a monitor is asked for: the order of an attempt, or of a janitor; the same ahead, before the running one has
 * ended. */
#include "base/clock.h"
#include "exec/fixture_set.h"
#include "exec/slot.h"
#include "ipc/sock.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

static void on_words(struct source *source, uint32_t events)
{
    enum { MESSAGES_A_TURN = 64 }; /* one that babbles must not starve the others */
    (void)events;
    slot_hear(source->data, MESSAGES_A_TURN);
}

static uint64_t budget(int64_t limit_ns)
{
    return limit_ns == NEVER ? 0 : (uint64_t)limit_ns;
}

/* The janitor's orders: newest first, since that is the order to undo in. As many as fit into a packet: the next
 * janitor gets the rest. */
static struct message_list janitor_orders(struct slot *s, struct arena *arena)
{
    enum { ORDERS_MOST = MESSAGE_PACKET_MAX / 2, LENGTHS_AND_ID = 32 };
    size_t size = 0;
    struct message_list list = {.items = arena_alloc(arena, s->n_pending * 3 * sizeof *list.items + 1)};
    for (size_t i = s->n_pending; i-- > 0;) {
        size += strlen(s->pending[i].name) + strlen(s->pending[i].payload) + LENGTHS_AND_ID;
        if (size > ORDERS_MOST && list.n > 0)
            break;
        char id[16];
        snprintf(id, sizeof id, "%u", s->pending[i].id);
        list.items[list.n++] = arena_strdup(arena, id);
        list.items[list.n++] = s->pending[i].name;
        list.items[list.n++] = s->pending[i].payload;
    }
    return list;
}

static int send_order(struct slot *s, const struct slot_task *task, uint32_t lane, int words)
{
    const struct limits *l = &task->limits;
    struct arena arena = {0};
    struct message m = {.type = MSG_ATTEMPT,
                        .attempt = {.scenario = s->janitor ? UINT32_MAX : task->scenario,
                                    .fixture = UINT32_MAX,
                                    .attempt = task->attempt,
                                    .lane = lane,
                                    .pause_at_start = pause_wanted(s, PAUSE_START),
                                    .pause_on_failure = pause_wanted(s, PAUSE_FAILED),
                                    .case_id = task->case_id,
                                    .setup_ns = budget(l->setup_ns),
                                    .body_ns = budget(l->body_ns),
                                    .teardown_ns = budget(l->teardown_ns),
                                    .cleanup_ns = budget(s->shared->cleanup_ns),
                                    .keep = s->shared->keep}};
    if (task->fixture)
        fixture_order(task->fixture, &arena, &m.attempt);
    else if (s->shared->fixtures)
        fixtures_order(s->shared->fixtures, task, &arena, &m.attempt);
    if (s->janitor) { /* which undoes things in services that are still up */
        m.attempt.scenario = m.attempt.fixture = UINT32_MAX;
        m.attempt.local_fixtures = (struct message_list){0};
        m.attempt.cleanups = janitor_orders(s, &arena);
    } else if (!task->fixture) {
        m.attempt.values = (struct message_list){(const char **)(uintptr_t)task->values, task->n_values};
    }
    m.attempt.groups = slot_groups(s, &arena);
    int r = sock_send_message(s->monitor.fd, &m, &words, 1);
    arena_free(&arena);
    return r;
}

/* The order is out: from here on the attempt is listened to. */
static void be_running(struct slot *s, int words)
{
    loop_add(s->shared->loop, &s->words, words, EPOLLIN, on_words, s);
    struct slot_outputs *to = slot_outputs(s);
    uint64_t cap = s->shared->output_cap;
    capture_begin(&to->out, s->janitor ? "cleanup-stdout.log" : "stdout.log", cap, slot_attempt_dir, s);
    capture_begin(&to->err, s->janitor ? "cleanup-stderr.log" : "stderr.log", cap, slot_attempt_dir, s);
    int64_t limit = s->janitor        ? s->shared->cleanup_ns
                    : s->task.fixture ? s->task.limits.setup_ns
                                      : s->task.limits.body_ns;
    s->state = SLOT_RUNNING;
    s->begun_ns = clock_mono();
    if (!s->janitor)
        s->prepared_ns = s->begun_ns - s->started_ns;
    s->seen.phase = s->janitor ? PHASE_CLEANUP : s->task.fixture ? PHASE_SETUP : PHASE_BODY;
    s->seen.budget_ns = limit;
    s->deadline_ns = limit == NEVER ? NEVER : s->begun_ns + limit;
}

void slot_send_attempt(struct slot *s)
{
    if (!slot_limit(s)) {
        s->state = SLOT_KILLED; /* swept at the next tick: who starts it does not expect its end before it returns */
        s->deadline_ns = clock_mono();
        return;
    }
    int words[2];
    int r = sock_pair(words);
    if (r < 0) {
        slot_fail(s, xasprintf("making a socket for an attempt: %s", strerror(-r)));
        return;
    }
    r = send_order(s, &s->task, s->lane, words[1]);
    close(words[1]);
    if (r == -EPIPE && slot_try_another_monitor(s)) { /* it died idle, and we have not heard of it yet */
        close(words[0]);
        return;
    }
    be_running(s, words[0]);
    if (r < 0)
        slot_fail(s, xasprintf("asking the monitor for an attempt: %s", strerror(-r)));
}

/* ---- the next one, ahead ------------------------------------------------------------------------------------ */

void slot_order_ahead(struct slot *s)
{
    struct slot_task task;
    int words[2];
    bool good = s->seen.outcome == OUTCOME_PASSED || s->seen.outcome == OUTCOME_SKIPPED;
    bool simple = good && s->state == SLOT_RUNNING && !s->janitor && !s->task.fixture && s->n_pending == 0 &&
                  s->monitor.fd >= 0 && !s->ahead.ordered;
    /* What this one left in the folder, or its limits, must be looked at before the next one has them. */
    bool looked_at = s->limited || leaks_look_for_files(s->shared->leaks);
    if (!simple || looked_at || s->stopping ||
        !s->shared->next_ahead(s->ended_data, s->monitor_plugin, &s->task, &task))
        return;
    s->ahead.ordered = true;
    s->ahead.task = task;
    s->ahead.words = -1;
    if (slot_is_limited(&task) || sock_pair(words) < 0)
        return; /* it is ordered again when its turn comes */
    if (send_order(s, &task, (s->lane + 1) % OUTPUT_LANES, words[1]) == 0)
        s->ahead.words = words[0];
    else
        close(words[0]);
    close(words[1]);
}

void slot_begin_ahead(struct slot *s)
{
    struct slot_task task = s->ahead.task;
    int words = s->ahead.words;
    s->ahead.ordered = false;
    s->lane = (s->lane + 1) % OUTPUT_LANES;
    if (words < 0 || s->monitor.fd < 0) { /* the monitor, and the order with it, is gone */
        if (words >= 0)
            close(words);
        slot_start(s, &task);
    } else {
        slot_begin_task(s, &task);
        be_running(s, words);
    }
    if (s->stopping)
        slot_interrupt(s, s->stopping > 1);
}
