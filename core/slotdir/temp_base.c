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
    r = dir < 0 || symlinkat(mark, dir, TEMP_BASE_MARK) < 0 ? -errno : 0;
    if (r < 0)
        rmdir(path);
    return r;
}

int temp_base_discard(const char *path, struct removal *removal)
{
    removal->last = TEMP_BASE_MARK;
    return remove_tree(AT_FDCWD, path, removal);
}

int temp_base_discard_all(const char *path, const struct removal_bound *bound, struct err *err)
{
    struct removal removal = {0};
    if (bound) {
        removal.go_on = bound->go_on;
        removal.data = bound->data;
    }
    int r = temp_base_discard(path, &removal);
    autofree char *left = steal_ptr(&removal.left);
    const char *name = strrchr(path, '/') + 1; /* what is left begins with it */
    if (r < 0 && left)
        return err_errno(err, r, "removing %.*s%s", (int)(name - path), path, left);
    return r < 0 ? err_errno(err, r, "removing %s", path) : 0;
}

static bool is_name_of_ours(const char *path)
{
    const char *name = strrchr(path, '/');
    if (!name || *path != '/' || strncmp(name, "/muster-", 8) != 0)
        return false;
    size_t digits = strspn(name + 8, "0123456789abcdef");
    return digits > 0 && name[8 + digits] == '\0';
}

/* root may remove for a user what is that user's. */
static uid_t owner_of(int run_dir)
{
    struct stat st;
    return geteuid() == 0 && fstat(run_dir, &st) == 0 ? st.st_uid : geteuid();
}

/* Only who wrote it could have: a link of the user in a private folder of the user. */
static bool is_marked(int dir, int run_dir)
{
    char mark[MARK_MAX], text[MARK_MAX];
    struct stat st;
    if (fstatat(dir, TEMP_BASE_MARK, &st, AT_SYMLINK_NOFOLLOW) < 0 || st.st_uid != owner_of(run_dir) ||
        mark_of(run_dir, mark) < 0)
        return false;
    ssize_t n = readlinkat(dir, TEMP_BASE_MARK, text, sizeof text);
    return n >= 0 && (size_t)n == strlen(mark) && memcmp(text, mark, (size_t)n) == 0;
}

int temp_base_remove(const char *path, int run_dir, const struct removal_bound *bound, struct err *err)
{
    struct stat st;
    autoclose int dir = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (dir < 0 && errno == ENOENT)
        return 0;
    bool ours = dir >= 0 && is_name_of_ours(path) && fstat(dir, &st) == 0 && st.st_uid == owner_of(run_dir);
    if (ours && is_marked(dir, run_dir))
        return temp_base_discard_all(path, bound, err);
    if (ours && rmdir(path) == 0) /* killed before the mark was there, or after all else was gone */
        return 0;
    if (ours && errno != ENOTEMPTY && errno != EEXIST) /* the same, where that can't be removed */
        return err_errno(err, -errno, "removing %s", path);
    return err_set(err, -EPERM,
                   "%s: the run's state names it, but it does not carry the run's mark: it was not touched", path);
}
