/* SPDX-License-Identifier: Apache-2.0 */
/* An attempt ordered ahead. */
#include "exec/slot_prefetch.h"

#include "base/cleanup.h"
#include "exec/slot_limits.h"
#include "exec/slot_order.h"
#include "exec/slot_state.h"
#include "ipc/sock.h"

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
    if (slot_send_order(s, &task, outputs_other(&s->outputs), channel[1], NULL) == 0)
        s->prefetched.channel = channel[0];
    else
        close_fd(channel[0]);
    close_fd(channel[1]);
}
