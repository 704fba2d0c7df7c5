/* SPDX-License-Identifier: Apache-2.0 */
/* What runs right now. */
#include "exec/status_dump.h"

#include "base/pids.h"
#include "exec/slot_state.h"

static void tell(void *slot, const char *text)
{
    struct slot *s = slot;
    int pidfd = slot_attempt_pidfd(s);
    slot_news(s, &(struct slot_news){.kind = NEWS_RUNNING, .pid = pidfd < 0 ? 0 : pidfd_pid(pidfd), .text = text});
}

static void look_at(struct slot *s)
{
    struct live_dump *dump = &s->forensics.live_dump;
    if (live_dump_running(dump))
        return;
    int pidfd = slot_attempt_pidfd(s);
    dump->wanted = pidfd < 0 && s->state == SLOT_RUNNING; /* a monitor tells of it after a millisecond */
    if (dump->wanted)
        return;
    pid_t pid = pidfd < 0 || stacks_running(&s->forensics.stacks) || s->forensics.debugger > 0 ? 0 : pidfd_pid(pidfd);
    if (pid > 0)
        live_dump_begin(dump, s->shared->loop, pid, tell, s);
    else
        tell(s, "");
}

void status_dump_show(struct slot_shared *shared)
{
    unsigned running = 0;
    for (unsigned k = 0; k < shared->n_slots; k++) {
        if (shared->slots[k]->state == SLOT_IDLE)
            continue;
        running++;
        look_at(shared->slots[k]);
    }
    if (running == 0)
        shared->news(shared->news_data, &(struct slot_news){.kind = NEWS_NOTHING});
}

void status_dump_started(struct slot *s)
{
    if (s->forensics.live_dump.wanted)
        look_at(s);
}

void status_dump_cut_short(struct slot *s)
{
    if (live_dump_cut_short(&s->forensics.live_dump))
        tell(s, "");
}
