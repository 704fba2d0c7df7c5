/* SPDX-License-Identifier: Apache-2.0 */
/* Delivery: each event once, in order, all of them, and only what was asked for. */
#include "websocket/stream.h"

/* Receives `count` events and checks that they are numbered as they were sent; 0 when one was not. */
static int receive_in_order(struct muster_ctx *t, struct m_ws *ws, int count)
{
    for (int n = 0; n < count; n++) {
        struct m_json *message = stream_next(t, ws);
        int in_order =
            CHECK_INT(m_json_int(message, "/event/data/n"), ==, n) && CHECK_INT(m_json_int(message, "/seq"), ==, n + 1);
        m_json_free(message);
        if (!in_order)
            return 0; /* all that follows would be off too */
    }
    return 1;
}

SCENARIO(events_come_in_order, .summary = "Events arrive in the order in which they happened",
         .markers = MARKERS("e2e", "priority_p0", "websocket", "catches(defect='event-reorder')"),
         .needs = OPERATIONS(STREAM_OPERATIONS), .timeout_ms = 30000)
{
    struct m_session *platform = m_login(t, "admin");
    struct tenancy tenant = tenancy_begin(t, platform, "starter");
    const char *name = m_unique(t, "order");
    struct m_ws *ws = stream_open(t, tenant.admin);
    STEP("subscribe")
    {
        struct m_json *ack = stream_ask(t, ws, "subscribe", topic_of(t, name));
        CHECK_STR(m_json_str(ack, "/type"), ==, "ack");
        CHECK_INT(m_json_count(ack, "/topics"), ==, 1);
    }
    STEP("fifty events at once")
    {
        publish(&tenant, name, 50);
        receive_in_order(t, ws, 50);
    }
    STEP("leave")
    {
        CHECK_INT(m_ws_close(ws, 1000, "done"), ==, 1000);
    }
    m_ws_free(ws);
}

SCENARIO(bursts_arrive_whole, .summary = "A burst of thousands of events is delivered without a loss",
         .markers = MARKERS("e2e", "priority_p2", "websocket", "performance", "slow",
                            "catches(defect='event-lost-on-burst')"),
         .needs = OPERATIONS(STREAM_OPERATIONS), .timeout_ms = 60000)
{
    enum { EVENTS = 3000 };
    struct m_session *platform = m_login(t, "admin");
    struct tenancy tenant = tenancy_begin(t, platform, "starter");
    const char *name = m_unique(t, "burst");
    struct m_ws *ws = stream_open(t, tenant.admin);
    stream_ask(t, ws, "subscribe", topic_of(t, name));
    STEP("publish while nobody reads")
    {
        publish(&tenant, name, EVENTS);
    }
    STEP("read them all")
    {
        uint64_t start = m_now_ms();
        if (receive_in_order(t, ws, EVENTS))
            m_metric(t, "websocket.burst.read", (double)(m_now_ms() - start), "ms");
    }
    m_ws_free(ws);
}

SCENARIO(an_event_comes_once, .summary = "An event that matches several subscriptions is delivered once",
         .markers = MARKERS("e2e", "priority_p0", "websocket", "catches(defect='event-duplicate')"),
         .needs = OPERATIONS(STREAM_OPERATIONS), .timeout_ms = 30000)
{
    struct m_session *platform = m_login(t, "admin");
    struct tenancy tenant = tenancy_begin(t, platform, "starter");
    const char *name = m_unique(t, "once"), *last = m_unique(t, "last");
    struct m_ws *ws = stream_open(t, tenant.admin);
    STEP("subscribe to it in three ways, and to another")
    {
        const char *topics =
            m_fmt(t, "[\"custom.%s.event\",\"custom.%s.*\",\"tenant.%s.custom.*\",\"custom.%s.event\"]", name, name,
                  tenant.id, last);
        struct m_json *ack = stream_ask(t, ws, "subscribe", topics);
        CHECK_INT(m_json_count(ack, "/topics"), ==, 4);
    }
    STEP("it comes once: what follows is the other")
    {
        publish(&tenant, name, 1);
        publish(&tenant, last, 1);
        stream_expect(t, ws, name);
        stream_expect(t, ws, last);
    }
    m_ws_free(ws);
}

SCENARIO(unsubscribed_topics_are_silent, .summary = "After unsubscribing, nothing of the topic arrives",
         .markers = MARKERS("e2e", "priority_p1", "websocket", "catches(defect='unsubscribe-ignored')"),
         .needs = OPERATIONS(STREAM_OPERATIONS), .timeout_ms = 30000)
{
    struct m_session *platform = m_login(t, "admin");
    struct tenancy tenant = tenancy_begin(t, platform, "starter");
    const char *dropped = m_unique(t, "dropped"), *kept = m_unique(t, "kept");
    struct m_ws *ws = stream_open(t, tenant.admin);
    STEP("subscribe to both")
    {
        stream_ask(t, ws, "subscribe", topic_of(t, dropped));
        stream_ask(t, ws, "subscribe", topic_of(t, kept));
        publish(&tenant, dropped, 1);
        publish(&tenant, kept, 1);
        stream_expect(t, ws, dropped);
        stream_expect(t, ws, kept);
    }
    STEP("drop one")
    {
        struct m_json *ack = stream_ask(t, ws, "unsubscribe", topic_of(t, dropped));
        CHECK_INT(m_json_count(ack, "/topics"), ==, 1);
        publish(&tenant, dropped, 3);
        publish(&tenant, kept, 1);
        stream_expect(t, ws, kept);
    }
    m_ws_free(ws);
}

SCENARIO(changes_are_announced, .summary = "A change made over REST is announced once to those who follow the tenant",
         .markers = MARKERS("e2e", "priority_p1", "websocket", "catches(defect='event-duplicate')"),
         .needs = OPERATIONS(STREAM_OPERATIONS, "customer.create", "customer.update", "customer.delete"),
         .timeout_ms = 30000)
{
    struct m_session *platform = m_login(t, "admin");
    struct tenancy tenant = tenancy_begin(t, platform, "starter");
    struct m_ws *ws = stream_open(t, tenant.admin);
    const char *id;
    STEP("follow the tenant's customers, by either topic")
    {
        stream_ask(t, ws, "subscribe", m_fmt(t, "[\"customer.*\",\"tenant.%s.customer.*\"]", tenant.id));
    }
    STEP("make one, change it, delete it")
    {
        struct m_json *made = DO(tenant.admin, "customer.create", ARG("tenant", tenant.id), ARG("name", "Ada"),
                                 ARG("email", "ada@example.test"));
        id = m_json_str(made, "/id");
        DO(tenant.admin, "customer.update", ARG("tenant", tenant.id), ARG("id", id), ARG("name", "Ada L."));
        DO(tenant.admin, "customer.delete", ARG("tenant", tenant.id), ARG("id", id));
    }
    STEP("three events, in this order")
    {
        for (const char *const *kind =
                 (const char *const[]){"customer.created", "customer.updated", "customer.deleted", NULL};
             *kind; kind++) {
            struct m_json *message = stream_next(t, ws);
            CHECK_STR(m_json_str(message, "/event/kind"), ==, *kind);
            CHECK_STR(m_json_str(message, "/event/entity_id"), ==, id);
            CHECK_STR(m_json_str(message, "/event/tenant_id"), ==, tenant.id);
        }
    }
    m_ws_free(ws);
}
