/* SPDX-License-Identifier: Apache-2.0 */
/* One request and its answer: what is asked of libcurl, and how it is kept from asking twice. */
#include "transfer.h"

#include "header.h"
#include "record.h"

#include <strings.h>
#include <sys/socket.h>

struct outgoing {
    struct m_http *http;
    const struct exchange *x;
};

/*
 * When a connection that is used again ends before the answer, libcurl connects anew and sends the request once more;
 * the server may have acted on the first one. So a request that is on its way gets no other connection, be it a new one
 * or another of those that are kept.
 */
static int may_send(void *user, char *peer, char *own, int peer_port, int own_port)
{
    struct m_http *http = user;
    (void)peer, (void)own, (void)peer_port, (void)own_port;
    if (http->sent++ == 0)
        return CURL_PREREQFUNC_OK;
    http->resends++;
    return CURL_PREREQFUNC_ABORT;
}

static curl_socket_t may_connect(void *user, curlsocktype purpose, struct curl_sockaddr *to)
{
    struct m_http *http = user;
    (void)purpose;
    if (http->sent) {
        http->resends++;
        return CURL_SOCKET_BAD;
    }
    return socket(to->family, to->socktype | SOCK_CLOEXEC, to->protocol);
}

/* What really goes out, with the fields that libcurl adds. */
static int on_debug(CURL *curl, curl_infotype type, char *bytes, size_t length, void *user)
{
    const struct outgoing *o = user;
    (void)curl;
    if (type == CURLINFO_HEADER_OUT)
        http_record_request(o->http, o->x, bytes, length);
    return 0;
}

static void set_connection(struct m_http *http)
{
    const struct libcurl *lib = http->lib;
    CURL *c = http->curl;
    const struct m_http_options *o = &http->options;
    const struct libcurl_trust trust = {o->ca_file, o->cert_file, o->key_file, o->insecure != 0};
    lazy_libcurl_prepare(lib, c, &trust);
    lib->easy_setopt(c, CURLOPT_PROTOCOLS_STR, "http,https");
    lib->easy_setopt(c, CURLOPT_ERRORBUFFER, http->error);
    lib->easy_setopt(c, CURLOPT_USERAGENT, "muster");
    lib->easy_setopt(c, CURLOPT_PREREQFUNCTION, may_send);
    lib->easy_setopt(c, CURLOPT_PREREQDATA, http);
    lib->easy_setopt(c, CURLOPT_OPENSOCKETFUNCTION, may_connect);
    lib->easy_setopt(c, CURLOPT_OPENSOCKETDATA, http);
    if (o->http1_only)
        lib->easy_setopt(c, CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_1_1);
    if (o->unix_socket)
        lib->easy_setopt(c, CURLOPT_UNIX_SOCKET_PATH, o->unix_socket);
    if (o->compressed)
        lib->easy_setopt(c, CURLOPT_ACCEPT_ENCODING, "gzip, deflate");
}

static void set_request(struct m_http *http, const struct exchange *x)
{
    const struct libcurl *lib = http->lib;
    CURL *c = http->curl;
    const char *method = x->method;
    int takes_body = strcmp(method, "POST") == 0 || strcmp(method, "PUT") == 0 || strcmp(method, "PATCH") == 0;
    lib->easy_setopt(c, CURLOPT_URL, x->url);
    lib->easy_setopt(c, CURLOPT_PATH_AS_IS, 1L);
    if (x->target)
        lib->easy_setopt(c, CURLOPT_REQUEST_TARGET, x->target);
    if (x->body || takes_body) {
        lib->easy_setopt(c, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)x->body_len);
        lib->easy_setopt(c, CURLOPT_POSTFIELDS, x->body ? x->body : "");
    }
    if (strcmp(method, "HEAD") == 0)
        lib->easy_setopt(c, CURLOPT_NOBODY, 1L);
    else
        lib->easy_setopt(c, CURLOPT_CUSTOMREQUEST, method);
}

/* RFC 9110, 15.4: what was meant for the first server, and what described a body that is gone. */
static int goes_along(const struct exchange *x, const char *line)
{
    int personal = http_header_is(line, "Authorization") || http_header_is(line, "Cookie") ||
                   http_header_is(line, "Host") || http_header_is(line, "Proxy-Authorization");
    if (x->elsewhere && personal)
        return 0;
    return !(x->without_body && (strncasecmp(line, "Content-", 8) == 0 || http_header_is(line, "Transfer-Encoding")));
}

/* The request's own come first, and take the place of the client's of the same name. */
static struct curl_slist *all_headers(struct m_http *http, const struct m_http_request *request,
                                      const struct exchange *x)
{
    struct muster_ctx *t = http->t;
    struct curl_slist *list = NULL, *longer;
    for (const char *const *h = request->headers; h && *h; h++)
        if (goes_along(x, *h))
            list = http_header_add_line(http, list, *h);
    for (const struct curl_slist *h = http->headers; h; h = h->next)
        if (goes_along(x, h->data) && !http_header_listed(list, h->data) &&
            (longer = http->lib->slist_append(list, h->data)))
            list = longer;
    if (x->body && !http_header_listed(list, "Content-Type:"))
        list = http_header_add(http, list, "Content-Type", 12, x->media_type ? x->media_type : "application/json");
    else if (!http_header_listed(list, "Content-Type:") && (longer = http->lib->slist_append(list, "Content-Type:")))
        list = longer; /* to curl: none */
    longer = http->lib->slist_append(list, "Expect:");
    if (!longer)
        ERROR("out of memory for a request's headers");
    return longer;
}

CURLcode http_transfer_once(struct m_http *http, const struct m_http_request *request, const struct exchange *x,
                            struct m_deadline end)
{
    const struct libcurl *lib = http->lib;
    CURL *c = http->curl;
    struct outgoing outgoing = {http, x};
    int left = m_deadline_poll_ms(end);
    http_reply_forget(http);
    http->sent = 0;
    http->resends = 0;
    http->error[0] = '\0';
    lib->easy_reset(c); /* keeps the connections */
    set_connection(http);
    set_request(http, x);
    struct curl_slist *headers = all_headers(http, request, x);
    lib->easy_setopt(c, CURLOPT_HTTPHEADER, headers);
    lib->easy_setopt(c, CURLOPT_TIMEOUT_MS, left > 0 ? (long)left : 1L); /* to curl, 0 is without end */
    lib->easy_setopt(c, CURLOPT_WRITEFUNCTION, http_reply_take_body);
    lib->easy_setopt(c, CURLOPT_WRITEDATA, http);
    lib->easy_setopt(c, CURLOPT_HEADERFUNCTION, http_reply_take_header);
    lib->easy_setopt(c, CURLOPT_HEADERDATA, http);
    lib->easy_setopt(c, CURLOPT_DEBUGFUNCTION, on_debug);
    lib->easy_setopt(c, CURLOPT_DEBUGDATA, &outgoing);
    lib->easy_setopt(c, CURLOPT_VERBOSE, 1L);
    CURLcode code = lib->easy_perform(c);
    lib->slist_free_all(headers);
    return code;
}
