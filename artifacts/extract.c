/* SPDX-License-Identifier: Apache-2.0 */
/* Members taken out of a bundle while it is checked. */
#include "artifacts/extract.h"

#include "artifacts/tree.h"
#include "base/cleanup.h"
#include "base/io.h"
#include "base/text.h"

#include <string.h>

/* A hole that goes to the stream is written as zeros: more of them than this are an enemy's. */
static const int64_t zeros_max = INT64_C(1) << 30;

static int about_member(const struct extract *t, int code, const char *what, struct err *err)
{
    autobuf struct buf shown = {0};
    terminal_add(&shown, t->wanted->path, strlen(t->wanted->path));
    return what ? err_set(err, code, "%s: %s", buf_str(&shown), what)
                : err_errno(err, code, "%s: taking it out", buf_str(&shown));
}

static int compare_path(const void *path, const void *wanted)
{
    return strcmp(path, ((const struct bundle_wanted *)wanted)->path);
}

void extract_start(struct extract *t, const struct bundle_check_options *what, int64_t *sizes)
{
    *t = (struct extract){.what = what, .sizes = sizes, .stream = what->stream, .file = -1};
    for (size_t i = 0; i < what->n_wanted; i++)
        sizes[i] = -1;
}

static int make_file(struct extract *t, struct err *err)
{
    t->file = tree_create(t->what->folder, t->wanted->to);
    if (t->file == -EILSEQ)
        return about_member(t, -EILSEQ, "this is no path within a run's folder", err);
    return t->file < 0 ? about_member(t, t->file, NULL, err) : 0;
}

int extract_member(struct extract *t, const char *path, int64_t size, const struct extents *data, struct err *err)
{
    const struct bundle_check_options *o = t->what;
    t->wanted = o->n_wanted ? bsearch(path, o->wanted, o->n_wanted, sizeof *o->wanted, compare_path) : NULL;
    if (!t->wanted)
        return 0;
    t->sizes[t->wanted - o->wanted] = size;
    t->size = size;
    t->data = *data;
    t->extent = 0;
    t->at = t->from = t->done = 0;
    if (t->wanted->to)
        return make_file(t, err);
    if (size > t->wanted->max_tail)
        t->from = t->done = size - t->wanted->max_tail;
    if (data->n > 0 && size - t->from > zeros_max)
        return about_member(t, -EFBIG, "it is too large to be read at once", err);
    return 0;
}

/* Whoever reads a pipe may have read enough. */
static int to_stream(struct extract *t, const char *bytes, size_t len)
{
    int r = t->stream < 0 ? 0 : io_write_all(t->stream, bytes, len);
    if (r == -EPIPE) {
        t->stream = -1;
        return 0;
    }
    return r;
}

/* What lies before is a hole. */
static int go_on_at(struct extract *t, int64_t offset)
{
    static const char zeros[16 * 1024];
    if (t->file >= 0 && offset != t->done && lseek(t->file, offset, SEEK_SET) < 0)
        return -errno;
    while (t->file < 0 && t->done < offset) {
        int64_t left = offset - t->done;
        size_t len = left < (int64_t)sizeof zeros ? (size_t)left : sizeof zeros;
        int r = to_stream(t, zeros, len);
        if (r < 0)
            return r;
        t->done += (int64_t)len;
    }
    t->done = offset;
    return 0;
}

/* These bytes stand together in the member. */
static int put(struct extract *t, const char *bytes, size_t len)
{
    int64_t end = t->at + (int64_t)len;
    if (end <= t->from)
        return 0;
    if (t->at < t->from) {
        bytes += t->from - t->at;
        len = (size_t)(end - t->from);
    }
    int r = go_on_at(t, end - (int64_t)len);
    if (r == 0)
        r = t->file >= 0 ? io_write_all(t->file, bytes, len) : to_stream(t, bytes, len);
    t->done = end;
    return r;
}

/* Moves to the next data of the member; how much of it stands together. */
static size_t move_to_data(struct extract *t, size_t len)
{
    if (t->data.n == 0)
        return len;
    const struct extent *x = &t->data.items[t->extent];
    if (t->at >= x->offset + x->length && t->extent + 1 < t->data.n)
        x = &t->data.items[++t->extent];
    if (t->at < x->offset)
        t->at = x->offset;
    int64_t left = x->offset + x->length - t->at;
    return (uint64_t)left < len ? (size_t)left : len;
}

int extract_data(struct extract *t, const char *data, size_t len, struct err *err)
{
    while (t->wanted && len > 0) {
        size_t n = move_to_data(t, len);
        int r = put(t, data, n);
        if (r < 0)
            return about_member(t, r, NULL, err);
        t->at += (int64_t)n;
        data += n;
        len -= n;
    }
    return 0;
}

int extract_end(struct extract *t, bool cut, struct err *err)
{
    int r = 0;
    if (t->wanted && !cut)
        r = t->file < 0 ? go_on_at(t, t->size) : t->data.n > 0 && ftruncate(t->file, t->size) < 0 ? -errno : 0;
    if (r < 0)
        about_member(t, r, NULL, err);
    close_fd(t->file);
    t->file = -1;
    t->wanted = NULL;
    return r;
}
