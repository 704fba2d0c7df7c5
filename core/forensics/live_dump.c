/* SPDX-License-Identifier: Apache-2.0 */
/* What a process does right now. */
#include "forensics/live_dump.h"

#include "base/cleanup.h"

enum { FRAMES = 6 };

static void on_stacks(void *data)
{
    struct live_dump *d = data;
    autofree char *text = buf_steal(&d->stacks.text);
    stacks_trim(text);
    d->tell(d->data, text);
}

void live_dump_begin(struct live_dump *d, struct loop *loop, pid_t pid, void (*tell)(void *data, const char *text),
                     void *data)
{
    d->wanted = false;
    d->tell = tell;
    d->data = data;
    stacks_begin(&d->stacks, loop, NULL, &(struct stacks_of){.pid = pid, .max_frames = FRAMES}, on_stacks, d);
}

bool live_dump_cut_short(struct live_dump *d)
{
    bool open = live_dump_running(d) || d->wanted;
    d->wanted = false;
    stacks_cancel(&d->stacks);
    return open;
}

void live_dump_free(struct live_dump *d)
{
    stacks_free(&d->stacks);
}
