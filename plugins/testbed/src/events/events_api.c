/* SPDX-License-Identifier: Apache-2.0 */
/* /v1/events: reading what was kept, and publishing events of one's own. */
#include "audit/audit.h"
#include "events/events.h"
#include "server/fields.h"

#include <string.h>

static void events_list(struct request *r)
{
    const char *topic = request_arg(r, "topic");
    int64_t since, limit;

    if (!request_arg_number(r, "since", 0, INT64_MAX, 0, &since) ||
        !request_arg_number(r, "limit", 1, EVENTS_KEPT, 100, &limit))
        return;
    int64_t id = since + 1 > event_first_kept(r->tb) ? since + 1 : event_first_kept(r->tb);
    json_t *list = json_array();
    for (; id <= event_last_id(r->tb) && (int64_t)json_array_size(list) < limit; id++) {
        const struct event *e = event_find(r->tb, id);
        if (!e || (topic && !event_matches(e, topic)))
            continue;
        bool foreign = r->who.tenant_id[0] && strcmp(e->tenant_id, r->who.tenant_id) != 0;
        if (foreign && defect(r->tb, D_EVENT_LIST_CUT))
            break;
        if (foreign && !defect(r->tb, D_EVENTS_OF_ALL))
            continue;
        json_array_append_new(list, json_loadb(e->json->text, e->json->len, 0, NULL));
    }
    reply(r, 200, json_pack("{s:o, s:I}", "events", list, "last_id", (json_int_t)event_last_id(r->tb)));
}

static bool settle_tenant(struct request *r, const char **tenant_id)
{
    bool own = *tenant_id && strcmp(*tenant_id, r->who.tenant_id) == 0;

    if (r->who.tenant_id[0] && *tenant_id && !own)
        r->cross_tenant = true;
    else if (!*tenant_id || own || router_tenant_exists(r->tb, *tenant_id)) {
        if (r->who.tenant_id[0])
            *tenant_id = r->who.tenant_id;
        return true;
    }
    reply_not_found(r);
    return false;
}

static void events_publish(struct request *r)
{
    struct fields f;

    fields_begin(&f, r);
    const char *name = field_match(&f, "name", REQUIRED, "[a-z][a-z0-9_-]{0,31}");
    const char *tenant_id = field_text(&f, "tenant_id", OPTIONAL, 1, 64);
    int64_t count = field_number(&f, "count", OPTIONAL, 1, 5000, 1);
    json_t *data = field_object(&f, "data", OPTIONAL);
    if (!fields_end(&f) || !settle_tenant(r, &tenant_id))
        return;
    int64_t first = event_last_id(r->tb) + 1;
    for (int64_t n = 0; n < count; n++) {
        json_t *own = data ? json_copy(data) : json_object();
        json_object_set_new(own, "n", json_integer(n));
        event_publish(r->tb, "custom", name, name, tenant_id, own);
    }
    audit_ok(r, "event.publish", "event", name, tenant_id, "%lld times", (long long)count);
    reply(r, 202,
          json_pack("{s:I, s:I, s:I}", "first_id", (json_int_t)first, "last_id", (json_int_t)event_last_id(r->tb),
                    "count", (json_int_t)count));
}

const struct route events_routes[] = {
    {M_GET, "/v1/events", ROLES_ALL, 0, NULL, events_list},
    {M_POST, "/v1/events", ROLES_OPERATE, 0, NULL, events_publish},
    {.pattern = NULL},
};
