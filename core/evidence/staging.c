/* SPDX-License-Identifier: Apache-2.0 */
/* A folder under a hidden name, until it is whole. */
#include "evidence/staging.h"

#include "base/cleanup.h"
#include "base/io.h"
#include "base/mem.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define PREFIX ".merging-"

static int open_folder(int at, const char *path)
{
    int fd = openat(at, path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    return fd < 0 ? -errno : fd;
}

static bool lock(int fd, bool wait)
{
    int r;
    do
        r = flock(fd, LOCK_EX | (wait ? 0 : LOCK_NB));
    while (r < 0 && errno == EINTR);
    return r == 0;
}

/* Nobody removes what is locked, and nobody takes a new one for a left one once this is true. */
static bool is_still_there(int fd, int at, const char *path)
{
    struct stat ours, theirs;
    return fstat(fd, &ours) == 0 && fstatat(at, path, &theirs, AT_SYMLINK_NOFOLLOW) == 0 &&
           ours.st_ino == theirs.st_ino && ours.st_dev == theirs.st_dev;
}

/* What killed ones have left: their locks went with them. */
static void remove_left(const char *out)
{
    autoclosedir DIR *dir = opendir(out);
    for (struct dirent *e; dir && (e = readdir(dir));) {
        if (strncmp(e->d_name, PREFIX, sizeof PREFIX - 1) != 0)
            continue;
        autoclose int fd = open_folder(dirfd(dir), e->d_name);
        if (fd >= 0 && lock(fd, false) && is_still_there(fd, dirfd(dir), e->d_name))
            io_remove_tree(dirfd(dir), e->d_name);
    }
}

/* -EAGAIN: it was removed before it was locked, by somebody who took it for a left one. */
static int make(const char *out, struct staging *ret)
{
    autofree char *path = xasprintf("%s/" PREFIX "XXXXXX", out);
    if (!mkdtemp(path))
        return -errno;
    autoclose int fd = open_folder(AT_FDCWD, path);
    if (fd == -ENOENT)
        return -EAGAIN;
    if (fd < 0)
        return fd;
    if (!lock(fd, true))
        return -errno;
    if (!is_still_there(fd, AT_FDCWD, path))
        return -EAGAIN;
    ret->path = steal_ptr(&path);
    ret->dir = steal_fd(&fd);
    return 0;
}

int staging_open(struct staging *s, const char *out, struct err *err)
{
    bool was_there = access(out, F_OK) == 0;
    int r = io_mkdirs(AT_FDCWD, out);
    if (r < 0)
        return err_errno(err, r, "--out %s: making the folder", out);
    s->made = was_there ? NULL : xstrdup(out);
    remove_left(out);
    do
        r = make(out, s);
    while (r == -EAGAIN);
    return r < 0 ? err_errno(err, r, "making a folder in %s", out) : 0;
}

int staging_publish(struct staging *s, const char *path, struct err *err)
{
    int r = io_rename_new(s->path, path);
    if (r < 0)
        return err_errno(err, r, "%s", path);
    free(s->path);
    free(s->made);
    s->path = s->made = NULL;
    return 0;
}

void staging_close(struct staging *s)
{
    if (s->path)
        io_remove_tree(AT_FDCWD, s->path);
    if (s->made)
        rmdir(s->made); /* unless somebody else has put something into it meanwhile */
    free(s->path);
    free(s->made);
    close_fd(s->dir);
    *s = (struct staging)STAGING_INIT;
}
