/* SPDX-License-Identifier: Apache-2.0 */
/* Directories of a run. */
#include "slotdir/slotdir.h"

#include "artifacts/collect.h"
#include "base/cleanup.h"
#include "base/clock.h"
#include "base/io.h"
#include "base/mem.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>

void workspace_choose(struct workspace *w, int run_dir, const char *run_path)
{
    uint64_t number = (uint64_t)clock_real();
    ssize_t n = getrandom(&number, sizeof number, 0);
    (void)n;
    const char *tmp = getenv("TMPDIR");
    *w = (struct workspace){.run_dir = run_dir, .run_path = xstrdup(run_path)};
    w->temp_base =
        xasprintf("%s/muster-%012" PRIx64, tmp && *tmp == '/' ? tmp : "/tmp", number & UINT64_C(0xffffffffffff));
}

int workspace_open(struct workspace *w, struct err *err)
{
    /* A name that somebody else has taken is an error: what is in there must not be ours to remove. */
    if (mkdir(w->temp_base, 0700) < 0) {
        int r = err_errno(err, -errno, "making a temporary directory %s", w->temp_base);
        free(w->temp_base);
        w->temp_base = NULL;
        return r;
    }
    if (mkdirat(w->run_dir, ".slots", 0700) < 0)
        return err_errno(err, -errno, "making %s/.slots", w->run_path);
    return 0;
}

void workspace_close(struct workspace *w)
{
    if (w->temp_base)
        io_remove_tree(AT_FDCWD, w->temp_base);
    if (w->run_path)
        io_remove_tree(w->run_dir, ".slots");
    free(w->temp_base);
    free(w->run_path);
    *w = (struct workspace){.run_dir = -1};
}

char *workspace_temp_dir(const struct workspace *w, uint32_t slot)
{
    return xasprintf("%s/%u", w->temp_base, slot);
}

char *workspace_artifacts_dir(const struct workspace *w, uint32_t slot)
{
    return xasprintf("%s/.slots/%u", w->run_path, slot);
}

int workspace_attempt_dir(const struct workspace *w, const char *case_id, uint32_t attempt)
{
    autobuf struct buf path = {0};
    artifact_path(&path, case_id, attempt);
    int r = io_mkdirs(w->run_dir, buf_str(&path));
    if (r < 0)
        return r;
    int fd = openat(w->run_dir, buf_str(&path), O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
    return fd < 0 ? -errno : fd;
}

int workspace_fixture_dir(const struct workspace *w, const char *label, uint32_t start)
{
    autobuf struct buf path = {0};
    buf_adds(&path, "fixtures/");
    artifact_component(&path, label);
    if (start > 1)
        buf_addf(&path, "/start-%u", start);
    int r = io_mkdirs(w->run_dir, buf_str(&path));
    if (r < 0)
        return r;
    int fd = openat(w->run_dir, buf_str(&path), O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
    return fd < 0 ? -errno : fd;
}

/* A scenario's umask must not keep its evidence out of the bundle. */
static void make_readable(int dirfd, const char *name)
{
    struct stat st;
    if (fstatat(dirfd, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
        return;
    if (S_ISREG(st.st_mode) && !(st.st_mode & 0400))
        fchmodat(dirfd, name, 0600, 0);
    if (!S_ISDIR(st.st_mode))
        return;
    if ((st.st_mode & 0700) != 0700)
        fchmodat(dirfd, name, 0700, 0);
    autoclose int fd = openat(dirfd, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
    autoclosedir DIR *dir = fd < 0 ? NULL : fdopendir(fcntl(fd, F_DUPFD_CLOEXEC, 0));
    for (struct dirent *e; dir && (e = readdir(dir));)
        if (strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0)
            make_readable(fd, e->d_name);
}

int workspace_keep(const struct workspace *w, uint32_t slot, int attempt_dir)
{
    autofree char *path = xasprintf(".slots/%u", slot);
    autoclose int from = openat(w->run_dir, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
    if (from < 0)
        return -errno;
    autoclosedir DIR *dir = fdopendir(fcntl(from, F_DUPFD_CLOEXEC, 0));
    if (!dir)
        return -errno;
    int first = 0;
    for (struct dirent *e; (e = readdir(dir));) {
        const char *name = e->d_name;
        if (strcmp(name, ".") == 0 || strcmp(name, "..") == 0)
            continue;
        /* The runner's own files keep their names: a scenario's of the same name steps aside. */
        bool taken = strcmp(name, "stdout.log") == 0 || strcmp(name, "stderr.log") == 0;
        autofree char *to = taken ? xasprintf("scenario-%s", name) : xstrdup(name);
        make_readable(from, name);
        if (renameat(from, name, attempt_dir, to) < 0 && first == 0)
            first = -errno;
    }
    return first;
}

void workspace_drop_case(const struct workspace *w, const char *case_id)
{
    autobuf struct buf path = {0};
    buf_adds(&path, "cases/");
    artifact_component(&path, case_id);
    io_remove_tree(w->run_dir, buf_str(&path));
}
