/* SPDX-License-Identifier: Apache-2.0 */
/* Clients that are kept, with their connections and cookies. */
#include "http_clients.h"

#include "steps.h"

#include <pthread.h>

struct client {
    struct client *next;
    const char *server;
    struct m_http *http;
    pthread_t holder;
    int taken;
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct client *all; /* of the attempt, whose process this is */

static struct client *take(const char *server)
{
    struct client *c;
    pthread_mutex_lock(&lock);
    for (c = all; c; c = c->next)
        if (strcmp(c->server, server) == 0 && (!c->taken || pthread_equal(c->holder, pthread_self())))
            break;
    if (c) {
        c->taken = 1;
        c->holder = pthread_self();
    }
    pthread_mutex_unlock(&lock);
    return c;
}

struct client *client_borrow(struct muster_ctx *t, struct m_site site, const char *server)
{
    struct client *c = take(server);
    if (c)
        return c;
    const struct m_http_options options = {.cookies = 1, .compressed = 1};
    struct m_http *http = m_http_open_at_(site.file, site.line, t, server, &options);
    if (!(c = calloc(1, sizeof *c)))
        steps_wrong(t, site, "http: out of memory");
    *c = (struct client){
        .server = m_keep(t, server, strlen(server)), .http = http, .holder = pthread_self(), .taken = 1};
    pthread_mutex_lock(&lock);
    struct client **end = &all; /* the first of a server is the one with its cookies */
    while (*end)
        end = &(*end)->next;
    *end = c;
    pthread_mutex_unlock(&lock);
    return c;
}

struct m_http *client_http(const struct client *client)
{
    return client->http;
}

void client_give_back(struct client *client)
{
    pthread_mutex_lock(&lock);
    client->taken = 0;
    pthread_mutex_unlock(&lock);
}
