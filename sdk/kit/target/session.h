/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Sessions: what a login sends with every request, and the connections that are used again. A session keeps an HTTP
 * client for each server that its operations name; mostly that is one.
 */
#ifndef MUSTER_KIT_TARGET_SESSION_H
#define MUSTER_KIT_TARGET_SESSION_H

#include "document.h"

#include <muster/kit/http.h>

#define SESSION_SERVERS_MOST 8

/* Where and how to connect: kept texts, or NULL. */
struct session_server {
    const char *base, *unix_socket, *ca, *certificate, *key;
    int insecure;
    struct m_http *client;
};

struct m_session {
    struct m_session *next; /* all of them: what is reachable is no leak to a sanitizer */
    struct muster_ctx *t;
    const struct document *document;
    const char *name;    /* the identity's, or the login's; "nobody" */
    const json_t *login; /* its entry in the document; NULL: nobody */
    json_t *arguments;   /* of the login */
    json_t *result;      /* of the login */
    struct session_server servers[SESSION_SERVERS_MOST];
    int n_servers;
    /* Of the last request. */
    const json_t *secrets; /* results of which some are secret: known before the exchange is written anywhere */
    char line[512];        /* "POST /v1/tenants", without secrets */
    json_t *body;          /* of the answer; NULL: it is no JSON */
};

/* One that has not logged in. */
struct m_session *target_session_new(struct muster_ctx *t, const char *name);
/* The client for that server: opened when it is first wanted. */
struct m_http *target_session_client(struct m_session *s, const struct session_server *server);
/* What names stand for in what the session sends with every request. */
struct scope target_session_scope(const struct m_session *s);

#endif
