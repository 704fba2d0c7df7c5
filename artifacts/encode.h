/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The canonical archive: the one way to write given members as bytes.
 *
 * An encoder takes members in order and hands the archive's bytes to a sink as they come. The same members, time,
 * format and library versions give the same bytes: no clock, no environment, no random name enters; one thread; fixed
 * levels. Packing writes these bytes to a file; checking compares them with one. Memory does not grow with the members.
 *
 * libarchive asks the process for its locale and time zone, which would make the bytes depend on who runs it:
 * everything here and in decode.h is called between neutral_enter() and neutral_leave(), on a process's only thread.
 */
#ifndef MUSTER_ARTIFACTS_ENCODE_H
#define MUSTER_ARTIFACTS_ENCODE_H

#include "artifacts/format.h"
#include "base/err.h"
#include "base/extents.h"

#include <locale.h>
#include <stdint.h>

/* Takes the archive's next bytes; a negative errno ends the encoding. */
typedef int (*encode_sink)(const void *data, size_t len, void *sink_data);

struct encoder;

struct neutral {
    locale_t plain, utf8, before;
    char *tz; /* the caller's TZ, NULL when unset */
};
#define autoneutral __attribute__((cleanup(neutral_leave), unused))
struct neutral neutral_enter(void);
void neutral_leave(struct neutral *n);
/* Within it, for the names of zip that are marked as UTF-8: the locale to be given back. */
locale_t neutral_enter_utf8(void);
void neutral_leave_utf8(locale_t before);

/* What will write this format: "libarchive 3.6.2", "libzstd 1.5.4". */
const char *encode_archiver(enum bundle_format format);
const char *encode_compressor(enum bundle_format format);

/* `mtime`: seconds since 1970, every member's time. */
int encode_open(enum bundle_format format, int64_t mtime, encode_sink sink, void *sink_data,
                struct encoder **ret_encoder, struct err *err);
/* The next member; then encode_data() for exactly `size` bytes. */
int encode_member(struct encoder *e, const char *path, int64_t size, struct err *err);
/* The same for a sparse one, in a tar archive; then encode_data() for exactly its data, end to end. `data` is the
 * caller's, and stays until the next member or the end. */
int encode_sparse(struct encoder *e, const char *path, int64_t size, const struct extents *data, struct err *err);
int encode_data(struct encoder *e, const void *data, size_t len, struct err *err);
/* Ends the archive; the encoder is still the caller's to free. */
int encode_end(struct encoder *e, struct err *err);
void encode_free(struct encoder *e);

#define autoencoder __attribute__((cleanup(encode_cleanup)))
void encode_cleanup(struct encoder **e);

#endif
