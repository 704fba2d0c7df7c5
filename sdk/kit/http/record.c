/* SPDX-License-Identifier: Apache-2.0 */
/* What is written into http-exchanges.txt, the evidence of the last exchanges of a bad attempt. */
#include "record.h"

#include "evidence.h"

#include <muster/kit/wait.h>
#include <stdlib.h>
#include <strings.h>

#define BODY_MOST 2048u
#define LINE_MOST 1024u
#define SEEN_MOST 320u

static struct evidence exchanges = EVIDENCE("http-exchanges.txt");

static void add(struct m_http *http, FILE *out, char **text, const size_t *length)
{
    if (fclose(out) == 0)
        evidence_add(http->t, &exchanges, *text, *length);
    free(*text);
}

/* Whatever is in such a field is secret as a whole: "Bearer ...", "a=b; c=d". */
static void put_field(FILE *out, const char *prefix, const char *line, size_t length)
{
    const char *colon = memchr(line, ':', length);
    int secret = colon && evidence_is_secret_name(line, (size_t)(colon - line));
    if (!secret && memchr(line, '=', length)) { /* there may be fields within, as in a Location's query */
        evidence_text(out, prefix, line, length, LINE_MOST);
        return;
    }
    fputs(prefix, out);
    evidence_plain(out, line, secret ? (size_t)(colon - line) : length);
    fputs(secret ? ": ***\n" : "\n", out);
}

/* Lines that end in LF or CR LF; with `start`, the first is no field. */
static void put_head(FILE *out, const char *prefix, const char *head, size_t length, int start)
{
    for (const char *end = head + length; head < end; start = 0) {
        const char *line = memchr(head, '\n', (size_t)(end - head));
        size_t n = (size_t)((line ? line : end) - head);
        size_t shown = n && head[n - 1] == '\r' ? n - 1 : n;
        if (start)
            evidence_text(out, prefix, head, shown, LINE_MOST);
        else if (shown)
            put_field(out, prefix, head, shown);
        head += n + 1;
    }
}

static void put_body(FILE *out, const char *prefix, const void *body, size_t length)
{
    if (!length)
        return;
    fprintf(out, "%s\n", prefix);
    evidence_text(out, prefix, body, length, BODY_MOST);
}

static void put_server(FILE *out, const struct m_http *http)
{
    evidence_text(out, "", http->base_url, strlen(http->base_url), LINE_MOST);
}

void http_record_request(struct m_http *http, const struct exchange *x, const char *head, size_t length)
{
    char *text = NULL;
    size_t n = 0;
    FILE *out = http->quiet ? NULL : open_memstream(&text, &n);
    if (!out)
        return;
    http->number = evidence_number(&exchanges);
    fprintf(out, "#%u request at %.1f ms to ", http->number, evidence_time_ms(&exchanges));
    put_server(out, http);
    put_head(out, "> ", head, length, 1);
    put_body(out, "> ", x->body, (size_t)x->body_len);
    fputc('\n', out);
    add(http, out, &text, &n);
}

void http_record_answer(struct m_http *http, const struct exchange *x, const char *error, double took_ms)
{
    char *text = NULL;
    size_t n = 0;
    FILE *out = http->quiet ? NULL : open_memstream(&text, &n);
    if (!out)
        return;
    if (http->sent) {
        fprintf(out, "#%u answer after %.1f ms\n", http->number, took_ms);
    } else {
        fprintf(out, "#%u %s could not be sent to ", evidence_number(&exchanges), x->method);
        put_server(out, http);
    }
    if (http->status) {
        evidence_text(out, "< ", http->status_line, strlen(http->status_line), LINE_MOST);
        put_head(out, "< ", http->head.bytes ? http->head.bytes : "", http->head.length, 0);
        put_body(out, "< ", http->body.bytes, http->body.length);
    }
    if (error)
        evidence_text(out, "! ", error, strlen(error), LINE_MOST);
    fputc('\n', out);
    add(http, out, &text, &n);
}

void http_record_seen(struct m_http *http, const struct exchange *x, const char *error)
{
    char *text = NULL;
    size_t n = 0;
    FILE *out = m_waits_() && !http->quiet ? open_memstream(&text, &n) : NULL;
    if (!out)
        return;
    fprintf(out, "%s ", x->method);
    evidence_line(out, x->url, strlen(x->url), SEEN_MOST / 2);
    fputs(": ", out);
    if (http->status)
        fprintf(out, "%d ", http->status);
    if (error)
        evidence_line(out, error, strlen(error), SEEN_MOST);
    else
        evidence_line(out, http->body.bytes, http->body.length, SEEN_MOST);
    if (fclose(out) == 0)
        m_saw(http->t, "%s", text);
    free(text);
}
