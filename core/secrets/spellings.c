/* SPDX-License-Identifier: Apache-2.0 */
/* How a secret may be written. */
#include "secrets/spellings.h"

#include "base/cleanup.h"

#include <ctype.h>
#include <stdbool.h>
#include <string.h>

struct telling {
    const char *value;
    size_t len;
    void (*tell)(void *data, const char *bytes, size_t len);
    void *data;
};

static void tell_unless_plain(const struct telling *t, const struct buf *spelling)
{
    if (spelling->len != t->len || memcmp(spelling->data, t->value, t->len) != 0)
        t->tell(t->data, spelling->data, spelling->len);
}

static void spell_json(const struct telling *t, bool slashes)
{
    static const char from[] = "\"\\\b\f\n\r\t", to[] = "\"\\bfnrt";
    autobuf struct buf out = {0};
    for (size_t i = 0; i < t->len; i++) {
        char c = t->value[i];
        const char *at = c ? strchr(from, c) : NULL;
        if (at || (slashes && c == '/'))
            buf_addf(&out, "\\%c", at ? to[at - from] : '/');
        else if ((unsigned char)c < 0x20)
            buf_addf(&out, "\\u%04x", (unsigned)c);
        else
            buf_addc(&out, c);
    }
    tell_unless_plain(t, &out);
}

static const char *entity(char c, bool quotes)
{
    switch (c) {
    case '&':
        return "&amp;";
    case '<':
        return "&lt;";
    case '>':
        return "&gt;";
    case '"':
        return quotes ? "&quot;" : NULL;
    case '\'':
        return quotes ? "&#39;" : NULL;
    default:
        return NULL;
    }
}

/* In an attribute quotes are escaped too. */
static void spell_xml(const struct telling *t, bool quotes)
{
    autobuf struct buf out = {0};
    for (size_t i = 0; i < t->len; i++) {
        const char *word = entity(t->value[i], quotes);
        if (word)
            buf_adds(&out, word);
        else
            buf_addc(&out, t->value[i]);
    }
    tell_unless_plain(t, &out);
}

static bool stays_in_url(unsigned char c)
{
    return c < 0x80 && (isalnum(c) || strchr("-._~", c));
}

static const char upper[] = "0123456789ABCDEF", lower[] = "0123456789abcdef";

static void add_hex(struct buf *out, unsigned char c, const char *digits)
{
    buf_addc(out, digits[c >> 4]);
    buf_addc(out, digits[c & 15]);
}

static void spell_url(const struct telling *t, const char *digits, bool form)
{
    autobuf struct buf out = {0};
    for (size_t i = 0; i < t->len; i++) {
        unsigned char c = (unsigned char)t->value[i];
        if (c != 0 && stays_in_url(c)) {
            buf_addc(&out, (char)c);
        } else if (form && c == ' ') {
            buf_addc(&out, '+');
        } else {
            buf_addc(&out, '%');
            add_hex(&out, c, digits);
        }
    }
    tell_unless_plain(t, &out);
}

static void spell_hex(const struct telling *t, const char *digits)
{
    autobuf struct buf out = {0};
    for (size_t i = 0; i < t->len; i++)
        add_hex(&out, (unsigned char)t->value[i], digits);
    t->tell(t->data, out.data, out.len);
}

/* The bits from `bit` on, six of them, of `offset` unknown bytes and the value. */
static unsigned sextet(const struct telling *t, size_t offset, size_t bit)
{
    unsigned value = 0;
    for (size_t i = 0; i < 6; i++) {
        size_t at = bit + i - 8 * offset;
        value = value << 1 | ((unsigned)(unsigned char)t->value[at / 8] >> (7 - at % 8) & 1);
    }
    return value;
}

static void spell_base64(const struct telling *t, size_t offset, const char last[2])
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    autobuf struct buf out = {0};
    size_t first = (8 * offset + 5) / 6 * 6, end = 8 * (offset + t->len);
    for (size_t bit = first; bit + 6 <= end; bit += 6) {
        unsigned value = sextet(t, offset, bit);
        buf_addc(&out, value < 62 ? digits[value] : last[value - 62]);
    }
    t->tell(t->data, out.data, out.len);
}

void spellings_each(const char *value, size_t len, void (*tell)(void *data, const char *bytes, size_t len), void *data)
{
    const struct telling t = {value, len, tell, data};
    tell(data, value, len);
    spell_json(&t, false);
    spell_json(&t, true);
    spell_xml(&t, false);
    spell_xml(&t, true);
    spell_url(&t, upper, false);
    spell_url(&t, lower, false);
    spell_url(&t, upper, true);
    spell_hex(&t, lower);
    spell_hex(&t, upper);
    for (size_t offset = 0; offset < 3; offset++) {
        spell_base64(&t, offset, "+/");
        spell_base64(&t, offset, "-_");
    }
}
