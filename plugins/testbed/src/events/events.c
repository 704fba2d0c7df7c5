/* SPDX-License-Identifier: Apache-2.0 */
/* Making, keeping and handing out events. */
#include "events/events.h"

#include "common/clock.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct event_bus {
    int64_t first_id, last_id;
    void (*heard)(struct testbed *tb, struct event *e); /* or NULL */
    struct event *kept[EVENTS_KEPT];                    /* event n at n % EVENTS_KEPT */
};

int events_start(struct testbed *tb)
{
    tb->bus = calloc(1, sizeof *tb->bus);
    if (!tb->bus)
        return -1;
    /* What happened in an earlier life has smaller numbers, however much it was. */
    if (!defect(tb, D_EVENTS_NUMBERED_AGAIN))
        tb->bus->last_id = (tb->life.number - 1) * EVENTS_OF_A_LIFE;
    tb->bus->first_id = tb->bus->last_id + 1;
    return 0;
}

void events_listen(struct testbed *tb, void (*heard)(struct testbed *tb, struct event *e))
{
    tb->bus->heard = heard;
}

static void forget(struct event *e)
{
    if (!e)
        return;
    shared_text_unref(e->json);
    free(e);
}

void events_stop(struct testbed *tb)
{
    if (!tb->bus)
        return;
    for (size_t i = 0; i < EVENTS_KEPT; i++)
        forget(tb->bus->kept[i]);
    free(tb->bus);
    tb->bus = NULL;
}

int64_t event_count(const struct testbed *tb)
{
    return tb->bus->last_id - tb->bus->first_id + 1;
}

int64_t event_last_id(const struct testbed *tb)
{
    return tb->bus->last_id;
}

int64_t event_first_kept(const struct testbed *tb)
{
    int64_t kept = tb->bus->last_id - EVENTS_KEPT + 1;

    return kept > tb->bus->first_id ? kept : tb->bus->first_id;
}

struct event *event_find(const struct testbed *tb, int64_t id)
{
    struct event *e = id > 0 ? tb->bus->kept[id % EVENTS_KEPT] : NULL;

    return e && e->id == id ? e : NULL;
}

bool event_matches(const struct event *e, const char *pattern)
{
    return topic_matches(pattern, e->topic[0]) || (e->topic[1][0] && topic_matches(pattern, e->topic[1]));
}

static const char *time_text(const struct testbed *tb, char *buf)
{
    return defect(tb, D_TIMES_CUT) ? clock_text(clock_wall_ms() / 1000 * 1000, buf) : clock_now_text(buf);
}

static char *event_json(const struct testbed *tb, const struct event *head, const char *entity_type,
                        const char *entity_id, const char *what, json_t *data)
{
    char at[TIME_TEXT_MAX], kind[100];

    snprintf(kind, sizeof kind, "%s.%s", entity_type, what);
    json_t *topics =
        head->topic[1][0] ? json_pack("[s, s]", head->topic[0], head->topic[1]) : json_pack("[s]", head->topic[0]);
    json_t *object = json_pack("{s:I, s:s, s:s, s:o, s:o, s:s, s:s, s:o}", "id", (json_int_t)head->id, "at",
                               time_text(tb, at), "kind", kind, "topics", topics, "tenant_id",
                               head->tenant_id[0] ? json_string(head->tenant_id) : json_null(), "entity_type",
                               entity_type, "entity_id", entity_id, "data", data ? data : json_object());
    char *text = json_dumps(object, JSON_COMPACT);

    json_decref(object);
    return text;
}

int64_t event_publish(struct testbed *tb, const char *entity_type, const char *entity_id, const char *what,
                      const char *tenant_id, json_t *data)
{
    struct event_bus *bus = tb->bus;
    struct event head = {.id = bus->last_id + 1};

    snprintf(head.topic[0], sizeof head.topic[0], "%s.%s.%s", entity_type, entity_id, what);
    if (strcmp(entity_type, "custom") == 0) /* its kind already ends in its name */
        snprintf(head.topic[0], sizeof head.topic[0], "custom.%s.event", entity_id);
    if (tenant_id && tenant_id[0]) {
        snprintf(head.tenant_id, sizeof head.tenant_id, "%s", tenant_id);
        snprintf(head.topic[1], sizeof head.topic[1], "tenant.%s.%s.%s", tenant_id, entity_type, what);
    }
    char *text = event_json(tb, &head, entity_type, entity_id, what, data);
    if (!text)
        return bus->last_id;
    struct event *e = malloc(sizeof *e);
    head.json = shared_text_new(text, strlen(text));
    free(text);
    if (!e || !head.json)
        abort();
    *e = head;
    bus->last_id = e->id;
    forget(bus->kept[e->id % EVENTS_KEPT]);
    bus->kept[e->id % EVENTS_KEPT] = e;
    tb->metrics.events_published++;
    if (bus->heard)
        bus->heard(tb, e);
    return e->id;
}
