/* SPDX-License-Identifier: Apache-2.0 */
/* Somebody who looks at the platform's pages without a browser: cookies, forms, and the page that came last. */
#ifndef TEST_VISITOR_H
#define TEST_VISITOR_H

#include "bed.h"

struct visitor {
    struct bed *bed;
    CURL *curl;
    const char *proxy; /* a header that a proxy in front would add to visits: "Name: value" */
    int status;        /* of the last answer, redirections followed */
    char path[512];    /* where that was */
    char *body;        /* what it was */
    char *headers;     /* of all answers on the way there */
};

void visitor_begin(struct visitor *v, struct bed *b);
void visitor_end(struct visitor *v);

void visit(struct visitor *v, const char *path, ...) __attribute__((format(printf, 2, 3)));
/* Sends the fields, "name=value&..." in their encoded form, with the token of the form that the last page had. */
void send_form(struct visitor *v, const char *path, const char *fields, ...) __attribute__((format(printf, 3, 4)));
/* The same, just as it is. */
void send_raw(struct visitor *v, const char *path, const char *type, const char *body);
/* Sends the login form of /admin or /t/SUBDOMAIN. */
void visitor_login(struct visitor *v, const char *base, const char *username, const char *password);

bool shows(const struct visitor *v, const char *page); /* by its name */
bool has(const struct visitor *v, const char *text);
/* The cookie as libcurl keeps it: "#HttpOnly_127.0.0.1\tFALSE\t/admin\t..."; "" without one. The caller frees it. */
char *cookie(struct visitor *v, const char *name);
void give_cookie(struct visitor *v, const char *name, const char *value, const char *path);
/* The part of a cookie's line behind its last tab. */
const char *cookie_value(const char *line);

#endif
