/* SPDX-License-Identifier: Apache-2.0 */
/* The Docker Engine's multiplexed streams, taken apart. Pure. */
#include "stream.h"

#include <string.h>

enum { HEADER = 8 };

static size_t length_of(const unsigned char *header)
{
    return (size_t)header[4] << 24 | (size_t)header[5] << 16 | (size_t)header[6] << 8 | header[7];
}

int container_stream_is_framed(const unsigned char *bytes, size_t length)
{
    if (length < HEADER)
        return length == 0;
    return bytes[0] <= CONTAINER_ERR && !bytes[1] && !bytes[2] && !bytes[3];
}

int container_stream_is_whole(const unsigned char *bytes, size_t length)
{
    while (length >= HEADER) {
        size_t n = length_of(bytes);
        if (n > length - HEADER)
            return 0;
        bytes += HEADER + n;
        length -= HEADER + n;
    }
    return length == 0;
}

size_t container_stream_take(const unsigned char *bytes, size_t length, int stream, char *out)
{
    size_t taken = 0;
    while (length >= HEADER) {
        size_t n = length_of(bytes);
        int from = bytes[0];
        bytes += HEADER;
        length -= HEADER;
        n = n < length ? n : length;
        if (stream ? from == stream : from == CONTAINER_OUT || from == CONTAINER_ERR) {
            memcpy(out + taken, bytes, n);
            taken += n;
        }
        bytes += n;
        length -= n;
    }
    return taken;
}
