/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who looks at a page, and where.
 *
 * There are two kinds of places: the platform's own pages, below /admin, and each active tenant's, below /t/SUBDOMAIN.
 * A session belongs to one place: its cookie, a token of the API, is sent there alone, and is nobody's elsewhere. Each
 * form of a session has a token of its own, without which nothing is taken from it. Pages act by router_ask(), with
 * the rights of the session's user.
 */
#ifndef TESTBED_VISIT_H
#define TESTBED_VISIT_H

#include "pages/html.h"
#include "server/router.h"

#define ADMIN "/admin"

struct visit {
    struct request *r;
    char base[PARAM_MAX + 4]; /* "/admin", "/t/shop" */
    char tenant_id[ID_MAX];   /* "": the platform's place */
    char guest[33];           /* who has not logged in, until he does; "": he has */
    char form_token[65];
};

enum visitor { ANYONE, USER, USER_FIRST };

/*
 * Fills *v. False when it has answered: there is no such place; a form without its token; ANYONE is welcome, a USER has
 * logged in, and is led to the login otherwise, and to a change of the password when that has to come first, but for
 * USER_FIRST.
 */
bool visit_begin(struct visit *v, struct request *r, enum visitor wanted);
/* The same for the page of an error, which is shown to whoever came. */
void visit_begin_error(struct visit *v, struct request *r);
bool visit_is_user(const struct visit *v);

/* The session's cookie: set to a token, or removed. */
void visit_set_session(struct visit *v, const char *token, int64_t ttl_s);
void visit_end_session(struct visit *v);

/* A field of the form; "" when it has none. */
const char *visit_field(const struct visit *v, const char *name);

/* Asks the API as the user does: router_ask(). */
struct request *visit_ask(struct visit *v, enum method method, const char *path, json_t *body);
/* The same with a path that takes an id: "/v1/tenants/%s". */
struct request *visit_ask_of(struct visit *v, enum method method, const char *format, const char *id, json_t *body);

/* What was answered in place of what a page needs, as the page's own answer; the answer is freed. */
void visit_fail(struct visit *v, struct request *answer);
/* 303 to a page of the same place: "/tenants". */
void visit_go(struct visit *v, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
