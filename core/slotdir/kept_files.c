/* SPDX-License-Identifier: Apache-2.0 */
/* From a slot's folder to the evidence, when the service has ended. */
#include "slotdir/kept_files.h"

#include "artifacts/collect.h"
#include "artifacts/tree.h"
#include "base/cleanup.h"
#include "base/mem.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define MARK     ".kept"
#define FIXTURES "fixtures/"

char *kept_files_mark_path(const char *artifacts_dir)
{
    return xasprintf("%s" MARK, artifacts_dir);
}

int kept_files_mark(const char *artifacts_dir, const char *fixture_path)
{
    autofree char *path = kept_files_mark_path(artifacts_dir);
    return symlink(fixture_path, path) < 0 ? -errno : 0;
}

/* Of "4.kept" it is 1, and of "4", where there is no mark in its name, 0. */
static size_t slot_length(const char *name)
{
    size_t n = strlen(name), mark = sizeof MARK - 1;
    return n > mark && strcmp(name + n - mark, MARK) == 0 ? n - mark : 0;
}

bool kept_files_is(int slots_dir, const char *name)
{
    autofree char *mark = kept_files_mark_path(name);
    return strcmp(name, KEPT_SOCKET) == 0 || slot_length(name) > 0 ||
           faccessat(slots_dir, mark, F_OK, AT_SYMLINK_NOFOLLOW) == 0;
}

/* Component by component, none of them a link, nor one that leads upwards. */
static int open_fixture(int run_dir, const char *path)
{
    autoclose int dir = -1;
    if (strncmp(path, FIXTURES, sizeof FIXTURES - 1) != 0)
        return -EINVAL;
    for (size_t len; *path; path += len + (path[len] == '/')) {
        len = strcspn(path, "/");
        autofree char *name = xstrndup(path, len);
        int next = *name == '.' || !*name
                       ? -1
                       : openat(dir < 0 ? run_dir : dir, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
        if (next < 0)
            return -EINVAL;
        close_fd(dir);
        dir = next;
    }
    return steal_fd(&dir);
}

static bool is_empty(int fd)
{
    autoclose int own = openat(fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    autoclosedir DIR *dir = own < 0 ? NULL : fdopendir(own);
    if (!dir)
        return true;
    steal_fd(&own);
    for (struct dirent *e; (e = readdir(dir));)
        if (strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0)
            return false;
    return true;
}

/* What the run had copied takes its place, and goes with the slots' folder. */
static int move(int slots, const char *slot, int fixture)
{
    if (renameat2(slots, slot, fixture, ARTIFACT_FILES, RENAME_EXCHANGE) == 0)
        return 0;
    if (errno == ENOENT && renameat(slots, slot, fixture, ARTIFACT_FILES) == 0)
        return 0;
    if (errno != EINVAL && errno != ENOSYS)
        return -errno;
    autofree char *copy = xasprintf("%s~copy", slot); /* a file system that exchanges nothing */
    if (renameat(fixture, ARTIFACT_FILES, slots, copy) < 0 && errno != ENOENT)
        return -errno;
    return renameat(slots, slot, fixture, ARTIFACT_FILES) < 0 ? -errno : 0;
}

static int take(int run_dir, int slots, const char *mark)
{
    char target[PATH_MAX];
    ssize_t n = readlinkat(slots, mark, target, sizeof target - 1);
    if (n <= 0)
        return 0;
    target[n] = '\0';
    autofree char *slot = xstrndup(mark, slot_length(mark));
    autoclose int fixture = open_fixture(run_dir, target);
    struct stat st;
    if (fixture < 0 || fstatat(slots, slot, &st, AT_SYMLINK_NOFOLLOW) < 0 || !S_ISDIR(st.st_mode))
        return 0;
    if ((st.st_mode & 07777) != 0700 && fchmodat(slots, slot, 0700, 0) < 0)
        return -errno;
    autoclose int files = openat(slots, slot, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (files < 0 || is_empty(files))
        return 0;
    tree_unbar(files);
    int r = move(slots, slot, fixture);
    if (r == 0)
        unlinkat(slots, mark, 0); /* what has the slot's name now is the copy */
    return r;
}

int kept_files_take(int run_dir, const char *slots_name)
{
    autoclose int slots = openat(run_dir, slots_name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    autoclose int own = slots < 0 ? -1 : openat(slots, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    autoclosedir DIR *dir = own < 0 ? NULL : fdopendir(own);
    int first = 0;
    if (!dir)
        return 0;
    steal_fd(&own);
    for (struct dirent *e; (e = readdir(dir));) {
        int r = slot_length(e->d_name) > 0 ? take(run_dir, slots, e->d_name) : 0;
        first = first < 0 ? first : r;
    }
    return first;
}
