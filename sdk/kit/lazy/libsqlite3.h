/* SPDX-License-Identifier: Apache-2.0 */
/* SQLite, loaded when it is first asked for (library.h). `lite->step` is sqlite3_step, and so on. */
#ifndef MUSTER_KIT_LAZY_LIBSQLITE3_H
#define MUSTER_KIT_LAZY_LIBSQLITE3_H

#include <sqlite3.h>

/* Without "sqlite3_". */
#define LIBSQLITE3_CALLS(X_)                                                                                           \
    X_(bind_double)                                                                                                    \
    X_(bind_int64)                                                                                                     \
    X_(bind_null)                                                                                                      \
    X_(bind_parameter_count)                                                                                           \
    X_(bind_parameter_name)                                                                                            \
    X_(bind_text)                                                                                                      \
    X_(busy_timeout)                                                                                                   \
    X_(changes)                                                                                                        \
    X_(close)                                                                                                          \
    X_(column_blob)                                                                                                    \
    X_(column_bytes)                                                                                                   \
    X_(column_count)                                                                                                   \
    X_(column_name)                                                                                                    \
    X_(column_text)                                                                                                    \
    X_(column_type)                                                                                                    \
    X_(errmsg)                                                                                                         \
    X_(errstr)                                                                                                         \
    X_(exec)                                                                                                           \
    X_(extended_errcode)                                                                                               \
    X_(extended_result_codes)                                                                                          \
    X_(finalize)                                                                                                       \
    X_(get_autocommit)                                                                                                 \
    X_(open_v2)                                                                                                        \
    X_(prepare_v2)                                                                                                     \
    X_(progress_handler)                                                                                               \
    X_(step)                                                                                                           \
    X_(total_changes)

struct libsqlite3 {
#define LIBSQLITE3_MEMBER_(name_) __typeof__(sqlite3_##name_) *name_;
    LIBSQLITE3_CALLS(LIBSQLITE3_MEMBER_)
#undef LIBSQLITE3_MEMBER_
};

/* NULL when it can't be had; *ret_why, which stays, says why. From any thread. */
const struct libsqlite3 *lazy_libsqlite3(const char **ret_why);

#endif
