/* SPDX-License-Identifier: Apache-2.0 */
/* Folders of a run: what they are called, made, kept, dropped. */
#include "slotdir/slotdir.h"

#include "artifacts/collect.h"
#include "base/cleanup.h"
#include "base/clock.h"
#include "base/io.h"
#include "base/mem.h"
#include "base/remove_tree.h"
#include "slotdir/folder.h"
#include "slotdir/kept_files.h"
#include "slotdir/temp_base.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

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
    int made = temp_base_make(w->temp_base, w->run_dir);
    if (made < 0) {
        bool by_default = strncmp(w->temp_base, "/tmp/muster-", 12) == 0;
        int r = err_errno(err, made, "making a temporary directory %s%s", w->temp_base,
                          by_default ? "" : " (TMPDIR says where)");
        free(w->temp_base);
        w->temp_base = NULL;
        return r;
    }
    /* It is there already where services have outlived their run. */
    if (mkdirat(w->run_dir, WORKSPACE_SLOTS, 0700) < 0 && errno != EEXIST)
        return err_errno(err, -errno, "making %s/" WORKSPACE_SLOTS, w->run_path);
    return 0;
}

void workspace_forget(struct workspace *w)
{
    free(w->temp_base);
    free(w->run_path);
    *w = (struct workspace){.run_dir = -1};
}

/* All but what services that outlive their run go on writing to. True: there is some. */
static bool remove_beside_kept(int run_dir)
{
    autoclose int own = openat(run_dir, WORKSPACE_SLOTS, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    autoclosedir DIR *dir = own < 0 ? NULL : fdopendir(own);
    bool any = false;
    if (!dir)
        return false;
    int slots = steal_fd(&own);
    for (struct dirent *e; (e = readdir(dir)) && !any;)
        any = kept_files_is(slots, e->d_name);
    rewinddir(dir);
    for (struct dirent *e; any && (e = readdir(dir));) {
        struct removal removal = {0};
        if (strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0 && !kept_files_is(slots, e->d_name))
            remove_tree(slots, e->d_name, &removal);
        free(removal.left);
    }
    return any;
}

int workspace_remove_slots(int run_dir, const struct removal_bound *bound, struct err *err)
{
    int kept = kept_files_take(run_dir, WORKSPACE_SLOTS);
    if (kept < 0)
        return err_errno(err, kept, "moving what services have written from " WORKSPACE_SLOTS " to fixtures");
    struct removal removal = {0};
    if (bound) {
        removal.go_on = bound->go_on;
        removal.data = bound->data;
    }
    int r = remove_tree(run_dir, WORKSPACE_SLOTS, &removal);
    autofree char *left = steal_ptr(&removal.left);
    return r < 0 ? err_errno(err, r, "removing %s", left ? left : WORKSPACE_SLOTS) : 0;
}

int workspace_close(struct workspace *w, struct err *err)
{
    int first = w->temp_base ? temp_base_discard_all(w->temp_base, NULL, err) : 0;
    bool all = w->run_path && !remove_beside_kept(w->run_dir);
    int r = all ? workspace_remove_slots(w->run_dir, NULL, first < 0 ? NULL : err) : 0;
    workspace_forget(w);
    return first < 0 ? first : r;
}

static bool within_bound(void *data, uint64_t steps)
{
    enum { STEPS_AT_ONCE = 50 };
    (void)data;
    return steps <= STEPS_AT_ONCE;
}

static char *slot_path(const char *base, uint32_t slot, unsigned generation)
{
    return generation ? xasprintf("%s/%u.%u", base, slot, generation) : xasprintf("%s/%u", base, slot);
}

char *workspace_temp_dir(const struct workspace *w, uint32_t slot, unsigned generation)
{
    return slot_path(w->temp_base, slot, generation);
}

char *workspace_artifacts_dir(const struct workspace *w, uint32_t slot, unsigned generation)
{
    autofree char *base = xasprintf("%s/" WORKSPACE_SLOTS, w->run_path);
    return slot_path(base, slot, generation);
}

char *workspace_run_of(const char *artifacts_dir)
{
    const char *slots = strstr(artifacts_dir, "/" WORKSPACE_SLOTS "/");
    for (const char *next = slots; next; next = strstr(next + 1, "/" WORKSPACE_SLOTS "/"))
        slots = next;
    return slots ? xstrndup(artifacts_dir, (size_t)(slots - artifacts_dir)) : NULL;
}

/* Component by component: a scenario of the same user may have put a link in the way. Takes over `dirfd`. */
static int make_below(int dirfd, const char *name)
{
    autoclose int held = dirfd;
    if (held < 0)
        return held;
    if (mkdirat(held, name, 0700) < 0 && errno != EEXIST)
        return -errno;
    int fd = openat(held, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
    return fd < 0 ? -errno : fd;
}

/* A folder of the run's, and those above it. */
static int make_in_run(const struct workspace *w, const char *path)
{
    int fd = fcntl(w->run_dir, F_DUPFD_CLOEXEC, 0);
    fd = fd < 0 ? -errno : fd;
    for (size_t len; *path; path += len + (path[len] == '/')) {
        len = strcspn(path, "/");
        autofree char *name = xstrndup(path, len);
        fd = make_below(fd, name);
    }
    return fd;
}

int workspace_attempt_dir(const struct workspace *w, const char *case_id, uint32_t attempt)
{
    autobuf struct buf path = {0};
    artifact_path(&path, case_id, attempt);
    return make_in_run(w, buf_str(&path));
}

int workspace_fixture_dir(const struct workspace *w, const char *label, uint32_t start)
{
    autobuf struct buf path = {0};
    artifact_fixture_path(&path, label, start);
    return make_in_run(w, buf_str(&path));
}

int workspace_keep(const char *artifacts_dir, int attempt_dir)
{
    enum { JANITORS_MAX = 1000 };
    struct stat st;
    if (lstat(artifacts_dir, &st) < 0)
        return -errno;
    if (!S_ISDIR(st.st_mode)) /* it is what the scenario has put there */
        return -ENOTDIR;
    /* Whatever the scenario has made of it: it is evidence, and to be read. */
    if ((st.st_mode & 07777) != 0700 && chmod(artifacts_dir, 0700) < 0)
        return -errno;
    int r = -EEXIST;
    for (unsigned i = 1; i < JANITORS_MAX && (r == -EEXIST || r == -ENOTEMPTY); i++) {
        char name[32] = ARTIFACT_FILES;
        if (i > 1)
            snprintf(name, sizeof name, ARTIFACT_FILES "-%u", i);
        r = renameat(AT_FDCWD, artifacts_dir, attempt_dir, name) == 0 ? 0 : -errno;
    }
    return r;
}

static int open_old(int dir, const char *name)
{
    autoclose int fd = openat(dir, name, O_WRONLY | O_APPEND | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY);
    struct stat st;
    bool ours = fd >= 0 && fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && st.st_nlink == 1 && st.st_uid == geteuid();
    return ours ? steal_fd(&fd) : -EEXIST;
}

int workspace_open_file(int attempt_dir, const char *name)
{
    int fd = openat(attempt_dir, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0600);
    if (fd < 0 && errno == EEXIST)
        return open_old(attempt_dir, name);
    return fd < 0 ? -errno : fd;
}

char *workspace_drop_case(const struct workspace *w, const char *case_id)
{
    static unsigned serial;
    autobuf struct buf path = {0};
    buf_adds(&path, "cases/");
    artifact_component(&path, case_id);
    autofree char *aside = xasprintf(WORKSPACE_SLOTS "/case%c%u", FOLDER_ASIDE, serial++);
    struct removal r = {.go_on = within_bound};
    bool over = remove_tree(w->run_dir, buf_str(&path), &r) == 0;
    free(r.left);
    if (over || renameat(w->run_dir, buf_str(&path), w->run_dir, aside) < 0)
        return NULL;
    return xasprintf("%s/%s", w->run_path, aside);
}
