/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An archive, read member by member.
 *
 * The stream is untrusted: the caller says how much of a member it takes, and member names are only compared. A decoder
 * reads from a descriptor that stays the caller's, and is used like an encoder: see encode.h on neutral_enter().
 */
#ifndef MUSTER_ARTIFACTS_DECODE_H
#define MUSTER_ARTIFACTS_DECODE_H

#include "artifacts/manifest.h"

#include <sys/types.h>

struct decoder;

/* What the current member's header says; the path holds until the next member. */
struct member {
    const char *path;
    int64_t size;        /* -1 when the header leaves it open */
    struct extents data; /* of a sparse one: where it has data; the decoder's until the next member */
    int64_t mtime;       /* seconds since 1970 */
    const char *oddity;  /* what a bundle's header never holds, as a sentence; NULL: nothing */
};

/* -EINVAL: the file is none of the formats. */
int decode_open(int fd, struct decoder **ret_decoder, enum bundle_format *ret_format, struct err *err);
/* 1: there is a member; 0: the archive's end. -EILSEQ: the archive is damaged. */
int decode_next(struct decoder *d, struct member *ret_member, struct err *err);
/* The next bytes of the member, of a sparse one the next of its data; 0 at its end; -EILSEQ as above. */
ssize_t decode_data(struct decoder *d, void *data, size_t len, struct err *err);
/* Takes the first member for the manifest: its text, and what it says. */
int decode_manifest(struct decoder *d, struct member *ret_member, struct buf *text, struct manifest *ret,
                    struct err *err);
void decode_free(struct decoder *d);

#define autodecoder __attribute__((cleanup(decode_cleanup)))
void decode_cleanup(struct decoder **d);

#endif
