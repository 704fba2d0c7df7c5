/* SPDX-License-Identifier: Apache-2.0 */
/* A run's temporary folder, and the mark by which it is known. */
#include "slotdir/temp_base.h"

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/io.h"
#include "base/mem.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define MARK ".run"
enum { MARK_MAX = 64 };

static int mark_of(int run_dir, char ret_mark[MARK_MAX])
{
    struct stat st;
    if (fstat(run_dir, &st) < 0)
        return -errno;
    snprintf(ret_mark, MARK_MAX, "%" PRIu64 ":%" PRIu64 "\n", (uint64_t)st.st_dev, (uint64_t)st.st_ino);
    return 0;
}

int temp_base_make(const char *path, int run_dir)
{
    char mark[MARK_MAX];
    int r = mark_of(run_dir, mark);
    if (r < 0)
        return r;
    if (mkdir(path, 0700) < 0)
        return -errno;
    autoclose int dir = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    r = dir < 0 ? -errno : io_write_file(dir, MARK, mark, strlen(mark));
    if (r < 0)
        io_remove_tree(AT_FDCWD, path);
    return r;
}

static bool is_name_of_ours(const char *path)
{
    const char *name = strrchr(path, '/');
    if (!name || *path != '/' || strncmp(name, "/muster-", 8) != 0)
        return false;
    size_t digits = strspn(name + 8, "0123456789abcdef");
    return digits > 0 && name[8 + digits] == '\0';
}

/* Only who wrote it could have: a private plain file of our user in a private folder of our user. */
static bool is_marked(int dir, int run_dir)
{
    char mark[MARK_MAX];
    struct stat st;
    autobuf struct buf text = {0};
    autoclose int fd = openat(dir, MARK, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    return fd >= 0 && fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && st.st_uid == geteuid() &&
           mark_of(run_dir, mark) == 0 && io_read_fd(fd, MARK_MAX, &text) == 0 && strcmp(buf_str(&text), mark) == 0;
}

int temp_base_remove(const char *path, int run_dir, struct err *err)
{
    struct stat st;
    autoclose int dir = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (dir < 0 && errno == ENOENT)
        return 0;
    bool ours = dir >= 0 && is_name_of_ours(path) && fstat(dir, &st) == 0 && st.st_uid == geteuid();
    if (ours && is_marked(dir, run_dir)) {
        int r = io_remove_tree(AT_FDCWD, path);
        return r < 0 ? err_errno(err, r, "removing %s", path) : 0;
    }
    if (ours && rmdir(path) == 0) /* its runner was killed before it had marked it: nothing was in it */
        return 0;
    return err_set(err, -EPERM,
                   "%s: the run's state names it, but it does not carry the run's mark: it was not touched", path);
}
