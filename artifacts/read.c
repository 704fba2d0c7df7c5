/* SPDX-License-Identifier: Apache-2.0 */
/* The files in a bundle, read from its spool. */
#include "artifacts/read.h"

#include "artifacts/helper.h"
#include "base/cleanup.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

enum { LENGTH_LINE_MAX = 24, READ_MAX = 1 << 30 };

struct bundle_reader {
    int spool;
    struct manifest manifest;
    int64_t *offsets; /* in the spool, by index in the manifest's files */
};

static int open_spool(struct err *err)
{
    const char *dir = getenv("TMPDIR");
    autofree char *name = xasprintf("%s/muster-bundle-XXXXXX", dir && *dir ? dir : "/var/tmp");
    int fd = mkostemp(name, O_CLOEXEC);
    if (fd < 0)
        return err_errno(err, -errno, "%s", name);
    unlink(name);
    return fd;
}

static int read_all(int fd, char *data, size_t len, int64_t offset)
{
    while (len > 0) {
        ssize_t n = pread(fd, data, len, offset);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return -errno;
        if (n == 0)
            return -EIO;
        data += n;
        len -= (size_t)n;
        offset += n;
    }
    return 0;
}

static int load_spool(struct bundle_reader *r, struct err *err)
{
    char line[LENGTH_LINE_MAX + 1] = "";
    if (pread(r->spool, line, LENGTH_LINE_MAX, 0) < 0)
        return err_errno(err, -errno, "reading the unpacked bundle");
    char *end;
    unsigned long long len = strtoull(line, &end, 10);
    if (*end != '\n' || len > MANIFEST_MAX)
        return err_set(err, -EIO, "muster-bundle unpacked something else than a bundle");
    int64_t offset = end + 1 - line;
    autofree char *text = xmalloc(len);
    int got = read_all(r->spool, text, len, offset);
    if (got < 0)
        return err_errno(err, got, "reading the unpacked bundle");
    int parsed = manifest_parse(text, len, &r->manifest, err);
    if (parsed < 0)
        return parsed;
    offset += (int64_t)len;
    r->offsets = xcalloc(r->manifest.n_files, sizeof *r->offsets);
    for (size_t i = 0; i < r->manifest.n_files; i++) {
        r->offsets[i] = offset;
        offset += manifest_bytes(&r->manifest.files[i]);
    }
    return 0;
}

int bundle_open(const char *helper, const char *path, struct bundle_reader **ret_reader, struct err *err)
{
    int spool = open_spool(err);
    if (spool < 0)
        return spool;
    struct bundle_reader *r = xcalloc(1, sizeof *r);
    r->spool = spool;
    const char *const args[] = {"unpack", path, NULL};
    struct helper h;
    int failed = helper_start(helper, args, spool, &h, err);
    if (failed == 0)
        failed = helper_finish(&h, NULL, err);
    if (failed == 0)
        failed = load_spool(r, err);
    if (failed < 0) {
        bundle_close(r);
        return failed;
    }
    *ret_reader = r;
    return 0;
}

void bundle_close(struct bundle_reader *r)
{
    if (!r)
        return;
    close_fd(r->spool);
    manifest_free(&r->manifest);
    free(r->offsets);
    free(r);
}

const struct manifest *bundle_manifest(const struct bundle_reader *r)
{
    return &r->manifest;
}

static int compare_path(const void *path, const void *file)
{
    return strcmp(path, ((const struct manifest_file *)file)->path);
}

const struct manifest_file *bundle_find(const struct bundle_reader *r, const char *path)
{
    const struct manifest *m = &r->manifest;
    return m->n_files ? bsearch(path, m->files, m->n_files, sizeof *m->files, compare_path) : NULL;
}

/* Holes are read as zeros; `stored` is where the file's data begins in the spool. */
static int read_sparse(int spool, const struct extents *all, char *data, size_t len, int64_t offset, int64_t stored)
{
    int r = 0;
    memset(data, 0, len);
    for (size_t i = 0; r == 0 && i < all->n; i++) {
        const struct extent *x = &all->items[i];
        int64_t from = offset > x->offset ? offset : x->offset;
        int64_t end = x->offset + x->length, wanted = offset + (int64_t)len;
        int64_t to = wanted < end ? wanted : end;
        if (from < to)
            r = read_all(spool, data + (from - offset), (size_t)(to - from), stored + (from - x->offset));
        stored += x->length;
    }
    return r;
}

ssize_t bundle_pread(const struct bundle_reader *r, const char *path, void *data, size_t len, int64_t offset)
{
    const struct manifest_file *f = bundle_find(r, path);
    if (!f)
        return -ENOENT;
    if (offset < 0)
        return -EINVAL;
    if (offset >= f->size)
        return 0;
    if ((uint64_t)len > (uint64_t)(f->size - offset))
        len = (size_t)(f->size - offset);
    int64_t stored = r->offsets[f - r->manifest.files];
    int failed = f->data.n > 0 ? read_sparse(r->spool, &f->data, data, len, offset, stored)
                               : read_all(r->spool, data, len, stored + offset);
    return failed < 0 ? failed : (ssize_t)len;
}

int bundle_read(const struct bundle_reader *r, const char *path, size_t max_tail, struct buf *out, int64_t *ret_cut,
                struct err *err)
{
    const struct manifest_file *f = bundle_find(r, path);
    if (!f)
        return err_set(err, -ENOENT, "the bundle has no file %s", path);
    size_t len = (uint64_t)f->size < max_tail ? (size_t)f->size : max_tail;
    if (f->data.n > 0 && len > READ_MAX)
        return err_set(err, -EFBIG, "%s in the bundle: it is too large to be read at once", path);
    int64_t cut = f->size - (int64_t)len;
    ssize_t n = bundle_pread(r, path, buf_reserve(out, len), len, cut);
    if (n < 0)
        return err_errno(err, (int)n, "%s in the bundle", path);
    out->len += (size_t)n;
    if (ret_cut)
        *ret_cut = cut;
    return 0;
}
