/* SPDX-License-Identifier: Apache-2.0 */
/* Clients: opening and closing them, and the headers that go with every request. */
#include "client.h"

#include <stdlib.h>
#include <strings.h>

#define DEFAULT_TIMEOUT_MS 30000u
#define DEFAULT_MAX_BODY   (16u << 20)

static void check_url(struct muster_ctx *t, const struct libcurl *lib, const char *url)
{
    CURLU *parsed = lib->url();
    CURLUcode why = parsed ? lib->url_set(parsed, CURLUPART_URL, url ? url : "", 0) : CURLUE_OUT_OF_MEMORY;
    lib->url_cleanup(parsed);
    if (why)
        ERROR("cannot use \"%s\" as a base URL: %s", url ? url : "NULL", lib->url_strerror(why));
}

static char *copy(struct muster_ctx *t, const char *text)
{
    if (!text)
        return NULL;
    char *own = strdup(text);
    if (!own)
        ERROR("out of memory for an HTTP client");
    return own;
}

struct m_http *m_http_open(struct muster_ctx *t, const char *base_url, const struct m_http_options *options)
{
    const char *why;
    const struct libcurl *lib = libcurl(&why);
    if (!lib)
        ERROR("no HTTP: %s", why);
    check_url(t, lib, base_url);
    struct m_http *http = calloc(1, sizeof *http);
    CURL *curl = lib->easy_init();
    if (!http || !curl)
        ERROR("out of memory for an HTTP client");
    http->t = t;
    http->lib = lib;
    http->curl = curl;
    http->base_url = copy(t, base_url);
    for (size_t n = strlen(base_url); n && base_url[n - 1] == '/'; n--)
        http->base_url[n - 1] = '\0';
    if (options)
        http->options = *options;
    struct m_http_options *o = &http->options;
    o->unix_socket = copy(t, o->unix_socket);
    o->ca_file = copy(t, o->ca_file);
    o->cert_file = copy(t, o->cert_file);
    o->key_file = copy(t, o->key_file);
    if (!o->timeout_ms)
        o->timeout_ms = DEFAULT_TIMEOUT_MS;
    if (!o->max_body)
        o->max_body = DEFAULT_MAX_BODY;
    return http;
}

void m_http_close(struct m_http *http)
{
    if (!http)
        return;
    http->lib->easy_cleanup(http->curl);
    http->lib->slist_free_all(http->headers);
    free(http->base_url);
    free((char *)(uintptr_t)http->options.unix_socket);
    free((char *)(uintptr_t)http->options.ca_file);
    free((char *)(uintptr_t)http->options.cert_file);
    free((char *)(uintptr_t)http->options.key_file);
    free(http->body.bytes);
    free(http->head.bytes);
    free(http);
}

static int names(const char *line, const char *name)
{
    size_t n = strlen(name);
    return strncasecmp(line, name, n) == 0 && (line[n] == ':' || line[n] == ';');
}

static void remove_header(struct m_http *http, const char *name)
{
    struct curl_slist **at = &http->headers;
    while (*at) {
        struct curl_slist *this = *at;
        if (!names(this->data, name)) {
            at = &this->next;
            continue;
        }
        *at = this->next;
        this->next = NULL;
        http->lib->slist_free_all(this);
    }
}

void m_http_header(struct m_http *http, const char *name, const char *value)
{
    struct muster_ctx *t = http->t;
    remove_header(http, name);
    if (!value)
        return;
    size_t room = strlen(name) + strlen(value) + 3;
    char *line = malloc(room);
    if (!line)
        ERROR("out of memory for the header %s", name);
    /* To curl, "Name:" removes a header and "Name;" sends it with an empty value. */
    snprintf(line, room, *value ? "%s: %s" : "%s;%s", name, value);
    struct curl_slist *longer = http->lib->slist_append(http->headers, line);
    free(line);
    if (!longer)
        ERROR("out of memory for the header %s", name);
    http->headers = longer;
}

void m_http_bearer(struct m_http *http, const char *token)
{
    struct muster_ctx *t = http->t;
    if (!token) {
        remove_header(http, "Authorization");
        return;
    }
    size_t room = strlen(token) + sizeof "Bearer ";
    char *value = malloc(room);
    if (!value)
        ERROR("out of memory for a token");
    snprintf(value, room, "Bearer %s", token);
    m_http_header(http, "Authorization", value);
    free(value);
}
