/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Readers: processes that describe one plugin after the other, for verbs that run nothing. A fork for each plugin would
 * cost as much as loading it. What goes wrong in a reader that had a plugin before proves nothing: that plugin is
 * loaded again, in a process of its own, before it is refused.
 */
#ifndef MUSTER_DISCOVER_READERS_H
#define MUSTER_DISCOVER_READERS_H

#include "base/err.h"
#include "discover/zygote.h"

#include <stdbool.h>
#include <stdint.h>

/* Numbers of readers lie beyond those of hosts, and no two in a run have the same: their ends are told by number. */
enum { READERS_MAX = 8, READER_PLUGINS_MAX = 64, READERS_FIRST = 0x100ff00 };

struct host;

struct reader {
    int sock;          /* -1: not alive */
    uint32_t number;   /* the zygote's, beyond those of hosts */
    uint32_t plugins;  /* described so far */
    struct host *host; /* what it is at; NULL: idle */
};

struct readers {
    const struct zygote *zygote;
    struct reader items[READERS_MAX];
    uint32_t next_number;
};

void readers_init(struct readers *r, const struct zygote *zygote);
/* Lets all go; others may be started. */
void readers_free(struct readers *r);
/* Gives the plugin to an idle reader, a new one if need be. */
int readers_start(struct readers *r, struct host *host, const struct msg_host_spawn *spec, int sock, int output,
                  struct reader **ret_reader, struct err *err);
/* It has done with its plugin; `again`: it may have another. */
void readers_done(struct reader *reader, bool again);
/* The reader that the zygote knows by this number; NULL. */
struct reader *readers_find(struct readers *r, uint32_t number);

#endif
