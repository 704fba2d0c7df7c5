/* SPDX-License-Identifier: Apache-2.0 */
/* Files: written whole, read whole, removed whole. */
#include "base/io.h"

#include "base/cleanup.h"
#include "base/mem.h"
#include "base/remove_tree.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

int io_write_all(int fd, const void *data, size_t len)
{
    const char *p = data;
    while (len > 0) {
        ssize_t n = write(fd, p, len);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return -errno;
        p += n;
        len -= (size_t)n;
    }
    return 0;
}

int io_read_fd(int fd, size_t max, struct buf *out)
{
    size_t total = 0;
    for (;;) {
        char *room = buf_reserve(out, 64 * 1024);
        ssize_t n = read(fd, room, 64 * 1024);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return -errno;
        if (n == 0)
            return 0;
        out->len += (size_t)n;
        total += (size_t)n;
        if (total > max)
            return -EFBIG;
    }
}

int io_read_file(int dirfd, const char *path, size_t max, struct buf *out)
{
    const char *what;
    autoclose int fd = io_open_regular(dirfd, path, &what);
    return fd < 0 ? fd : io_read_fd(fd, max, out);
}

const char *io_kind_of(mode_t mode)
{
    return S_ISREG(mode)                    ? NULL
           : S_ISFIFO(mode)                 ? "a FIFO"
           : S_ISDIR(mode)                  ? "a folder"
           : S_ISSOCK(mode)                 ? "a socket"
           : S_ISCHR(mode) || S_ISBLK(mode) ? "a device"
                                            : "no regular file";
}

int io_open_regular(int dirfd, const char *path, const char **ret_what)
{
    autoclose int fd = openat(dirfd, path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    struct stat st;
    *ret_what = NULL;
    if (fd < 0 && errno == ENXIO) /* nobody listens on it */
        *ret_what = "a socket";
    if (fd < 0)
        return *ret_what ? -EINVAL : -errno;
    if (fstat(fd, &st) < 0)
        return -errno;
    *ret_what = io_kind_of(st.st_mode);
    return *ret_what ? -EINVAL : steal_fd(&fd);
}

int io_write_file(int dirfd, const char *path, const void *data, size_t len)
{
    autofree char *temp = xasprintf("%s.tmp.%d", path, (int)getpid());
    autoclose int fd = openat(dirfd, temp, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0)
        return -errno;
    int r = io_write_all(fd, data, len);
    if (r == 0 && renameat(dirfd, temp, dirfd, path) < 0)
        r = -errno;
    if (r < 0)
        unlinkat(dirfd, temp, 0);
    return r;
}

int io_mkdirs(int dirfd, const char *path)
{
    autofree char *copy = xstrdup(path);
    for (char *p = copy + 1; *p; p++) {
        if (*p != '/')
            continue;
        *p = '\0';
        if (mkdirat(dirfd, copy, 0700) < 0 && errno != EEXIST)
            return -errno;
        *p = '/';
    }
    if (mkdirat(dirfd, copy, 0700) == 0)
        return 0;
    if (errno != EEXIST)
        return -errno;
    struct stat st;
    if (fstatat(dirfd, copy, &st, 0) < 0)
        return -errno;
    return S_ISDIR(st.st_mode) ? 0 : -ENOTDIR;
}

int io_remove_tree(int dirfd, const char *path)
{
    struct removal removal = {0};
    int r = remove_tree(dirfd, path, &removal);
    free(removal.left);
    return r;
}

int io_rename_new(const char *from, const char *to)
{
    if (renameat2(AT_FDCWD, from, AT_FDCWD, to, RENAME_NOREPLACE) == 0)
        return 0;
    if (errno != EINVAL)
        return -errno;
    struct stat st;
    if (lstat(to, &st) == 0)
        return -EEXIST;
    return rename(from, to) == 0 ? 0 : -errno;
}

int io_pipe(int ret_fds[2])
{
    int fds[2];
    if (pipe2(fds, O_CLOEXEC) < 0)
        return -errno;
    if (fcntl(fds[0], F_SETFL, O_NONBLOCK) < 0) {
        int r = -errno;
        close_fd(fds[0]);
        close_fd(fds[1]);
        return r;
    }
    ret_fds[0] = fds[0];
    ret_fds[1] = fds[1];
    return 0;
}
