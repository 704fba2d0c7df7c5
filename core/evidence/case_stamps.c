/* SPDX-License-Identifier: Apache-2.0 */
/* A case's files as they stood at its end, and as they stand now. */
#include "evidence/case_stamps.h"

#include "artifacts/collect.h"
#include "base/buf.h"
#include "base/cleanup.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct stamp {
    const char *name; /* its path below the case's folder */
    uint64_t inode;
    int64_t size;
    struct timespec written, changed;
    mode_t mode;
    bool barred; /* a folder that its owner can't look into: what is in it is not known */
};

struct stamped_case {
    const char *folder; /* "cases/acme.pay" */
    struct stamp *stamps;
    size_t n, cap;
};

enum { DEEPEST = 32 };

static struct stamp *add(struct stamped_case *c, struct arena *arena, const char *path)
{
    GROW(c->stamps, c->n, c->cap);
    struct stamp *s = &c->stamps[c->n++];
    *s = (struct stamp){.name = arena_strdup(arena, path)};
    return s;
}

/* All files below the folder, without following links. */
static void walk(struct stamped_case *c, struct arena *arena, int parent, const char *name, const char *path, int depth)
{
    autoclose int fd = openat(parent, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
    autoclosedir DIR *entries = fd < 0 ? NULL : fdopendir(fd);
    if (!entries && errno == EACCES)
        add(c, arena, path)->barred = true;
    if (!entries)
        return;
    int dir = steal_fd(&fd);
    for (struct dirent *e; c->n < STAMPED_MOST && (e = readdir(entries));) {
        struct stat st;
        if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0 ||
            fstatat(dir, e->d_name, &st, AT_SYMLINK_NOFOLLOW) < 0)
            continue;
        autofree char *whole = *path ? xasprintf("%s/%s", path, e->d_name) : xstrdup(e->d_name);
        if (S_ISDIR(st.st_mode)) {
            if (depth < DEEPEST)
                walk(c, arena, dir, e->d_name, whole, depth + 1);
            continue;
        }
        struct stamp *s = add(c, arena, whole);
        *s = (struct stamp){s->name, (uint64_t)st.st_ino, st.st_size, st.st_mtim, st.st_ctim, st.st_mode, false};
    }
}

static int by_name(const void *a, const void *b)
{
    return strcmp(((const struct stamp *)a)->name, ((const struct stamp *)b)->name);
}

static void take(struct stamped_case *c, struct arena *arena, int dir)
{
    walk(c, arena, dir, c->folder, "", 0);
    if (c->n > 0)
        qsort(c->stamps, c->n, sizeof *c->stamps, by_name);
}

void case_stamps_take(struct case_stamps *s, int dir, const char *case_id)
{
    autobuf struct buf folder = {0};
    buf_adds(&folder, "cases/");
    artifact_component(&folder, case_id);
    struct stamped_case c = {.folder = buf_str(&folder)};
    take(&c, &s->arena, dir);
    if (c.n == 0)
        return;
    c.folder = arena_strdup(&s->arena, buf_str(&folder));
    GROW(s->items, s->n, s->cap);
    s->items[s->n++] = c;
}

static bool is_same_time(struct timespec a, struct timespec b)
{
    return a.tv_sec == b.tv_sec && a.tv_nsec == b.tv_nsec;
}

/* At the end of a run we give its owner the right to read what a scenario has kept from him: that changes its times of
 * change, and of no other file. */
static bool was_made_readable(const struct stamp *was, const struct stamp *is)
{
    return !(was->mode & S_IRUSR) && (is->mode & S_IRUSR);
}

static bool is_same(const struct stamp *was, const struct stamp *is)
{
    if (was->barred)
        return true;
    return was->inode == is->inode && was->size == is->size && is_same_time(was->written, is->written) &&
           (is_same_time(was->changed, is->changed) || was_made_readable(was, is));
}

static void tell(const struct stamped_case *c, const char *name, const char *what, folder_changed changed, void *data)
{
    autofree char *path = xasprintf("%s/%s", c->folder, name);
    changed(data, path, what);
}

/* It lies in a folder that could not be looked into then: we have opened it ourselves since. */
static bool was_behind_bars(const struct stamped_case *was, const char *name)
{
    for (size_t i = 0; i < was->n; i++) {
        size_t len = strlen(was->stamps[i].name);
        if (was->stamps[i].barred && strncmp(was->stamps[i].name, name, len) == 0 && (len == 0 || name[len] == '/'))
            return true;
    }
    return false;
}

static void tell_removed(const struct stamped_case *c, const struct stamp *s, folder_changed changed, void *data)
{
    if (!s->barred)
        tell(c, s->name, "it was removed after its case had ended", changed, data);
}

static void tell_new(const struct stamped_case *was, const char *name, folder_changed changed, void *data)
{
    if (!was_behind_bars(was, name))
        tell(was, name, "it was put there after its case had ended", changed, data);
}

/* Both are in the order of their names. */
static void compare(const struct stamped_case *was, const struct stamped_case *is, folder_changed changed, void *data)
{
    size_t i = 0, k = 0;
    while (i < was->n || k < is->n) {
        int order = i == was->n ? 1 : k == is->n ? -1 : by_name(&was->stamps[i], &is->stamps[k]);
        if (order < 0)
            tell_removed(was, &was->stamps[i++], changed, data);
        else if (order > 0)
            tell_new(was, is->stamps[k++].name, changed, data);
        else if (!is_same(&was->stamps[i++], &is->stamps[k++]))
            tell(was, was->stamps[i - 1].name, "it was changed after its case had ended", changed, data);
    }
}

void case_stamps_compare(const struct case_stamps *s, int dir, folder_changed changed, void *data)
{
    for (size_t i = 0; i < s->n; i++) {
        struct arena arena = {0};
        struct stamped_case now = {.folder = s->items[i].folder};
        take(&now, &arena, dir);
        if (s->items[i].n < STAMPED_MOST && now.n < STAMPED_MOST) /* else they may be others of them */
            compare(&s->items[i], &now, changed, data);
        free(now.stamps);
        arena_free(&arena);
    }
}

void case_stamps_free(struct case_stamps *s)
{
    for (size_t i = 0; i < s->n; i++)
        free(s->items[i].stamps);
    free(s->items);
    arena_free(&s->arena);
    *s = (struct case_stamps){0};
}
