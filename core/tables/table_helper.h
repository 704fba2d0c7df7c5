/* SPDX-License-Identifier: Apache-2.0 */
/* The process that reads strangers' files for the supervisor, for those who ask it. */
#ifndef MUSTER_TABLES_TABLE_HELPER_H
#define MUSTER_TABLES_TABLE_HELPER_H

#include "base/err.h"
#include "ipc/message.h"

#include <sys/types.h>

struct table_helper {
    pid_t pid; /* 0: none yet */
    int sock;
    int signals;      /* signalfd: waiting ends when it has something to read, which stays unread; -1: none */
    int64_t limit_ns; /* for one file */
};

/* Who takes what it answers, message by message. */
struct table_listener {
    enum message_type type; /* of all of them */
    /* Takes one, and says whether it was the last; false when it makes no sense. */
    bool (*take)(void *user, const struct message *m, bool *ret_last);
    void *user;
};

/* Starts it where it isn't there, asks, and waits for the whole answer. `what` is the file, for messages. -EINVAL: it
 * refuses the file. After any other error it has been ended: -EINTR, -ETIMEDOUT, -EPIPE, -EPROTO. */
int table_helper_ask(struct table_helper *h, const char *what, const struct message *m,
                     const struct table_listener *listener, struct err *err);
/* Ends it; another may be started. */
void table_helper_end(struct table_helper *h);

#endif
