/* SPDX-License-Identifier: Apache-2.0 */
/* The removal of old runs. */
#include "evidence/run_pruning.h"

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/io.h"
#include "base/mem.h"
#include "evidence/run_folder.h"
#include "evidence/run_list.h"
#include "evidence/run_name.h"
#include "record/run_id.h"
#include "record/run_lock.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

enum { DEEPEST = 64 }; /* folders that are looked into for sizes; what lies deeper hardly counts */

static const char hidden[] = ".pruned-";

bool run_is_pinned(int dir)
{
    return faccessat(dir, RUN_PINNED_NAME, F_OK, AT_SYMLINK_NOFOLLOW) == 0;
}

int run_pin(const char *path, bool pinned, struct err *err)
{
    autoclose int dir = -1, log = -1;
    int r = run_folder_open(path, &dir, &log, err);
    if (r < 0)
        return r;
    if (pinned)
        r = io_write_file(dir, RUN_PINNED_NAME, "", 0);
    else if (unlinkat(dir, RUN_PINNED_NAME, 0) < 0 && errno != ENOENT)
        r = -errno;
    return r < 0 ? err_errno(err, r, "%s/%s", path, RUN_PINNED_NAME) : 0;
}

static int64_t size_of(int parent, const char *name, int depth);

static int64_t size_of_entries(int fd, int depth)
{
    int64_t bytes = 0;
    autoclosedir DIR *dir = fdopendir(fd);
    if (!dir) {
        close_fd(fd);
        return 0;
    }
    for (struct dirent *e; (e = readdir(dir));)
        if (strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0)
            bytes += size_of(dirfd(dir), e->d_name, depth + 1);
    return bytes;
}

/* What it takes on the disk, as du(1) has it. */
static int64_t size_of(int parent, const char *name, int depth)
{
    enum { BLOCK = 512 };
    struct stat st;
    if (fstatat(parent, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
        return 0;
    int64_t bytes = (int64_t)st.st_blocks * BLOCK;
    if (!S_ISDIR(st.st_mode) || depth >= DEEPEST)
        return bytes;
    int fd = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    return fd < 0 ? bytes : bytes + size_of_entries(fd, depth);
}

/* Why it never goes; the latest is known to the caller. */
static enum retention_why look(int out, const char *name)
{
    autoclose int dir = openat(out, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (dir < 0)
        return RETENTION_FOREIGN;
    if (run_is_pinned(dir))
        return RETENTION_PINNED;
    if (run_lock_is_held(dir))
        return RETENTION_RUNNING;
    return faccessat(dir, RUN_STATE_NAME, F_OK, AT_SYMLINK_NOFOLLOW) == 0 ? RETENTION_OUTSTANDING : RETENTION_WITHIN;
}

static struct pruned_run look_at(int out, const char *name, bool is_latest, bool wants_size)
{
    struct pruned_run run = {.name = xstrdup(name)};
    bool is_ours = run_id_parse(name, &run.item.began_ns) == 0;
    run.item.stays = is_latest ? RETENTION_LATEST : is_ours ? look(out, name) : RETENTION_FOREIGN;
    run.item.bytes = wants_size ? size_of(out, name, 0) : 0;
    return run;
}

int run_pruning_plan(struct run_pruning *p, const char *out, const struct retention_rule *rule, struct err *err)
{
    struct run_list runs = {0};
    *p = (struct run_pruning){0};
    autoclose int dir = open(out, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    int r = dir < 0 ? -errno : run_list_make(&runs, out, run_list_has_log, NULL);
    if (r < 0)
        return err_errno(err, r, "--out %s", out);
    size_t latest = run_name_latest(&runs, out);
    p->runs = xcalloc(runs.n + 1, sizeof *p->runs);
    struct retention_item *items = xcalloc(runs.n + 1, sizeof *items);
    for (; p->n < runs.n; p->n++) {
        p->runs[p->n] = look_at(dir, runs.names[p->n], p->n == latest, rule->bytes >= 0);
        items[p->n] = p->runs[p->n].item;
    }
    retention_judge(rule, items, p->n, clock_real());
    for (size_t i = 0; i < p->n; i++)
        p->runs[i].item = items[i];
    free(items);
    run_list_free(&runs);
    return 0;
}

/* Somebody else may be at it, too. */
static void remove_leftovers(int out)
{
    int fd = openat(out, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    autoclosedir DIR *dir = fd < 0 ? NULL : fdopendir(fd);
    if (!dir) {
        close_fd(fd);
        return;
    }
    for (struct dirent *e; (e = readdir(dir));)
        if (strncmp(e->d_name, hidden, sizeof hidden - 1) == 0)
            io_remove_tree(out, e->d_name);
}

/* It was looked at some time ago. */
static int remove_run(int out, struct pruned_run *run)
{
    autofree char *away = xasprintf("%s%s", hidden, run->name);
    enum retention_why stays = look(out, run->name);
    if (stays != RETENTION_WITHIN) {
        run->item.why = stays;
        run->item.goes = false;
        return 0;
    }
    if (renameat(out, run->name, out, away) < 0) {
        run->item.goes = errno == ENOENT;
        return errno == ENOENT ? 0 : -errno;
    }
    return io_remove_tree(out, away);
}

int run_pruning_do(struct run_pruning *p, const char *out, struct err *err)
{
    int first = 0;
    autoclose int dir = open(out, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (dir < 0)
        return err_errno(err, -errno, "--out %s", out);
    remove_leftovers(dir);
    for (size_t i = 0; i < p->n; i++) {
        struct retention_item *item = &p->runs[i].item;
        int r = item->goes ? remove_run(dir, &p->runs[i]) : 0;
        if (r < 0) {
            item->goes = false;
            item->why = RETENTION_STUCK;
        }
        if (r < 0 && first == 0)
            first = err_errno(err, r, "removing %s/%s", out, p->runs[i].name);
    }
    return first;
}

void run_pruning_free(struct run_pruning *p)
{
    for (size_t i = 0; i < p->n; i++)
        free(p->runs[i].name);
    free(p->runs);
}
