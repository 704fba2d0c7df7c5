/* SPDX-License-Identifier: Apache-2.0 */
/*
 * muster/kit/http.h: an HTTP client for scenarios, on libcurl.
 *
 *     struct m_http *api = m_http_open(t, m_target(t, "url"), NULL);
 *     m_http_bearer(api, token);
 *     struct m_http_reply r = m_post(api, "/payments/1/refund", NULL);
 *     CHECK_INT(r.status, ==, 200);
 *
 * A client is one server as one user sees it: a base URL, headers that go with every request, connections that are
 * used again. Open several to be several users. It belongs to the context that opened it and to one thread at a time.
 *
 * Replies: what a reply points to belongs to the client and holds until its next request or m_http_close();
 * m_http_keep() keeps it until the attempt ends. Paths, bodies and headers are copied before a call returns.
 *
 * What is sent: one request, once, as it is written. The path goes into the request line as it stands ("/a/../b", "//",
 * "%2e"), a header as it was given. A connection that earlier requests had used may end before the answer comes: that
 * is an error, since nobody knows whether the server has acted on the request, and it is not sent a second time. A
 * "Connection: close" header keeps connections from being used again.
 *
 * Redirects are followed only where a request asks for it, as RFC 9110 has them: 303 leads to a GET, 301 and 302 make
 * one of a POST, 307 and 308 repeat method and body. The reply says which were taken. To another server (scheme, host
 * or port) go no Authorization, Cookie and Host headers of the author's. Proxies and ~/.netrc of the environment are
 * not used.
 *
 * Failure: any status is an answer, 500 too, and is the scenario's to judge. That there is no whole answer (no route, a
 * refused or broken connection, a bad certificate, no end of it in time, a body beyond the cap, two Content-Lengths
 * that differ, a redirect that can't be followed) says nothing about the product, so it ends the scenario as an *error*
 * with the words for it, unless it was asked for by m_try_request(): that gives what has come of the answer, besides
 * the error. What can't be sent (CR or LF in a header, a space in a path, a scheme that is not http or https) is an
 * error in any case.
 *
 * Time: a request, with its redirects, has the time that its options give it (30 s), but never more than what is left
 * of the attempt less a margin to report in.
 *
 * Log: each request is one debug line with method, path, status, time and size; never a header, a body or a query.
 */
#ifndef MUSTER_KIT_HTTP_H
#define MUSTER_KIT_HTTP_H

#include <muster/muster.h>
#include <muster/place.h>

#ifdef __cplusplus
extern "C" {
#endif

struct m_http;

/* Zero is the default of each. Strings are copied. */
struct m_http_options {
    uint64_t timeout_ms;     /* of one request, connecting included; 30000 */
    uint64_t max_body;       /* bytes of a reply's body; 16 MiB */
    const char *unix_socket; /* connect to this path; the URL's host is only a name then */
    const char *ca_file;     /* PEM: who may have signed the server's certificate; the system's */
    const char *cert_file;   /* PEM: the client's certificate */
    const char *key_file;    /* PEM: its private key */
    int32_t insecure;        /* 1: any server certificate will do */
    int32_t http1_only;      /* 1: no HTTP/2, even where TLS would negotiate it */
    int32_t cookies;         /* 1: a jar, empty at first: what servers set is sent back to them as RFC 6265 has it */
    int32_t compressed;      /* 1: asks for gzip or deflate; bodies are unpacked. 0: a body is as it came */
};

struct m_http_request {
    const char *method;         /* NULL is "GET" */
    const char *path;           /* put behind the base URL, as it is: "/v1/tenants?limit=5"; NULL is "" */
    const void *body;           /* NULL: none */
    uint64_t body_len;          /* 0 with a body: it is a string */
    const char *media_type;     /* of the body; application/json */
    const char *const *headers; /* HEADERS("If-Match: \"3\""), besides and before the client's own; or NULL */
    uint64_t timeout_ms;        /* 0: the client's */
    int32_t follow;             /* 1: follow up to 10 redirects */
};

struct m_http_reply {
    int32_t status;      /* 0: there was no answer, see error; besides an error: that of an answer that broke off */
    const char *body;    /* never NULL; a NUL stands behind its last byte */
    uint64_t body_len;   /* bytes, should the body hold a NUL of its own */
    const char *headers; /* of the last answer: "name: value" lines, each ended by "\n" */
    double time_ms;      /* from the call to the last byte */
    const char *error;   /* m_try_request(): why there was no whole answer, in words; else NULL */
    int32_t error_code;  /* its CURLcode, as 7 for a refused connection and 28 for a timeout; else 0 */
    const struct m_http *from;
    const char *redirects; /* that were followed, a line for each: "303 GET http://host/path\n"; never NULL */
    int32_t n_redirects;
    int32_t reserved;
};

/* Ends its connections; a client that is not closed ends with the attempt. NULL is allowed. */
void m_http_close(struct m_http *http);

/* For other kits: called with each answer before it is written into the evidence, so that what is secret in it can be
 * given to m_secret() first. NULL: no longer. */
void m_http_before_record_(struct m_http *http, void (*look)(const struct m_http_reply *reply, void *user), void *user);

M_KIT_BEGIN_

/* The base URL has a scheme, http or https, and a host, and may have a path: "https://example.test:8443/api". NULL
 * options: defaults. Does not connect yet. Another URL ends the scenario as an error. */
struct m_http *m_http_open(struct muster_ctx *t, const char *base_url, const struct m_http_options *options);
/* "Authorization: Bearer TOKEN" from now on; NULL: none. */
void m_http_bearer(struct m_http *http, const char *token);
/* Sends a header with every request from now on, instead of an earlier one of that name; NULL value: no longer. */
void m_http_header(struct m_http *http, const char *name, const char *value);

struct m_http_reply m_get(struct m_http *http, const char *path);
/* With a JSON text as the body, or NULL. */
struct m_http_reply m_post(struct m_http *http, const char *path, const char *json);
struct m_http_reply m_put(struct m_http *http, const char *path, const char *json);
struct m_http_reply m_patch(struct m_http *http, const char *path, const char *json);
struct m_http_reply m_delete(struct m_http *http, const char *path);
/* M_REQUEST(api, .method = "PUT", .path = p, .body = b, .headers = HEADERS("If-Match: \"3\"")) */
struct m_http_reply m_request(struct m_http *http, const struct m_http_request *request);
/* The same, but that there is no whole answer is a reply with an error, and what has come of it. */
struct m_http_reply m_try_request(struct m_http *http, const struct m_http_request *request);

/* The value of the reply's first header of that name, in any case, kept until the attempt ends; NULL: none. */
const char *m_http_value(const struct m_http_reply *reply, const char *name);
/* A copy that holds until the attempt ends. */
struct m_http_reply m_http_keep(const struct m_http_reply *reply);

M_KIT_END_

/* HEADERS("If-Match: \"3\"", "Accept: text/plain"): of requests and of handshakes. */
#ifndef M_HEADERS
#define M_HEADERS(...) M_LIST_(__VA_ARGS__)
#ifndef MUSTER_NO_SHORT_NAMES
#define HEADERS(...) M_HEADERS(__VA_ARGS__)
#endif
#endif

#define M_REQUEST(http_, ...)     M_WITH_FIELDS_(m_http_request, m_request, (http_), __VA_ARGS__)
#define M_TRY_REQUEST(http_, ...) M_WITH_FIELDS_(m_http_request, m_try_request, (http_), __VA_ARGS__)

#ifdef __cplusplus
}
#endif

/* The functions above, called from the author's line: see muster/place.h. */
M_PLACED_(struct m_http *, m_http_open, (t, base_url, options), struct muster_ctx *t, const char *base_url,
          const struct m_http_options *options)
M_PLACED_VOID_(m_http_bearer, (http, token), struct m_http *http, const char *token)
M_PLACED_VOID_(m_http_header, (http, name, value), struct m_http *http, const char *name, const char *value)
M_PLACED_(struct m_http_reply, m_get, (http, path), struct m_http *http, const char *path)
M_PLACED_(struct m_http_reply, m_post, (http, path, json), struct m_http *http, const char *path, const char *json)
M_PLACED_(struct m_http_reply, m_put, (http, path, json), struct m_http *http, const char *path, const char *json)
M_PLACED_(struct m_http_reply, m_patch, (http, path, json), struct m_http *http, const char *path, const char *json)
M_PLACED_(struct m_http_reply, m_delete, (http, path), struct m_http *http, const char *path)
M_PLACED_(struct m_http_reply, m_request, (http, request), struct m_http *http, const struct m_http_request *request)
M_PLACED_(struct m_http_reply, m_try_request, (http, request), struct m_http *http,
          const struct m_http_request *request)
M_PLACED_(const char *, m_http_value, (reply, name), const struct m_http_reply *reply, const char *name)
M_PLACED_(struct m_http_reply, m_http_keep, (reply), const struct m_http_reply *reply)
#ifdef M_PLACED_IN_C_
#define m_http_open(...)   m_http_open_at_(M_HERE_, __VA_ARGS__)
#define m_http_bearer(...) m_http_bearer_at_(M_HERE_, __VA_ARGS__)
#define m_http_header(...) m_http_header_at_(M_HERE_, __VA_ARGS__)
#define m_get(...)         m_get_at_(M_HERE_, __VA_ARGS__)
#define m_post(...)        m_post_at_(M_HERE_, __VA_ARGS__)
#define m_put(...)         m_put_at_(M_HERE_, __VA_ARGS__)
#define m_patch(...)       m_patch_at_(M_HERE_, __VA_ARGS__)
#define m_delete(...)      m_delete_at_(M_HERE_, __VA_ARGS__)
#define m_request(...)     m_request_at_(M_HERE_, __VA_ARGS__)
#define m_try_request(...) m_try_request_at_(M_HERE_, __VA_ARGS__)
#define m_http_value(...)  m_http_value_at_(M_HERE_, __VA_ARGS__)
#define m_http_keep(...)   m_http_keep_at_(M_HERE_, __VA_ARGS__)
#endif

#endif
