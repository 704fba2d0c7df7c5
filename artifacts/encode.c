/* SPDX-License-Identifier: Apache-2.0 */
/* The canonical archive, by libarchive. */
#include "artifacts/encode.h"

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/mem.h"
#include "base/text.h"

#include <archive.h>
#include <archive_entry.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>

enum { BLOCK = 10240, MEMBER_MODE = 0644, ZEROS = 1 << 30 };

struct encoder {
    struct archive *archive;
    struct archive_entry *entry;
    int64_t mtime;
    bool marks_names;
    encode_sink sink;
    void *sink_data;
    int failed;                     /* what the sink said when it refused */
    struct {                        /* the current member, where it is sparse */
        const struct extents *data; /* NULL: it is not */
        int64_t size, at;           /* of the member; how much of it is written */
        size_t extent;              /* that `at` is in or before */
        void *zeros;                /* ZEROS bytes that nobody looks at */
    } sparse;
};

static locale_t utf8; /* 0: the machine has none */

struct neutral neutral_enter(void)
{
    /* In any other locale libarchive would translate names, and on reading normalise them: "o" and two dots would come
     * back as one letter, which is another file. In this one names beyond ASCII are bytes, both ways. */
    struct neutral n = {.plain = newlocale(LC_ALL_MASK, "C", (locale_t)0)};
    n.before = uselocale(n.plain);
    n.utf8 = newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t)0);
    utf8 = n.utf8;
    const char *tz = getenv("TZ");
    n.tz = tz ? xstrdup(tz) : NULL;
    /* Zip keeps a local time beside the true one. */
    setenv("TZ", "UTC0", 1);
    tzset();
    return n;
}

void neutral_leave(struct neutral *n)
{
    uselocale(n->before);
    freelocale(n->plain);
    if (n->utf8)
        freelocale(n->utf8);
    utf8 = (locale_t)0;
    if (n->tz)
        setenv("TZ", n->tz, 1);
    else
        unsetenv("TZ");
    tzset();
    free(n->tz);
}

locale_t neutral_enter_utf8(void)
{
    return uselocale(utf8); /* without such a locale nothing changes */
}

void neutral_leave_utf8(locale_t before)
{
    uselocale(before);
}

const char *encode_archiver(enum bundle_format format)
{
    static char text[64];
    snprintf(text, sizeof text, "%s%s", archive_version_string(), format == BUNDLE_ZIP && utf8 ? ", UTF-8 names" : "");
    return text;
}

const char *encode_compressor(enum bundle_format format)
{
    static char text[64];
    bool zstd = format == BUNDLE_TAR_ZST;
    snprintf(text, sizeof text, "%s %s", zstd ? "libzstd" : "zlib",
             zstd ? archive_libzstd_version() : archive_zlib_version());
    return text;
}

static ssize_t to_sink(struct archive *a, void *data, const void *bytes, size_t len)
{
    struct encoder *e = data;
    if (e->failed == 0)
        e->failed = e->sink(bytes, len, e->sink_data);
    if (e->failed == 0)
        return (ssize_t)len;
    archive_set_error(a, -e->failed, "%s", strerror(-e->failed));
    return -1;
}

static int fail(struct encoder *e, struct err *err)
{
    if (e->failed)
        return err_set(err, e->failed, "%s", strerror(-e->failed));
    const char *text = archive_error_string(e->archive);
    int code = archive_errno(e->archive);
    return err_set(err, code > 0 ? -code : -EIO, "%s", text ? text : "libarchive gave no reason");
}

static int set_tar(struct archive *a, enum bundle_format format)
{
    int r = archive_write_set_format_pax_restricted(a);
    if (format == BUNDLE_TAR_GZ) {
        r |= archive_write_add_filter_gzip(a);
        r |= archive_write_set_filter_option(a, "gzip", "timestamp", NULL);
        return r | archive_write_set_filter_option(a, "gzip", "compression-level", "6");
    }
    r |= archive_write_add_filter_zstd(a);
    r |= archive_write_set_filter_option(a, "zstd", "threads", "0");
    return r | archive_write_set_filter_option(a, "zstd", "compression-level", "1");
}

static int set_format(struct archive *a, enum bundle_format format)
{
    if (format != BUNDLE_ZIP)
        return set_tar(a, format);
    int r = archive_write_set_format_zip(a);
    r |= archive_write_set_format_option(a, "zip", "compression", "deflate");
    return r | archive_write_set_format_option(a, "zip", "compression-level", "6");
}

int encode_open(enum bundle_format format, int64_t mtime, encode_sink sink, void *sink_data,
                struct encoder **ret_encoder, struct err *err)
{
    autoencoder struct encoder *e = xcalloc(1, sizeof *e);
    *e = (struct encoder){.archive = archive_write_new(),
                          .entry = archive_entry_new(),
                          .mtime = mtime,
                          .marks_names = format == BUNDLE_ZIP,
                          .sink = sink,
                          .sink_data = sink_data};
    if (!e->archive || !e->entry)
        return err_errno(err, -ENOMEM, "setting up libarchive");
    int r = set_format(e->archive, format);
    r |= archive_write_set_bytes_per_block(e->archive, BLOCK);
    r |= archive_write_set_bytes_in_last_block(e->archive, 1);
    if (r != ARCHIVE_OK || archive_write_open(e->archive, e, NULL, to_sink, NULL) != ARCHIVE_OK)
        return fail(e, err);
    *ret_encoder = steal_ptr(&e);
    return 0;
}

static bool is_ascii(const char *path)
{
    while (*path && !(*path & 0x80))
        path++;
    return !*path;
}

/* Text of these code points stays what it is when libarchive composes it on reading: none of them joins the one before
 * it, as a combining mark or a Hangul jamo does. */
static bool is_settled(uint32_t code)
{
    static const struct {
        uint32_t first, last;
    } ranges[] = {{0x0001, 0x02ff},   {0x0370, 0x0482},  {0x048a, 0x058f}, {0x05d0, 0x05f4}, {0x0620, 0x064a},
                  {0x0904, 0x0939},   {0x0e01, 0x0e30},  {0x10a0, 0x10ff}, {0x1e00, 0x20cf}, {0x2100, 0x2cee},
                  {0x3001, 0x3029},   {0x3030, 0x3098},  {0x309b, 0x9fff}, {0xac00, 0xd7a3}, {0xff01, 0xffef},
                  {0x1f000, 0x1faff}, {0x20000, 0x323af}};
    for (size_t i = 0; i < sizeof ranges / sizeof *ranges; i++)
        if (code >= ranges[i].first && code <= ranges[i].last)
            return true;
    return false;
}

/* Whether a name of zip bears the mark that says "UTF-8": it is that, and comes back as it is. */
static bool bears_mark(const char *path)
{
    const char *end = path + strlen(path);
    if (!utf8_valid(path, (size_t)(end - path)))
        return false;
    for (uint32_t code; path < end; path += utf8_decode(path, end, &code)) {
        utf8_decode(path, end, &code);
        if (!is_settled(code))
            return false;
    }
    return true;
}

/* libarchive sets the mark by the locale's encoding, and leaves the bytes alone. */
static int write_header(struct encoder *e, const char *path)
{
    if (!e->marks_names || !bears_mark(path))
        return archive_write_header(e->archive, e->entry);
    locale_t before = neutral_enter_utf8();
    int r = archive_write_header(e->archive, e->entry);
    neutral_leave_utf8(before);
    return r;
}

static int put_header(struct encoder *e, const char *path, int64_t size, const struct extents *data, struct err *err)
{
    archive_entry_clear(e->entry);
    archive_entry_set_pathname(e->entry, path);
    archive_entry_set_filetype(e->entry, AE_IFREG);
    archive_entry_set_perm(e->entry, MEMBER_MODE);
    archive_entry_set_size(e->entry, size);
    archive_entry_set_mtime(e->entry, (time_t)e->mtime, 0);
    archive_entry_set_uid(e->entry, 0);
    archive_entry_set_gid(e->entry, 0);
    for (size_t i = 0; data && i < data->n; i++)
        archive_entry_sparse_add_entry(e->entry, data->items[i].offset, data->items[i].length);
    int r = write_header(e, path);
    /* A warning means that the header was not written as it was asked for, but for the one that says that a name is
     * marked as binary. */
    return r == ARCHIVE_OK || (r == ARCHIVE_WARN && !is_ascii(path)) ? 0 : fail(e, err);
}

static int put_data(struct encoder *e, const void *data, size_t len, struct err *err)
{
    const char *p = data;
    while (len > 0) {
        la_ssize_t n = archive_write_data(e->archive, p, len);
        if (n <= 0)
            return fail(e, err);
        p += n;
        len -= (size_t)n;
    }
    return 0;
}

/* libarchive wants to be given holes too, and does not look at them: the pages are never there. */
static int skip_to(struct encoder *e, int64_t offset, struct err *err)
{
    if (!e->sparse.zeros) {
        e->sparse.zeros = mmap(NULL, ZEROS, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
        if (e->sparse.zeros == MAP_FAILED) {
            e->sparse.zeros = NULL;
            return err_errno(err, -errno, "making room for a hole");
        }
    }
    int r = 0;
    while (r == 0 && e->sparse.at < offset) {
        int64_t left = offset - e->sparse.at;
        size_t len = left < ZEROS ? (size_t)left : ZEROS;
        r = put_data(e, e->sparse.zeros, len, err);
        e->sparse.at += (int64_t)len;
    }
    return r;
}

static int end_member(struct encoder *e, struct err *err)
{
    int r = e->sparse.data ? skip_to(e, e->sparse.size, err) : 0;
    e->sparse.data = NULL;
    return r;
}

int encode_member(struct encoder *e, const char *path, int64_t size, struct err *err)
{
    int r = end_member(e, err);
    return r < 0 ? r : put_header(e, path, size, NULL, err);
}

int encode_sparse(struct encoder *e, const char *path, int64_t size, const struct extents *data, struct err *err)
{
    int r = end_member(e, err);
    if (r == 0)
        r = put_header(e, path, size, data, err);
    e->sparse.data = r == 0 ? data : NULL;
    e->sparse.size = size;
    e->sparse.at = 0;
    e->sparse.extent = 0;
    return r;
}

/* As much as lies in one extent. */
static int put_in_extent(struct encoder *e, const char **data, size_t *len, struct err *err)
{
    const struct extents *all = e->sparse.data;
    if (e->sparse.extent == all->n)
        return err_set(err, -EOVERFLOW, "a sparse member has more data than was said");
    const struct extent *x = &all->items[e->sparse.extent];
    int r = skip_to(e, x->offset, err);
    if (r < 0)
        return r;
    int64_t left = x->offset + x->length - e->sparse.at;
    size_t n = (uint64_t)left < *len ? (size_t)left : *len;
    r = put_data(e, *data, n, err);
    e->sparse.at += (int64_t)n;
    e->sparse.extent += (int64_t)n == left;
    *data += n;
    *len -= n;
    return r;
}

int encode_data(struct encoder *e, const void *data, size_t len, struct err *err)
{
    const char *p = data;
    if (!e->sparse.data)
        return put_data(e, data, len, err);
    int r = 0;
    while (r == 0 && len > 0)
        r = put_in_extent(e, &p, &len, err);
    return r;
}

int encode_end(struct encoder *e, struct err *err)
{
    int r = end_member(e, err);
    if (r < 0)
        return r;
    return archive_write_close(e->archive) == ARCHIVE_OK && e->failed == 0 ? 0 : fail(e, err);
}

void encode_free(struct encoder *e)
{
    if (!e)
        return;
    /* An archive that was not ended must not flush what it still holds into the sink. */
    if (e->archive && e->failed == 0)
        e->failed = -ECANCELED;
    archive_write_free(e->archive);
    archive_entry_free(e->entry);
    if (e->sparse.zeros)
        munmap(e->sparse.zeros, ZEROS);
    free(e);
}

void encode_cleanup(struct encoder **e)
{
    encode_free(*e);
}
