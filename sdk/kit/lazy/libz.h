/* SPDX-License-Identifier: Apache-2.0 */
/* What permessage-deflate takes of zlib, loaded when it is first asked for (library.h). */
#ifndef MUSTER_KIT_LAZY_LIBZ_H
#define MUSTER_KIT_LAZY_LIBZ_H

#include <zlib.h>

#define LIBZ_CALLS(X_)                                                                                                 \
    X_(deflate)                                                                                                        \
    X_(deflateEnd)                                                                                                     \
    X_(deflateInit2_)                                                                                                  \
    X_(deflateReset)                                                                                                   \
    X_(inflate)                                                                                                        \
    X_(inflateEnd)                                                                                                     \
    X_(inflateInit2_)                                                                                                  \
    X_(inflateReset)

struct libz {
#define LIBZ_MEMBER_(name_) __typeof__(name_) *name_;
    LIBZ_CALLS(LIBZ_MEMBER_)
#undef LIBZ_MEMBER_
};

/* NULL when it can't be had; *ret_why, which stays, says why. From any thread. */
const struct libz *lazy_libz(const char **ret_why);

#endif
