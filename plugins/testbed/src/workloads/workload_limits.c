/* SPDX-License-Identifier: Apache-2.0 */
/* /v1/workloads/{}/resize: vertical scaling; and what is said when a limit is reached. */
#include "audit/audit.h"
#include "events/events.h"
#include "workloads/workload.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TELL_MS 1000

void limits_take(struct fields *f, struct limits *limits)
{
    for (int i = 0; i < LIMIT_COUNT; i++) {
        struct limit_range range = limit_range((enum limit)i);
        limits->of[i] =
            (int)field_number(f, limit_name((enum limit)i), OPTIONAL, range.lowest, range.highest, limits->of[i]);
    }
}

void workload_limit_reached(struct workload *w, enum limit limit, const char *detail)
{
    int64_t now = clock_mono_ms();

    snprintf(w->last_error, sizeof w->last_error, "the limit of %s is reached: %.100s", limit_name(limit), detail);
    if (w->limit_told_ms[limit] > 0 && now - w->limit_told_ms[limit] < TELL_MS)
        return;
    w->limit_told_ms[limit] = now;
    event_publish(
        w->tb, "workload", w->id, "limit", w->tenant_id,
        json_pack("{s:s, s:i, s:s}", "limit", limit_name(limit), "value", w->limits.of[limit], "error", detail));
}

static void workloads_resize(struct request *r)
{
    struct workload *w = request_workload(r);
    struct limits limits = w->limits;
    char *text;
    struct fields f;

    fields_begin(&f, r);
    limits_take(&f, &limits);
    if (!fields_end(&f) || !workload_changeable(r))
        return;
    w->limits = limits;
    w->scaling = true;
    json_t *now = limits_to_json(&limits);
    text = json_dumps(now, JSON_COMPACT);
    workload_specified(r, "workload.resize", text ? text : "");
    free(text);
    json_decref(now);
}

const struct route workload_limits_routes[] = {
    {M_POST, "/v1/workloads/{}/resize", ROLES_OPERATE, ROUTE_ACTIVE, route_of_workload, workloads_resize},
    {.pattern = NULL},
};
