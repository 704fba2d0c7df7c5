/* SPDX-License-Identifier: Apache-2.0 */
/* The process that reads strangers' files for the supervisor, for those who ask it. */
#ifndef MUSTER_TABLES_TABLE_HELPER_H
#define MUSTER_TABLES_TABLE_HELPER_H

#include "base/buf.h"
#include "base/err.h"
#include "ipc/message.h"

#include <sys/types.h>

struct table_helper {
    pid_t pid; /* 0: none yet */
    int sock;
    int signals;      /* signalfd: waiting ends when it has something to read, which stays unread; -1: none */
    int64_t limit_ns; /* for one file */
};

/* Starts it where it isn't there, and asks. `what` is the file, for messages. */
int table_helper_ask(struct table_helper *h, const char *what, const struct message *m, struct err *err);
/* When it has to have answered what it is asked now. */
int64_t table_helper_deadline(const struct table_helper *h);
/* Waits for one packet of what it says: -EINTR, -ETIMEDOUT, -EPIPE; it is ended then. */
int table_helper_hear(struct table_helper *h, const char *what, int64_t deadline_ns, struct buf *packet,
                      struct err *err);
/* Ends it; another may be started. */
void table_helper_end(struct table_helper *h);

#endif
