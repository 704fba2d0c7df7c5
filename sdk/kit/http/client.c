/* SPDX-License-Identifier: Apache-2.0 */
/* Clients: opening and closing them. */
#include "client.h"

#include "quiet.h"

#include <stdlib.h>

#define DEFAULT_TIMEOUT_MS 30000u
#define DEFAULT_MAX_BODY   (16u << 20)

static int is_http(const char *scheme)
{
    return strcmp(scheme, "http") == 0 || strcmp(scheme, "https") == 0;
}

static void check_url(struct muster_ctx *t, const struct libcurl *lib, const char *url)
{
    CURLU *parsed = lib->url();
    CURLUcode why = parsed ? lib->url_set(parsed, CURLUPART_URL, url, CURLU_NON_SUPPORT_SCHEME) : CURLUE_OUT_OF_MEMORY;
    char *scheme = NULL, other[32] = "";
    if (!why)
        why = lib->url_get(parsed, CURLUPART_SCHEME, &scheme, 0);
    if (scheme && !is_http(scheme))
        snprintf(other, sizeof other, "%s", scheme);
    lib->free(scheme);
    lib->url_cleanup(parsed);
    if (why && !strstr(url, "://"))
        ERROR("cannot use \"%s\" as a base URL: it has no http:// or https:// in front", url);
    if (why)
        ERROR("cannot use \"%s\" as a base URL: %s", url, lib->url_strerror(why));
    if (*other)
        ERROR("cannot use \"%s\" as a base URL: its scheme is %s, and only http and https are spoken here", url, other);
    if (strpbrk(url, "?#"))
        ERROR("cannot use \"%s\" as a base URL: a query or fragment belongs to a request's path", url);
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

static void take_base(struct m_http *http, const char *base_url)
{
    http->base_url = copy(http->t, base_url);
    for (size_t n = strlen(base_url); n && base_url[n - 1] == '/'; n--)
        http->base_url[n - 1] = '\0';
    const char *host = strstr(http->base_url, "://") + 3;
    http->base_path = host + strcspn(host, "/");
}

static void take_options(struct m_http *http, const struct m_http_options *options)
{
    struct muster_ctx *t = http->t;
    struct m_http_options *o = &http->options;
    if (options)
        *o = *options;
    o->unix_socket = copy(t, o->unix_socket);
    o->ca_file = copy(t, o->ca_file);
    o->cert_file = copy(t, o->cert_file);
    o->key_file = copy(t, o->key_file);
    if (!o->timeout_ms)
        o->timeout_ms = DEFAULT_TIMEOUT_MS;
    if (!o->max_body)
        o->max_body = DEFAULT_MAX_BODY;
}

/* A handle that was given a cookie, though one that is over already, has a jar, and a reset leaves it. The usual way,
 * CURLOPT_COOKIEFILE, would have to be gone again after each reset, which leaks its list. */
static void open_jar(struct m_http *http)
{
    if (http->options.cookies)
        http->lib->easy_setopt(http->curl, CURLOPT_COOKIELIST, "Set-Cookie: none=; Max-Age=0");
}

struct m_http *m_http_open(struct muster_ctx *t, const char *base_url, const struct m_http_options *options)
{
    const char *why;
    if (!base_url)
        ERROR("no HTTP client: " URL_IS_NULL, "http");
    const struct libcurl *lib = lazy_libcurl(&why);
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
    take_base(http, base_url);
    take_options(http, options);
    open_jar(http);
    return http;
}

void m_http_before_record_(struct m_http *http, void (*look)(const struct m_http_reply *reply, void *user), void *user)
{
    http->look = look;
    http->look_user = user;
}

void http_be_quiet(struct m_http *http)
{
    http->quiet = 1;
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
    free(http->redirects.bytes);
    free(http);
}
