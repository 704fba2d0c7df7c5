/* SPDX-License-Identifier: Apache-2.0 */
/* Messages packed and unpacked as permessage-deflate has it. */
#include "deflate.h"

#include "libz.h"

#include <stdlib.h>

#define CHUNK 16384u

/* What a sync flush ends with, and what is left out on the wire. */
static const uint8_t tail[4] = {0x00, 0x00, 0xff, 0xff};

struct deflate {
    const struct libz *lib;
    z_stream in, out;
    int server_forgets, client_forgets;
    int in_begun, out_begun;
};

static int begin(struct deflate *d, const struct extension *e)
{
    /* Negative: without zlib's own header. A larger window takes what was made with a smaller one. */
    d->in_begun = d->lib->inflateInit2_(&d->in, -15, ZLIB_VERSION, (int)sizeof d->in) == Z_OK;
    d->out_begun = d->lib->deflateInit2_(&d->out, Z_DEFAULT_COMPRESSION, Z_DEFLATED, -e->client_bits, 8,
                                         Z_DEFAULT_STRATEGY, ZLIB_VERSION, (int)sizeof d->out) == Z_OK;
    return d->in_begun && d->out_begun ? 0 : -1;
}

struct deflate *ws_deflate_open(const struct extension *e)
{
    const char *why;
    struct deflate *d = calloc(1, sizeof *d);
    if (!d)
        return NULL;
    d->lib = lazy_libz(&why);
    d->server_forgets = e->server_forgets;
    d->client_forgets = e->client_forgets;
    if (d->lib && begin(d, e) == 0)
        return d;
    ws_deflate_close(d);
    return NULL;
}

void ws_deflate_close(struct deflate *d)
{
    if (!d)
        return;
    if (d->in_begun)
        d->lib->inflateEnd(&d->in);
    if (d->out_begun)
        d->lib->deflateEnd(&d->out);
    free(d);
}

static int unpack(struct deflate *d, const uint8_t *bytes, size_t n, deflate_sink *sink, void *data)
{
    uint8_t room[CHUNK];
    z_stream *z = &d->in;
    z->next_in = (uint8_t *)(uintptr_t)bytes;
    z->avail_in = (uInt)n;
    for (;;) {
        z->next_out = room;
        z->avail_out = sizeof room;
        int r = d->lib->inflate(z, Z_SYNC_FLUSH);
        if (r != Z_OK && r != Z_BUF_ERROR && r != Z_STREAM_END)
            return -1;
        if (sink(data, room, sizeof room - z->avail_out) < 0)
            return -2;
        /* A block that calls itself the last one ends no message: others may follow. */
        if (r == Z_STREAM_END && d->lib->inflateReset(z) != Z_OK)
            return -1;
        if (r == Z_BUF_ERROR || (!z->avail_in && z->avail_out))
            return 0;
    }
}

int ws_deflate_unpack(struct deflate *d, const void *bytes, size_t n, int last, deflate_sink *sink, void *data)
{
    int r = n ? unpack(d, bytes, n, sink, data) : 0;
    if (r == 0 && last)
        r = unpack(d, tail, sizeof tail, sink, data);
    if (r == 0 && last && d->server_forgets)
        d->lib->inflateReset(&d->in);
    return r;
}

/* All of it: the length; 0: out of memory. */
static size_t pack(struct deflate *d, const void *bytes, size_t n, uint8_t **room)
{
    z_stream *z = &d->out;
    size_t size = n / 2 + 64, used = 0;
    z->next_in = (uint8_t *)(uintptr_t)bytes;
    z->avail_in = (uInt)n;
    do {
        size *= 2;
        uint8_t *larger = realloc(*room, size);
        if (!larger)
            return 0;
        *room = larger;
        z->next_out = larger + used;
        z->avail_out = (uInt)(size - used);
        d->lib->deflate(z, Z_SYNC_FLUSH);
        used = size - z->avail_out;
    } while (!z->avail_out);
    return used;
}

uint8_t *ws_deflate_pack(struct deflate *d, const void *bytes, size_t n, size_t *ret_length)
{
    uint8_t *room = NULL;
    size_t used = n && n < UINT32_MAX / 4 ? pack(d, bytes, n, &room) : 0;
    if (!n && (room = calloc(1, 1))) { /* an empty message is one empty block (7.2.3.6) */
        *ret_length = 1;
        return room;
    }
    if (used < sizeof tail) {
        free(room);
        return NULL;
    }
    *ret_length = used - sizeof tail;
    if (d->client_forgets)
        d->lib->deflateReset(&d->out);
    return room;
}
