/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Tables, read by muster-table: a process of the supervisor's that is started for the first file and answers for one
 * after the other. What a stranger's file does to a parser, it does to that process. While the supervisor waits it sees
 * signals, and a limit of time. From the supervisor's thread.
 */
#ifndef MUSTER_TABLES_FETCH_H
#define MUSTER_TABLES_FETCH_H

#include "base/err.h"
#include "plan/catalogue.h"

#include <sys/types.h>

struct table_helper {
    pid_t pid; /* 0: none yet */
    int sock;
    int signals;      /* signalfd: waiting ends when it has something to read, which stays unread; -1: none */
    int64_t limit_ns; /* for one file */
};

/* A table_reader; `helper` is one. Errors besides the file's own, -EINVAL: -EINTR, -ETIMEDOUT, -EPIPE when the helper
 * died, -EPROTO when it said what makes no sense. After these it is ended: the next file gets another. */
int table_fetch(void *helper, const char *what, const struct param_list *params, struct arena *arena,
                struct table_info *ret_table, struct err *err);
/* Ends it; another may be started. */
void table_helper_end(struct table_helper *h);

#endif
