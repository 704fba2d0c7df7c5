/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Ownership of locals.
 *
 * A local that owns something carries one of these attributes and is released when its scope ends;
 * ownership leaves by steal_fd() and steal_ptr(). Every release preserves errno, so that a function
 * may return -errno after its locals are gone.
 */
#ifndef MUSTER_BASE_CLEANUP_H
#define MUSTER_BASE_CLEANUP_H

#include <assert.h>
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define autofree     __attribute__((cleanup(cleanup_free)))
#define autoclose    __attribute__((cleanup(cleanup_close)))
#define autofclose   __attribute__((cleanup(cleanup_fclose)))
#define autoclosedir __attribute__((cleanup(cleanup_closedir)))

static inline void cleanup_free(void *p)
{
    free(*(void **)p);
}

/* Negative: there is nothing to close. Who closes a descriptor that is not open closes somebody else's on another day:
 * builds for debugging end there. What a plugin may have closed before is closed by close(). */
static inline void close_fd(int fd)
{
    if (fd < 0)
        return;
    int saved = errno;
    if (close(fd) < 0 && errno == EBADF)
        assert(!"a descriptor was closed twice");
    errno = saved;
}

static inline void cleanup_close(const int *fd)
{
    close_fd(*fd);
}

static inline void cleanup_fclose(FILE **f)
{
    if (*f) {
        int saved = errno;
        fclose(*f);
        errno = saved;
    }
}

static inline void cleanup_closedir(DIR **d)
{
    if (*d) {
        int saved = errno;
        closedir(*d);
        errno = saved;
    }
}

static inline int steal_fd(int *fd)
{
    int taken = *fd;
    *fd = -1;
    return taken;
}

static inline void *steal_ptr_impl(void *pp)
{
    void *taken = *(void **)pp;
    *(void **)pp = NULL;
    return taken;
}
#define steal_ptr(pp) ((__typeof__(*(pp)))steal_ptr_impl(pp))

#endif
