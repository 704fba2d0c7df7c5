/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What happened, for whoever listens.
 *
 * Events are counted, kept (the last 10000) and given to the one who listens (stream.c, for its clients) at once. Their
 * text is shared with the clients that have it pending.
 */
#ifndef TESTBED_EVENTS_H
#define TESTBED_EVENTS_H

#include "events/topic.h"
#include "server/router.h"
#include "server/ws.h"

#define EVENTS_KEPT      10000
#define EVENTS_OF_A_LIFE (INT64_C(1) << 32)

struct event {
    int64_t id;
    char tenant_id[ID_MAX];       /* empty for the platform's own */
    char topic[2][TOPIC_MAX + 1]; /* the second is empty without a tenant */
    struct shared_text *json;
};

/* kind is <entity_type>.<what>. tenant_id may be NULL; data is taken, NULL is {}. Returns the event's id. */
int64_t event_publish(struct testbed *tb, const char *entity_type, const char *entity_id, const char *what,
                      const char *tenant_id, json_t *data);

int64_t event_count(const struct testbed *tb); /* in this life */
int64_t event_last_id(const struct testbed *tb);
/* NULL when it is no longer, or not yet, there. Borrowed. */
struct event *event_find(const struct testbed *tb, int64_t id);
int64_t event_first_kept(const struct testbed *tb);

bool event_matches(const struct event *e, const char *pattern);

int events_start(struct testbed *tb);
/* From now on `heard` is called with each new event. */
void events_listen(struct testbed *tb, void (*heard)(struct testbed *tb, struct event *e));
void events_stop(struct testbed *tb);

/* /v1/events */
extern const struct route events_routes[];

#endif
