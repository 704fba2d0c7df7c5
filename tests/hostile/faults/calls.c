/* SPDX-License-Identifier: Apache-2.0 */
#include "calls.h"

#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/syscall.h>

static int creates(const uint64_t args[6])
{
    return (args[2] & (O_CREAT | __O_TMPFILE)) != 0;
}

static int opens(const uint64_t args[6])
{
    return !creates(args);
}

/* To take one out fails for none of these. */
static int watches(const uint64_t args[6])
{
    return args[1] == EPOLL_CTL_ADD;
}

static int duplicates(const uint64_t args[6])
{
    return args[1] == F_DUPFD || args[1] == F_DUPFD_CLOEXEC;
}

/* A name may stand here twice: the first that is meant counts. Not here: close(), whose errors mean that it is closed
 * all the same; brk(), for which the allocator takes mmap(); and what can only be used wrongly. */
const struct call calls[] = {
    {"openat", SYS_openat, {EMFILE, ENFILE, ENOMEM, EIO}, opens},
    {"create", SYS_openat, {EMFILE, ENOSPC, EIO}, creates},
    {"pipe2", SYS_pipe2, {EMFILE, ENFILE}, NULL},
    {"socketpair", SYS_socketpair, {EMFILE, ENFILE, ENOMEM}, NULL},
    {"epoll_create1", SYS_epoll_create1, {EMFILE, ENFILE, ENOMEM}, NULL},
    {"epoll_ctl", SYS_epoll_ctl, {ENOSPC, ENOMEM}, watches},
    {"signalfd4", SYS_signalfd4, {EMFILE, ENFILE, ENOMEM}, NULL},
    {"timerfd_create", SYS_timerfd_create, {EMFILE, ENFILE, ENOMEM}, NULL},
    {"eventfd2", SYS_eventfd2, {EMFILE, ENFILE, ENOMEM}, NULL},
    {"memfd_create", SYS_memfd_create, {EMFILE, ENFILE, ENOMEM}, NULL},
    {"pidfd_open", SYS_pidfd_open, {EMFILE, ENFILE, ENOMEM}, NULL},
    {"dup", SYS_dup, {EMFILE}, NULL},
    {"dupfd", SYS_fcntl, {EMFILE}, duplicates},
    {"clone", SYS_clone, {EAGAIN, ENOMEM}, NULL},
    {"clone3", SYS_clone3, {EAGAIN, ENOMEM}, NULL},
#ifdef SYS_fork
    {"fork", SYS_fork, {EAGAIN, ENOMEM}, NULL},
    {"vfork", SYS_vfork, {EAGAIN, ENOMEM}, NULL},
    {"open", SYS_open, {EMFILE, ENFILE, ENOMEM}, NULL},
    {"mkdir", SYS_mkdir, {ENOSPC, EIO}, NULL},
    {"rmdir", SYS_rmdir, {EIO}, NULL},
    {"unlink", SYS_unlink, {EIO}, NULL},
    {"rename", SYS_rename, {ENOSPC, EIO}, NULL},
    {"symlink", SYS_symlink, {ENOSPC, EIO}, NULL},
    {"readlink", SYS_readlink, {EIO, ENOMEM}, NULL},
#endif
    {"execve", SYS_execve, {ENOMEM, EMFILE, EAGAIN}, NULL},
    {"mmap", SYS_mmap, {ENOMEM}, NULL},
    {"mprotect", SYS_mprotect, {ENOMEM}, NULL},
    {"mremap", SYS_mremap, {ENOMEM}, NULL},
    {"read", SYS_read, {EIO}, NULL},
    {"pread64", SYS_pread64, {EIO}, NULL},
    {"write", SYS_write, {ENOSPC, EIO}, NULL},
    {"writev", SYS_writev, {ENOSPC, EIO}, NULL},
    {"pwrite64", SYS_pwrite64, {ENOSPC, EIO}, NULL},
    {"sendfile", SYS_sendfile, {ENOSPC, EIO}, NULL},
    {"copy_file_range", SYS_copy_file_range, {ENOSPC, EIO}, NULL},
    {"fsync", SYS_fsync, {EIO, ENOSPC}, NULL},
    {"fdatasync", SYS_fdatasync, {EIO, ENOSPC}, NULL},
    {"ftruncate", SYS_ftruncate, {ENOSPC, EIO}, NULL},
    {"getdents64", SYS_getdents64, {EIO, ENOMEM}, NULL},
    {"newfstatat", SYS_newfstatat, {ENOMEM, EIO}, NULL},
    {"statx", SYS_statx, {ENOMEM, EIO}, NULL},
    {"fchmod", SYS_fchmod, {EIO}, NULL},
    {"mkdirat", SYS_mkdirat, {ENOSPC, EIO}, NULL},
    {"unlinkat", SYS_unlinkat, {EIO, ENOMEM}, NULL},
    {"renameat", SYS_renameat, {ENOSPC, EIO}, NULL},
    {"renameat2", SYS_renameat2, {ENOSPC, EIO}, NULL},
    {"linkat", SYS_linkat, {ENOSPC, EIO}, NULL},
    {"symlinkat", SYS_symlinkat, {ENOSPC, EIO}, NULL},
    {"readlinkat", SYS_readlinkat, {EIO, ENOMEM}, NULL},
    {"chdir", SYS_chdir, {ENOMEM, EIO}, NULL},
    {"sendmsg", SYS_sendmsg, {ENOBUFS, ENOMEM}, NULL},
    {"recvmsg", SYS_recvmsg, {EMFILE, ENOMEM}, NULL}, /* the former: what came with the packet is lost on the way */
    {"wait4", SYS_wait4, {ECHILD}, NULL},
    {"waitid", SYS_waitid, {ECHILD}, NULL},
    {"poll", SYS_poll, {ENOMEM}, NULL},
    {"ppoll", SYS_ppoll, {ENOMEM}, NULL},
    {"epoll_wait", SYS_epoll_wait, {EINTR}, NULL},
    {"epoll_pwait2", SYS_epoll_pwait2, {EINTR}, NULL},
    {NULL, -1, {0}, NULL},
};

const struct call *call_find(long number, const uint64_t args[6])
{
    for (const struct call *c = calls; c->name; c++)
        if (c->number == number && (!c->is_meant || c->is_meant(args)))
            return c;
    return NULL;
}

const struct call *call_named(const char *name)
{
    for (const struct call *c = calls; c->name; c++)
        if (strcmp(c->name, name) == 0)
            return c;
    return NULL;
}

int error_number(const char *name)
{
    enum { ERRORS_MOST = 200 };
    for (int e = 1; e < ERRORS_MOST; e++)
        if (strerrorname_np(e) && strcmp(strerrorname_np(e), name) == 0)
            return e;
    return 0;
}
