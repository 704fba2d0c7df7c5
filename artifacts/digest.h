/* SPDX-License-Identifier: Apache-2.0 */
/*
 * SHA-256, by OpenSSL.
 *
 * A digest is one hash in the making: bytes are added, digest_end() gives their hash as 64 lower-case hex digits and
 * makes the digest ready for the next message. It belongs to who made it, and to one thread at a time. The first
 * digest of a process sets OpenSSL up (about a third of a millisecond), without its configuration file; a process
 * that makes none pays nothing.
 *
 * Only files fail: the arithmetic can't, and memory is always there (base/mem.h).
 */
#ifndef MUSTER_ARTIFACTS_DIGEST_H
#define MUSTER_ARTIFACTS_DIGEST_H

#include <stddef.h>
#include <stdint.h>

enum { DIGEST_HEX = 64 + 1 }; /* a hash as text, with its NUL */

struct digest;

struct digest *digest_new(void) __attribute__((returns_nonnull));
void digest_add(struct digest *d, const void *data, size_t len);
void digest_end(struct digest *d, char ret_hex[DIGEST_HEX]);
void digest_free(struct digest *d);

#define autodigest __attribute__((cleanup(digest_cleanup)))
void digest_cleanup(struct digest **d);

/* Hash and size of what the descriptor holds from its current position to its end; 0 or a negative errno. */
int digest_fd(struct digest *d, int fd, char ret_hex[DIGEST_HEX], int64_t *ret_size);

#endif
