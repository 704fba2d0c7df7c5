/* SPDX-License-Identifier: Apache-2.0 */
/* To the disk, or not. */
#include "record/durability.h"

#include "base/cleanup.h"
#include "base/mem.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

int durability_parse(const char *name, enum durability *ret_mode)
{
    static const char *const names[] = {[DURABILITY_PROCESS] = "process", [DURABILITY_DISK] = "disk"};
    for (size_t i = 0; i < ARRAY_LEN(names); i++) {
        if (strcmp(name, names[i]) == 0) {
            *ret_mode = (enum durability)i;
            return 0;
        }
    }
    return -EINVAL;
}

/* fdatasync() leaves out a file's times, which nobody asks for; of folders it need not bring the entries. */
static int to_disk(int fd)
{
    struct stat st;
    if (fstat(fd, &st) < 0)
        return -errno;
    return (S_ISDIR(st.st_mode) ? fsync(fd) : fdatasync(fd)) < 0 ? -errno : 0;
}

durability_sync durability_sync_of(enum durability mode)
{
    return mode == DURABILITY_DISK ? to_disk : NULL;
}

static bool is_same(int a, int b)
{
    struct stat x, y;
    return fstat(a, &x) == 0 && fstat(b, &y) == 0 && x.st_dev == y.st_dev && x.st_ino == y.st_ino;
}

int durability_sync_folders(durability_sync sync, int dir)
{
    autoclose int at = openat(dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (at < 0)
        return -errno;
    for (;;) {
        int r = sync(at);
        if (r < 0)
            return r;
        autoclose int above = openat(at, "..", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        if (above < 0)
            return errno == EACCES ? 0 : -errno;
        if (is_same(at, above)) /* the root */
            return 0;
        close_fd(at);
        at = steal_fd(&above);
    }
}
