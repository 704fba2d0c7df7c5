/* SPDX-License-Identifier: Apache-2.0 */
/* A file that appears whole or not at all, and its checksum. */
#include "artifacts/outfile.h"

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/io.h"
#include "base/mem.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>

/* tree.c knows this name, and bundles never hold it. */
static const char HIDDEN[] = ".bundle.tmp";

int outfile_open(int dirfd, struct outfile *ret, struct err *err)
{
    bool named = false;
    int fd = openat(dirfd, ".", O_TMPFILE | O_WRONLY | O_CLOEXEC, 0600);
    /* EISDIR and ENOENT: a kernel or a file system that takes the flag for something else. */
    if (fd < 0 && (errno == EOPNOTSUPP || errno == EISDIR || errno == ENOENT || errno == EINVAL)) {
        unlinkat(dirfd, HIDDEN, 0);
        fd = openat(dirfd, HIDDEN, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
        named = true;
    }
    if (fd < 0)
        return err_errno(err, -errno, "creating it");
    /* The umask of a scenario's making must not take the owner's access, nor give anyone else's. */
    if (fchmod(fd, 0600) < 0) {
        int r = -errno;
        close_fd(fd);
        return err_errno(err, r, "creating it");
    }
    *ret = (struct outfile){dirfd, fd, named, digest_new()};
    return 0;
}

int outfile_add(const void *bytes, size_t len, void *data)
{
    struct outfile *o = data;
    digest_add(o->digest, bytes, len);
    return io_write_all(o->fd, bytes, len);
}

static int give_hidden_name(struct outfile *o)
{
    if (o->named)
        return 0;
    char self[64];
    snprintf(self, sizeof self, "/proc/self/fd/%d", o->fd);
    unlinkat(o->dirfd, HIDDEN, 0);
    if (linkat(AT_FDCWD, self, o->dirfd, HIDDEN, AT_SYMLINK_FOLLOW) < 0)
        return -errno;
    o->named = true;
    return 0;
}

/* The old checksum goes before the bundle that it belongs to: a crash between the steps leaves a bundle without one,
 * never with another's. */
static int swap_in(struct outfile *o, const char *name, const char *sum_name)
{
    if (fsync(o->fd) < 0)
        return -errno;
    int r = give_hidden_name(o);
    if (r < 0)
        return r;
    if (unlinkat(o->dirfd, sum_name, 0) < 0 && errno != ENOENT)
        return -errno;
    if (renameat(o->dirfd, HIDDEN, o->dirfd, name) < 0)
        return -errno;
    o->named = false;
    return 0;
}

int outfile_publish(struct outfile *o, const char *name, struct err *err)
{
    autofree char *sum_name = xasprintf("%s.sha256", name);
    int r = swap_in(o, name, sum_name);
    if (r < 0)
        return err_errno(err, r, "saving it");
    char hex[DIGEST_HEX];
    digest_end(o->digest, hex);
    autobuf struct buf line = {0};
    buf_addf(&line, "%s  %s\n", hex, name);
    r = io_write_file(o->dirfd, sum_name, line.data, line.len);
    if (r < 0)
        return err_errno(err, r, "writing its checksum %s", sum_name);
    /* The names' durability; a directory that can't be synced (some network file systems) is no failure. */
    autoclose int dir = openat(o->dirfd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (dir >= 0)
        fsync(dir);
    return 0;
}

void outfile_discard(struct outfile *o)
{
    if (o->named)
        unlinkat(o->dirfd, HIDDEN, 0);
    close_fd(o->fd);
    digest_free(o->digest);
    *o = OUTFILE_CLOSED;
}
