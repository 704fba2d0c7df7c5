/* SPDX-License-Identifier: Apache-2.0 */
/* Members of a bundle, read from a spool. */
#include "artifacts/read.h"

#include "base/cleanup.h"
#include "base/mem.h"

#include <string.h>

struct member_place {
    char *path;
    int64_t size;   /* -1: there is none */
    int64_t from;   /* what was taken of it begins here */
    int64_t stored; /* where that is in the spool */
};

struct bundle_reader {
    int spool; /* the caller's */
    char *manifest;
    struct member_place *members; /* by path */
    size_t n_members;
};

static void find_places(struct bundle_reader *r, const struct bundle_check_options *o, const int64_t *sizes)
{
    int64_t end = 0;
    r->members = xcalloc(o->n_wanted, sizeof *r->members);
    r->n_members = o->n_wanted;
    for (size_t i = 0; i < o->n_wanted; i++) {
        const struct bundle_wanted *w = &o->wanted[i];
        struct member_place *m = &r->members[i];
        *m = (struct member_place){.path = xstrdup(w->path), .size = sizes[i], .stored = end};
        m->from = m->size > w->max_tail ? m->size - w->max_tail : 0;
        if (m->size > 0)
            end += m->size - m->from;
    }
}

/* The whole of a check whose stream nobody waits for. */
static int check(const char *helper, const char *path, const struct bundle_check_options *o,
                 struct verify_report *ret_report, struct err *err)
{
    struct bundle_check *c;
    struct verify_report report;
    int r = bundle_check_start(helper, path, o, &c, err);
    if (r == 0)
        r = bundle_check_finish(c, &report, err);
    if (r < 0)
        return r;
    r = verify_judge(&report, path, err);
    if (r < 0)
        verify_report_free(&report);
    else
        *ret_report = report;
    return r;
}

int bundle_open(const char *helper, const char *path, const struct bundle_check_options *o,
                struct bundle_reader **ret_reader, struct err *err)
{
    struct verify_report report;
    int failed = check(helper, path, o, &report, err);
    if (failed < 0)
        return failed;
    struct bundle_reader *r = xcalloc(1, sizeof *r);
    r->spool = o->stream;
    r->manifest = xstrdup(report.manifest);
    find_places(r, o, report.sizes);
    verify_report_free(&report);
    *ret_reader = r;
    return 0;
}

int bundle_extract(const char *helper, const char *path, const struct bundle_check_options *o, struct err *err)
{
    struct verify_report report;
    int r = check(helper, path, o, &report, err);
    if (r == 0)
        verify_report_free(&report);
    return r;
}

void bundle_close(struct bundle_reader *r)
{
    if (!r)
        return;
    for (size_t i = 0; i < r->n_members; i++)
        free(r->members[i].path);
    free(r->members);
    free(r->manifest);
    free(r);
}

const char *bundle_manifest(const struct bundle_reader *r)
{
    return r->manifest;
}

static int compare_path(const void *path, const void *member)
{
    return strcmp(path, ((const struct member_place *)member)->path);
}

static const struct member_place *find(const struct bundle_reader *r, const char *path)
{
    const struct member_place *m =
        r->n_members ? bsearch(path, r->members, r->n_members, sizeof *r->members, compare_path) : NULL;
    return m && m->size >= 0 ? m : NULL;
}

bool bundle_has(const struct bundle_reader *r, const char *path)
{
    return find(r, path) != NULL;
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

static ssize_t read_member(const struct bundle_reader *r, const struct member_place *m, void *data, size_t len,
                           int64_t offset)
{
    if (offset < m->from)
        return -EINVAL;
    if (offset >= m->size)
        return 0;
    if ((uint64_t)len > (uint64_t)(m->size - offset))
        len = (size_t)(m->size - offset);
    int failed = read_all(r->spool, data, len, m->stored + (offset - m->from));
    return failed < 0 ? failed : (ssize_t)len;
}

ssize_t bundle_pread(const struct bundle_reader *r, const char *path, void *data, size_t len, int64_t offset)
{
    const struct member_place *m = find(r, path);
    return m ? read_member(r, m, data, len, offset) : -ENOENT;
}

int bundle_read(const struct bundle_reader *r, const char *path, size_t max_tail, struct buf *out, int64_t *ret_cut,
                struct err *err)
{
    const struct member_place *m = find(r, path);
    if (!m)
        return err_set(err, -ENOENT, "the bundle has no file %s", path);
    size_t len = (uint64_t)m->size < max_tail ? (size_t)m->size : max_tail;
    int64_t cut = m->size - (int64_t)len;
    ssize_t n = read_member(r, m, buf_reserve(out, len), len, cut);
    if (n < 0)
        return err_errno(err, (int)n, "%s in the bundle", path);
    out->len += (size_t)n;
    if (ret_cut)
        *ret_cut = cut;
    return 0;
}
