/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the files of the http kit share: the client, and the buffer in which a reply grows.
 *
 * One easy handle a client: libcurl keeps its connections with it. The handle is reset before each request, so that
 * nothing of one request can colour the next.
 */
#ifndef MUSTER_KIT_HTTP_CLIENT_H
#define MUSTER_KIT_HTTP_CLIENT_H

#include "libcurl.h"

#include <muster/kit/http.h>

/* Grows; always ends with a NUL that is not counted once anything was put in. */
struct reply_text {
    char *bytes;
    size_t length, room;
};

struct m_http {
    struct muster_ctx *t;
    const struct libcurl *lib;
    CURL *curl;
    char *base_url; /* without a "/" at the end */
    struct m_http_options options;
    struct curl_slist *headers; /* of every request: "Name: value" */
    struct reply_text body, head;
    int body_too_large;
    char error[CURL_ERROR_SIZE + 64];
};

/* 0, or -1 when memory ran out. */
int reply_text_add(struct reply_text *text, const char *bytes, size_t n);
void reply_text_clear(struct reply_text *text);
/* libcurl's write functions for a body and a header line; `user` is the client. */
size_t reply_take_body(char *bytes, size_t size, size_t n, void *user);
size_t reply_take_header(char *bytes, size_t size, size_t n, void *user);

#endif
