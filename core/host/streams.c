/* SPDX-License-Identifier: Apache-2.0 */
/* What an attempt has printed, at its end. */
#include "host/streams.h"

#include "host/attempt_state.h"

#include <stdio.h>

/* The head of stdio's list of streams (exported by glibc): it changes when one is opened. */
extern const void *_IO_list_all __attribute__((weak));

static const void *list_of_streams(void)
{
    return &_IO_list_all ? _IO_list_all : NULL;
}

void attempt_note_streams(void)
{
    attempt.streams = list_of_streams();
}

/* A thread that was left behind may hold a stream for good. */
static void flush_if_free(FILE *stream)
{
    if (ftrylockfile(stream) != 0)
        return;
    fflush_unlocked(stream);
    funlockfile(stream);
}

void attempt_flush_outputs(void)
{
    flush_if_free(stdout);
    flush_if_free(stderr);
}

/* What __fpending() says, without a call into a page that most attempts need for nothing else. */
static bool has_more(const FILE *stream)
{
    return stream->_IO_write_ptr > stream->_IO_write_base;
}

/* _exit() does not flush. Most attempts have printed nothing and opened no stream: they do not touch stdio's pages. */
void attempt_flush(void)
{
    bool opened = !list_of_streams() || list_of_streams() != attempt.streams;
    if (attempt.n_late > 0)
        attempt_flush_outputs();
    else if (opened || has_more(stdout) || has_more(stderr))
        fflush(NULL);
}
