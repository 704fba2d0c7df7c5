/* SPDX-License-Identifier: Apache-2.0 */
/* A request from what a scenario says of it: URL, headers, body. */
#ifndef MUSTER_STEPS_HTTP_REQUEST_H
#define MUSTER_STEPS_HTTP_REQUEST_H

#include <muster/kit/http.h>
#include <muster/kit/json.h>

#include <stddef.h>

struct http_url {
    const char *server; /* "http://host:port" */
    const char *path;   /* "/a?b=c" */
    const char *auth;   /* "user:word", decoded; NULL: the URL has none */
};

struct http_body {
    const char *bytes; /* NULL: none */
    size_t length;
    const char *media_type;
};

struct http_call {
    const char *url, *method, *headers, *json, *form, *body, *file, *auth, *status, *within, *at;
    int follow;
};

struct http_url http_url(struct muster_ctx *t, struct m_site site, const char *url);
/* The one of json, form, body and file that was given. */
struct http_body http_body(struct muster_ctx *t, struct m_site site, const struct http_call *call);
/* "Name: value" of each, that of `auth` included. */
const char *const *http_headers(struct muster_ctx *t, struct m_site site, const struct http_call *call,
                                const struct http_url *url);
/* Whether a status is `wanted`: 200, "2xx", "any", or a list of these. */
int http_is_status(struct muster_ctx *t, struct m_site site, const struct m_json *wanted, int status);

#endif
