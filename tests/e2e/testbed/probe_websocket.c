/* SPDX-License-Identifier: Apache-2.0 */
/* Probes of live events. */
#include "bed.h"
#include "ws_client.h"

#include <stdio.h>
#include <string.h>

#define PATIENCE 2000

static void publish(struct bed *b, const char *token, const char *name, int count)
{
    char body[100];

    snprintf(body, sizeof body, "{\"name\":\"%s\",\"count\":%d}", name, count);
    call(b, token, "POST", body, NULL, "/v1/events");
}

static bool acked(struct ws *w, const char *request)
{
    ws_say(w, request);
    json_t *ack = ws_next_of(w, "ack", PATIENCE);
    json_decref(ack);
    return ack != NULL;
}

/* Reads events until `last` was seen, or none comes; how many, -1 when ids, kinds or seq are not in order. */
static int read_events(struct ws *w, int expected)
{
    int n = 0;
    json_int_t id = 0;

    while (n < expected) {
        json_t *m = ws_next_of(w, "event", PATIENCE);
        if (!m)
            return n;
        json_int_t next = json_integer_value(json_object_get(json_object_get(m, "event"), "id"));
        bool good = number_at(m, "seq") == n + 1 && next > id;
        json_decref(m);
        if (!good)
            return -1;
        id = next;
        n++;
    }
    return n;
}

static bool events_stay_in_the_tenant(struct bed *b)
{
    struct tenant a, other;
    char topic[100];
    struct ws w;

    make_tenant(b, &a);
    make_tenant(b, &other);
    if (ws_open(b, a.token, &w) != 101)
        return false;
    bool good = acked(&w, "{\"type\":\"subscribe\",\"topics\":[\"custom.*\"]}");
    publish(b, other.token, "theirs", 1);
    publish(b, a.token, "ours", 1);
    json_t *m = ws_next_of(&w, "event", PATIENCE);
    good &= strcmp(text_at(json_object_get(m, "event"), "kind"), "custom.ours") == 0;
    json_decref(m);
    snprintf(topic, sizeof topic, "{\"type\":\"subscribe\",\"topics\":[\"tenant.%s.*\"]}", other.id);
    ws_say(&w, topic);
    m = ws_next(&w, PATIENCE);
    good &= strcmp(text_at(m, "code"), "forbidden_topic") == 0;
    json_decref(m);
    ws_end(&w);
    return good;
}

static bool bursts_arrive(struct bed *b)
{
    struct ws w;

    if (ws_open(b, b->admin, &w) != 101)
        return false;
    bool good = acked(&w, "{\"type\":\"subscribe\",\"topics\":[\"custom.burst.*\"]}");
    publish(b, b->admin, "burst", 500);
    good &= read_events(&w, 500) == 500;
    ws_end(&w);
    return good;
}

static bool events_come_once(struct bed *b)
{
    struct ws w;

    if (ws_open(b, b->admin, &w) != 101)
        return false;
    bool good = acked(&w, "{\"type\":\"subscribe\",\"topics\":[\"custom.once.*\",\"custom.*\"]}");
    publish(b, b->admin, "once", 1);
    good &= read_events(&w, 2) == 1;
    ws_end(&w);
    return good;
}

static bool events_come_in_order(struct bed *b)
{
    struct ws w;

    if (ws_open(b, b->admin, &w) != 101)
        return false;
    bool good = acked(&w, "{\"type\":\"subscribe\",\"topics\":[\"custom.order.*\"]}");
    publish(b, b->admin, "order", 10);
    good &= read_events(&w, 10) == 10;
    ws_end(&w);
    return good;
}

static bool unsubscribing_works(struct bed *b)
{
    struct ws w;

    if (ws_open(b, b->admin, &w) != 101)
        return false;
    bool good = acked(&w, "{\"type\":\"subscribe\",\"topics\":[\"custom.gone.*\"]}") &&
                acked(&w, "{\"type\":\"unsubscribe\",\"topics\":[\"custom.gone.*\"]}");
    publish(b, b->admin, "gone", 1);
    ws_say(&w, "{\"type\":\"ping\",\"id\":7}");
    json_t *m = ws_next(&w, PATIENCE);
    good &= strcmp(text_at(m, "type"), "pong") == 0 && number_at(m, "id") == 7;
    json_decref(m);
    ws_end(&w);
    return good;
}

static bool handshake_wants_a_token(struct bed *b)
{
    struct ws w;
    int status = ws_open(b, "not-a-token", &w);

    if (status == 101)
        ws_end(&w);
    return status == 401 && ws_open(b, NULL, &w) == 401;
}

const struct probe probes_websocket[] = {
    {"event-cross-tenant", events_stay_in_the_tenant},
    {"event-lost-on-burst", bursts_arrive},
    {"event-duplicate", events_come_once},
    {"event-reorder", events_come_in_order},
    {"unsubscribe-ignored", unsubscribing_works},
    {"ws-token-unchecked", handshake_wants_a_token},
    {NULL, NULL},
};
