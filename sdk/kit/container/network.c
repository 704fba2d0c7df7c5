/* SPDX-License-Identifier: Apache-2.0 */
/* Networks: made, removed, and containers that are taken off them. */
#include "engine.h"

#include <muster/kit/data.h>

#define CLEANUP_NAME "muster.network.remove"

/* What is still on it, somebody else has put there: it goes as far as the network does. */
static void remove_network(struct m_engine *e, const char *name)
{
    struct muster_ctx *t = e->t;
    container_ask(e, m_fmt(t, "network %s: removing it", name), CONTAINER_GONE,
                  &(struct container_request){.method = "DELETE", .path = m_fmt(t, "/networks/%s", name)});
}

CLEANUP(remove_gone_network, CLEANUP_NAME, .timeout_ms = 30000)
{
    struct m_json *said = m_json_parse(t, payload);
    const char *name = m_json_str(said, "/name"), *url = m_json_str(said, "/url");
    if (!name || !url)
        ERROR("the payload is none of the kit's");
    struct m_engine *e = container_engine_again(t, url, m_json_bool(said, "/own") == 1);
    if (e)
        remove_network(e, name);
    m_json_free(said);
}

const char *m_network_create(struct m_engine *e, const char *name)
{
    struct muster_ctx *t = e->t;
    const char *own = m_unique(t, m_fmt(t, "muster-%s", name));
    DEFER(CLEANUP_NAME, m_json_pack(t, "{s:s, s:s, s:b}", "url", e->url, "name", own, "own", e->own));
    container_ask(e, m_fmt(t, "network %s", name), 0,
                  &(struct container_request){.method = "POST",
                                              .path = "/networks/create",
                                              .json = json_pack("{s:s, s:b, s:o}", "Name", own, "CheckDuplicate", 1,
                                                                "Labels", container_labels(e, name))});
    return own;
}

static void move(struct m_container *c, const char *network, const char *how, json_t *body)
{
    struct muster_ctx *t = c->engine->t;
    container_ask(c->engine, m_fmt(t, "container %s: %s network %s", c->label, how, network), 0,
                  &(struct container_request){.method = "POST",
                                              .path = m_fmt(t, "/networks/%s/%s", container_escape(t, network), how),
                                              .json = body});
}

void m_container_disconnect(struct m_container *c, const char *network)
{
    move(c, network, "disconnect", json_pack("{s:s, s:b}", "Container", c->id, "Force", 1));
}

void m_container_connect(struct m_container *c, const char *network)
{
    move(c, network, "connect",
         json_pack("{s:s, s:{s:[s]}}", "Container", c->id, "EndpointConfig", "Aliases", c->label));
}
