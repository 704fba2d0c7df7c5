/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From a path to its handler.
 *
 * Each room brings tables of routes: method and pattern, who may ask, whose the thing is that the path names, and the
 * handler. The dispatcher authenticates, keeps tenants apart, checks the role, parses the body, and only then calls the
 * handler, inside a transaction when the request may change something. What it has to know of users and tenants it asks
 * of those who stand above it (struct router_uses).
 */
#ifndef TESTBED_ROUTER_H
#define TESTBED_ROUTER_H

#include "server/request.h"

/*
 * Whose the thing is that the path names: a tenant's id, NULL when there is no such thing. It may leave what it found
 * in r->target.
 */
typedef const char *route_owner_fn(struct request *r);

/* The first {} is a tenant. */
const char *route_of_tenant(struct request *r);

enum route_flag {
    ROUTE_ANYONE = 1,    /* no credentials asked for */
    ROUTE_ACTIVE = 2,    /* the owner must be an active tenant */
    ROUTE_DATA_READ = 4, /* reads what belongs to a tenant: where cross-tenant-read strikes */
    ROUTE_REFUSES = 8,   /* is there only to refuse: no method that the path allows */
    ROUTE_FIRST = 16,    /* also for who has to change his password first */
    ROUTE_PAGE = 32,     /* for a browser: a form for a body, and errors are shown as pages */
};

struct route {
    enum method method;
    const char *pattern; /* NULL: the end of a table. {} stands for one segment; there may be two */
    unsigned roles;      /* a set of enum role; nothing of routes for anyone */
    unsigned flags;
    route_owner_fn *owner; /* NULL: the path names nothing of a tenant */
    void (*handler)(struct request *r);
};

/* Sets of roles that many routes have. */
#define ROLES_READ    (PA | PU | TA | TM | TV)
#define ROLES_WRITE   (PA | TA | TM)
#define ROLES_OPERATE (PA | PO | TA)

#define TENANT_STATUS_MAX 24

struct router_uses {
    /* Fills r->who, or answers 401 and is false. */
    bool (*authenticate)(struct request *r);
    /* False when there is no such tenant. */
    bool (*tenant_status)(struct testbed *tb, const char *tenant_id, char ret_status[TENANT_STATUS_MAX]);
    /* A request's changes were not kept: whoever has made some in memory goes by the database again. */
    void (*undone)(struct testbed *tb);
    /* An error of a ROUTE_PAGE: makes a page of what was answered. */
    void (*show_error)(struct request *r);
    /* A request was refused with this error code, in a way that is worth a trace. */
    void (*refused)(struct request *r, const char *code);
};

/* Before the first request. Both live as long as the program; the list of tables ends with NULL. */
void router_start(const struct route *const *tables, const struct router_uses *uses);

/* Whether there is a route of that name, as "GET /v1/workloads/{}". */
bool router_has(const char *name);

/* Answers r, or leaves it deferred. */
void router_dispatch(struct request *r);

/*
 * What the one of `r` would be answered to another request, which becomes part of r: how pages act, so that a page can
 * do nothing that its user may not do without it. `query` and `body` are taken, and NULL for none. The caller frees the
 * answered request; NULL without memory. Not for routes that defer their answers.
 */
struct request *router_ask(struct request *r, enum method method, const char *path, json_t *query, json_t *body);

/* Whether there is a tenant with this id, in any state. */
bool router_tenant_exists(struct testbed *tb, const char *tenant_id);

#endif
