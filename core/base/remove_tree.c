/* SPDX-License-Identifier: Apache-2.0 */
/* A tree is removed from the bottom up, by a walk that knows its way back by ".." and holds no folder but the one that
 * it is in. */
#include "base/remove_tree.h"

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/mem.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>

enum {
    ENTRIES = 32 * 1024, /* bytes that are read of a folder at once */
    MOUNTS_MAX = 64,     /* one over the other */
    PASSES_MAX = 3,      /* over a folder whose file system does not list all while it is emptied */
};

struct subdir {
    char *name;
    unsigned passes;
};

/* A folder on the way down to the current one. */
struct level {
    struct subdir self; /* by its name in the level above */
    dev_t dev;
    ino_t ino;
    bool failed; /* something below can't be removed: nor can this */
    struct subdir *subdirs;
    size_t n, cap;
};

struct walk {
    struct removal *r;
    struct level *levels; /* the first holds the tree, and stays */
    size_t n, cap;
    int fd;     /* of the last level */
    bool ended; /* by removal.go_on */
    char *entries;
};

struct entry64 { /* of getdents64(2) */
    uint64_t ino;
    int64_t next;
    uint16_t size;
    uint8_t type;
    char name[];
};

static struct level *current(struct walk *w)
{
    return &w->levels[w->n - 1];
}

static void note_failure(struct walk *w, const char *name, int error)
{
    current(w)->failed = true;
    if (w->r->error)
        return;
    struct buf path = {0};
    for (size_t i = 1; i < w->n; i++)
        buf_addf(&path, "%s/", w->levels[i].self.name);
    buf_adds(&path, name);
    w->r->left = buf_steal(&path);
    w->r->error = error;
}

static bool may_go_on(struct walk *w)
{
    struct removal *r = w->r;
    r->steps++;
    w->ended = w->ended || (r->go_on && !r->go_on(r->data, r->steps));
    return !w->ended;
}

static bool unmount_entry(int dirfd, const char *name)
{
    autofree char *path = xasprintf("/proc/self/fd/%d/%s", dirfd, name);
    return umount2(path, MNT_DETACH | UMOUNT_NOFOLLOW) == 0;
}

/* 0, or a negative errno: -EISDIR for a folder, -ENOTEMPTY for one that is not empty. */
static int unlink_entry(int dirfd, const char *name, bool is_dir)
{
    int r = 0;
    for (int i = 0; i < MOUNTS_MAX; i++) {
        r = unlinkat(dirfd, name, is_dir ? AT_REMOVEDIR : 0) == 0 || errno == ENOENT ? 0 : -errno;
        if (r != -EBUSY || !unmount_entry(dirfd, name))
            return r == -EEXIST ? -ENOTEMPTY : r;
    }
    return r;
}

static void add_subdir(struct level *l, char *name, unsigned passes)
{
    GROW(l->subdirs, l->n, l->cap);
    l->subdirs[l->n++] = (struct subdir){name, passes};
}

/* The level below the tree's parent is the tree's own. */
static bool is_last(const struct walk *w, const char *name, uint8_t type)
{
    return w->n == 2 && w->r->last && type != DT_DIR && strcmp(name, w->r->last) == 0;
}

/* Removes it at once, or has it entered later. */
static void remove_or_queue(struct walk *w, const char *name, uint8_t type)
{
    if (is_last(w, name, type))
        return;
    int r = type == DT_DIR ? -EISDIR : unlink_entry(w->fd, name, false);
    bool is_dir = r == -EISDIR;
    if (is_dir)
        r = unlink_entry(w->fd, name, true);
    /* One that stays whatever we do may hold something that need not. */
    if (is_dir && (r == -ENOTEMPTY || r == -EPERM || r == -EACCES))
        add_subdir(current(w), xstrdup(name), 0);
    else if (r < 0)
        note_failure(w, name, r);
}

/* Never through a mount or a link: what is behind it is not ours to remove. */
static int open_entry(int dirfd, const char *name)
{
    struct open_how how = {.flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC,
                           .resolve = RESOLVE_NO_XDEV | RESOLVE_NO_SYMLINKS};
    return (int)syscall(SYS_openat2, dirfd, name, &how, sizeof how);
}

static int open_entry_even_if_barred(int dirfd, const char *name)
{
    int fd = open_entry(dirfd, name);
    if (fd < 0 && errno == EACCES && fchmodat(dirfd, name, 0700, 0) == 0)
        fd = open_entry(dirfd, name);
    return fd < 0 ? -errno : fd;
}

/* There must be a way back out of it. */
static int open_to_enter(int dirfd, const char *name, struct stat *ret_st)
{
    autoclose int fd = open_entry_even_if_barred(dirfd, name);
    if (fd < 0)
        return fd;
    if (fstat(fd, ret_st) < 0)
        return -errno;
    bool barred = (ret_st->st_mode & 0700) != 0700 && fchmod(fd, 0700) < 0;
    if ((barred || ret_st->st_uid != geteuid()) && faccessat(fd, "..", F_OK, AT_EACCESS) < 0)
        return -errno;
    return steal_fd(&fd);
}

static void read_level(struct walk *w)
{
    for (;;) {
        ssize_t n = syscall(SYS_getdents64, w->fd, w->entries, ENTRIES);
        if (n < 0)
            note_failure(w, ".", -errno);
        if (n <= 0)
            return;
        for (ssize_t at = 0; at < n;) {
            const struct entry64 *e = (const struct entry64 *)(w->entries + at);
            at += e->size;
            if (strcmp(e->name, ".") == 0 || strcmp(e->name, "..") == 0)
                continue;
            if (!may_go_on(w))
                return;
            remove_or_queue(w, e->name, e->type);
        }
    }
}

static void push_level(struct walk *w, int fd, struct subdir self, const struct stat *st)
{
    GROW(w->levels, w->n, w->cap);
    w->levels[w->n++] = (struct level){.self = self, .dev = st->st_dev, .ino = st->st_ino};
    close_fd(w->fd);
    w->fd = fd;
}

static void enter(struct walk *w, struct subdir next)
{
    struct stat st;
    int fd = open_to_enter(w->fd, next.name, &st);
    if (fd < 0) {
        if (fd != -ENOENT)
            note_failure(w, next.name, fd);
        free(next.name);
        return;
    }
    push_level(w, fd, next, &st);
    read_level(w);
}

static void pop_level(struct walk *w)
{
    struct level *l = current(w);
    for (size_t i = 0; i < l->n; i++)
        free(l->subdirs[i].name);
    free(l->subdirs);
    free(l->self.name);
    w->n--;
}

static int open_above(const struct walk *w)
{
    const struct level *above = &w->levels[w->n - 2];
    autoclose int fd = openat(w->fd, "..", O_PATH | O_DIRECTORY | O_CLOEXEC);
    struct stat st;
    if (fd < 0 || fstat(fd, &st) < 0)
        return -errno;
    return st.st_dev == above->dev && st.st_ino == above->ino ? steal_fd(&fd) : -ESTALE;
}

static void remove_last(struct walk *w)
{
    struct level *l = current(w);
    if (w->n != 2 || !w->r->last || l->failed)
        return;
    int r = unlink_entry(w->fd, w->r->last, false);
    if (r < 0 && r != -EISDIR) /* a folder of that name was like any other */
        note_failure(w, w->r->last, r);
}

/* The current level is done: it is removed from the one above. */
static int leave(struct walk *w)
{
    remove_last(w);
    int fd = open_above(w);
    if (fd < 0)
        return fd;
    close_fd(w->fd);
    w->fd = fd;
    struct subdir self = current(w)->self;
    bool failed = current(w)->failed;
    current(w)->self.name = NULL;
    pop_level(w);
    int r = unlink_entry(w->fd, self.name, true);
    if (r == -ENOTEMPTY && !failed && self.passes < PASSES_MAX) {
        add_subdir(current(w), steal_ptr(&self.name), self.passes + 1);
    } else if (r < 0) {
        note_failure(w, self.name, r);
    }
    free(self.name);
    return 0;
}

static int walk(struct walk *w)
{
    int r = 0;
    while (r == 0 && !w->ended) {
        struct level *l = current(w);
        if (l->n == 0 && w->n == 1)
            return w->r->error;
        if (!may_go_on(w))
            return -ECANCELED;
        if (l->n == 0)
            r = leave(w);
        else
            enter(w, l->subdirs[--l->n]);
    }
    return w->ended ? -ECANCELED : r;
}

/* The directory that holds `path`, and its last name: a mount is only seen from outside. */
static int open_parent(int dirfd, const char *path, const char **ret_name)
{
    const char *slash = strrchr(path, '/');
    autofree char *parent = slash ? xstrndup(path, (size_t)(slash - path) + 1) : xstrdup(".");
    *ret_name = slash ? slash + 1 : path;
    int fd = openat(dirfd, parent, O_PATH | O_DIRECTORY | O_CLOEXEC);
    return fd < 0 ? -errno : fd;
}

int remove_tree(int dirfd, const char *path, struct removal *removal)
{
    const char *name;
    autoclose int parent = open_parent(dirfd, path, &name);
    if (parent < 0)
        return parent == -ENOENT ? 0 : parent;
    struct stat st;
    if (fstat(parent, &st) < 0)
        return -errno;
    struct walk w = {.r = removal, .fd = -1, .entries = xmalloc(ENTRIES)};
    push_level(&w, steal_fd(&parent), (struct subdir){0}, &st);
    bool is_dir = fstatat(w.fd, name, &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISDIR(st.st_mode);
    remove_or_queue(&w, name, is_dir ? DT_DIR : DT_UNKNOWN);
    int r = walk(&w);
    while (w.n > 0)
        pop_level(&w);
    close_fd(w.fd);
    free(w.levels);
    free(w.entries);
    return r;
}
