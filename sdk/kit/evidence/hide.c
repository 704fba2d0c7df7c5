/* SPDX-License-Identifier: Apache-2.0 */
/* What a reader of evidence gets to see of a text: no secrets, no controls, not too much. */
#include "evidence.h"

#include "secret.h"

#include <stdlib.h>
#include <strings.h>

/* A secret that the cut would halve has to be found whole: so much is looked at behind it. */
#define LOOK_AHEAD 4096u

static const char *const secret_words[] = {"passw",  "secret", "token",         "api_key", "apikey", "api-key",
                                           "cookie", "privat", "authorization", "credent", "session"};

static int is_name_byte(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
}

int evidence_is_secret_name(const char *name, size_t length)
{
    for (size_t i = 0; i < length; i++)
        for (size_t w = 0; w < sizeof secret_words / sizeof *secret_words; w++)
            if (length - i >= strlen(secret_words[w]) &&
                strncasecmp(name + i, secret_words[w], strlen(secret_words[w])) == 0)
                return 1;
    return 0;
}

/* `at` is behind a name: the first byte of its value in JSON ("name": "value") or a form (name=value); NULL: no value.
 */
static const char *find_value(const char *at, const char *end)
{
    int quoted = at < end && *at == '"';
    at += quoted;
    while (at < end && *at == ' ')
        at++;
    if (at == end || (*at != ':' && (quoted || *at != '=')))
        return NULL;
    at++;
    while (at < end && (*at == ' ' || *at == '\t'))
        at++;
    return at < end && *at != '{' && *at != '[' ? at : NULL;
}

static const char *find_value_end(const char *at, const char *end)
{
    if (*at != '"') {
        while (at < end && !strchr("&#,;}] \t\r\n\"", *at))
            at++;
        return at;
    }
    for (at++; at < end && *at != '"'; at++)
        if (*at == '\\' && at + 1 < end)
            at++;
    return at;
}

/* Values of fields whose names say so become three stars, whatever their length, which is a hint too. `out` has room
 * for three bytes for each; the length. */
static size_t hide_named(const char *text, size_t length, char *out)
{
    const char *end = text + length, *from = text; /* copied up to here */
    char *to = out;
    for (const char *at = text; at < end;) {
        const char *name = at;
        while (at < end && is_name_byte(*at))
            at++;
        if (at == name) {
            at++;
            continue;
        }
        const char *value = evidence_is_secret_name(name, (size_t)(at - name)) ? find_value(at, end) : NULL;
        if (!value)
            continue;
        at = find_value_end(value, end);
        value += *value == '"';
        if (at <= value)
            continue;
        to = mempcpy(mempcpy(to, from, (size_t)(value - from)), "***", 3);
        from = at;
    }
    to = mempcpy(to, from, (size_t)(end - from));
    return (size_t)(to - out);
}

/* Stars for the user and the word of a URL, in place; the new length. */
static size_t hide_userinfo(char *text, size_t length)
{
    char *at = text;
    while ((at = memmem(at, (size_t)(text + length - at), "://", 3))) {
        at += 3;
        size_t left = (size_t)(text + length - at), n = 0;
        while (n < left && !strchr("/?# \t\r\n\"@", at[n]))
            n++;
        if (n < 3 || n == left || at[n] != '@') /* one so short is none */
            continue;
        memset(at, '*', 3);
        memmove(at + 3, at + n, left - n);
        length -= n - 3;
    }
    return length;
}

/* To be freed; NULL: out of memory. */
static char *hidden(const void *bytes, size_t length, size_t most, size_t *ret_length)
{
    size_t n = length < most + LOOK_AHEAD ? length : most + LOOK_AHEAD;
    char *text = malloc(3 * n + 1);
    if (!text)
        return NULL;
    n = n ? hide_named(bytes, n, text) : 0;
    n = hide_userinfo(text, data_secret_hide(text, n));
    *ret_length = n < most ? n : most;
    return text;
}

static void put_byte(FILE *out, unsigned char c)
{
    if (c < ' ' || c == 0x7f)
        fprintf(out, c == '\t' ? "\\t" : c == '\n' ? "\\n" : c == '\r' ? "\\r" : "\\x%02x", c);
    else
        fputc(c, out);
}

void evidence_plain(FILE *out, const void *bytes, size_t length)
{
    const unsigned char *text = bytes;
    for (size_t i = 0; i < length; i++)
        put_byte(out, text[i]);
}

void evidence_line(FILE *out, const void *bytes, size_t length, size_t most)
{
    size_t n = 0;
    char *text = hidden(bytes, length, most, &n);
    evidence_plain(out, text, text ? n : 0);
    if (length > most)
        fputs("...", out);
    free(text);
}

void evidence_text(FILE *out, const char *prefix, const void *bytes, size_t length, size_t most)
{
    size_t n = 0;
    char *text = hidden(bytes, length, most, &n);
    for (size_t i = 0; text && i < n;) {
        fputs(prefix, out);
        for (; i < n && text[i] != '\n'; i++)
            if (text[i] != '\r' || i + 1 == n || text[i + 1] != '\n')
                put_byte(out, (unsigned char)text[i]);
        i++;
        fputc('\n', out);
    }
    if (length > most)
        fprintf(out, "%s... of %zu bytes\n", prefix, length);
    free(text);
}
