/* SPDX-License-Identifier: Apache-2.0 */
/* Data within the page: deflated, then base64, piece by piece. */
#include "report/html/chunk.h"

#include "base/dynlib.h"
#include "base/mem.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <zlib.h>

#define LIBRARY "libz.so.1"

#define CALLS(X)                                                                                                       \
    X(deflateInit_)                                                                                                    \
    X(deflate)                                                                                                         \
    X(deflateReset)                                                                                                    \
    X(deflateEnd)

#define MEMBER(name) __typeof__(name) *name;
static struct {
    void *library;
    CALLS(MEMBER)
} lib;

struct chunk_writer {
    struct output *out;
    z_stream z;
    struct buf text; /* JSON that waits to be packed */
    struct json_out json;
    unsigned char left[3]; /* packed bytes that make no group of three yet */
    size_t n_left;
};

static int load_library(struct err *err)
{
#define SYMBOL(name) {#name, &lib.name},
    static const struct library_symbol symbols[] = {CALLS(SYMBOL)};
    return library_load(LIBRARY, symbols, ARRAY_LEN(symbols), &lib.library, err);
}

void chunk_prepare(void)
{
    load_library(NULL);
}

static void add_group(struct buf *out, const unsigned char *bytes, size_t n)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const unsigned value = (unsigned)bytes[0] << 16 | (n > 1 ? (unsigned)bytes[1] << 8 : 0) | (n > 2 ? bytes[2] : 0);
    const char group[4] = {digits[value >> 18], digits[value >> 12 & 63], n > 1 ? digits[value >> 6 & 63] : '=',
                           n > 2 ? digits[value & 63] : '='};
    buf_add(out, group, sizeof group);
}

void base64_add(struct buf *out, const unsigned char *data, size_t len)
{
    for (size_t i = 0; i < len; i += 3)
        add_group(out, data + i, len - i < 3 ? len - i : 3);
}

static void add_packed(struct chunk_writer *w, const unsigned char *data, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        w->left[w->n_left++] = data[i];
        if (w->n_left == sizeof w->left) {
            add_group(&w->out->text, w->left, w->n_left);
            w->n_left = 0;
        }
    }
}

/* All of `text`, and with Z_FINISH the stream's end. */
static void pack(struct chunk_writer *w, int flush)
{
    unsigned char packed[16 * 1024];
    w->z.next_in = (unsigned char *)w->text.data;
    w->z.avail_in = (unsigned)w->text.len;
    do {
        w->z.next_out = packed;
        w->z.avail_out = sizeof packed;
        int r = lib.deflate(&w->z, flush);
        assert(r != Z_STREAM_ERROR);
        (void)r;
        add_packed(w, packed, sizeof packed - w->z.avail_out);
        output_step(w->out);
    } while (w->z.avail_out == 0);
    buf_clear(&w->text);
}

int chunk_writer_new(struct output *out, struct chunk_writer **ret_writer, struct err *err)
{
    int r = load_library(err);
    if (r < 0)
        return r;
    struct chunk_writer *w = xcalloc(1, sizeof *w);
    if (lib.deflateInit_(&w->z, Z_DEFAULT_COMPRESSION, ZLIB_VERSION, (int)sizeof w->z) != Z_OK) {
        free(w);
        return err_set(err, -ENOMEM, "zlib can't begin");
    }
    w->out = out;
    *ret_writer = w;
    return 0;
}

void chunk_writer_free(struct chunk_writer *w)
{
    if (!w)
        return;
    lib.deflateEnd(&w->z);
    buf_free(&w->text);
    free(w);
}

struct json_out *chunk_begin(struct chunk_writer *w, const char *id)
{
    buf_addf(&w->out->text, "<script type=\"text/plain\" id=\"%s\">", id);
    w->json = (struct json_out){&w->text, false};
    return &w->json;
}

void chunk_step(struct chunk_writer *w)
{
    enum { MUCH = 64 * 1024 }; /* zlib's calls have their price, too */
    if (w->text.len >= MUCH)
        pack(w, Z_NO_FLUSH);
}

void chunk_end(struct chunk_writer *w)
{
    pack(w, Z_FINISH);
    if (w->n_left > 0)
        add_group(&w->out->text, w->left, w->n_left);
    w->n_left = 0;
    lib.deflateReset(&w->z);
    buf_adds(&w->out->text, "</script>\n");
}
