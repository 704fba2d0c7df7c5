/* SPDX-License-Identifier: Apache-2.0 */
/* The pipes that a slot's attempts print to. */
#include "exec/slot_outputs.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

void outputs_init(struct slot_outputs *o)
{
    const struct capture none = {.source = SOURCE_INIT, .file = -1};
    *o = (struct slot_outputs){.pairs = {{none, none}, {none, none}}};
}

void outputs_free(struct slot_outputs *o)
{
    for (size_t i = 0; i < PIPE_PAIRS; i++) {
        capture_close(&o->pairs[i].out);
        capture_close(&o->pairs[i].err);
        buf_free(&o->pairs[i].out.tail);
        buf_free(&o->pairs[i].err.tail);
    }
}

static int duplicate_own(int ret_writers[OUTPUT_FDS])
{
    for (size_t i = 0; i < OUTPUT_FDS; i++) {
        ret_writers[i] = fcntl(i % 2 ? STDERR_FILENO : STDOUT_FILENO, F_DUPFD_CLOEXEC, 0);
        if (ret_writers[i] < 0)
            return -errno;
    }
    return 0;
}

int outputs_open(struct slot_outputs *o, struct loop *loop, bool no_capture, int ret_writers[OUTPUT_FDS])
{
    if (no_capture)
        return duplicate_own(ret_writers);
    int r = 0;
    for (size_t i = 0; r == 0 && i < PIPE_PAIRS; i++) {
        r = capture_open(&o->pairs[i].out, loop, &ret_writers[2 * i]);
        if (r == 0)
            r = capture_open(&o->pairs[i].err, loop, &ret_writers[2 * i + 1]);
    }
    return r;
}

void outputs_begin(struct slot_outputs *o, bool janitor, uint64_t cap, int (*open)(void *data, const char *name),
                   void *data)
{
    struct pipe_pair *p = outputs_current(o);
    capture_begin(&p->out, janitor ? "cleanup-stdout.log" : "stdout.log", cap, open, data);
    capture_begin(&p->err, janitor ? "cleanup-stderr.log" : "stderr.log", cap, open, data);
}

void outputs_watch(struct slot_outputs *o)
{
    capture_watch(&outputs_current(o)->out);
    capture_watch(&outputs_current(o)->err);
}

void outputs_end(struct slot_outputs *o)
{
    capture_end(&outputs_current(o)->out);
    capture_end(&outputs_current(o)->err);
}
