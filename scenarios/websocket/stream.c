/* SPDX-License-Identifier: Apache-2.0 */
/* A stream of the platform's live events. */
#include "websocket/stream.h"

/* What tells one message from another: its type, and the id of the request it answers. */
struct wanted {
    const char *type, *id;
};

static int is_wanted(const struct m_ws_message *m, void *user)
{
    const struct wanted *w = user;
    struct m_json *doc = m_json_try_parse(m->data);
    const char *type = m_json_str(doc, "/type"), *id = m_json_str(doc, "/id");
    int matches = w->type ? type && strcmp(type, w->type) == 0 : id && strcmp(id, w->id) == 0;
    m_json_free(doc);
    return matches;
}

static struct m_json *await(struct muster_ctx *t, struct m_ws *ws, struct wanted w)
{
    struct m_ws_message m;
    int outcome = m_ws_receive_until(ws, STREAM_MS, &m, is_wanted, &w);
    if (outcome == M_WS_CLOSED)
        FAIL("the stream was closed with %d %s", m_ws_close_code(ws), m_ws_close_reason(ws));
    if (outcome == M_WS_TIMEOUT)
        FAIL("no %s within %u ms", w.type ? w.type : "answer", STREAM_MS);
    return m_json_parse(t, m.data);
}

struct m_ws *stream_open(struct muster_ctx *t, struct m_session *user)
{
    struct m_ws *ws = OPEN(user, "event.watch");
    CHECK_STR(m_json_str(await(t, ws, (struct wanted){.type = "hello"}), "/user"), ==,
              m_session_value(user, "username"));
    return ws;
}

struct m_json *stream_ask(struct muster_ctx *t, struct m_ws *ws, const char *type, const char *topics)
{
    const char *id = m_unique(t, "ask");
    m_ws_send(ws, m_fmt(t, "{\"type\":\"%s\",\"id\":\"%s\",\"topics\":%s}", type, id, topics));
    return await(t, ws, (struct wanted){.id = id});
}

struct m_json *stream_next(struct muster_ctx *t, struct m_ws *ws)
{
    return await(t, ws, (struct wanted){.type = "event"});
}

void stream_expect(struct muster_ctx *t, struct m_ws *ws, const char *name)
{
    CHECK_STR(m_json_str(stream_next(t, ws), "/event/entity_id"), ==, name);
}

const char *topic_of(struct muster_ctx *t, const char *name)
{
    return m_fmt(t, "[\"custom.%s.event\"]", name);
}

void publish(const struct tenancy *tenant, const char *name, int count)
{
    DO(tenant->admin, "event.publish", ARG("name", name), ARG("tenant", tenant->id), ARG("count", count));
}
