/* SPDX-License-Identifier: Apache-2.0 */
/* What is said over the WebSocket (subscribing, unsubscribing, pings), and who is given an event. */
#include "events/stream.h"

#include "audit/audit.h"
#include "common/clock.h"
#include "events/events.h"

#include <stdlib.h>
#include <string.h>

#define BAD_IN_A_ROW_MAX 10
#define PATTERNS_MAX     100

struct listener {
    char *patterns[PATTERNS_MAX];
    size_t pattern_count;
    int bad_in_a_row;
};

int stream_opened(struct ws_client *c)
{
    c->listener = calloc(1, sizeof(struct listener));
    if (!c->listener)
        return -1;
    ws_send(c, json_pack("{s:s, s:s, s:s, s:s, s:o, s:I}", "type", "hello", "connection", c->name, "user",
                         c->who.username, "role", c->who.role_name, "tenant_id",
                         c->who.tenant_id[0] ? json_string(c->who.tenant_id) : json_null(), "last_event_id",
                         (json_int_t)event_last_id(c->tb)));
    return 0;
}

void stream_closed(struct ws_client *c)
{
    struct listener *l = c->listener;

    for (size_t i = 0; l && i < l->pattern_count; i++)
        free(l->patterns[i]);
    free(l);
    c->listener = NULL;
}

static struct listener *listener_of(const struct ws_client *c)
{
    return c->listener;
}

static json_t *id_of(const json_t *message)
{
    json_t *id = json_object_get(message, "id");

    return id ? json_incref(id) : json_null();
}

static void complain(struct ws_client *c, const json_t *message, const char *code, const char *text)
{
    ws_send(c, json_pack("{s:s, s:o, s:s, s:s}", "type", "error", "id", id_of(message), "code", code, "message", text));
    if (++listener_of(c)->bad_in_a_row >= BAD_IN_A_ROW_MAX && !defect(c->tb, D_BAD_MESSAGES_UNLIMITED))
        ws_close(c, WS_BAD_MESSAGES, "too many bad messages");
}

static void well_said(struct ws_client *c)
{
    if (!defect(c->tb, D_BAD_MESSAGES_ADD_UP))
        listener_of(c)->bad_in_a_row = 0;
}

static void acknowledge(struct ws_client *c, const json_t *message, const char *action)
{
    const struct listener *l = c->listener;
    json_t *topics = json_array();

    for (size_t i = 0; i < l->pattern_count; i++)
        json_array_append_new(topics, json_string(l->patterns[i]));
    ws_send(c,
            json_pack("{s:s, s:o, s:s, s:o}", "type", "ack", "id", id_of(message), "action", action, "topics", topics));
    well_said(c);
}

static size_t find_pattern(const struct listener *l, const char *pattern)
{
    size_t i = 0;

    while (i < l->pattern_count && strcmp(l->patterns[i], pattern) != 0)
        i++;
    return i;
}

/* A tenant's user may name his own tenant or `*`; what he gets is scoped anyway. */
static bool pattern_permitted(const struct ws_client *c, const char *pattern)
{
    if (!c->who.tenant_id[0] || strncmp(pattern, "tenant.", 7) != 0 || defect(c->tb, D_EVENT_CROSS_TENANT))
        return true;
    size_t len = strcspn(pattern + 7, ".");
    return (len == 1 && pattern[7] == '*') ||
           (len == strlen(c->who.tenant_id) && strncmp(pattern + 7, c->who.tenant_id, len) == 0);
}

/* The list of patterns, all of them good; NULL after an error frame. */
static const json_t *checked_topics(struct ws_client *c, const json_t *message)
{
    const json_t *topics = json_object_get(message, "topics");
    size_t i;
    const json_t *topic;

    if (!json_is_array(topics) || json_array_size(topics) == 0) {
        complain(c, message, "bad_message", "topics must be a list of patterns");
        return NULL;
    }
    json_array_foreach(topics, i, topic)
    {
        const char *pattern = json_string_value(topic);
        if (!pattern || !topic_pattern_valid(pattern)) {
            complain(c, message, "bad_topic",
                     "a pattern has segments of letters, digits, _ and -, or *, joined by dots");
            return NULL;
        }
        if (!pattern_permitted(c, pattern)) {
            audit_denied(c->tb, c->who.username, "access.denied", "topic", pattern, c->who.tenant_id,
                         "forbidden_topic");
            complain(c, message, "forbidden_topic", "this is another tenant's");
            return NULL;
        }
    }
    return topics;
}

static bool may_see(const struct ws_client *c, const struct event *e)
{
    return !c->who.tenant_id[0] || strcmp(c->who.tenant_id, e->tenant_id) == 0 || defect(c->tb, D_EVENT_CROSS_TENANT);
}

static void replay(struct ws_client *c, const json_t *topics, int64_t since)
{
    int64_t last = event_last_id(c->tb), first = event_first_kept(c->tb);
    int64_t known = since < last ? since : last; /* it may be as high as a number can be */
    int64_t id = known + (defect(c->tb, D_EVENT_REPLAY_AGAIN) ? 0 : 1);

    for (id = id > first ? id : first; id <= last; id++) {
        struct event *e = event_find(c->tb, id);
        bool matching = false;
        size_t i;
        const json_t *topic;
        if (!e || !may_see(c, e))
            continue;
        json_array_foreach(topics, i, topic)
        {
            matching |= event_matches(e, json_string_value(topic)) && (i == 0 || !defect(c->tb, D_EVENT_REPLAY_FIRST));
        }
        if (matching)
            ws_send_event(c, e->json);
    }
}

static void subscribe(struct ws_client *c, const json_t *message)
{
    const json_t *since = json_object_get(message, "since");
    const json_t *topics = checked_topics(c, message);
    struct listener *l = c->listener;
    size_t i;
    const json_t *topic;

    if (!topics)
        return;
    if (since && (!json_is_integer(since) || json_integer_value(since) < 0)) {
        complain(c, message, "bad_message", "since must be an event's id");
        return;
    }
    if (l->pattern_count + json_array_size(topics) > PATTERNS_MAX) {
        complain(c, message, "too_many_topics", "a connection may have 100 patterns");
        return;
    }
    json_array_foreach(topics, i, topic)
    {
        if (find_pattern(l, json_string_value(topic)) < l->pattern_count)
            continue;
        char *copy = strdup(json_string_value(topic));
        if (copy)
            l->patterns[l->pattern_count++] = copy;
    }
    acknowledge(c, message, "subscribe");
    if (since)
        replay(c, topics, json_integer_value(since));
}

static void unsubscribe(struct ws_client *c, const json_t *message)
{
    const json_t *topics = checked_topics(c, message);
    struct listener *l = c->listener;
    size_t i;
    const json_t *topic;

    if (!topics)
        return;
    json_array_foreach(topics, i, topic)
    {
        size_t at = find_pattern(l, json_string_value(topic));
        if (at == l->pattern_count || defect(c->tb, D_UNSUBSCRIBE_IGNORED))
            continue;
        free(l->patterns[at]);
        memmove(&l->patterns[at], &l->patterns[at + 1], (l->pattern_count - at - 1) * sizeof l->patterns[0]);
        l->pattern_count--;
    }
    acknowledge(c, message, "unsubscribe");
}

static void ping(struct ws_client *c, const json_t *message)
{
    char at[TIME_TEXT_MAX];

    if (defect(c->tb, D_PING_UNANSWERED))
        return;
    ws_send(c, json_pack("{s:s, s:o, s:s}", "type", "pong", "id", id_of(message), "at", clock_now_text(at)));
    well_said(c);
}

void stream_said(struct ws_client *c, const char *text, size_t len)
{
    json_t *message = json_loadb(text, len, JSON_REJECT_DUPLICATES, NULL);
    const char *type = json_string_value(json_object_get(message, "type"));

    if (!json_is_object(message) || !type)
        complain(c, json_is_object(message) ? message : NULL, "bad_message", "a message is a JSON object with a type");
    else if (strcmp(type, "subscribe") == 0)
        subscribe(c, message);
    else if (strcmp(type, "unsubscribe") == 0)
        unsubscribe(c, message);
    else if (strcmp(type, "ping") == 0)
        ping(c, message);
    else
        complain(c, message, "unknown_type", "the types are subscribe, unsubscribe and ping");
    json_decref(message);
}

/* The seeded bug event-by-prefix: a pattern that ends too early. */
static bool begins_like(const struct event *e, const char *pattern)
{
    size_t last = strcspn(pattern, "*"), len = last - (last > 0 && pattern[last] == '*' && pattern[last - 1] == '.');

    return strncmp(e->topic[0], pattern, len) == 0 || strncmp(e->topic[1], pattern, len) == 0;
}

static size_t count_matching(const struct listener *l, const struct event *e, bool by_prefix)
{
    size_t matching = 0;

    for (size_t i = 0; i < l->pattern_count; i++)
        matching += event_matches(e, l->patterns[i]) || (by_prefix && begins_like(e, l->patterns[i]));
    return matching;
}

static void offer(struct testbed *tb, struct event *e)
{
    int reached = 0;

    for (struct ws_client *c = ws_clients(); c; c = c->next) {
        size_t matching = count_matching(c->listener, e, defect(tb, D_EVENT_BY_PREFIX));
        if (matching == 0 || !may_see(c, e) || (reached == 2 && defect(tb, D_EVENT_FIRST_TWO)))
            continue;
        reached++;
        ws_send_event(c, e->json);
        if (matching > 1 && defect(c->tb, D_EVENT_DUPLICATE))
            ws_send_event(c, e->json);
    }
}

void stream_end_token(struct testbed *tb, const char *token_id)
{
    (void)tb;
    for (struct ws_client *c = ws_clients(); c; c = c->next)
        if (strcmp(c->who.token_id, token_id) == 0)
            ws_close(c, WS_TOKEN_ENDED, "the token was revoked");
}

void stream_start(struct testbed *tb)
{
    events_listen(tb, offer);
}
