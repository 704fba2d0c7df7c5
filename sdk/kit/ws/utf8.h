/* SPDX-License-Identifier: Apache-2.0 */
/* UTF-8 (RFC 3629) that comes in pieces. Pure. */
#ifndef MUSTER_KIT_WS_UTF8_H
#define MUSTER_KIT_WS_UTF8_H

#include <stddef.h>
#include <stdint.h>

struct utf8 {
    int left;            /* bytes that the character still needs */
    uint8_t least, most; /* what the next one may be */
};

/* 0, or -1 as soon as what has come can't become UTF-8. */
int ws_utf8_take(struct utf8 *u, const uint8_t *bytes, size_t n);
/* A character has begun and not ended. */
int ws_utf8_is_within(const struct utf8 *u);

#endif
