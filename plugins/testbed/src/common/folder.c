/* SPDX-License-Identifier: Apache-2.0 */
/* The platform's folder: made, written, listed, removed. */
#include "common/folder.h"

#include <errno.h>
#include <fcntl.h>
#include <fts.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define SQLITE "sqlite:"

__attribute__((format(printf, 1, 0))) static char *format_text(const char *format, va_list args)
{
    char *text;

    if (vasprintf(&text, format, args) < 0)
        abort();
    return text;
}

__attribute__((format(printf, 1, 2))) static char *text(const char *format, ...)
{
    va_list args;

    va_start(args, format);
    char *made = format_text(format, args);
    va_end(args);
    return made;
}

/* NULL after a message on stderr. */
static char *make_private(void)
{
    const char *base = getenv("TMPDIR");
    char *path = text("%s/muster-testbed-XXXXXX", base && *base && access(base, W_OK) == 0 ? base : "/tmp");

    if (mkdtemp(path))
        return path;
    fprintf(stderr, "muster-testbed: no folder %s: %s\n", path, strerror(errno));
    free(path);
    return NULL;
}

/* Somebody tidies up temporary files: what was in a private folder is gone then, and the platform goes on in another.
 */
static void renew_private(struct folder *f)
{
    struct stat now;
    char *path = f->is_private && fstat(f->lock, &now) == 0 && now.st_nlink == 0 ? make_private() : NULL;
    int lock = path ? open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;

    if (lock < 0) {
        free(path);
        return;
    }
    flock(lock, LOCK_EX | LOCK_NB);
    close(f->lock);
    free(f->path);
    f->lock = lock;
    f->path = path;
}

char *folder_path(struct testbed *tb, const char *format, ...)
{
    va_list args;

    renew_private(&tb->folder);
    va_start(args, format);
    char *below = format_text(format, args);
    va_end(args);
    char *path = text("%s/%s", tb->folder.path, below);
    free(below);
    return path;
}

/* ---- files ------------------------------------------------------------------------------------------------------- */

/* All folders that `path` goes through, not its last part. */
static int make_above(const char *path)
{
    char *above = strdup(path);
    int rc = 0;

    if (!above)
        abort();
    for (char *slash = strchr(above + 1, '/'); slash && rc == 0; slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        rc = mkdir(above, 0700) == 0 || errno == EEXIST ? 0 : -errno;
        *slash = '/';
    }
    free(above);
    return rc;
}

int folder_make(const char *path)
{
    int rc = make_above(path);

    if (rc == 0 && mkdir(path, 0700) != 0 && errno != EEXIST)
        rc = -errno;
    return rc;
}

static int write_all(int fd, const char *data, size_t len)
{
    while (len > 0) {
        ssize_t n = write(fd, data, len);
        if (n < 0 && errno != EINTR)
            return -errno;
        data += n > 0 ? n : 0;
        len -= n > 0 ? (size_t)n : 0;
    }
    return fsync(fd) == 0 ? 0 : -errno;
}

int folder_write(const char *path, const void *data, size_t len)
{
    char *part = text("%s.part", path);
    int rc = make_above(path);
    int fd = rc == 0 ? open(part, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600) : -1;

    if (rc == 0)
        rc = fd < 0 ? -errno : write_all(fd, data, len);
    if (fd >= 0 && close(fd) != 0 && rc == 0)
        rc = -errno;
    if (rc == 0 && rename(part, path) != 0)
        rc = -errno;
    if (rc != 0 && fd >= 0)
        unlink(part);
    free(part);
    return rc;
}

char *folder_read(const char *path, size_t *ret_len)
{
    FILE *in = fopen(path, "re");
    char *data = NULL;
    size_t len = 0, room = 0, n;

    if (!in)
        return NULL;
    do {
        if (room - len < 2) {
            room = room ? 2 * room : 4096;
            data = realloc(data, room);
            if (!data)
                abort();
        }
        n = fread(data + len, 1, room - len - 1, in);
        len += n;
    } while (n > 0);
    int failed = ferror(in) ? EIO : 0;
    fclose(in);
    if (failed) {
        free(data);
        errno = failed;
        return NULL;
    }
    data[len] = '\0';
    *ret_len = len;
    return data;
}

static int in_order(const FTSENT **a, const FTSENT **b)
{
    return strcmp((*a)->fts_name, (*b)->fts_name);
}

static FTS *walk(const char *path)
{
    char *const paths[] = {(char *)(uintptr_t)path, NULL};

    return fts_open(paths, FTS_PHYSICAL | FTS_NOCHDIR, in_order);
}

void folder_remove(const char *path)
{
    FTS *all = walk(path);

    for (FTSENT *e; all && (e = fts_read(all));) {
        if (e->fts_info == FTS_DP)
            rmdir(e->fts_accpath);
        else if (e->fts_info != FTS_D && e->fts_info != FTS_NS)
            unlink(e->fts_accpath);
    }
    if (all)
        fts_close(all);
}

json_t *folder_files(const char *path)
{
    json_t *files = json_array();
    FTS *all = walk(path);

    for (FTSENT *e; all && (e = fts_read(all));)
        if (e->fts_info == FTS_F)
            json_array_append_new(files, json_string(e->fts_path));
    if (all)
        fts_close(all);
    return files;
}

/* ---- the folder -------------------------------------------------------------------------------------------------- */

static char *choose(const struct testbed *tb, bool *ret_private)
{
    bool is_file = strncmp(tb->opt.store, SQLITE, sizeof SQLITE - 1) == 0;

    *ret_private = !tb->opt.data && !is_file;
    if (*ret_private)
        return make_private();
    char *wanted = tb->opt.data ? text("%s/", tb->opt.data) : text("%s.data/", tb->opt.store + sizeof SQLITE - 1);
    int rc = make_above(wanted);
    char *path = rc == 0 ? realpath(wanted, NULL) : NULL;
    if (!path)
        fprintf(stderr, "muster-testbed: the folder %s: %s\n", wanted, strerror(rc ? -rc : errno));
    free(wanted);
    return path;
}

int folder_open(struct testbed *tb)
{
    struct folder f = {.lock = -1};

    f.is_private = tb->life.folder != NULL;
    f.path = f.is_private ? strdup(tb->life.folder) : choose(tb, &f.is_private);
    if (!f.path)
        return -1;
    f.lock = open(f.path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (f.lock < 0 || flock(f.lock, LOCK_EX | LOCK_NB) != 0) {
        fprintf(stderr, "muster-testbed: the folder %s: %s\n", f.path,
                errno == EWOULDBLOCK ? "another platform has it" : strerror(errno));
        if (f.lock >= 0)
            close(f.lock);
        free(f.path);
        return -1;
    }
    tb->folder = f;
    return 0;
}

void folder_close(struct testbed *tb)
{
    if (!tb->folder.path)
        return;
    if (tb->folder.is_private)
        folder_remove(tb->folder.path);
    else if (!tb->opt.data)
        rmdir(tb->folder.path); /* if nothing is kept in it */
    close(tb->folder.lock);
    free(tb->folder.path);
    tb->folder = (struct folder){.lock = -1};
}
