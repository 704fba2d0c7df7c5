/* SPDX-License-Identifier: Apache-2.0 */
/* What images are made by of libarchive, loaded when it is first asked for (library.h). `lib->write_new` is
 * archive_write_new, and so on. */
#ifndef MUSTER_KIT_LAZY_LIBARCHIVE_H
#define MUSTER_KIT_LAZY_LIBARCHIVE_H

#include <archive.h>
#include <archive_entry.h>

/* Without "archive_". */
#define LIBARCHIVE_CALLS(X_)                                                                                           \
    X_(entry_clear)                                                                                                    \
    X_(entry_free)                                                                                                     \
    X_(entry_new)                                                                                                      \
    X_(entry_set_filetype)                                                                                             \
    X_(entry_set_pathname)                                                                                             \
    X_(entry_set_perm)                                                                                                 \
    X_(entry_set_size)                                                                                                 \
    X_(error_string)                                                                                                   \
    X_(write_close)                                                                                                    \
    X_(write_data)                                                                                                     \
    X_(write_free)                                                                                                     \
    X_(write_header)                                                                                                   \
    X_(write_new)                                                                                                      \
    X_(write_open_memory)                                                                                              \
    X_(write_set_format_pax_restricted)

struct libarchive {
#define LIBARCHIVE_MEMBER_(name_) __typeof__(archive_##name_) *name_;
    LIBARCHIVE_CALLS(LIBARCHIVE_MEMBER_)
#undef LIBARCHIVE_MEMBER_
};

/* NULL when it can't be had; *ret_why, which stays, says why. From any thread. */
const struct libarchive *lazy_libarchive(const char **ret_why);

#endif
