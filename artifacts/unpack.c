/* SPDX-License-Identifier: Apache-2.0 */
/* A bundle, unrolled into a spool file. */
#include "artifacts/unpack.h"

#include "artifacts/decode.h"
#include "artifacts/encode.h"
#include "base/cleanup.h"
#include "base/io.h"
#include "base/text.h"

#include <fcntl.h>
#include <string.h>

enum { CHUNK = 128 * 1024 };

static int about_member(struct err *err, const char *path, const char *what)
{
    autobuf struct buf shown = {0};
    terminal_add(&shown, path, strlen(path));
    return err_set(err, -EILSEQ, "%s: %s", buf_str(&shown), what);
}

static int copy_content(struct decoder *d, const struct manifest_file *f, int spool_fd, struct digest *digest,
                        struct err *err)
{
    autofree char *chunk = xmalloc(CHUNK);
    int64_t size = 0;
    ssize_t n;
    while ((n = decode_data(d, chunk, CHUNK, err)) > 0) {
        size += n;
        if (size > manifest_bytes(f))
            return about_member(err, f->path, "it is longer than the manifest says");
        digest_add(digest, chunk, (size_t)n);
        int r = io_write_all(spool_fd, chunk, (size_t)n);
        if (r < 0)
            return err_errno(err, r, "unpacking it to a temporary file");
    }
    char hex[DIGEST_HEX];
    digest_end(digest, hex);
    if (n < 0)
        return (int)n;
    return strcmp(hex, f->sha256) == 0 ? 0 : about_member(err, f->path, "its content is not what the manifest says");
}

static int copy_members(struct decoder *d, const struct manifest *m, int spool_fd, struct err *err)
{
    autodigest struct digest *digest = digest_new();
    for (size_t i = 0; i < m->n_files; i++) {
        struct member member;
        int r = decode_next(d, &member, err);
        if (r < 0)
            return r;
        if (r == 0 || strcmp(member.path, m->files[i].path) != 0)
            return about_member(err, m->files[i].path, "it is not in its place in the archive");
        if (!extents_equal(&member.data, &m->files[i].data))
            return about_member(err, m->files[i].path, "its holes are not those that the manifest gives it");
        r = copy_content(d, &m->files[i], spool_fd, digest, err);
        if (r < 0)
            return r;
    }
    return 0;
}

static int copy_bundle(int fd, int spool_fd, struct err *err)
{
    autodecoder struct decoder *d = NULL;
    automanifest struct manifest m = {0};
    autobuf struct buf text = {0}, head = {0};
    enum bundle_format format;
    struct member member;
    int r = decode_open(fd, &d, &format, err);
    if (r == 0)
        r = decode_manifest(d, &member, &text, &m, err);
    if (r < 0)
        return r;
    buf_addf(&head, "%zu\n", text.len);
    buf_add(&head, text.data, text.len);
    r = io_write_all(spool_fd, head.data, head.len);
    return r < 0 ? err_errno(err, r, "unpacking it to a temporary file") : copy_members(d, &m, spool_fd, err);
}

int unpack_bundle(const char *path, int spool_fd, struct err *err)
{
    const char *what;
    autoclose int fd = io_open_regular(AT_FDCWD, path, &what);
    if (fd < 0)
        return what ? err_set(err, fd, "%s: it is %s, not a regular file", path, what) : err_errno(err, fd, "%s", path);
    autoneutral struct neutral neutral = neutral_enter();
    int r = copy_bundle(fd, spool_fd, err);
    return r < 0 ? err_prefix(err, "%s", path), r : 0;
}
