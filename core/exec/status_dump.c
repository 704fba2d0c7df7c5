/* SPDX-License-Identifier: Apache-2.0 */
/* What runs right now. */
#include "exec/status_dump.h"

#include "base/cleanup.h"
#include "exec/slot_state.h"

#include <stdlib.h>
#include <string.h>

enum { FRAMES = 6 };

static void tell(struct slot *s, const char *text)
{
    int pidfd = slot_attempt_pidfd(s);
    slot_news(s, &(struct slot_news){.kind = NEWS_RUNNING, .pid = pidfd < 0 ? 0 : slot_pid_of(pidfd), .text = text});
}

/* What follows the stacks (open files, the environment) is too much for a live_dump. */
static void on_stacks(void *data)
{
    struct slot *s = data;
    autofree char *text = buf_steal(&s->forensics.live_dump.text);
    char *rest = strstr(text, "files:\n");
    if (rest && (rest == text || rest[-1] == '\n'))
        *rest = '\0';
    tell(s, text);
}

static void look_at(struct slot *s)
{
    if (stacks_running(&s->forensics.live_dump))
        return;
    int pidfd = slot_attempt_pidfd(s);
    s->forensics.live_dump_wanted =
        pidfd < 0 && s->state == SLOT_RUNNING; /* a monitor tells of it after a millisecond */
    if (s->forensics.live_dump_wanted)
        return;
    pid_t pid = pidfd < 0 || stacks_running(&s->forensics.stacks) || s->forensics.debugger > 0 ? 0 : slot_pid_of(pidfd);
    if (pid > 0)
        stacks_begin(&s->forensics.live_dump, s->shared->loop, &(struct stacks_of){.pid = pid, .max_frames = FRAMES},
                     on_stacks, s);
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
    if (s->forensics.live_dump_wanted)
        look_at(s);
}

void status_dump_cut_short(struct slot *s)
{
    if (!stacks_running(&s->forensics.live_dump) && !s->forensics.live_dump_wanted)
        return;
    s->forensics.live_dump_wanted = false;
    stacks_cancel(&s->forensics.live_dump);
    tell(s, "");
}
