/* SPDX-License-Identifier: Apache-2.0 */
/* A bundle's content, archived again and compared. */
#include "artifacts/recode.h"

#include "base/cleanup.h"

#include <string.h>

static ssize_t read_at(int fd, void *data, size_t len, int64_t offset)
{
    size_t done = 0;
    while (done < len) {
        ssize_t n = pread(fd, (char *)data + done, len - done, offset + (int64_t)done);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return -errno;
        if (n == 0)
            break;
        done += (size_t)n;
    }
    return (ssize_t)done;
}

static int compare(const void *data, size_t len, void *recode)
{
    struct recode *c = recode;
    const char *expected = data;
    while (len > 0) {
        char actual[16 * 1024];
        size_t want = len < sizeof actual ? len : sizeof actual;
        ssize_t n = read_at(c->fd, actual, want, c->offset);
        size_t same = 0;
        while (n > 0 && same < (size_t)n && actual[same] == expected[same])
            same++;
        c->offset += (int64_t)same;
        if (same < want) {
            c->differs = true;
            return -ECANCELED;
        }
        expected += want;
        len -= want;
    }
    return 0;
}

void recode_start(struct recode *c, int fd, const struct manifest *m)
{
    *c = (struct recode){.fd = fd};
    c->same_writer = strcmp(m->archiver, encode_archiver(m->format)) == 0 &&
                     strcmp(m->compressor, encode_compressor(m->format)) == 0;
    if (encode_open(m->format, m->created, compare, c, &c->encoder, NULL) < 0)
        recode_stop(c);
}

void recode_stop(struct recode *c)
{
    encode_free(c->encoder);
    c->encoder = NULL;
}

void recode_member(struct recode *c, const char *path, int64_t size, const struct extents *data)
{
    if (!c->encoder)
        return;
    int r = data && data->n > 0 ? encode_sparse(c->encoder, path, size, data, NULL)
                                : encode_member(c->encoder, path, size, NULL);
    if (r < 0)
        recode_stop(c);
}

void recode_data(struct recode *c, const void *data, size_t len)
{
    if (c->encoder && encode_data(c->encoder, data, len, NULL) < 0)
        recode_stop(c);
}

enum recode_result recode_end(struct recode *c, char **ret_why)
{
    bool whole = c->encoder && encode_end(c->encoder, NULL) == 0;
    recode_stop(c);
    char next;
    bool trailing = whole && read_at(c->fd, &next, 1, c->offset) != 0;
    if (whole && !trailing)
        return RECODE_SAME;
    if (!c->same_writer || (!whole && !c->differs))
        return RECODE_UNKNOWN;
    *ret_why = trailing ? xasprintf("bytes follow the archive's end, from byte %lld on", (long long)c->offset)
                        : xasprintf("its content is as the manifest says, but from byte %lld on the archive is not "
                                    "what its writer makes of this content",
                                    (long long)c->offset);
    return RECODE_DIFFERS;
}
