/* SPDX-License-Identifier: Apache-2.0 */
/* A run's directory, hashed and then archived. */
#include "artifacts/pack.h"

#include "artifacts/cap.h"
#include "artifacts/encode.h"
#include "artifacts/manifest.h"
#include "artifacts/outfile.h"
#include "artifacts/tree.h"
#include "base/cleanup.h"
#include "base/clock.h"
#include "base/text.h"

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { CHUNK = 128 * 1024 };

#define CHANGED_SIZE    "its size changed while the run was bundled"
#define CHANGED_CONTENT "its content changed while the run was bundled"

struct pack {
    int dirfd;
    struct manifest manifest;
    struct outfile out;
    struct encoder *encoder;
    struct digest *digest;
    char *chunk;
    struct err *err;
};

/* Names may hold escape sequences, and errors are read on terminals. */
static int about_file(struct pack *p, int code, const char *path, const char *what)
{
    autobuf struct buf shown = {0};
    terminal_add(&shown, path, strlen(path));
    return what ? err_set(p->err, code, "%s: %s", buf_str(&shown), what)
                : err_errno(p->err, code, "%s", buf_str(&shown));
}

static int open_file(struct pack *p, const char *path)
{
    autoclose int fd = tree_open(p->dirfd, path);
    if (fd < 0)
        return about_file(p, fd, path, NULL);
    struct stat st;
    if (fstat(fd, &st) < 0)
        return about_file(p, -errno, path, NULL);
    if (!S_ISREG(st.st_mode))
        return about_file(p, -EBUSY, path, "it was replaced while the run was bundled");
    return steal_fd(&fd);
}

/* Archives hold no holes in zip; and of the event log, which is read as it comes, there are none. */
static void find_holes(struct pack *p, const struct manifest_file *f, int fd, struct arena *arena, struct extents *ret)
{
    *ret = (struct extents){0};
    if (p->manifest.format != BUNDLE_ZIP && strcmp(f->path, "events.jsonl") != 0)
        extents_of_file(fd, arena, ret);
}

/* Gives the bytes of one extent to `take`, chunk by chunk. */
static int read_part(struct pack *p, const struct manifest_file *f, int fd, const struct extent *x,
                     int (*take)(struct pack *p, size_t len))
{
    for (int64_t done = 0; done < x->length;) {
        size_t len = x->length - done < CHUNK ? (size_t)(x->length - done) : CHUNK;
        ssize_t n = pread(fd, p->chunk, len, x->offset + done);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return about_file(p, n < 0 ? -errno : -EBUSY, f->path, n < 0 ? NULL : CHANGED_SIZE);
        int r = take(p, (size_t)n);
        if (r < 0)
            return r;
        done += n;
    }
    return 0;
}

static int read_parts(struct pack *p, const struct manifest_file *f, int fd, int (*take)(struct pack *p, size_t len))
{
    int r = 0;
    for (size_t i = 0; r == 0 && i < f->data.n; i++)
        r = read_part(p, f, fd, &f->data.items[i], take);
    return r;
}

static int hash_chunk(struct pack *p, size_t len)
{
    digest_add(p->digest, p->chunk, len);
    return 0;
}

static int hash_sparse(struct pack *p, struct manifest_file *f, int fd)
{
    struct stat st;
    int r = fstat(fd, &st) < 0 ? about_file(p, -errno, f->path, NULL) : read_parts(p, f, fd, hash_chunk);
    digest_end(p->digest, f->sha256);
    f->size = r == 0 ? st.st_size : 0;
    return r;
}

static int hash_file(struct pack *p, struct manifest_file *f, int fd)
{
    find_holes(p, f, fd, &p->manifest.strings, &f->data);
    if (f->data.n > 0)
        return hash_sparse(p, f, fd);
    int r = digest_fd(p->digest, fd, f->sha256, &f->size);
    return r < 0 ? about_file(p, r, f->path, NULL) : 0;
}

static int hash_files(struct pack *p)
{
    int r = 0;
    for (size_t i = 0; r == 0 && i < p->manifest.n_files; i++) {
        struct manifest_file *f = &p->manifest.files[i];
        autoclose int fd = open_file(p, f->path);
        r = fd < 0 ? fd : hash_file(p, f, fd);
    }
    return r;
}

static int archive_chunk(struct pack *p, size_t len)
{
    digest_add(p->digest, p->chunk, len);
    return encode_data(p->encoder, p->chunk, len, p->err);
}

static int archive_content(struct pack *p, const struct manifest_file *f, int fd)
{
    int64_t left = f->size;
    /* One byte more is asked for than there should be, so that a file that grew is noticed. */
    for (;;) {
        ssize_t n = read(fd, p->chunk, left < CHUNK ? (size_t)left + 1 : CHUNK);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return about_file(p, -errno, f->path, NULL);
        if (n > left || (n == 0 && left > 0))
            return about_file(p, -EBUSY, f->path, CHANGED_SIZE);
        if (n == 0)
            return 0;
        int r = archive_chunk(p, (size_t)n);
        if (r < 0)
            return r;
        left -= n;
    }
}

static int archive_sparse(struct pack *p, const struct manifest_file *f, int fd)
{
    struct arena arena = {0};
    struct extents now;
    struct stat st;
    find_holes(p, f, fd, &arena, &now);
    bool same = extents_equal(&now, &f->data) && fstat(fd, &st) == 0 && st.st_size == f->size;
    arena_free(&arena);
    return same ? read_parts(p, f, fd, archive_chunk) : about_file(p, -EBUSY, f->path, CHANGED_CONTENT);
}

static int archive_file(struct pack *p, const struct manifest_file *f)
{
    autoclose int fd = open_file(p, f->path);
    if (fd < 0)
        return fd;
    bool sparse = f->data.n > 0;
    int r = sparse ? encode_sparse(p->encoder, f->path, f->size, &f->data, p->err)
                   : encode_member(p->encoder, f->path, f->size, p->err);
    if (r == 0)
        r = sparse ? archive_sparse(p, f, fd) : archive_content(p, f, fd);
    char hex[DIGEST_HEX];
    digest_end(p->digest, hex);
    if (r == 0 && strcmp(hex, f->sha256) != 0)
        r = about_file(p, -EBUSY, f->path, CHANGED_CONTENT);
    return r;
}

static int archive_all(struct pack *p)
{
    autobuf struct buf text = {0};
    manifest_render(&p->manifest, &text);
    if (text.len > MANIFEST_MAX)
        return err_set(p->err, -EFBIG, "the run has too many files for one bundle (%zu)", p->manifest.n_files);
    int r = encode_member(p->encoder, MANIFEST_NAME, (int64_t)text.len, p->err);
    if (r == 0)
        r = encode_data(p->encoder, text.data, text.len, p->err);
    for (size_t i = 0; r == 0 && i < p->manifest.n_files; i++)
        r = archive_file(p, &p->manifest.files[i]);
    return r < 0 ? r : encode_end(p->encoder, p->err);
}

static int write_archive(struct pack *p)
{
    const struct manifest *m = &p->manifest;
    int r = outfile_open(p->dirfd, &p->out, p->err);
    if (r == 0)
        r = encode_open(m->format, m->created, outfile_add, &p->out, &p->encoder, p->err);
    if (r == 0)
        r = archive_all(p);
    return r < 0 ? r : outfile_publish(&p->out, bundle_file_name(m->format), p->err);
}

static int describe(struct pack *p, const struct bundle_options *o)
{
    struct manifest *m = &p->manifest;
    const char *head = o->head ? o->head : "";
    if (!utf8_valid(o->run_id, strlen(o->run_id)))
        return err_set(p->err, -EINVAL, "the run's id is not UTF-8");
    if (*head && (strlen(head) != DIGEST_HEX - 1 || strspn(head, "0123456789abcdef") != DIGEST_HEX - 1))
        return err_set(p->err, -EINVAL, "the event log's head is not 64 hex digits");
    if (o->created < 0)
        return err_set(p->err, -EINVAL, "the run's start lies before 1970");
    m->run = arena_strdup(&m->strings, o->run_id);
    m->created = o->created / NS_PER_S;
    m->format = o->format;
    m->head = arena_strdup(&m->strings, head);
    m->archiver = encode_archiver(m->format);
    m->compressor = encode_compressor(o->format);
    int r = tree_list(p->dirfd, o->left_out, m, p->err);
    if (r == 0)
        cap_apply(p->dirfd, o->artifacts_cap > 0 ? o->artifacts_cap : INT64_MAX, m);
    return r;
}

static void sum_up(const struct manifest *m, struct bundle_result *ret)
{
    *ret = (struct bundle_result){0};
    for (size_t i = 0; i < m->n_omitted; i++)
        ret->n_above_cap += strcmp(m->omitted[i].kind, CAP_OMITTED) == 0;
}

int pack_run(int run_dirfd, const struct bundle_options *options, struct bundle_result *ret_result, struct err *err)
{
    autoneutral struct neutral neutral = neutral_enter();
    struct pack p = {.dirfd = run_dirfd, .err = err, .digest = digest_new(), .chunk = xmalloc(CHUNK + 1)};
    p.out = OUTFILE_CLOSED;
    int r = describe(&p, options);
    if (r == 0)
        r = hash_files(&p);
    if (r == 0)
        r = write_archive(&p);
    if (r == 0)
        sum_up(&p.manifest, ret_result);
    encode_free(p.encoder);
    outfile_discard(&p.out);
    manifest_free(&p.manifest);
    digest_free(p.digest);
    free(p.chunk);
    return r < 0 ? err_prefix(err, "writing %s", bundle_file_name(options->format)), r : 0;
}
