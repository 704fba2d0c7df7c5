/* SPDX-License-Identifier: Apache-2.0 */
/* libpq, loaded when it is first asked for (library.h). `pq->exec` is PQexec, and so on. */
#ifndef MUSTER_KIT_LAZY_LIBPQ_H
#define MUSTER_KIT_LAZY_LIBPQ_H

#include <libpq-fe.h>

/* Without "PQ". */
#define LIBPQ_CALLS(X_)                                                                                                \
    X_(cancel)                                                                                                         \
    X_(clear)                                                                                                          \
    X_(cmdStatus)                                                                                                      \
    X_(cmdTuples)                                                                                                      \
    X_(conninfoFree)                                                                                                   \
    X_(conninfoParse)                                                                                                  \
    X_(connectPoll)                                                                                                    \
    X_(connectStartParams)                                                                                             \
    X_(consumeInput)                                                                                                   \
    X_(db)                                                                                                             \
    X_(errorMessage)                                                                                                   \
    X_(finish)                                                                                                         \
    X_(flush)                                                                                                          \
    X_(fname)                                                                                                          \
    X_(freeCancel)                                                                                                     \
    X_(freemem)                                                                                                        \
    X_(ftype)                                                                                                          \
    X_(getCancel)                                                                                                      \
    X_(getResult)                                                                                                      \
    X_(getisnull)                                                                                                      \
    X_(getlength)                                                                                                      \
    X_(getvalue)                                                                                                       \
    X_(isBusy)                                                                                                         \
    X_(nfields)                                                                                                        \
    X_(ntuples)                                                                                                        \
    X_(resultErrorField)                                                                                               \
    X_(resultErrorMessage)                                                                                             \
    X_(resultStatus)                                                                                                   \
    X_(sendQuery)                                                                                                      \
    X_(sendQueryParams)                                                                                                \
    X_(setErrorVerbosity)                                                                                              \
    X_(setNoticeProcessor)                                                                                             \
    X_(setnonblocking)                                                                                                 \
    X_(socket)                                                                                                         \
    X_(status)                                                                                                         \
    X_(transactionStatus)

struct libpq {
#define LIBPQ_MEMBER_(name_) __typeof__(PQ##name_) *name_;
    LIBPQ_CALLS(LIBPQ_MEMBER_)
#undef LIBPQ_MEMBER_
};

/* NULL when it can't be had; *ret_why, which stays, says why. From any thread. */
const struct libpq *lazy_libpq(const char **ret_why);

#endif
