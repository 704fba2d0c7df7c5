/* SPDX-License-Identifier: Apache-2.0 */
/* Replies: how they grow while they arrive, and what is read from them. */
#include "client.h"

#include <muster/kit/data.h>

#include <stdlib.h>
#include <strings.h>

int reply_text_add(struct reply_text *text, const char *bytes, size_t n)
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

void reply_text_clear(struct reply_text *text)
{
    text->length = 0;
    if (text->bytes)
        text->bytes[0] = '\0';
}

size_t reply_take_body(char *bytes, size_t size, size_t n, void *user)
{
    struct m_http *http = user;
    n *= size;
    if (n > http->options.max_body - http->body.length) {
        http->body_too_large = 1;
        return 0;
    }
    return reply_text_add(&http->body, bytes, n) == 0 ? n : 0;
}

size_t reply_take_header(char *bytes, size_t size, size_t n, void *user)
{
    struct m_http *http = user;
    size_t whole = n * size, length = whole;
    /* A status line opens the headers of the next answer: behind a redirect, or a 100. */
    if (length >= 5 && memcmp(bytes, "HTTP/", 5) == 0) {
        reply_text_clear(&http->head);
        return whole;
    }
    while (length && (bytes[length - 1] == '\r' || bytes[length - 1] == '\n'))
        length--;
    if (!length)
        return whole;
    if (reply_text_add(&http->head, bytes, length) < 0 || reply_text_add(&http->head, "\n", 1) < 0)
        return 0;
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
    if (reply->error)
        kept.error = m_keep(t, reply->error, strlen(reply->error));
    return kept;
}
