/* SPDX-License-Identifier: Apache-2.0 */
/* A tenant that was removed: nothing brings it or anything of it back, but its archive. It goes by the target file, so
 * that an operation is tried from the day on which it stands there. */
#include "common/operations.h"
#include "common/things.h"
#include "provisioning/order.h"

#include <string.h>

/* Whether it would change something of the tenant's; its archive is no part of it any more. */
static int is_of_the_tenant(const struct m_operation *o)
{
    static const char *const looking[] = {"resources", "steps", "health", "rules", "stats", NULL};
    enum operation_rank rank = operation_rank(o);
    if (rank == OPERATION_READS || operation_word_is_one_of(operation_verb(o), looking) || rank == OPERATION_RANKS ||
        o->websocket || strncmp(o->name, "tenant.archive.", strlen("tenant.archive.")) == 0)
        return 0;
    for (uint64_t i = 0; i < o->n_takes; i++)
        if (o->takes[i].of && !o->takes[i].optional)
            return 1;
    return 0;
}

SCENARIO(what_is_gone_stays_gone,
         .summary = "Nothing can be done with a tenant that was removed, nor with what it had, by anybody",
         .markers = MARKERS("e2e", "priority_p1", "tenant_provisioning", "data_integrity",
                            "catches(defect='gone-tried-again')", "catches(defect='deprovision-leaves-data')"),
         .needs = OPERATIONS("*", TENANCY_OPERATIONS, "tenant.retry", LEFT_OPERATIONS), .timeout_ms = 60000)
{
    struct things things = {.n = 0};
    struct m_session *platform = m_login(t, "admin");
    struct tenancy tenant = tenancy_begin(t, platform, "professional");
    uint64_t n;
    const struct m_operation *all = m_target_operations(t, &n);
    const char *record;
    STEP("a tenant with one thing of each kind is removed")
    {
        for (uint64_t i = 0; i < n; i++)
            things_for(t, platform, &tenant, &things, &all[i]);
        things_put(t, platform, &things);
        DO(platform, "tenant.delete", ARG("id", tenant.id));
        record = m_json_text(t, DO(platform, "tenant.get", ARG("id", tenant.id)), "");
    }
    STEP("whoever runs the platform does nothing with any of it")
    {
        REFUSED("invalid_state", platform, "tenant.retry", ARG("id", tenant.id));
        REFUSED("invalid_state", platform, "tenant.delete", ARG("id", tenant.id));
        for (uint64_t i = 0; i < n; i++) {
            if (!is_of_the_tenant(&all[i]) || things_missing(&things, &all[i]))
                continue;
            struct m_tried now = TRY(platform, all[i].name, ARGS(things_arguments(t, &things, &all[i], NULL, -1)));
            CHECK(now.refused != NULL, "%s of a tenant that is gone is %s", all[i].name, operation_outcome(t, &now));
            m_json_free(now.result);
        }
    }
    STEP("of the tenant there is its record, as it was, and nothing else")
    {
        CHECK_STR(m_json_text(t, DO(platform, "tenant.get", ARG("id", tenant.id)), ""), ==, record);
        check_nothing_left(t, platform, tenant.id, tenant.subdomain);
    }
}
