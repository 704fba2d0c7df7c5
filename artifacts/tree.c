/* SPDX-License-Identifier: Apache-2.0 */
/* A run's directory, walked without recursion and without following links. */
#include "artifacts/tree.h"

#include "base/cleanup.h"
#include "base/text.h"

#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

/* Zip counts a name's bytes in 16 bits, and signed readers exist. */
enum { PATH_BYTES_MAX = 32767 };

struct walk {
    int dirfd;
    struct manifest *m;
    const char **left_out; /* sorted */
    size_t n_left_out;
    char **dirs; /* still to be read; "" is the run's directory */
    size_t n_dirs, cap_dirs;
    struct err *err;
};

static int compare_names(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static int compare_files(const void *a, const void *b)
{
    return strcmp(((const struct manifest_file *)a)->path, ((const struct manifest_file *)b)->path);
}

static int compare_omitted(const void *a, const void *b)
{
    return strcmp(((const struct manifest_omitted *)a)->path, ((const struct manifest_omitted *)b)->path);
}

/* A scenario's umask must not keep its evidence out of the bundle: what bars its owner is changed, not through a link.
 */
static bool unbar(int dirfd, const char *path)
{
    autoclose int fd = openat(dirfd, path, O_PATH | O_NOFOLLOW | O_CLOEXEC);
    struct stat st;
    if (fd < 0 || fstat(fd, &st) < 0 || !(S_ISREG(st.st_mode) || S_ISDIR(st.st_mode)))
        return false;
    char itself[32];
    snprintf(itself, sizeof itself, "/proc/self/fd/%d", fd);
    return chmod(itself, (st.st_mode & 0777) | (S_ISDIR(st.st_mode) ? 0700 : 0400)) == 0;
}

static bool is_barred(const struct stat *st)
{
    return (S_ISDIR(st->st_mode) && (st->st_mode & 0700) != 0700) || (S_ISREG(st->st_mode) && !(st->st_mode & 0400));
}

static int open_component(int dirfd, const char *path, int flags)
{
    int all = flags | O_NOFOLLOW | O_CLOEXEC | O_NOCTTY;
    int fd = openat(dirfd, path, all);
    int r = fd < 0 ? -errno : fd;
    if (r == -EACCES && unbar(dirfd, path)) {
        fd = openat(dirfd, path, all);
        r = fd < 0 ? -errno : fd;
    }
    return r;
}

static int open_any_length(int dirfd, const char *path, int flags)
{
    autoclose int held = -1;
    while (strlen(path) >= PATH_MAX) {
        char piece[PATH_MAX];
        memcpy(piece, path, sizeof piece);
        piece[PATH_MAX - 1] = '\0';
        char *slash = strrchr(piece, '/');
        if (!slash)
            return -ENAMETOOLONG;
        *slash = '\0';
        int fd = open_component(dirfd, piece, O_PATH | O_DIRECTORY);
        if (fd < 0)
            return fd;
        close_fd(held);
        dirfd = held = fd;
        path += slash + 1 - piece;
    }
    return open_component(dirfd, path, flags);
}

int tree_open(int dirfd, const char *path)
{
    /* O_NONBLOCK: should the file have become a FIFO since it was listed, the caller's fstat() finds out instead of
     * waiting for a writer that never comes. */
    return open_any_length(dirfd, path, O_RDONLY | O_NONBLOCK);
}

static bool leads_out(const char *path)
{
    for (const char *p = path;; p++) {
        size_t len = strcspn(p, "/");
        if (len == 0 || (len == 1 && *p == '.') || (len == 2 && p[0] == '.' && p[1] == '.'))
            return true;
        p += len;
        if (!*p)
            return false;
    }
}

int tree_create(int dirfd, const char *path)
{
    if (leads_out(path))
        return -EILSEQ;
    autoclose int held = -1;
    for (const char *slash; (slash = strchr(path, '/')); path = slash + 1) {
        autofree char *name = xstrndup(path, (size_t)(slash - path));
        if (mkdirat(dirfd, name, 0700) < 0 && errno != EEXIST)
            return -errno;
        int next = openat(dirfd, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
        if (next < 0)
            return -errno;
        close_fd(held);
        dirfd = held = next;
    }
    int fd = openat(dirfd, path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    return fd < 0 ? -errno : fd;
}

static const char *omitted_kind(mode_t mode)
{
    switch (mode & S_IFMT) {
    case S_IFLNK:
        return "symlink";
    case S_IFSOCK:
        return "socket";
    case S_IFIFO:
        return "fifo";
    default:
        return "device";
    }
}

static bool is_left_out(const struct walk *w, const char *path)
{
    return w->n_left_out > 0 && bsearch(&path, w->left_out, w->n_left_out, sizeof *w->left_out, compare_names);
}

/* What the runner keeps in the folder for itself while it runs. */
static bool is_private(const char *path)
{
    static const char state[] = ".run-state", half[] = ".bundle.tmp";
    return strcmp(path, state) == 0 || (strncmp(path, half, strlen(half)) == 0 && !strchr(path, '/'));
}

/* A bundle does not hold itself, nor one of an earlier try. */
static bool is_a_bundle(const char *path)
{
    for (enum bundle_format f = 0; f < BUNDLE_N_FORMATS; f++) {
        size_t len = strlen(bundle_file_name(f));
        if (strncmp(path, bundle_file_name(f), len) == 0 &&
            (!path[len] || strncmp(path + len, ".sha256", strlen(".sha256")) == 0))
            return true;
    }
    return false;
}

static void list_entry(struct walk *w, const char *path, mode_t mode)
{
    struct manifest *m = w->m;
    if (is_left_out(w, path)) {
        manifest_add_omitted(m, path, "left out");
    } else if (strlen(path) > PATH_BYTES_MAX) {
        manifest_add_omitted(m, path, "too deep");
    } else if (S_ISDIR(mode)) {
        GROW(w->dirs, w->n_dirs, w->cap_dirs);
        w->dirs[w->n_dirs++] = xstrdup(path);
    } else if (!S_ISREG(mode)) {
        manifest_add_omitted(m, path, omitted_kind(mode));
    } else if (strcmp(path, MANIFEST_NAME) == 0) {
        manifest_add_omitted(m, path, "reserved name");
    } else if (!is_private(path) && !is_a_bundle(path)) {
        manifest_add_file(m, path);
    }
}

static int entry_mode(int fd, const struct dirent *e, mode_t *ret_mode)
{
    if (e->d_type != DT_UNKNOWN) {
        *ret_mode = DTTOIF(e->d_type);
        return 0;
    }
    struct stat st;
    if (fstatat(fd, e->d_name, &st, AT_SYMLINK_NOFOLLOW) < 0)
        return -errno;
    *ret_mode = st.st_mode;
    return 0;
}

static int unreadable(struct walk *w, int code, const char *path)
{
    autobuf struct buf shown = {0};
    terminal_add(&shown, path, strlen(path));
    return err_errno(w->err, code, "%s", *path ? buf_str(&shown) : "the run's directory");
}

static int list_directory(struct walk *w, const char *path)
{
    autoclose int fd = open_any_length(w->dirfd, *path ? path : ".", O_RDONLY | O_DIRECTORY);
    if (fd < 0)
        return unreadable(w, fd, path);
    autoclosedir DIR *dir = fdopendir(fd);
    if (!dir)
        return unreadable(w, -errno, path);
    int read_from = steal_fd(&fd);
    for (;;) {
        errno = 0;
        struct dirent *e = readdir(dir);
        if (!e)
            return errno ? unreadable(w, -errno, path) : 0;
        if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0)
            continue;
        autofree char *below = *path ? xasprintf("%s/%s", path, e->d_name) : xstrdup(e->d_name);
        mode_t mode;
        int r = entry_mode(read_from, e, &mode);
        if (r < 0)
            return unreadable(w, r, below);
        list_entry(w, below, mode);
    }
}

static void sort_left_out(struct walk *w, const char *const *left_out)
{
    while (left_out && left_out[w->n_left_out])
        w->n_left_out++;
    w->left_out = xcalloc(w->n_left_out, sizeof *w->left_out);
    for (size_t i = 0; i < w->n_left_out; i++)
        w->left_out[i] = left_out[i];
    qsort(w->left_out, w->n_left_out, sizeof *w->left_out, compare_names);
}

int tree_list(int dirfd, const char *const *left_out, struct manifest *m, struct err *err)
{
    struct walk w = {.dirfd = dirfd, .m = m, .err = err};
    sort_left_out(&w, left_out);
    int r = list_directory(&w, "");
    while (w.n_dirs > 0) {
        autofree char *path = w.dirs[--w.n_dirs];
        if (r == 0)
            r = list_directory(&w, path);
    }
    free(w.dirs);
    free(w.left_out);
    if (r < 0)
        return r;
    if (m->n_files > 0)
        qsort(m->files, m->n_files, sizeof *m->files, compare_files);
    if (m->n_omitted > 0)
        qsort(m->omitted, m->n_omitted, sizeof *m->omitted, compare_omitted);
    return 0;
}

/* ---- modes ------------------------------------------------------------------------------------------------------ */

static void unbar_entry(struct walk *w, int fd, const char *path, const char *name)
{
    struct stat st;
    if (fstatat(fd, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
        return;
    if (is_barred(&st))
        unbar(fd, name);
    if (S_ISDIR(st.st_mode)) {
        GROW(w->dirs, w->n_dirs, w->cap_dirs);
        w->dirs[w->n_dirs++] = *path ? xasprintf("%s/%s", path, name) : xstrdup(name);
    }
}

static void unbar_directory(struct walk *w, const char *path)
{
    autoclose int fd = open_any_length(w->dirfd, *path ? path : ".", O_RDONLY | O_DIRECTORY);
    autoclosedir DIR *dir = fd < 0 ? NULL : fdopendir(fd);
    if (!dir)
        return;
    int read_from = steal_fd(&fd);
    for (struct dirent *e; (e = readdir(dir));)
        if (strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0)
            unbar_entry(w, read_from, path, e->d_name);
}

void tree_unbar(int dirfd)
{
    struct walk w = {.dirfd = dirfd};
    unbar_directory(&w, "");
    while (w.n_dirs > 0) {
        autofree char *path = w.dirs[--w.n_dirs];
        unbar_directory(&w, path);
    }
    free(w.dirs);
}
