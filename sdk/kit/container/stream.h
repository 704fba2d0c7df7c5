/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The Docker Engine's multiplexed streams (of logs, of what an exec prints): frames, each with a header of 8 bytes: the
 * stream's number, three zeros, the length as a big-endian number. Pure.
 */
#ifndef MUSTER_KIT_CONTAINER_STREAM_H
#define MUSTER_KIT_CONTAINER_STREAM_H

#include <stddef.h>

enum { CONTAINER_OUT = 1, CONTAINER_ERR = 2 };

/* Whether the bytes are frames: those of a terminal come as they are. Nothing is frames, too. */
int container_stream_is_framed(const unsigned char *bytes, size_t length);
/* Whether the last frame is all there. */
int container_stream_is_whole(const unsigned char *bytes, size_t length);
/* Copies what is of this stream, or of both in their order where it is 0, to `out`, which has room for `length`; the
 * number of bytes. A frame that was cut off gives what there is of it. */
size_t container_stream_take(const unsigned char *bytes, size_t length, int stream, char *out);

#endif
