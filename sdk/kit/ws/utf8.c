/* SPDX-License-Identifier: Apache-2.0 */
/* UTF-8 that comes in pieces. */
#include "utf8.h"

/* The bounds of the second byte keep out overlong forms, surrogates and what is beyond U+10FFFF. */
static int begin(struct utf8 *u, uint8_t c)
{
    *u = (struct utf8){.least = 0x80, .most = 0xbf};
    if (c < 0x80)
        return 0;
    if (c < 0xc2 || c > 0xf4)
        return -1;
    u->left = c < 0xe0 ? 1 : c < 0xf0 ? 2 : 3;
    if (c == 0xe0)
        u->least = 0xa0;
    else if (c == 0xed)
        u->most = 0x9f;
    else if (c == 0xf0)
        u->least = 0x90;
    else if (c == 0xf4)
        u->most = 0x8f;
    return 0;
}

int ws_utf8_take(struct utf8 *u, const uint8_t *bytes, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (!u->left) {
            if (begin(u, bytes[i]) < 0)
                return -1;
            continue;
        }
        if (bytes[i] < u->least || bytes[i] > u->most)
            return -1;
        u->left--;
        u->least = 0x80;
        u->most = 0xbf;
    }
    return 0;
}

int ws_utf8_is_within(const struct utf8 *u)
{
    return u->left > 0;
}
