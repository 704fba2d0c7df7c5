/* SPDX-License-Identifier: Apache-2.0 */
/* A folder that is looked into, renewed, or set aside. */
#include "slotdir/folder.h"

#include "base/cleanup.h"
#include "base/io.h"
#include "base/mem.h"
#include "base/remove_tree.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <unistd.h>

enum {
    STEPS_AT_ONCE = 200, /* of a removal: below some milliseconds */
    NAMES_MAX = 1000,    /* that are tried for one aside */
};

/* Removed: -ENOENT, which is no emptiness either. */
static bool has_entries(int fd)
{
    enum { DOT_AND_DOTDOT = 48 }; /* bytes of the two in getdents64 */
    char entries[512];            /* one name more is enough */
    return lseek(fd, 0, SEEK_SET) < 0 || syscall(SYS_getdents64, fd, entries, sizeof entries) != DOT_AND_DOTDOT;
}

bool folder_is_used(const struct folder *f)
{
    const uint64_t closed = STATX_ATTR_IMMUTABLE | STATX_ATTR_APPEND;
    struct statx st;
    return !f->is_there ||
           statx(AT_FDCWD, f->path, AT_SYMLINK_NOFOLLOW, STATX_TYPE | STATX_MODE | STATX_INO, &st) < 0 ||
           st.stx_mode != (S_IFDIR | 0700) || st.stx_ino != f->ino ||
           makedev(st.stx_dev_major, st.stx_dev_minor) != f->dev || (st.stx_attributes & closed) || has_entries(f->fd);
}

bool folder_holds_something(const char *path)
{
    struct stat st;
    if (lstat(path, &st) < 0)
        return errno != ENOENT;
    autoclose int fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    return fd < 0 || st.st_mode != (S_IFDIR | 0700) || has_entries(fd);
}

/* Beside itself: to move a folder into another one takes a right to write into it. */
int folder_set_aside(const char *path, char **ret_to)
{
    static unsigned serial;
    int r = -EEXIST;
    *ret_to = NULL;
    for (unsigned i = 0; i < NAMES_MAX && (r == -EEXIST || r == -EBUSY); i++) {
        autofree char *to = xasprintf("%s%c%d-%u", path, FOLDER_ASIDE, (int)getpid(), serial++);
        r = io_rename_new(path, to);
        if (r == 0)
            *ret_to = steal_ptr(&to);
        if (r == -EBUSY && umount2(path, MNT_DETACH | UMOUNT_NOFOLLOW) < 0)
            break;
    }
    return r == -ENOENT ? 0 : r;
}

static bool within_bound(void *data, uint64_t steps)
{
    (void)data;
    return steps <= STEPS_AT_ONCE;
}

static void note_stuck(const struct folder *f, const struct removal *r, struct folder_rest *rest)
{
    if (!r->left || rest->stuck)
        return;
    const char *slash = strrchr(f->path, '/');
    rest->stuck = xasprintf("%.*s/%s: %s", slash ? (int)(slash - f->path) : 0, f->path, r->left, strerror(-r->error));
}

/* Opens what is there. */
static int take_over(struct folder *f)
{
    autoclose int fd = open(f->path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    struct stat st;
    if (fd < 0 || fstat(fd, &st) < 0)
        return -errno;
    if (f->fd < 0)
        f->fd = steal_fd(&fd);
    else if (dup3(fd, f->fd, O_CLOEXEC) < 0)
        return -errno;
    f->dev = st.st_dev;
    f->ino = st.st_ino;
    f->is_there = true;
    return 0;
}

static int make(struct folder *f)
{
    return mkdir(f->path, 0700) < 0 ? -errno : take_over(f);
}

int folder_renew(struct folder *f, struct folder_rest *rest)
{
    f->is_there = false;
    struct removal removal = {.go_on = within_bound};
    int r = remove_tree(AT_FDCWD, f->path, &removal);
    note_stuck(f, &removal, rest);
    free(removal.left);
    if (r < 0) {
        free(rest->aside);
        r = folder_set_aside(f->path, &rest->aside);
    }
    return r < 0 ? r : make(f);
}

int folder_open(struct folder *f, struct folder_rest *rest)
{
    int r = take_over(f);
    if (r == -ENOENT)
        return make(f);
    return r < 0 || folder_is_used(f) ? folder_renew(f, rest) : 0;
}
