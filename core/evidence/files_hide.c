/* SPDX-License-Identifier: Apache-2.0 */
/* The last look for secrets. */
#include "evidence/files_hide.h"

#include "artifacts/collect.h"
#include "artifacts/tree.h"
#include "base/cleanup.h"
#include "base/io.h"
#include "secrets/seek.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { LEAKS_TOLD = 10 };

struct looking {
    const struct secrets *secrets;
    int run_dir;
    struct buf leaks; /* a line for each file */
    size_t n_leaks;
};

/* What is found in one file. */
struct finds {
    int fd;
    bool overwrite;
    int writer; /* -1: nothing was overwritten yet */
    int error;
    const char *name; /* of the first secret; NULL: none */
};

/* cases/CASE/attempt-N/files/..., fixtures/LABEL/files/..., also files-2/ and so on, and start-N/ between. */
static bool is_artifact(const char *path)
{
    if (strncmp(path, "cases/", 6) != 0 && strncmp(path, "fixtures/", 9) != 0)
        return false;
    for (const char *slash = strchr(path, '/'); slash; slash = strchr(slash + 1, '/')) {
        const char *part = slash + 1;
        size_t n = strlen(ARTIFACT_FILES);
        if (strncmp(part, ARTIFACT_FILES, n) == 0 && (part[n] == '/' || part[n] == '-') && strchr(part, '/'))
            return true;
    }
    return false;
}

/* The same file, whoever may have put another in its place. */
static int open_again(int fd)
{
    char path[64];
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    int writer = open(path, O_WRONLY | O_CLOEXEC);
    return writer < 0 ? -errno : writer;
}

static int write_stars(int fd, int64_t start, int64_t end)
{
    static const char stars[] = "****************************************************************";
    for (int64_t at = start; at < end;) {
        size_t n = (size_t)(end - at) < sizeof stars - 1 ? (size_t)(end - at) : sizeof stars - 1;
        ssize_t written = pwrite(fd, stars, n, at);
        if (written <= 0)
            return written < 0 ? -errno : -EIO;
        at += written;
    }
    return 0;
}

/* What is overwritten has been read, and is sought no more: another spelling that overlaps with it is found all the
 * same. */
static void on_find(void *data, int64_t start, int64_t end, const char *name)
{
    struct finds *f = data;
    f->name = f->name ? f->name : name;
    if (!f->overwrite || f->error < 0)
        return;
    if (f->writer < 0)
        f->writer = open_again(f->fd);
    f->error = f->writer < 0 ? f->writer : write_stars(f->writer, start, end);
}

/* The name of the first secret that it has, or NULL. */
static int look_at(struct looking *l, const char *path, const char **ret_name)
{
    struct finds finds = {.fd = tree_open(l->run_dir, path), .overwrite = is_artifact(path), .writer = -1};
    if (finds.fd < 0)
        return finds.fd;
    int r = secrets_find(l->secrets, finds.fd, on_find, &finds);
    close_fd(finds.fd);
    close_fd(finds.writer);
    *ret_name = finds.name;
    return r < 0 ? r : finds.error;
}

static int look_at_all(struct looking *l, const struct manifest *m, int64_t *n_hidden, struct err *err)
{
    for (size_t i = 0; i < m->n_files; i++) {
        const char *path = m->files[i].path;
        const char *name = NULL;
        int r = look_at(l, path, &name);
        if (r < 0)
            return err_errno(err, r, "looking for secrets in %s", path);
        *n_hidden += name && is_artifact(path);
        if (name && !is_artifact(path) && l->n_leaks++ < LEAKS_TOLD)
            buf_addf(&l->leaks, "%s%s holds the secret %s", l->leaks.len > 0 ? "; " : "", path, name);
    }
    return 0;
}

int files_hide(const struct secrets *secrets, int run_dir, int64_t *ret_n_hidden, struct err *err)
{
    struct looking l = {.secrets = secrets, .run_dir = run_dir};
    *ret_n_hidden = 0;
    if (!secrets_any(secrets))
        return 0;
    automanifest struct manifest m = {0};
    int r = tree_list(run_dir, NULL, &m, err);
    if (r == 0)
        r = look_at_all(&l, &m, ret_n_hidden, err);
    if (r == 0 && l.n_leaks > 0)
        r = err_set(err, -EPERM, "%s: there is no bundle, and this must not be passed on", buf_str(&l.leaks));
    buf_free(&l.leaks);
    return r;
}
