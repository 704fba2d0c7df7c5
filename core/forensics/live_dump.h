/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a process does right now, for a person who asks: its stacks, a few frames of each. Nothing waits for it: who
 * needs the process's threads for something else cuts it short, and what was asked is answered without.
 */
#ifndef MUSTER_FORENSICS_LIVE_DUMP_H
#define MUSTER_FORENSICS_LIVE_DUMP_H

#include "forensics/stacks.h"

#include <stdbool.h>

struct live_dump {
    struct stacks stacks;
    bool wanted; /* of a process that is not known yet: whoever asked asks again when it is */
    /* Once for each that was begun. `text`: "" where nothing could be read. Valid during the call. */
    void (*tell)(void *data, const char *text);
    void *data;
};

#define LIVE_DUMP_INIT                                                                                                 \
    {                                                                                                                  \
        .stacks = {.output = SOURCE_INIT }                                                                             \
    }

static inline bool live_dump_running(const struct live_dump *d)
{
    return stacks_running(&d->stacks);
}
/* Not while one runs. */
void live_dump_begin(struct live_dump *d, struct loop *loop, pid_t pid, void (*tell)(void *data, const char *text),
                     void *data);
/* Ends it without telling. True when something was asked that has not been answered. */
bool live_dump_cut_short(struct live_dump *d);
void live_dump_free(struct live_dump *d);

#endif
