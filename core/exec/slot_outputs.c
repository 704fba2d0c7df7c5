/* SPDX-License-Identifier: Apache-2.0 */
/* The pipes that a slot's attempts print to. */
#include "exec/slot_outputs.h"

#include "ipc/sock.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/epoll.h>
#include <unistd.h>

void outputs_init(struct slot_outputs *o)
{
    const struct capture none = {.source = SOURCE_INIT, .file = -1};
    *o = (struct slot_outputs){.sets = {{none, none, SOURCE_INIT}, {none, none, SOURCE_INIT}}};
}

void outputs_part(struct slot_outputs *o)
{
    for (size_t i = 0; o->loop && i < ENDS_SETS; i++)
        loop_remove(o->loop, &o->sets[i].channel);
}

bool outputs_are_whole(const struct slot_outputs *o)
{
    return o->sets[0].channel.fd >= 0 && o->sets[1].channel.fd >= 0;
}

void outputs_free(struct slot_outputs *o)
{
    outputs_part(o);
    for (size_t i = 0; i < ENDS_SETS; i++) {
        capture_free(&o->sets[i].out);
        capture_free(&o->sets[i].err);
    }
}

static int duplicate_own(int ret_theirs[2])
{
    for (int i = 0; i < 2; i++) {
        ret_theirs[i] = fcntl(STDOUT_FILENO + i, F_DUPFD_CLOEXEC, 0);
        if (ret_theirs[i] < 0)
            return -errno;
    }
    return 0;
}

static int open_pipes(struct ends *e, struct loop *loop, int ret_theirs[2])
{
    int r = capture_open(&e->out, loop, &ret_theirs[0]);
    return r < 0 ? r : capture_open(&e->err, loop, &ret_theirs[1]);
}

int outputs_open(struct slot_outputs *o, struct loop *loop, bool no_capture,
                 void (*hear)(struct source *source, uint32_t events), void *data, int ret_theirs[ENDS_FDS])
{
    o->loop = loop;
    outputs_part(o);
    for (size_t i = 0; i < ENDS_SETS; i++) {
        int *theirs = ret_theirs + ENDS_OF_A_SET * i;
        int pair[2];
        int r = no_capture ? duplicate_own(theirs) : open_pipes(&o->sets[i], loop, theirs);
        if (r == 0)
            r = sock_pair(pair);
        if (r < 0)
            return r;
        theirs[2] = pair[1];
        loop_add(loop, &o->sets[i].channel, pair[0], EPOLLIN, hear, data);
    }
    return 0;
}

void outputs_begin(struct slot_outputs *o, bool janitor, const struct secrets *secrets, uint64_t cap,
                   int (*open)(void *data, const char *name), void *data)
{
    struct ends *p = outputs_current(o);
    capture_begin(&p->out, janitor ? "cleanup-stdout.log" : "stdout.log", secrets, cap, open, data);
    capture_begin(&p->err, janitor ? "cleanup-stderr.log" : "stderr.log", secrets, cap, open, data);
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
