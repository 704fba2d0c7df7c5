/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One connection: it reads a request, waits until its work is done, writes the answer, and begins again. Nobody may ask
 * a second time before he was answered.
 */
#ifndef WORKLOAD_CONNECTION_H
#define WORKLOAD_CONNECTION_H

#include "self.h"
#include "work.h"

#include <stddef.h>

#define REQUEST_MAX 16384

enum connection_state { C_READING, C_WORKING, C_WRITING, C_OVER };

struct connection {
    int fd;
    enum connection_state state;
    char in[REQUEST_MAX];
    size_t in_len, request_len; /* the request that is being answered is the first request_len bytes of `in` */
    enum work work;
    int64_t amount, started_ms, burnt_us;
    bool close_after;
    char *out;
    size_t out_len, out_at;
};

/* Takes fd, also when there is no memory: NULL. */
struct connection *connection_new(int fd);
void connection_free(struct connection *c);

/* What poll() is to look for, and what it has found. */
short connection_events(const struct connection *c);
void connection_ready(struct connection *c, const struct self *s, short found);

/* When it has to be looked at next, in ms of the clock; 0: not before its descriptor is ready. */
int64_t connection_wants_time(const struct connection *c);
bool connection_burns(const struct connection *c);
/* Goes on with its work, using `slice_us` of CPU at most; answers when it is done. */
void connection_work(struct connection *c, const struct self *s, int64_t now_ms, int64_t slice_us, bool draining);

bool connection_over(const struct connection *c, bool draining);

#endif
