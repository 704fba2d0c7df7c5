/* SPDX-License-Identifier: Apache-2.0 */
/* A run's temporary folder, and the mark by which it is known. */
#include "slotdir/temp_base.h"

#include "base/cleanup.h"
#include "base/mem.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* A link that leads nowhere: its text is there as soon as its name is, which a file's is not. */
#define MARK ".run"
enum { MARK_MAX = 64 };

static int mark_of(int run_dir, char ret_mark[MARK_MAX])
{
    struct stat st;
    if (fstat(run_dir, &st) < 0)
        return -errno;
    snprintf(ret_mark, MARK_MAX, "%" PRIu64 ":%" PRIu64, (uint64_t)st.st_dev, (uint64_t)st.st_ino);
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
    r = dir < 0 || symlinkat(mark, dir, MARK) < 0 ? -errno : 0;
    if (r < 0)
        rmdir(path);
    return r;
}

int temp_base_discard(const char *path, struct removal *removal)
{
    removal->last = MARK;
    return remove_tree(AT_FDCWD, path, removal);
}

static bool is_name_of_ours(const char *path)
{
    const char *name = strrchr(path, '/');
    if (!name || *path != '/' || strncmp(name, "/muster-", 8) != 0)
        return false;
    size_t digits = strspn(name + 8, "0123456789abcdef");
    return digits > 0 && name[8 + digits] == '\0';
}

/* Only who wrote it could have: a link of our user in a private folder of our user. */
static bool is_marked(int dir, int run_dir)
{
    char mark[MARK_MAX], text[MARK_MAX];
    struct stat st;
    if (fstatat(dir, MARK, &st, AT_SYMLINK_NOFOLLOW) < 0 || st.st_uid != geteuid() || mark_of(run_dir, mark) < 0)
        return false;
    ssize_t n = readlinkat(dir, MARK, text, sizeof text);
    return n >= 0 && (size_t)n == strlen(mark) && memcmp(text, mark, (size_t)n) == 0;
}

int temp_base_remove(const char *path, int run_dir, struct err *err)
{
    struct stat st;
    autoclose int dir = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (dir < 0 && errno == ENOENT)
        return 0;
    bool ours = dir >= 0 && is_name_of_ours(path) && fstat(dir, &st) == 0 && st.st_uid == geteuid();
    if (ours && is_marked(dir, run_dir)) {
        struct removal removal = {0};
        int r = temp_base_discard(path, &removal);
        free(removal.left);
        return r < 0 ? err_errno(err, r, "removing %s", path) : 0;
    }
    if (ours && rmdir(path) == 0) /* killed before the mark was there, or after all else was gone */
        return 0;
    return err_set(err, -EPERM,
                   "%s: the run's state names it, but it does not carry the run's mark: it was not touched", path);
}
