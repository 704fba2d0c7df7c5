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
static char *find_value(char *at, const char *end)
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

static char *find_value_end(char *at, const char *end)
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

/* Values of fields whose names say so become stars, of the same number, in place. */
static void hide_named(char *text, size_t length)
{
    char *end = text + length;
    for (char *at = text; at < end;) {
        char *name = at;
        while (at < end && is_name_byte(*at))
            at++;
        if (at == name) {
            at++;
            continue;
        }
        char *value = evidence_is_secret_name(name, (size_t)(at - name)) ? find_value(at, end) : NULL;
        if (!value)
            continue;
        char *last = find_value_end(value, end);
        value += *value == '"';
        if (last > value)
            memset(value, '*', (size_t)(last - value));
        at = last;
    }
}

/* To be freed; NULL: out of memory. */
static char *hidden(const void *bytes, size_t length, size_t most, size_t *ret_length)
{
    size_t n = length < most + LOOK_AHEAD ? length : most + LOOK_AHEAD;
    char *text = malloc(n + 1);
    if (!text)
        return NULL;
    if (n)
        memcpy(text, bytes, n);
    hide_named(text, n);
    n = secret_hide(text, n);
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

void evidence_line(FILE *out, const void *bytes, size_t length, size_t most)
{
    size_t n = 0;
    char *text = hidden(bytes, length, most, &n);
    for (size_t i = 0; text && i < n; i++)
        put_byte(out, (unsigned char)text[i]);
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
