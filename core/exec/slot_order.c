/* SPDX-License-Identifier: Apache-2.0 */
/* What a monitor is asked for. */
#include "exec/slot_order.h"

#include "base/clock.h"
#include "exec/pause.h"
#include "exec/slot_limits.h"
#include "exec/slot_state.h"
#include "ipc/sock.h"

#include <errno.h>

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

uint32_t slot_next_serial(struct slot *s)
{
    if (++s->monitor.serial == 0) /* which means that there is none */
        s->monitor.serial = 1;
    return s->monitor.serial;
}

int slot_send_order(struct slot *s, const struct slot_order *order, char **ret_why)
{
    const struct slot_task *task = order->task;
    const struct limits *l = &task->limits;
    struct arena arena = {0};
    struct message m = {.type = MSG_ATTEMPT,
                        .attempt = {.scenario = s->attempt.janitor ? UINT32_MAX : task->scenario,
                                    .fixture = UINT32_MAX,
                                    .attempt = task->attempt,
                                    .serial = order->serial,
                                    .after = order->after,
                                    .early = order->early,
                                    .ends = order->ends,
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
    int r = sock_send_order(s->monitor.socket.fd, &m, NULL, 0);
    if (r == -EMSGSIZE && ret_why)
        *ret_why = describe_large(s, task, message_size(&m));
    arena_free(&arena);
    return r;
}
