/* SPDX-License-Identifier: Apache-2.0 */
/*
 * SQLite, loaded when it is first needed: a start that needs none doesn't pay for it. Calls go through the table, which
 * SQLite's own header types.
 */
#ifndef MUSTER_RECORD_SQLITE_LIB_H
#define MUSTER_RECORD_SQLITE_LIB_H

#include "base/err.h"

#include <sqlite3.h>

#define SQLITE_CALLS(X)                                                                                                \
    X(sqlite3_open_v2)                                                                                                 \
    X(sqlite3_close_v2)                                                                                                \
    X(sqlite3_busy_timeout)                                                                                            \
    X(sqlite3_exec)                                                                                                    \
    X(sqlite3_errmsg)                                                                                                  \
    X(sqlite3_prepare_v2)                                                                                              \
    X(sqlite3_bind_text)                                                                                               \
    X(sqlite3_bind_int64)                                                                                              \
    X(sqlite3_bind_double)                                                                                             \
    X(sqlite3_step)                                                                                                    \
    X(sqlite3_reset)                                                                                                   \
    X(sqlite3_finalize)                                                                                                \
    X(sqlite3_column_text)                                                                                             \
    X(sqlite3_column_int64)                                                                                            \
    X(sqlite3_column_double)

#define SQLITE_MEMBER(name) __typeof__(name) *name;
struct sqlite_lib {
    void *library;
    SQLITE_CALLS(SQLITE_MEMBER)
};

/* -ENOSYS when there is none. The table is constant from then on. */
int sqlite_load(const struct sqlite_lib **ret_lib, struct err *err);

#endif
