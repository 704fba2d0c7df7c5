/* SPDX-License-Identifier: Apache-2.0 */
/* The files of a shard's cases, written into the folder of the merged run. */
#include "artifacts/collect.h"
#include "artifacts/tree.h"
#include "base/cleanup.h"
#include "base/io.h"
#include "base/mem.h"
#include "base/program.h"
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
static int about_file(const struct shard_evidence *s, const char *path, int code, struct err *err)
{
    autobuf struct buf shown = {0};
    terminal_add(&shown, path, strlen(path));
    return err_errno(err, code, "%s: %s", s->path, buf_str(&shown));
}

/* From `offset` on, `length` bytes or as many as there are. */
static int copy_part(int from, int to, char *chunk, const struct extent *x)
{
    for (int64_t done = 0; done < x->length;) {
        size_t len = x->length - done < CHUNK ? (size_t)(x->length - done) : CHUNK;
        ssize_t n = pread(from, chunk, len, x->offset + done);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return n < 0 ? -errno : 0;
        int r = io_write_all(to, chunk, (size_t)n);
        if (r < 0)
            return r;
        done += n;
    }
    return 0;
}

/* A sparse file stays one. */
static int copy_content(int from, int64_t size, int to, char *chunk)
{
    static const struct extent whole = {0, INT64_MAX};
    struct arena arena = {0};
    struct extents data;
    extents_of_file(from, &arena, &data);
    int r = data.n > 0 ? 0 : copy_part(from, to, chunk, &whole);
    for (size_t i = 0; r == 0 && i < data.n; i++) {
        r = lseek(to, data.items[i].offset, SEEK_SET) < 0 ? -errno : 0;
        if (r == 0)
            r = copy_part(from, to, chunk, &data.items[i]);
    }
    if (r == 0 && data.n > 0 && ftruncate(to, size) < 0)
        r = -errno;
    arena_free(&arena);
    return r;
}

static int copy_file(const struct shard_evidence *s, const struct bundle_wanted *w, int into, char *chunk,
                     struct err *err)
{
    autoclose int from = tree_open(s->dir, w->path);
    struct stat st;
    if (from < 0)
        return about_file(s, w->path, from, err);
    if (fstat(from, &st) < 0)
        return about_file(s, w->path, -errno, err);
    if (!S_ISREG(st.st_mode)) /* it was listed as a file a moment ago */
        return about_file(s, w->path, -EINVAL, err);
    autoclose int to = tree_create(into, w->to);
    int r = to < 0 ? to : copy_content(from, st.st_size, to, chunk);
    return r < 0 ? about_file(s, w->path, r, err) : 0;
}

static int copy_files(const struct shard_evidence *s, const struct bundle_wanted *files, size_t n, int into,
                      struct err *err)
{
    autofree char *chunk = xmalloc(CHUNK);
    int r = 0;
    for (size_t i = 0; r == 0 && i < n; i++)
        r = copy_file(s, &files[i], into, chunk, err);
    return r;
}

static int extract_files(const struct shard_evidence *s, const struct bundle_wanted *files, size_t n, int into,
                         struct err *err)
{
    autofree char *helper = helper_path("muster-bundle");
    const struct bundle_check_options options = {
        .manifest = bundle_manifest(s->bundle), .wanted = files, .n_wanted = n, .stream = -1, .folder = into};
    return n > 0 ? bundle_extract(helper, s->path, &options, err) : 0;
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
static const char *fixture_path(const struct merge_log *log, const char *path, struct arena *arena)
{
    autobuf struct buf label = {0}, to = {0};
    if (strncmp(path, FIXTURES, sizeof FIXTURES - 1) != 0)
        return NULL;
    const char *name = path + sizeof FIXTURES - 1;
    size_t len = strcspn(name, "/");
    if (!name[len] || artifact_case(name, len, &label) < 0)
        return NULL;
    autofree char *own = merge_fixture_label(log, buf_str(&label));
    artifact_fixture_path(&to, own, 1);
    buf_adds(&to, name + len);
    return arena_strdup(arena, buf_str(&to));
}

/* What every run's folder has, and what is made again. */
static bool is_the_runs(const char *path)
{
    static const char *const names[] = {EVLOG_NAME, LEDGER_NAME, "junit.xml", "results.json", "report.html"};
    for (size_t i = 0; i < ARRAY_LEN(names); i++)
        if (strcmp(path, names[i]) == 0)
            return true;
    return false;
}

/* Those that belong to the merged run, in their order, with where they go in it; malloc'd. */
static struct bundle_wanted *choose_files(const struct shard_evidence *s, const struct merge_log *log,
                                          struct arena *arena, size_t *ret_n, size_t *ret_left)
{
    struct idmap folders = {0};
    name_folders(log, arena, &folders);
    struct bundle_wanted *chosen = xcalloc(s->files.n_files, sizeof *chosen);
    size_t n = 0, left = 0;
    for (size_t i = 0; i < s->files.n_files; i++) {
        const char *path = s->files.files[i].path;
        const char *to = is_of_a_case(&folders, path) ? path : fixture_path(log, path, arena);
        if (to)
            chosen[n++] = (struct bundle_wanted){.path = path, .to = to};
        else
            left += !is_the_runs(path);
    }
    idmap_free(&folders);
    *ret_n = n;
    *ret_left = left;
    return chosen;
}

int shard_evidence_copy(const struct shard_evidence *s, const struct merge_log *log, int into, size_t *ret_left,
                        struct err *err)
{
    struct arena arena = {0};
    size_t n;
    autofree struct bundle_wanted *files = choose_files(s, log, &arena, &n, ret_left);
    int r = (s->bundle ? extract_files : copy_files)(s, files, n, into, err);
    arena_free(&arena);
    return r;
}
