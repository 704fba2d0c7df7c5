/* SPDX-License-Identifier: Apache-2.0 */
/* The files of a shard's cases, copied into the folder of the merged run. */
#include "artifacts/collect.h"
#include "artifacts/tree.h"
#include "base/cleanup.h"
#include "base/io.h"
#include "base/mem.h"
#include "base/text.h"
#include "evidence/shard_evidence.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { CHUNK = 128 * 1024 };
#define CASES    "cases/"
#define FIXTURES "fixtures/"

/* Names may hold escape sequences, and errors are read on terminals. */
static int about_file(const struct shard_evidence *s, const char *path, int code, const char *what, struct err *err)
{
    autobuf struct buf shown = {0};
    terminal_add(&shown, path, strlen(path));
    return what ? err_set(err, code, "%s: %s: %s", s->path, buf_str(&shown), what)
                : err_errno(err, code, "%s: %s", s->path, buf_str(&shown));
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

/* Makes the folders of the path and the file, each within the one before, through no link. A path may be longer than
 * PATH_MAX. */
static int create_file(int into, const char *path)
{
    autoclose int held = -1;
    int at = into;
    for (const char *slash; (slash = strchr(path, '/')); path = slash + 1) {
        autofree char *name = xstrndup(path, (size_t)(slash - path));
        if (mkdirat(at, name, 0700) < 0 && errno != EEXIST)
            return -errno;
        int next = openat(at, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
        if (next < 0)
            return -errno;
        close_fd(held);
        at = held = next;
    }
    int fd = openat(at, path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    return fd < 0 ? -errno : fd;
}

static ssize_t read_some(const struct shard_evidence *s, int fd, const char *path, char *chunk, size_t len, int64_t at)
{
    if (s->bundle)
        return bundle_pread(s->bundle, path, chunk, len, at);
    ssize_t n;
    do
        n = pread(fd, chunk, len, at);
    while (n < 0 && errno == EINTR);
    return n < 0 ? -errno : n;
}

/* From `offset` on, `length` bytes or as many as there are. */
static int copy_part(const struct shard_evidence *s, int from, const char *path, int to, char *chunk,
                     const struct extent *x)
{
    for (int64_t done = 0; done < x->length;) {
        size_t len = x->length - done < CHUNK ? (size_t)(x->length - done) : CHUNK;
        ssize_t n = read_some(s, from, path, chunk, len, x->offset + done);
        if (n <= 0)
            return (int)n;
        int r = io_write_all(to, chunk, (size_t)n);
        if (r < 0)
            return r;
        done += n;
    }
    return 0;
}

static void find_holes(const struct shard_evidence *s, int from, const char *path, struct arena *arena,
                       struct extents *ret_data, int64_t *ret_size)
{
    struct stat st;
    if (s->bundle) {
        const struct manifest_file *f = bundle_find(s->bundle, path);
        *ret_data = f->data;
        *ret_size = f->size;
    } else {
        extents_of_file(from, arena, ret_data);
        *ret_size = fstat(from, &st) == 0 ? st.st_size : 0;
    }
}

/* A sparse file stays one. */
static int copy_content(const struct shard_evidence *s, int from, const char *path, int to, char *chunk)
{
    static const struct extent whole = {0, INT64_MAX};
    struct arena arena = {0};
    struct extents data;
    int64_t size;
    find_holes(s, from, path, &arena, &data, &size);
    int r = data.n > 0 ? 0 : copy_part(s, from, path, to, chunk, &whole);
    for (size_t i = 0; r == 0 && i < data.n; i++) {
        r = lseek(to, data.items[i].offset, SEEK_SET) < 0 ? -errno : 0;
        if (r == 0)
            r = copy_part(s, from, path, to, chunk, &data.items[i]);
    }
    if (r == 0 && data.n > 0 && ftruncate(to, size) < 0)
        r = -errno;
    arena_free(&arena);
    return r;
}

static int open_source(const struct shard_evidence *s, const char *path, int *ret_fd)
{
    *ret_fd = -1;
    if (s->bundle)
        return 0;
    *ret_fd = tree_open(s->dir, path);
    struct stat st;
    if (*ret_fd < 0)
        return *ret_fd;
    if (fstat(*ret_fd, &st) < 0)
        return -errno;
    return S_ISREG(st.st_mode) ? 0 : -EINVAL; /* it was listed as a file a moment ago */
}

static int copy_file(const struct shard_evidence *s, const char *path, int into, const char *to_path, char *chunk,
                     struct err *err)
{
    autoclose int from = -1;
    int r = open_source(s, path, &from);
    if (r < 0)
        return about_file(s, path, r, NULL, err);
    autoclose int to = create_file(into, to_path);
    if (to < 0)
        return about_file(s, path, to, NULL, err);
    r = copy_content(s, from, path, to, chunk);
    return r < 0 ? about_file(s, path, r, NULL, err) : 0;
}

/* The folders' names of the log's cases. */
static void name_folders(const struct merge_log *log, struct arena *arena, struct idmap *ret_folders)
{
    autobuf struct buf name = {0};
    for (size_t i = 0; i < log->n_planned; i++) {
        buf_clear(&name);
        artifact_component(&name, log->planned[i].id);
        idmap_put(ret_folders, arena_strndup(arena, name.data, name.len), name.len, (uint32_t)i);
    }
}

static bool is_of_a_case(const struct idmap *folders, const char *path)
{
    if (strncmp(path, CASES, sizeof CASES - 1) != 0)
        return false;
    const char *name = path + sizeof CASES - 1;
    size_t len = strcspn(name, "/");
    return name[len] && idmap_get(folders, name, len) != IDMAP_NONE;
}

/* Each shard has fixtures of its own, which may have the same names: in the merged run they have the shard's before
 * theirs, as in its log (record/merge.h). NULL: it belongs to none. */
static char *fixture_path(const struct merge_log *log, const char *path)
{
    autobuf struct buf label = {0}, to = {0};
    if (strncmp(path, FIXTURES, sizeof FIXTURES - 1) != 0)
        return NULL;
    const char *name = path + sizeof FIXTURES - 1;
    size_t len = strcspn(name, "/");
    if (!name[len] || artifact_case(name, len, &label) < 0)
        return NULL;
    autofree char *own = merge_fixture_label(log, buf_str(&label));
    buf_adds(&to, FIXTURES);
    artifact_component(&to, own);
    buf_adds(&to, name + len);
    return buf_steal(&to);
}

/* What every run's folder has, and what is made again. */
static bool is_the_runs(const char *path)
{
    static const char *const names[] = {EVLOG_NAME, LEDGER_NAME, "junit.xml", "results.json"};
    for (size_t i = 0; i < ARRAY_LEN(names); i++)
        if (strcmp(path, names[i]) == 0)
            return true;
    return false;
}

int shard_evidence_copy(const struct shard_evidence *s, const struct merge_log *log, int into, size_t *ret_left,
                        struct err *err)
{
    struct arena arena = {0};
    struct idmap folders = {0};
    name_folders(log, &arena, &folders);
    autofree char *chunk = xmalloc(CHUNK);
    size_t left = 0;
    int r = 0;
    for (size_t i = 0; r == 0 && i < s->files->n_files; i++) {
        const char *path = s->files->files[i].path;
        autofree char *fixture = fixture_path(log, path);
        if (!fixture && !is_of_a_case(&folders, path))
            left += !is_the_runs(path);
        else if (leads_out(path))
            r = about_file(s, path, -EILSEQ, "this is no path within a run's folder", err);
        else
            r = copy_file(s, path, into, fixture ? fixture : path, chunk, err);
    }
    idmap_free(&folders);
    arena_free(&arena);
    *ret_left = left;
    return r;
}
