/* SPDX-License-Identifier: Apache-2.0 */
/* What a redirect makes of a request (RFC 9110, 15.4). */
#include "redirect.h"

#include <stdlib.h>
#include <strings.h>

int http_redirect_is(int status)
{
    return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

/* 303 asks for another thing, to be fetched; 301 and 302 do so after POST, as all clients read them; 307 and 308 are
 * the same request at another place. */
static int becomes_get(int status, const char *method)
{
    if (status == 303)
        return strcmp(method, "HEAD") != 0;
    return (status == 301 || status == 302) && strcmp(method, "POST") == 0;
}

static int refuse(struct m_http *http, const char *location, const char *why)
{
    int shown = (int)strcspn(location, "?#"); /* a query may carry a token */
    snprintf(http->error, sizeof http->error, "it redirects to %.*s, %s", shown < 150 ? shown : 150, location, why);
    return -1;
}

static char *part_of(const struct libcurl *lib, CURLU *url, CURLUPart part)
{
    char *text = NULL;
    return lib->url_get(url, part, &text, CURLU_DEFAULT_PORT) ? NULL : text;
}

static int same_part(const struct libcurl *lib, CURLU *a, CURLU *b, CURLUPart part)
{
    char *one = part_of(lib, a, part), *other = part_of(lib, b, part);
    int same = one && other && strcasecmp(one, other) == 0;
    lib->free(one);
    lib->free(other);
    return same;
}

static int same_server(const struct libcurl *lib, CURLU *a, CURLU *b)
{
    return same_part(lib, a, b, CURLUPART_SCHEME) && same_part(lib, a, b, CURLUPART_HOST) &&
           same_part(lib, a, b, CURLUPART_PORT);
}

static int is_http(const struct libcurl *lib, CURLU *url)
{
    char *scheme = part_of(lib, url, CURLUPART_SCHEME);
    int is = scheme && (strcmp(scheme, "http") == 0 || strcmp(scheme, "https") == 0);
    lib->free(scheme);
    return is;
}

/* `next` holds the URL of the exchange, and then that of the next one. */
static int move(struct m_http *http, struct exchange *x, const char *location, CURLU *now, CURLU *next)
{
    const struct libcurl *lib = http->lib;
    if (!now || !next || lib->url_set(now, CURLUPART_URL, x->url, CURLU_PATH_AS_IS) ||
        lib->url_set(next, CURLUPART_URL, x->url, CURLU_PATH_AS_IS) ||
        lib->url_set(next, CURLUPART_URL, location, CURLU_NON_SUPPORT_SCHEME | CURLU_URLENCODE))
        return refuse(http, location, "which is no URL");
    if (!is_http(lib, next))
        return refuse(http, location, "and only http and https are spoken here");
    lib->url_set(next, CURLUPART_FRAGMENT, NULL, 0);
    char *url = part_of(lib, next, CURLUPART_URL), *own = url ? strdup(url) : NULL;
    lib->free(url);
    if (!own)
        return refuse(http, location, "for which memory ran out");
    x->elsewhere = x->elsewhere || !same_server(lib, now, next);
    free(x->url);
    free(x->target);
    x->url = own;
    x->target = NULL;
    return 0;
}

static int note(struct m_http *http, const struct exchange *x, int status)
{
    char start[32];
    snprintf(start, sizeof start, "%d %.16s ", status, x->method);
    struct reply_text *all = &http->redirects;
    return http_reply_text_add(all, start, strlen(start)) < 0 || http_reply_text_add(all, x->url, strlen(x->url)) < 0 ||
                   http_reply_text_add(all, "\n", 1) < 0
               ? refuse(http, x->url, "for which memory ran out")
               : 0;
}

int http_redirect_take(struct m_http *http, struct exchange *x, const char *location)
{
    const struct libcurl *lib = http->lib;
    CURLU *now = lib->url(), *next = lib->url();
    int r = move(http, x, location, now, next);
    lib->url_cleanup(now);
    lib->url_cleanup(next);
    if (r < 0)
        return r;
    if (becomes_get(http->status, x->method)) {
        x->method = "GET";
        x->body = NULL;
        x->body_len = 0;
        x->without_body = 1;
    }
    return note(http, x, http->status);
}
