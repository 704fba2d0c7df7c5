/* SPDX-License-Identifier: Apache-2.0 */
/* An archive, read member by member, by libarchive. */
#include "artifacts/decode.h"

#include "artifacts/encode.h"
#include "base/cleanup.h"

#include <archive.h>
#include <archive_entry.h>
#include <string.h>

enum { READ_BLOCK = 64 * 1024, FILE_MODE = 0644, MODE_BITS = 07777 };

struct decoder {
    struct archive *archive;
    struct archive_entry *entry;
    bool zip;
    struct extent *extents; /* of the current member, EXTENTS_MAX at the most and one more */
    struct extents data;
    size_t extent;     /* which of them is next, or is being read */
    int64_t at;        /* where the next byte stands in the member */
    const char *block; /* what libarchive has given and nobody has taken */
    size_t left;       /* of it */
};

static int fail(struct decoder *d, struct err *err)
{
    const char *text = archive_error_string(d->archive);
    return err_set(err, -EILSEQ, "%s", text ? text : "the archive is damaged");
}

/* Only what the format needs is switched on: each further reader would be one more parser for an enemy. */
static int set_format(struct archive *a, enum bundle_format format)
{
    if (format == BUNDLE_ZIP)
        return archive_read_support_format_zip_seekable(a);
    int r = archive_read_support_format_tar(a);
    return r | (format == BUNDLE_TAR_ZST ? archive_read_support_filter_zstd(a) : archive_read_support_filter_gzip(a));
}

int decode_open(int fd, struct decoder **ret_decoder, enum bundle_format *ret_format, struct err *err)
{
    char magic[4];
    ssize_t n = pread(fd, magic, sizeof magic, 0);
    if (n < 0)
        return err_errno(err, -errno, "reading it");
    enum bundle_format format;
    if (bundle_format_sniff(magic, (size_t)n, &format) < 0)
        return err_set(err, -EINVAL, "it is no bundle: neither tar.zst, tar.gz nor zip");
    if (lseek(fd, 0, SEEK_SET) < 0)
        return err_errno(err, -errno, "reading it");
    autodecoder struct decoder *d = xcalloc(1, sizeof *d);
    d->archive = archive_read_new();
    if (!d->archive)
        return err_errno(err, -ENOMEM, "setting up libarchive");
    if (set_format(d->archive, format) != ARCHIVE_OK || archive_read_open_fd(d->archive, fd, READ_BLOCK) != ARCHIVE_OK)
        return fail(d, err);
    d->zip = format == BUNDLE_ZIP;
    *ret_decoder = steal_ptr(&d);
    *ret_format = format;
    return 0;
}

static bool is_named(const char *name)
{
    return name && *name;
}

static bool has_extras(struct archive_entry *e)
{
    size_t mac_len = 0;
    unsigned long set = 0, cleared = 0;
    archive_entry_fflags(e, &set, &cleared);
    return archive_entry_xattr_count(e) > 0 || archive_entry_acl_types(e) != 0 || set || cleared ||
           archive_entry_mac_metadata(e, &mac_len) || archive_entry_is_encrypted(e);
}

static const char *oddity_of(struct archive_entry *e)
{
    if (archive_entry_hardlink(e) || archive_entry_symlink(e))
        return "it is a link";
    if (archive_entry_filetype(e) != AE_IFREG)
        return "it is not a regular file";
    if ((archive_entry_mode(e) & MODE_BITS) != FILE_MODE)
        return "its mode was changed";
    if (archive_entry_uid(e) != 0 || archive_entry_gid(e) != 0 || is_named(archive_entry_uname(e)) ||
        is_named(archive_entry_gname(e)))
        return "its owner was changed";
    /* Zip's reader gives a zero where there is no time. */
    if (archive_entry_mtime_nsec(e) != 0 || archive_entry_atime(e) != 0 || archive_entry_ctime(e) != 0 ||
        archive_entry_birthtime(e) != 0)
        return "times were added to it";
    return has_extras(e) ? "attributes were added to it" : NULL;
}

/* One more than there may be is enough to see that there are too many. */
static void take_extents(struct decoder *d)
{
    la_int64_t offset, length;
    d->data = (struct extents){0};
    if (archive_entry_sparse_reset(d->entry) == 0)
        return;
    if (!d->extents)
        d->extents = xcalloc(EXTENTS_MAX + 1, sizeof *d->extents);
    while (d->data.n <= EXTENTS_MAX && archive_entry_sparse_next(d->entry, &offset, &length) == ARCHIVE_OK) {
        if (length == 0) /* how the writer marks the end of a hole at the end */
            continue;
        d->extents[d->data.n++] = (struct extent){offset, length};
        d->data.bytes += length;
    }
    d->data.items = d->extents;
}

int decode_next(struct decoder *d, struct member *ret_member, struct err *err)
{
    locale_t before = d->zip ? neutral_enter_utf8() : (locale_t)0;
    int r = archive_read_next_header(d->archive, &d->entry);
    if (d->zip)
        neutral_leave_utf8(before);
    if (r == ARCHIVE_EOF)
        return 0;
    /* A warning is about a header that could be read in part only. */
    if (r != ARCHIVE_OK)
        return fail(d, err);
    const char *path = archive_entry_pathname(d->entry);
    if (!path)
        return err_set(err, -EILSEQ, "a member has no name");
    take_extents(d);
    d->extent = 0;
    d->at = 0;
    d->left = 0;
    *ret_member = (struct member){
        .path = path,
        .size = archive_entry_size_is_set(d->entry) ? archive_entry_size(d->entry) : -1,
        .data = d->data,
        .mtime = archive_entry_mtime(d->entry),
        .oddity = oddity_of(d->entry),
    };
    return 1;
}

/* Moves to the next data of a sparse member; how much of it lies together. */
static size_t move_to_data(struct decoder *d, size_t len)
{
    const struct extents *all = &d->data;
    if (all->n == 0)
        return len;
    while (d->extent < all->n && d->at >= all->items[d->extent].offset + all->items[d->extent].length)
        d->extent++;
    if (d->extent == all->n)
        return 0;
    const struct extent *x = &all->items[d->extent];
    if (d->at < x->offset)
        d->at = x->offset;
    int64_t left = x->offset + x->length - d->at;
    return (uint64_t)left < len ? (size_t)left : len;
}

/* 1: there is a block; 0: the member's end. */
static int next_block(struct decoder *d, struct err *err)
{
    while (d->left == 0) {
        const void *block;
        size_t len;
        la_int64_t offset;
        int r = archive_read_data_block(d->archive, &block, &len, &offset);
        if (r == ARCHIVE_EOF)
            return 0;
        if (r != ARCHIVE_OK)
            return fail(d, err);
        if (len == 0)
            continue;
        move_to_data(d, len);
        if (offset != d->at)
            return err_set(err, -EILSEQ, "its data is not where its header says");
        d->block = block;
        d->left = len;
    }
    return 1;
}

ssize_t decode_data(struct decoder *d, void *data, size_t len, struct err *err)
{
    int r = next_block(d, err);
    if (r <= 0)
        return r;
    size_t n = move_to_data(d, d->left < len ? d->left : len);
    if (n == 0)
        return err_set(err, -EILSEQ, "it has more data than its header says");
    memcpy(data, d->block, n);
    d->block += n;
    d->left -= n;
    d->at += (int64_t)n;
    return (ssize_t)n;
}

static int read_text(struct decoder *d, struct buf *text, struct err *err)
{
    for (;;) {
        ssize_t n = decode_data(d, buf_reserve(text, READ_BLOCK), READ_BLOCK, err);
        if (n < 0)
            return (int)n;
        if (n == 0)
            return 0;
        text->len += (size_t)n;
        if (text->len > MANIFEST_MAX)
            return err_set(err, -EFBIG, "it is larger than a manifest can be");
    }
}

int decode_manifest(struct decoder *d, struct member *ret_member, struct buf *text, struct manifest *ret,
                    struct err *err)
{
    int r = decode_next(d, ret_member, err);
    if (r < 0)
        return r;
    if (r == 0)
        return err_set(err, -EINVAL, "the archive is empty");
    if (strcmp(ret_member->path, MANIFEST_NAME) != 0)
        return err_set(err, -EINVAL, "its first member is not " MANIFEST_NAME);
    r = read_text(d, text, err);
    if (r == 0)
        r = manifest_parse(text->data ? text->data : "", text->len, ret, err);
    return r < 0 ? err_prefix(err, MANIFEST_NAME), r : 0;
}

void decode_free(struct decoder *d)
{
    if (!d)
        return;
    archive_read_free(d->archive);
    free(d->extents);
    free(d);
}

void decode_cleanup(struct decoder **d)
{
    decode_free(*d);
}
