/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Descriptors of our own in libwebsockets' loop: signals, stdin, the replicas' sockets.
 *
 * A watch owns its descriptor. `on_readable` is called in the loop whenever there is something to read, or the other
 * side hung up; it returns false to end the watch. watch_close() may be called at any time, also from inside
 * `on_readable`; afterwards nothing is called.
 */
#ifndef TESTBED_WATCH_H
#define TESTBED_WATCH_H

#include "common/testbed.h"

typedef bool watch_fn(int fd, void *payload);

struct watch {
    int fd;
    struct lws *wsi;
    watch_fn *on_readable;
    void *payload;
};

/* NULL when the loop takes no more; fd is closed then. */
struct watch *watch_open(struct testbed *tb, int fd, watch_fn *on_readable, void *payload);
void watch_close(struct watch *w);

/* libwebsockets' protocol of watched descriptors. */
#define WATCH_PROTOCOL "watch"
int watch_callback(struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in, size_t len);

#endif
