/* SPDX-License-Identifier: Apache-2.0 */
/* Two tenants side by side. */
#include "isolation/two.h"

#include "common/factories.h"
#include "common/operations.h"

void two_grow(struct muster_ctx *t, const struct two *two, struct side *side)
{
    uint64_t n;
    const struct m_operation *all = m_target_operations(t, &n);
    side->things = (struct things){.n = 0};
    for (uint64_t i = 0; i < n; i++)
        things_for(t, two->platform, &side->tenant, &side->things, &all[i]);
    things_put(t, two->platform, &side->things);
}

struct two two_begin(struct muster_ctx *t)
{
    struct two two = {.platform = m_login(t, "admin")};
    struct m_json *orders[2];
    create_isolation_test_tenants(t, 2, orders);
    two.ours.tenant = tenancy_order(t, two.platform, orders[0]);
    two.theirs.tenant = tenancy_order(t, two.platform, orders[1]);
    two_grow(t, &two, &two.ours);
    two_grow(t, &two, &two.theirs);
    return two;
}

const char *two_trace_of(const struct side *side, const char *text)
{
    const char *const names[] = {side->tenant.id, side->tenant.subdomain, side->tenant.admin_name};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (strstr(text, names[i]))
            return names[i];
    for (int i = 0; i < side->things.n; i++) {
        const char *id = side->things.all[i].id;
        if (id && id[strspn(id, "0123456789")] && strstr(text, id))
            return id;
    }
    return NULL;
}

static int all_is_optional(const struct m_operation *o)
{
    int n = 0;
    for (uint64_t i = 0; i < o->n_takes; i++) {
        n += o->takes[i].of != NULL;
        if (!o->takes[i].optional)
            return 0;
    }
    return n > 0;
}

static int check_read(struct muster_ctx *t, struct m_session *session, const struct side *own, const struct side *other,
                      const struct m_operation *o, const struct things *given)
{
    struct m_json *arguments = things_arguments(t, given, o, NULL, -1);
    struct m_tried tried = TRY(session, o->name, ARGS(arguments));
    const char *trace = two_trace_of(other, tried.answer);
    int speaks_of_own = two_trace_of(own, tried.answer) != NULL;
    CHECK(!trace, "%s shows another tenant's %s: %s answered %d", o->name, trace, tried.request, (int)tried.status);
    m_json_free(tried.result);
    m_json_free(arguments);
    return speaks_of_own;
}

int two_check_reads(struct muster_ctx *t, struct m_session *session, const struct side *own, const struct side *other)
{
    const struct things nothing = {.n = 0};
    uint64_t n;
    const struct m_operation *all = m_target_operations(t, &n);
    int spoke = 0;
    for (uint64_t i = 0; i < n; i++) {
        const struct m_operation *o = &all[i];
        if (operation_rank(o) != OPERATION_READS || o->websocket || things_missing(&own->things, o))
            continue;
        spoke += check_read(t, session, own, other, o, &own->things);
        if (all_is_optional(o))
            spoke += check_read(t, session, own, other, o, &nothing);
    }
    return spoke;
}
