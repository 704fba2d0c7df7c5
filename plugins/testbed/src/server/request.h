/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One HTTP request and the answer to it.
 *
 * http.c makes it when the headers are there, fills in the body, and hands it to the dispatcher (router.h). The handler
 * answers by one of the reply_ functions; the first answer stands. A handler that must wait sets `deferred` and keeps
 * the pointer; it then answers and calls request_complete(), exactly once, even when the client has gone in the
 * meantime
 * (`wsi` is NULL then).
 */
#ifndef TESTBED_REQUEST_H
#define TESTBED_REQUEST_H

#include "common/testbed.h"

enum method { M_GET, M_POST, M_PUT, M_PATCH, M_DELETE, M_OTHER };

/* One bit per role, so that a route can name a set. */
enum role {
    ROLE_NONE = 0,
    PA = 1,  /* platform_admin */
    PO = 2,  /* platform_operator */
    PU = 4,  /* platform_auditor */
    TA = 8,  /* tenant_admin */
    TM = 16, /* tenant_member */
    TV = 32, /* tenant_viewer */
};
#define ROLES_PLATFORM (PA | PO | PU)
#define ROLES_TENANT   (TA | TM | TV)
#define ROLES_ALL      (ROLES_PLATFORM | ROLES_TENANT)

enum role role_parse(const char *name); /* ROLE_NONE when there is no such role */

/* Who asks. Fixed text, so that it can be copied into what outlives the request. */
struct identity {
    enum role role;
    bool by_key;
    bool must_change; /* the password, before anything else */
    char user_id[ID_MAX];
    char username[72];
    char role_name[24];
    char tenant_id[ID_MAX]; /* empty for platform roles */
    char token_id[ID_MAX];  /* empty for an API key */
    int64_t expires_ms;     /* of the token or the key */
};

#define PATH_MAX_LEN 1024
#define PARAM_MAX    160

struct request {
    struct testbed *tb;
    struct lws *wsi; /* NULL once the client has gone */
    uint64_t number;
    int64_t started_us;
    enum method method;
    char method_name[12];
    char path[PATH_MAX_LEN];
    char query[PATH_MAX_LEN]; /* decoded pairs joined by '&' */
    json_t *args;             /* the same as an object */

    char *body;
    size_t body_len, body_expected;
    bool body_too_large;
    json_t *json; /* the body; an empty object when there is none */

    char authorization[2048];
    char if_match[64];
    char host[256]; /* as the client names us */
    char peer[64];  /* the address that the request comes from */
    bool by_https;  /* as the proxy in front says; who claims it without one only loses his own cookies */
    char key_id[64], key_timestamp[32], key_nonce[80], key_signature[80];
    char cookies[4096], agent[200], content_type[80];

    struct identity who;
    char param[2][PARAM_MAX]; /* what stood for the pattern's {} */
    char owner_id[ID_MAX];    /* the tenant to whom belongs what the path names; empty for none */
    void *target;             /* what the route's owner function has found: known to the route's room alone */

    bool lent;         /* a seeded bug of its route has lent it the platform's rights */
    bool cross_tenant; /* a 404 that hides what is another's: audited */
    bool deferred, completed;
    bool close_after;
    int status; /* 0 until answered */
    json_t *reply;
    char *text; /* in place of reply: an answer that is no JSON, as its type says */
    const char *text_type;
    char reply_headers[2048]; /* "Name: value\n" lines */
};

struct request *request_new(struct testbed *tb);
void request_free(struct request *r);

/* The body becomes the answer's; NULL for none, which is the answer 204 and otherwise what could not be made: 500. */
void reply(struct request *r, int status, json_t *body);
/* A text that is no JSON, as a page; the text becomes the answer's, NULL is what could not be made: 500. */
void reply_text(struct request *r, int status, const char *type, char *text);
void reply_header(struct request *r, const char *name, const char *format, ...) __attribute__((format(printf, 3, 4)));
void reply_error(struct request *r, int status, const char *code, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/* In place of whatever was answered. */
void reply_instead(struct request *r, int status, const char *code, const char *message);

/* Adds `details` to an error that was just given. */
void reply_error_details(struct request *r, json_t *details);
void reply_not_found(struct request *r);

/* An answer with the ETag of its "version". */
void reply_versioned(struct request *r, int status, json_t *body);

/* Refuses a change that was made against another version than `current`: false when it has answered. */
bool request_version_matches(struct request *r, int64_t current);

/* The cookie of this name, in `value`; false when the request has none, or one that does not fit. */
bool request_cookie(const struct request *r, const char *name, char *ret_value, size_t size);

/* A query argument or NULL; a number within bounds, or `missing`, false after a 422. */
const char *request_arg(const struct request *r, const char *name);
bool request_arg_number(struct request *r, const char *name, int64_t lowest, int64_t highest, int64_t missing,
                        int64_t *ret_number);

/* The `limit` and `offset` of a list. */
struct page {
    int64_t limit, offset;
};
bool request_page(struct request *r, struct page *ret_page);

/* Sends the answer of a deferred request. */
void request_complete(struct request *r);

#endif
