/* SPDX-License-Identifier: Apache-2.0 */
/* Sessions: who has logged in, and the connections that are used again. */
#include "session.h"

#include <muster/kit/data.h>

#include <pthread.h>
#include <stdlib.h>

static struct m_session *all;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

struct m_session *target_session_new(struct muster_ctx *t, const char *name)
{
    const struct document *d = target_document_of(t);
    struct m_session *s = calloc(1, sizeof *s);
    if (!s)
        ERROR("out of memory for a session");
    pthread_mutex_lock(&lock);
    s->next = all;
    all = s;
    pthread_mutex_unlock(&lock);
    s->t = t;
    s->document = d;
    s->name = m_fmt(t, "%s", name);
    return s;
}

static int same(const char *a, const char *b)
{
    return a && b ? strcmp(a, b) == 0 : a == b;
}

static int same_server(const struct session_server *a, const struct session_server *b)
{
    return same(a->base, b->base) && same(a->unix_socket, b->unix_socket) && same(a->ca, b->ca) &&
           same(a->certificate, b->certificate) && same(a->key, b->key) && a->insecure == b->insecure;
}

struct m_http *target_session_client(struct m_session *s, const struct session_server *server)
{
    struct muster_ctx *t = s->t;
    for (int i = 0; i < s->n_servers; i++)
        if (same_server(&s->servers[i], server))
            return s->servers[i].client;
    if (s->n_servers == SESSION_SERVERS_MOST)
        ERROR("one session speaks to more than %d servers", SESSION_SERVERS_MOST);
    struct m_http_options options = {.unix_socket = server->unix_socket,
                                     .ca_file = server->ca,
                                     .cert_file = server->certificate,
                                     .key_file = server->key,
                                     .insecure = server->insecure};
    struct session_server *own = &s->servers[s->n_servers];
    *own = *server;
    own->client = m_http_open(t, server->base, &options);
    s->n_servers++;
    return own->client;
}

struct scope target_session_scope(const struct m_session *s)
{
    return (struct scope){.t = s->t,
                          .document = s->document,
                          .login_takes = json_object_get(s->login, "takes"),
                          .login_arguments = s->arguments,
                          .login_result = s->result};
}
