/* SPDX-License-Identifier: Apache-2.0 */
/* Files: written whole, read whole, removed whole. */
#include "base/io.h"

#include "base/cleanup.h"
#include "base/mem.h"

#include <fcntl.h>
#include <linux/openat2.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>

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
    autoclose int fd = openat(dirfd, path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return -errno;
    return io_read_fd(fd, max, out);
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

static int empty_open_dir(int fd);

/* Never through a mount: what is mounted in a directory that we may empty is not ours to remove. */
static int open_entry(int dirfd, const char *name)
{
    struct open_how how = {.flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC,
                           .resolve = RESOLVE_NO_XDEV | RESOLVE_NO_SYMLINKS};
    return (int)syscall(SYS_openat2, dirfd, name, &how, sizeof how);
}

static int open_entry_even_if_barred(int dirfd, const char *name)
{
    int fd = open_entry(dirfd, name);
    if (fd >= 0 || errno != EACCES || fchmodat(dirfd, name, 0700, 0) < 0)
        return fd;
    return open_entry(dirfd, name);
}

/* Takes a mount off an entry; false when that isn't to be had. */
static bool unmount_entry(int dirfd, const char *name)
{
    autofree char *path = xasprintf("/proc/self/fd/%d/%s", dirfd, name);
    return umount2(path, MNT_DETACH | UMOUNT_NOFOLLOW) == 0;
}

static int remove_dir(int dirfd, const char *name)
{
    autoclose int fd = open_entry_even_if_barred(dirfd, name);
    int first = fd < 0 ? -errno : empty_open_dir(fd);
    if (unlinkat(dirfd, name, AT_REMOVEDIR) == 0 || errno == ENOENT)
        return 0;
    return first < 0 ? first : -errno;
}

static int remove_entry(int dirfd, const char *name)
{
    enum { MOUNTS_MAX = 64 }; /* one over the other */
    int r = 0;
    for (int i = 0; i < MOUNTS_MAX; i++) {
        if (unlinkat(dirfd, name, 0) == 0 || errno == ENOENT)
            return 0;
        r = errno == EISDIR || errno == EPERM ? remove_dir(dirfd, name) : -errno;
        if ((r != -EXDEV && r != -EBUSY) || !unmount_entry(dirfd, name))
            return r;
    }
    return r;
}

static int empty_open_dir(int fd)
{
    struct stat st;
    if (fstat(fd, &st) == 0 && (st.st_mode & 0700) != 0700)
        fchmod(fd, 0700);
    autoclosedir DIR *dir = fdopendir(fcntl(fd, F_DUPFD_CLOEXEC, 0));
    if (!dir)
        return -errno;
    int first = 0;
    for (struct dirent *e; (e = readdir(dir));) {
        if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0)
            continue;
        int r = remove_entry(fd, e->d_name);
        if (r < 0 && first == 0)
            first = r;
    }
    return first;
}

/* The directory that holds `path`, and its last name: a mount is only seen from outside. */
static int open_parent(int dirfd, const char *path, const char **ret_name)
{
    const char *slash = strrchr(path, '/');
    autofree char *parent = slash ? xstrndup(path, (size_t)(slash - path) + 1) : xstrdup(".");
    *ret_name = slash ? slash + 1 : path;
    int fd = openat(dirfd, parent, O_PATH | O_DIRECTORY | O_CLOEXEC);
    return fd < 0 ? -errno : fd;
}

int io_empty_dir(int dirfd, const char *path)
{
    const char *name;
    autoclose int parent = open_parent(dirfd, path, &name);
    if (parent < 0)
        return parent;
    autoclose int fd = open_entry_even_if_barred(parent, name);
    return fd < 0 ? -errno : empty_open_dir(fd);
}

int io_remove_tree(int dirfd, const char *path)
{
    const char *name;
    autoclose int parent = open_parent(dirfd, path, &name);
    if (parent < 0)
        return parent == -ENOENT ? 0 : parent;
    return remove_entry(parent, name);
}

int io_set_nonblock(int fd)
{
    int flags = fcntl(fd, F_GETFL);
    return flags < 0 || fcntl(fd, F_SETFL, flags | O_NONBLOCK) < 0 ? -errno : 0;
}

int io_pipe(int ret_fds[2])
{
    int fds[2];
    if (pipe2(fds, O_CLOEXEC) < 0)
        return -errno;
    if (fcntl(fds[0], F_SETFL, O_NONBLOCK) < 0) {
        int r = -errno;
        close(fds[0]);
        close(fds[1]);
        return r;
    }
    ret_fds[0] = fds[0];
    ret_fds[1] = fds[1];
    return 0;
}
