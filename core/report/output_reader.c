/* SPDX-License-Identifier: Apache-2.0 */
/* The attempts' output files, read from a run's directory. */
#include "report/output_reader.h"

#include "artifacts/collect.h"
#include "base/cleanup.h"

#include <fcntl.h>
#include <sys/stat.h>

static int read_from(int fd, int64_t at, size_t len, struct buf *out)
{
    size_t before = out->len;
    while (len > 0) {
        ssize_t n = pread(fd, buf_reserve(out, len), len, at);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0) {
            out->len = before;
            return -errno;
        }
        if (n == 0)
            break;
        out->len += (size_t)n;
        at += n;
        len -= (size_t)n;
    }
    return 0;
}

static int read_dir_file(void *data, const char *path, size_t max_tail, struct buf *out, int64_t *ret_size)
{
    /* A scenario may have put anything in its folder: a FIFO must not hang the report, a link not lead out of it. */
    autoclose int fd = openat(*(const int *)data, path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    struct stat st;
    if (fd < 0 || fstat(fd, &st) < 0)
        return -errno;
    if (!S_ISREG(st.st_mode))
        return -EINVAL;
    int64_t from = st.st_size > (int64_t)max_tail ? st.st_size - (int64_t)max_tail : 0;
    int r = read_from(fd, from, (size_t)(st.st_size - from), out);
    if (r == 0)
        *ret_size = st.st_size;
    return r;
}

struct output_reader output_reader_dir(const int *dirfd)
{
    return (struct output_reader){read_dir_file, (void *)(uintptr_t)dirfd};
}

void output_reader_path(struct buf *out, const struct model_case *c, const struct model_attempt *a, const char *name)
{
    artifact_path(out, c->id, (uint32_t)a->number);
    buf_addc(out, '/');
    buf_adds(out, name);
}

void output_reader_artifact_path(struct buf *out, const struct model_case *c, const struct model_attempt *a,
                                 const char *name)
{
    output_reader_path(out, c, a, ARTIFACT_FILES "/");
    buf_adds(out, name);
}

bool output_reader_tail(const struct output_reader *source, const char *path, size_t max_tail, struct buf *out,
                        int64_t *ret_size)
{
    size_t before = out->len;
    int64_t size = 0;
    if (!source || source->read(source->data, path, max_tail, out, &size) < 0)
        return false;
    /* A tail that begins within a character begins after it. */
    size_t skip = 0;
    while (size > (int64_t)(out->len - before) && skip < 3 && before + skip < out->len &&
           ((unsigned char)out->data[before + skip] & 0xc0) == 0x80)
        skip++;
    if (skip > 0) {
        for (size_t i = before + skip; i < out->len; i++)
            out->data[i - skip] = out->data[i];
        out->len -= skip;
    }
    *ret_size = size;
    return out->len > before;
}
