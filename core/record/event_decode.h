/* SPDX-License-Identifier: Apache-2.0 */
/* Inside the room: a line parsed once serves the log's own fields (v, seq, prev) and the event's. */
#ifndef MUSTER_RECORD_EVENT_DECODE_H
#define MUSTER_RECORD_EVENT_DECODE_H

#include "record/event.h"

#include <jansson.h>

/* Parses a line into an object; -EINVAL when it is not one. The caller owns *ret_object. */
int line_parse(const char *line, size_t len, json_t **ret_object, struct err *err);
int event_from_json(json_t *object, struct arena *arena, struct event *ret_event, struct err *err);

#endif
