/* SPDX-License-Identifier: Apache-2.0 */
/* The canonical archive, by libarchive. */
#include "artifacts/encode.h"

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/mem.h"

#include <archive.h>
#include <archive_entry.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

enum { BLOCK = 10240, MEMBER_MODE = 0644 };

struct encoder {
    struct archive *archive;
    struct archive_entry *entry;
    int64_t mtime;
    encode_sink sink;
    void *sink_data;
    int failed; /* what the sink said when it refused */
};

struct neutral neutral_enter(void)
{
    /* In any other locale libarchive would translate names, and on reading normalise them: "o" and two dots would come
     * back as one letter, which is another file. In this one names beyond ASCII are bytes, both ways. */
    struct neutral n = {.plain = newlocale(LC_ALL_MASK, "C", (locale_t)0)};
    n.before = uselocale(n.plain);
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
    if (n->tz)
        setenv("TZ", n->tz, 1);
    else
        unsetenv("TZ");
    tzset();
    free(n->tz);
}

const char *encode_archiver(void)
{
    return archive_version_string();
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
    *e = (struct encoder){archive_write_new(), archive_entry_new(), mtime, sink, sink_data, 0};
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

int encode_member(struct encoder *e, const char *path, int64_t size, struct err *err)
{
    archive_entry_clear(e->entry);
    archive_entry_set_pathname(e->entry, path);
    archive_entry_set_filetype(e->entry, AE_IFREG);
    archive_entry_set_perm(e->entry, MEMBER_MODE);
    archive_entry_set_size(e->entry, size);
    archive_entry_set_mtime(e->entry, (time_t)e->mtime, 0);
    archive_entry_set_uid(e->entry, 0);
    archive_entry_set_gid(e->entry, 0);
    int r = archive_write_header(e->archive, e->entry);
    /* A warning means that the header was not written as it was asked for, but for the one that says that a name is
     * marked as binary. */
    return r == ARCHIVE_OK || (r == ARCHIVE_WARN && !is_ascii(path)) ? 0 : fail(e, err);
}

int encode_data(struct encoder *e, const void *data, size_t len, struct err *err)
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

int encode_end(struct encoder *e, struct err *err)
{
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
    free(e);
}

void encode_cleanup(struct encoder **e)
{
    encode_free(*e);
}
