/* SPDX-License-Identifier: Apache-2.0 */
/* Messages packed and unpacked as permessage-deflate has it (RFC 7692, 7.2), by zlib. */
#ifndef MUSTER_KIT_WS_DEFLATE_H
#define MUSTER_KIT_WS_DEFLATE_H

#include "extension.h"

struct deflate;

/* NULL: out of memory. lazy_libz() has been asked for before. */
struct deflate *ws_deflate_open(const struct extension *e);
void ws_deflate_close(struct deflate *d);

/* Takes what was unpacked: 0, or -1 to end it. */
typedef int deflate_sink(void *data, const void *bytes, size_t n);
/* A piece of a message that came; with `last`, its end. 0; -1 when it is no DEFLATE; -2 when the sink ended it. */
int ws_deflate_unpack(struct deflate *d, const void *bytes, size_t n, int last, deflate_sink *sink, void *data);
/* A whole message to be sent, to be freed; NULL: out of memory. */
uint8_t *ws_deflate_pack(struct deflate *d, const void *bytes, size_t n, size_t *ret_length);

#endif
