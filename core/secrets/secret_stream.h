/* SPDX-License-Identifier: Apache-2.0 */
/* A stream of bytes without its secrets, each of which becomes [secret NAME]. */
#ifndef MUSTER_SECRETS_SECRET_STREAM_H
#define MUSTER_SECRETS_SECRET_STREAM_H

#include "base/buf.h"
#include "secrets/secrets.h"

/* A stream of bytes whose pieces may end anywhere: what may be the beginning of a secret is held back. {.secrets = s}
 * is an empty one; the owner calls secret_stream_free(). */
struct secret_range {
    size_t start, end; /* of `held` */
    uint32_t owner;
    bool told;
};
struct secret_stream {
    const struct secrets *secrets;
    uint64_t version; /* of the secrets, when `state` was theirs */
    matcher_state state;
    struct buf held;
    struct secret_range *ranges; /* in order, apart from each other */
    size_t n_ranges, cap_ranges;
};
/* Appends to `out` what can be told of the stream so far. */
void secret_stream_add(struct secret_stream *f, const char *data, size_t n, struct buf *out);
/* Appends the rest; the stream is empty then. */
void secret_stream_end(struct secret_stream *f, struct buf *out);
void secret_stream_free(struct secret_stream *f);

#endif
