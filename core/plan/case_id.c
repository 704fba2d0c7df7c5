/* SPDX-License-Identifier: Apache-2.0 */
/* Parameters in ids: escaped, and cut where they are long. */
#include "plan/case_id.h"

#include "base/hash.h"
#include "base/mem.h"
#include "base/text.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

enum { CUT_HASH = 16, CUT_TAIL = 2 + CUT_HASH };

/* FNV-1a, finished as SplitMix64 does. */
static uint64_t hash_of(const char *text, size_t len)
{
    return hash_mix(hash_add(HASH_START, text, len));
}

/* Blanks, format and private characters above ASCII. */
static bool is_invisible(uint32_t code)
{
    static const struct {
        uint32_t first, last;
    } ranges[] = {{0x80, 0xa0},     {0xad, 0xad},     {0x61c, 0x61c},   {0x1680, 0x1680},   {0x180e, 0x180e},
                  {0x2000, 0x200f}, {0x2028, 0x202f}, {0x205f, 0x206f}, {0x3000, 0x3000},   {0xe000, 0xf8ff},
                  {0xfe00, 0xfe0f}, {0xfeff, 0xfeff}, {0xfff0, 0xffff}, {0xe0000, 0x10ffff}};
    for (size_t i = 0; i < ARRAY_LEN(ranges); i++)
        if (code >= ranges[i].first && code <= ranges[i].last)
            return true;
    return false;
}

static bool stays(uint32_t code)
{
    if (code >= 0x80)
        return !is_invisible(code);
    return code > ' ' && code < 0x7f && !strchr(",=[]%*?\\'", (int)code);
}

static void add_escaped(struct buf *out, const char *value)
{
    const char *end = value + strlen(value);
    for (const char *p = value; p < end;) {
        uint32_t code;
        size_t n = utf8_decode(p, end, &code);
        if (stays(code))
            buf_add(out, p, n);
        else
            for (size_t i = 0; i < n; i++)
                buf_addf(out, "%%%02X", (unsigned char)p[i]);
        p += n;
    }
}

/* Neither an escape nor a character is divided. */
static size_t cut_at(const char *text, size_t at)
{
    while (at > 0 && (text[at] & 0xc0) == 0x80)
        at--;
    if (at >= 1 && text[at - 1] == '%')
        return at - 1;
    return at >= 2 && text[at - 2] == '%' ? at - 2 : at;
}

/* Cuts what stands from `start` on, if that is longer than `most`. */
static void cut(struct buf *out, size_t start, size_t most, uint64_t hash)
{
    if (out->len - start <= most)
        return;
    out->len = start + cut_at(out->data + start, most - CUT_TAIL);
    buf_addf(out, "%%~%016" PRIx64, hash);
}

static void add_value(struct buf *out, const char *value)
{
    size_t start = out->len;
    add_escaped(out, value);
    cut(out, start, CASE_VALUE_MAX, hash_of(value, strlen(value)));
}

void case_id_add(struct buf *out, const char *scenario, const char *const *names, const char *const *values, uint32_t n)
{
    buf_adds(out, scenario);
    if (n == 0)
        return;
    buf_addc(out, '[');
    size_t start = out->len;
    for (uint32_t i = 0; i < n; i++) {
        if (i > 0)
            buf_addc(out, ',');
        buf_adds(out, names[i]);
        buf_addc(out, '=');
        add_value(out, values[i]);
    }
    cut(out, start, CASE_PARAMS_MAX, hash_of(out->data + start, out->len - start));
    buf_addc(out, ']');
}
