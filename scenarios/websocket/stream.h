/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A stream of the platform's live events, as one user receives it.
 *
 * Events of a scenario's own have a name that nobody else uses, so that streams of scenarios that run at the same
 * time don't meet.
 */
#ifndef SCENARIOS_STREAM_H
#define SCENARIOS_STREAM_H

#include "common/tenancy.h"

#include <muster/kit/ws.h>

/* What the functions below ask of the target. */
#define STREAM_OPERATIONS TENANCY_OPERATIONS, "event.watch", "event.publish"

#define STREAM_MS 5000u /* for an event to arrive */

/* Connected, and greeted. */
struct m_ws *stream_open(struct muster_ctx *t, struct m_session *user);
/* Sends {"type": type, "id": ..., "topics": topics} and returns the answer of the same id: an ack or an error. */
struct m_json *stream_ask(struct muster_ctx *t, struct m_ws *ws, const char *type, const char *topics);
/* The next event's message: {"type":"event","seq":n,"event":{...}}; ends the scenario when none comes in time. */
struct m_json *stream_next(struct muster_ctx *t, struct m_ws *ws);
/* Checks that the next event has this name. */
void stream_expect(struct muster_ctx *t, struct m_ws *ws, const char *name);

/* A JSON array of "custom.NAME.event": the topic of what publish() sends. */
const char *topic_of(struct muster_ctx *t, const char *name);
/* Makes the platform send `count` events of this name, which carry a number n from 0 on, in this tenant. */
void publish(const struct tenancy *tenant, const char *name, int count);

#endif
