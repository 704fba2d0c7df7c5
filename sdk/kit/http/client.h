/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the files of the http kit share: the client, and the buffer in which a reply grows.
 *
 * One easy handle a client: libcurl keeps its connections with it. The handle is reset before each request, so that
 * nothing of one request can colour the next, except for the jar of cookies.
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
    int quiet;             /* it leaves neither evidence nor log: quiet.h */
    char *base_url;        /* without a "/" at the end */
    const char *base_path; /* in it: "" or "/api" */
    struct m_http_options options;
    struct curl_slist *headers; /* of every request, as curl takes them */
    /* Of the last answer. */
    struct reply_text body, head;
    char status_line[128];
    int status;              /* 0: no line of it has come */
    char content_length[24]; /* digits; "" when there is none so far */
    int body_too_large;
    char fault[160]; /* what is wrong with it that libcurl lets pass; "": nothing */
    /* Of the last exchange. */
    int sent;        /* the request is on its way */
    int resends;     /* libcurl was kept from sending it again */
    unsigned number; /* in the evidence */
    struct reply_text redirects;
    void (*look)(const struct m_http_reply *reply, void *user); /* before an answer is recorded; NULL: nobody */
    void *look_user;
    char error[CURL_ERROR_SIZE + 160];
};

/* What is sent. It changes from one redirect to the next. */
struct exchange {
    const char *method;
    char *url;        /* to whom; owned */
    char *target;     /* in the request line, as it is; NULL: the URL's path and query; owned */
    const void *body; /* NULL: none */
    uint64_t body_len;
    const char *media_type;
    int without_body; /* a redirect took it away, and the headers that describe it */
    int elsewhere;    /* a redirect led to another server: what is for the first one alone is not sent */
};

/* 0, or -1 when memory ran out. */
int http_reply_text_add(struct reply_text *text, const char *bytes, size_t n);
void http_reply_text_clear(struct reply_text *text);
/* Before an answer. */
void http_reply_forget(struct m_http *http);
/* libcurl's write functions for a body and a header line; `user` is the client. */
size_t http_reply_take_body(char *bytes, size_t size, size_t n, void *user);
size_t http_reply_take_header(char *bytes, size_t size, size_t n, void *user);

#endif
