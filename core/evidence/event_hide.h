/* SPDX-License-Identifier: Apache-2.0 */
/* An event as it may be told: without the run's secrets. */
#ifndef MUSTER_EVIDENCE_EVENT_HIDE_H
#define MUSTER_EVIDENCE_EVENT_HIDE_H

#include "record/event.h"
#include "secrets/secrets.h"

/* What names a case stays as it is: events of one case belong together by it, and a secret may become known between two
 * of them. `*ret_event` shares what it can with `event`; the rest lives in the arena. */
void event_hide(const struct secrets *secrets, const struct event *event, struct arena *arena, struct event *ret_event);

#endif
