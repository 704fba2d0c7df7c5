/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Fuzzes what attempts, which run plugin code, may send: a packet of messages. What decodes must encode to the very
 * bytes that it was decoded from, since there is one encoding.
 */
#include "ipc/message.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *p = (const char *)data, *end = p + size;
    struct arena arena = {0};
    struct buf again = {0};
    for (;;) {
        struct message m;
        const char *start = p;
        int r = message_decode(&p, end, &arena, &m);
        if (r == -ENODATA && start == end)
            break;
        if (r == -EBADMSG)
            break;
        if (r != 0 || p <= start || p > end)
            abort();
        buf_clear(&again);
        message_encode(&m, &again);
        if (again.len != (size_t)(p - start) || memcmp(again.data, start, again.len) != 0)
            abort();
        if (strcmp(message_name(m.type), "unknown") == 0)
            abort();
    }
    buf_free(&again);
    arena_free(&arena);
    return 0;
}
