/* SPDX-License-Identifier: Apache-2.0 */
/* Text from strangers made safe for terminals and JSON. */
#include "base/text.h"

#include <string.h>
#include <wchar.h>

size_t utf8_decode(const char *p, const char *end, uint32_t *ret_code)
{
    const unsigned char *s = (const unsigned char *)p;
    size_t left = (size_t)(end - p);
    static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    size_t len = s[0] < 0x80             ? 1
                 : (s[0] & 0xe0) == 0xc0 ? 2
                 : (s[0] & 0xf0) == 0xe0 ? 3
                 : (s[0] & 0xf8) == 0xf0 ? 4
                                         : 0;
    *ret_code = 0xfffd;
    if (len == 1) {
        *ret_code = s[0];
        return 1;
    }
    if (len == 0 || len > left)
        return 1;
    uint32_t code = s[0] & (0x7fu >> len);
    for (size_t i = 1; i < len; i++) {
        if ((s[i] & 0xc0) != 0x80)
            return 1;
        code = code << 6 | (s[i] & 0x3f);
    }
    if (code < least[len] || code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff))
        return 1;
    *ret_code = code;
    return len;
}

void utf8_encode(struct buf *out, uint32_t code)
{
    if (code < 0x80) {
        buf_addc(out, (char)code);
    } else if (code < 0x800) {
        buf_addc(out, (char)(0xc0 | code >> 6));
        buf_addc(out, (char)(0x80 | (code & 0x3f)));
    } else if (code < 0x10000) {
        buf_addc(out, (char)(0xe0 | code >> 12));
        buf_addc(out, (char)(0x80 | (code >> 6 & 0x3f)));
        buf_addc(out, (char)(0x80 | (code & 0x3f)));
    } else {
        buf_addc(out, (char)(0xf0 | code >> 18));
        buf_addc(out, (char)(0x80 | (code >> 12 & 0x3f)));
        buf_addc(out, (char)(0x80 | (code >> 6 & 0x3f)));
        buf_addc(out, (char)(0x80 | (code & 0x3f)));
    }
}

bool text_is_control(uint32_t code)
{
    /* C0, DEL, C1; what ends a line for some readers; the marks that reorder what a reader sees. */
    return code < 0x20 || (code >= 0x7f && code < 0xa0) || code == 0x2028 || code == 0x2029 ||
           (code >= 0x202a && code <= 0x202e) || (code >= 0x2066 && code <= 0x2069);
}

static void json_add_escape(struct buf *out, uint32_t code)
{
    static const char short_forms[] = {['\b'] = 'b', ['\t'] = 't', ['\n'] = 'n', ['\f'] = 'f', ['\r'] = 'r'};
    buf_addc(out, '\\');
    if (code == '"' || code == '\\')
        buf_addc(out, (char)code);
    else if (code < sizeof short_forms && short_forms[code])
        buf_addc(out, short_forms[code]);
    else
        buf_addf(out, "u%04x", code);
}

void json_add_string(struct buf *out, const char *text, size_t len)
{
    const char *end = text + len;
    buf_addc(out, '"');
    for (const char *p = text; p < end;) {
        const char *plain = p;
        while (p < end && (unsigned char)*p >= 0x20 && (unsigned char)*p < 0x7f && *p != '"' && *p != '\\')
            p++;
        buf_add(out, plain, (size_t)(p - plain));
        if (p == end)
            break;
        uint32_t code;
        p += utf8_decode(p, end, &code);
        if (code < 0x80 || text_is_control(code))
            json_add_escape(out, code);
        else
            utf8_encode(out, code);
    }
    buf_addc(out, '"');
}

void text_add_visible(struct buf *out, uint32_t code)
{
    if (code == '\n' || code == '\t' || !text_is_control(code))
        utf8_encode(out, code);
    else
        buf_addf(out, code < 0x100 ? "\\x%02x" : "\\u%04x", code);
}

void terminal_add(struct buf *out, const char *text, size_t len)
{
    const char *end = text + len;
    for (const char *p = text; p < end;) {
        uint32_t code;
        p += utf8_decode(p, end, &code);
        text_add_visible(out, code);
    }
}

size_t text_columns(const char *text, size_t len)
{
    const char *end = text + len;
    size_t columns = 0;
    for (const char *p = text; p < end;) {
        uint32_t code;
        p += utf8_decode(p, end, &code);
        int width = code < 0x80 ? 1 : wcwidth((wchar_t)code);
        columns += width < 0 ? 1 : (size_t)width;
    }
    return columns;
}

bool utf8_valid(const char *text, size_t len)
{
    const char *end = text + len;
    for (const char *p = text; p < end;) {
        uint32_t code;
        size_t n = utf8_decode(p, end, &code);
        if (n == 1 && (unsigned char)*p >= 0x80)
            return false;
        p += n;
    }
    return true;
}
