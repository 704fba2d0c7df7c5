/* SPDX-License-Identifier: Apache-2.0 */
/* Replies: how they grow while they arrive, and what is read from them. */
#include "client.h"

#include <muster/kit/data.h>

#include <stdlib.h>
#include <strings.h>

int http_reply_text_add(struct reply_text *text, const char *bytes, size_t n)
{
    if (text->room - text->length < n + 1) {
        size_t room = text->room ? text->room : 1024;
        while (room - text->length < n + 1)
            room *= 2;
        char *larger = realloc(text->bytes, room);
        if (!larger)
            return -1;
        text->bytes = larger;
        text->room = room;
    }
    memcpy(text->bytes + text->length, bytes, n);
    text->length += n;
    text->bytes[text->length] = '\0';
    return 0;
}

void http_reply_text_clear(struct reply_text *text)
{
    text->length = 0;
    if (text->bytes)
        text->bytes[0] = '\0';
}

void http_reply_forget(struct m_http *http)
{
    http_reply_text_clear(&http->body);
    http_reply_text_clear(&http->head);
    http->status = 0;
    http->content_length[0] = '\0';
    http->body_too_large = 0;
    http->fault[0] = '\0';
}

size_t http_reply_take_body(char *bytes, size_t size, size_t n, void *user)
{
    struct m_http *http = user;
    n *= size;
    if (n > http->options.max_body - http->body.length) {
        http->body_too_large = 1;
        return 0;
    }
    return http_reply_text_add(&http->body, bytes, n) == 0 ? n : 0;
}

/* A status line opens the headers of the next answer: behind a 100, for one. */
static void begin_head(struct m_http *http, const char *line, size_t length)
{
    char start[32];
    int status = 0;
    snprintf(start, sizeof start, "%.*s", (int)length, line);
    if (sscanf(start, "HTTP/%*9[0-9.] %3d", &status) != 1 || (status < 200 && status != 101))
        status = 0;
    http_reply_forget(http);
    http->status = status;
    snprintf(http->status_line, sizeof http->status_line, "%.*s", (int)(length < 100 ? length : 100), line);
    http->status_line[strcspn(http->status_line, "\r\n")] = '\0';
}

static int is_space(char c)
{
    return c == ' ' || c == '\t';
}

/* One member of a Content-Length's list: 0, or -1 with what is wrong. */
static int take_length(struct m_http *http, const char *digits, size_t n)
{
    size_t zeros = 0;
    while (zeros + 1 < n && digits[zeros] == '0')
        zeros++;
    if (n == 0 || strspn(digits, "0123456789") < n || n - zeros >= sizeof http->content_length) {
        snprintf(http->fault, sizeof http->fault, "its Content-Length is no number: \"%.*s\"", (int)(n < 40 ? n : 40),
                 digits);
        return -1;
    }
    char text[sizeof http->content_length];
    snprintf(text, sizeof text, "%.*s", (int)(n - zeros), digits + zeros);
    if (http->content_length[0] && strcmp(http->content_length, text) != 0) {
        snprintf(http->fault, sizeof http->fault, "it has two Content-Lengths that differ: %s and %s",
                 http->content_length, text);
        return -1;
    }
    memcpy(http->content_length, text, sizeof text);
    return 0;
}

/* The same number may come several times (RFC 9110, 8.6); with two different ones nobody knows where the answer ends.
 */
static int take_lengths(struct m_http *http, const char *value, size_t length)
{
    const char *end = value + length;
    for (;;) {
        const char *comma = memchr(value, ',', (size_t)(end - value));
        const char *last = comma ? comma : end;
        while (value < last && is_space(*value))
            value++;
        while (last > value && is_space(last[-1]))
            last--;
        if (take_length(http, value, (size_t)(last - value)) < 0)
            return -1;
        if (!comma)
            return 0;
        value = comma + 1;
    }
}

size_t http_reply_take_header(char *bytes, size_t size, size_t n, void *user)
{
    static const char length_name[] = "content-length:";
    struct m_http *http = user;
    size_t whole = n * size, length = whole;
    if (length >= 5 && memcmp(bytes, "HTTP/", 5) == 0) {
        begin_head(http, bytes, length);
        return whole;
    }
    while (length && (bytes[length - 1] == '\r' || bytes[length - 1] == '\n'))
        length--;
    if (!length)
        return whole;
    if (http_reply_text_add(&http->head, bytes, length) < 0 || http_reply_text_add(&http->head, "\n", 1) < 0)
        return 0;
    size_t named = sizeof length_name - 1;
    if (length >= named && strncasecmp(bytes, length_name, named) == 0)
        return take_lengths(http, bytes + named, length - named) < 0 ? 0 : whole;
    return whole;
}

const char *m_http_value(const struct m_http_reply *reply, const char *name)
{
    size_t n = strlen(name);
    const char *line = reply->headers;
    while (line && *line) {
        const char *end = strchr(line, '\n');
        if (strncasecmp(line, name, n) == 0 && line[n] == ':') {
            const char *value = line + n + 1;
            value += strspn(value, " \t");
            return m_keep(reply->from->t, value, (size_t)(end - value));
        }
        line = end + 1;
    }
    return NULL;
}

struct m_http_reply m_http_keep(const struct m_http_reply *reply)
{
    struct muster_ctx *t = reply->from->t;
    struct m_http_reply kept = *reply;
    kept.body = m_keep(t, reply->body, reply->body_len);
    kept.headers = m_keep(t, reply->headers, strlen(reply->headers));
    kept.redirects = m_keep(t, reply->redirects, strlen(reply->redirects));
    if (reply->error)
        kept.error = m_keep(t, reply->error, strlen(reply->error));
    return kept;
}
