/* SPDX-License-Identifier: Apache-2.0 */
/* Requests, from what the scenario gives. */
#include "http_request.h"

#include "steps.h"

#include <ctype.h>
#include <errno.h>
#include <strings.h>

/* ---- the URL ---- */

static int hex(char c)
{
    return c >= '0' && c <= '9' ? c - '0' : (c | 32) >= 'a' && (c | 32) <= 'f' ? (c | 32) - 'a' + 10 : -1;
}

static const char *decoded(struct muster_ctx *t, const char *text, size_t length)
{
    char *out = (char *)(uintptr_t)m_keep(t, text, length), *to = out;
    for (size_t i = 0; i < length; i++) {
        int code = text[i] == '%' && i + 2 < length ? hex(text[i + 1]) * 16 + hex(text[i + 2]) : -1;
        if (code > 0 && hex(text[i + 1]) >= 0 && hex(text[i + 2]) >= 0) {
            *to++ = (char)code;
            i += 2;
        } else {
            *to++ = text[i];
        }
    }
    *to = '\0';
    return out;
}

struct http_url http_url(struct muster_ctx *t, struct m_site site, const char *url)
{
    size_t scheme = strncasecmp(url, "http://", 7) == 0 ? 7 : strncasecmp(url, "https://", 8) == 0 ? 8 : 0;
    if (!scheme)
        steps_wrong(t, site, "http: \"%s\" begins with neither http:// nor https://", steps_start(t, url, strlen(url)));
    const char *host = url + scheme, *path = host + strcspn(host, "/?#");
    size_t fragment = strcspn(path, "#");
    struct http_url u = {0};
    for (const char *p = host; p < path; p++)
        if (*p == '@') {
            u.auth = decoded(t, host, (size_t)(p - host));
            host = p + 1;
        }
    if (host == path)
        steps_wrong(t, site, "http: there is no host in \"%s\"", steps_start(t, url, strlen(url)));
    u.server = m_fmt(t, "%.*s%.*s", (int)scheme, url, (int)(path - host), host);
    u.path = m_fmt(t, "%s%.*s", *path == '/' ? "" : "/", (int)fragment, path);
    return u;
}

/* ---- bodies ---- */

static const char *escaped(struct muster_ctx *t, const char *text)
{
    static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";
    char *out = malloc(3 * strlen(text) + 1), *to = out;
    if (!out)
        ERROR("out of memory for a form");
    for (; *text; text++) {
        if (strchr(plain, *text))
            *to++ = *text;
        else
            to += snprintf(to, 4, "%%%02X", (unsigned char)*text);
    }
    *to = '\0';
    const char *kept = m_keep(t, out, (size_t)(to - out));
    free(out);
    return kept;
}

static struct http_body read_body(struct muster_ctx *t, struct m_site site, const char *path)
{
    struct http_body b = {.media_type = "application/octet-stream"};
    if (!(b.bytes = steps_read_file(t, path, &b.length)))
        steps_wrong(t, site, "file: %s: %s", path, strerrordesc_np(errno));
    return b;
}

/* One part of a multipart form: a value, or {file: PATH, type: T, name: N}. */
static void write_part(struct muster_ctx *t, struct m_site site, FILE *out, const char *boundary, const char *name,
                       const struct m_json *value)
{
    static const char *const keys[] = {"file", "type", "name", NULL};
    const char *path = m_json_str(value, "/file"), *text = steps_scalar(t, value);
    fprintf(out, "--%s\r\nContent-Disposition: form-data; name=\"%s\"", boundary, name);
    if (!path) {
        fprintf(out, "\r\n\r\n%s\r\n", text);
        return;
    }
    steps_keys(t, site, m_fmt(t, "form: %s", name), value, keys);
    const char *slash = strrchr(path, '/'), *shown = m_json_str(value, "/name"), *type = m_json_str(value, "/type");
    struct http_body b = read_body(t, site, path);
    fprintf(out, "; filename=\"%s\"\r\nContent-Type: %s\r\n\r\n",
            shown   ? shown
            : slash ? slash + 1
                    : path,
            type ? type : b.media_type);
    fwrite(b.bytes, 1, b.length, out);
    fputs("\r\n", out);
}

static struct http_body multipart(struct muster_ctx *t, struct m_site site, const struct m_json *form)
{
    const char *key, *boundary = m_unique(t, "muster-form");
    char *all = NULL;
    size_t length = 0;
    FILE *out = open_memstream(&all, &length);
    if (!out)
        steps_wrong(t, site, "form: out of memory");
    for (uint64_t i = 0; (key = m_json_key(form, i)); i++)
        write_part(t, site, out, boundary, key, m_json_member(form, key));
    fprintf(out, "--%s--\r\n", boundary);
    if (fclose(out) != 0)
        steps_wrong(t, site, "form: out of memory");
    return (struct http_body){all, length, m_fmt(t, "multipart/form-data; boundary=%s", boundary)};
}

static struct http_body form_body(struct muster_ctx *t, struct m_site site, const struct m_json *form)
{
    const char *key, *all = "";
    int files = 0;
    if (!m_json_key(form, 0))
        steps_wrong(t, site, "form: wants a map, name: value");
    for (uint64_t i = 0; (key = m_json_key(form, i)); i++) {
        const struct m_json *value = m_json_member(form, key);
        const char *text = steps_scalar(t, value);
        if (!text && !m_json_str(value, "/file"))
            steps_wrong(t, site, "form: %s is neither a text nor {file: PATH}", key);
        files = files || !text;
        all = text ? m_fmt(t, "%s%s%s=%s", all, *all ? "&" : "", escaped(t, key), escaped(t, text)) : all;
    }
    return files ? multipart(t, site, form) : (struct http_body){all, strlen(all), "application/x-www-form-urlencoded"};
}

struct http_body http_body(struct muster_ctx *t, struct m_site site, const struct http_call *c)
{
    struct m_json *json = steps_given(t, c->json), *form = steps_given(t, c->form), *body = steps_given(t, c->body);
    if ((json != NULL) + (form != NULL) + (body != NULL) + (*c->file != '\0') > 1)
        steps_wrong(t, site, "http: of json, form, body and file a request has one");
    if (json)
        return (struct http_body){c->json, strlen(c->json), "application/json"};
    if (form)
        return form_body(t, site, form);
    if (*c->file)
        return read_body(t, site, c->file);
    const char *text = body ? steps_scalar(t, body) : NULL;
    if (body && !text)
        steps_wrong(t, site, "body: is a text; a list or a map goes by `json`");
    return (struct http_body){text, text ? strlen(text) : 0, "text/plain; charset=utf-8"};
}

/* ---- headers ---- */

static const char *base64(struct muster_ctx *t, const char *text)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    size_t n = strlen(text);
    const char *all = "";
    for (size_t i = 0; i < n; i += 3) {
        unsigned a = (unsigned char)text[i], b = i + 1 < n ? (unsigned char)text[i + 1] : 0,
                 c = i + 2 < n ? (unsigned char)text[i + 2] : 0, bits = a << 16 | b << 8 | c;
        all = m_fmt(t, "%s%c%c%c%c", all, digits[bits >> 18], digits[bits >> 12 & 63],
                    i + 1 < n ? digits[bits >> 6 & 63] : '=', i + 2 < n ? digits[bits & 63] : '=');
    }
    return all;
}

/* "Bearer TOKEN" as it stands, or "user:word". */
static const char *authorization(struct muster_ctx *t, struct m_site site, const char *auth)
{
    size_t word = strcspn(auth, " :");
    if (auth[word] == ' ' && word) {
        m_secret(t, auth + word + 1);
        return auth;
    }
    if (auth[word] != ':')
        steps_wrong(t, site, "auth: wants \"Bearer TOKEN\" or \"user:password\"");
    const char *code = base64(t, auth);
    m_secret(t, auth + word + 1);
    m_secret(t, code);
    return m_fmt(t, "Basic %s", code);
}

const char *const *http_headers(struct muster_ctx *t, struct m_site site, const struct http_call *c,
                                const struct http_url *url)
{
    struct m_json *given = m_json_parse(t, c->headers);
    int64_t n = m_json_count(given, "");
    if (n < 0 || (n > 0 && !m_json_key(given, 0)))
        steps_wrong(t, site, "headers: wants a map, Name: value");
    const char *key, *auth = *c->auth ? c->auth : url->auth, **all = calloc((size_t)n + 2, sizeof *all);
    if (!all)
        steps_wrong(t, site, "headers: out of memory");
    for (uint64_t i = 0; (key = m_json_key(given, i)); i++) {
        const char *value = steps_scalar(t, m_json_member(given, key));
        if (!value)
            steps_wrong(t, site, "headers: %s is no text", key);
        all[i] = m_fmt(t, "%s: %s", key, value);
    }
    if (auth)
        all[n] = m_fmt(t, "Authorization: %s", authorization(t, site, auth));
    return all;
}

/* ---- what is expected of the answer ---- */

int http_is_status(struct muster_ctx *t, struct m_site site, const struct m_json *wanted, int status)
{
    const char *text = steps_scalar(t, wanted);
    int holds = 0;
    for (int64_t i = 0; !text && i < m_json_count(wanted, ""); i++)
        holds = http_is_status(t, site, m_json_item(wanted, (uint64_t)i), status) || holds;
    if (!text && m_json_item(wanted, 0))
        return holds;
    if (text && strcmp(text, "any") == 0)
        return 1;
    int digits = text && strlen(text) == 3 && text[0] >= '1' && text[0] <= '5';
    if (digits && strcasecmp(text + 1, "xx") == 0)
        return status / 100 == text[0] - '0';
    if (!digits || !isdigit((unsigned char)text[1]) || !isdigit((unsigned char)text[2]))
        steps_wrong(t, site, "status: %s is no status: write 200, 2xx, any, or a list of these",
                    wanted ? m_json_text(t, wanted, "") : "null");
    return status == atoi(text);
}
