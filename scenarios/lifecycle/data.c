/* SPDX-License-Identifier: Apache-2.0 */
/* Data: what was backed up comes back, what was read late is not overwritten. */
#include "common/service.h"

static void put(const struct tenancy *tenant, const char *id, const char *key, const char *value)
{
    DO(tenant->admin, "data.put", ARG("workload", id), ARG("key", key), ARG("value", value));
}

SCENARIO(restore_brings_the_backup_back, .summary = "After a restore the data is exactly what it was at the backup",
         .markers = MARKERS("e2e", "priority_p0", "container_lifecycle", "data_integrity",
                            "catches(defect='backup-empty')"),
         .needs = OPERATIONS(SERVICE_OPERATIONS, "data.put", "data.delete", "data.list", "backup.create",
                             "backup.restore"),
         .timeout_ms = 40000)
{
    struct m_session *platform = m_login(t, "admin");
    struct tenancy tenant = tenancy_begin(t, platform, "professional");
    const char *id = service_begin(t, &tenant, "web", 1);
    const char *backup;
    STEP("write and back up")
    {
        put(&tenant, id, "kept", "as it was");
        put(&tenant, id, "changed", "before");
        put(&tenant, id, "removed", "still here");
        struct m_json *made = DO(tenant.admin, "backup.create", ARG("workload", id), ARG("label", "evening"));
        CHECK_INT(m_json_int(made, "/items"), ==, 3);
        backup = m_json_str(made, "/id");
    }
    STEP("change, remove and add")
    {
        put(&tenant, id, "changed", "after");
        put(&tenant, id, "added", "later");
        DO(tenant.admin, "data.delete", ARG("workload", id), ARG("key", "removed"));
    }
    STEP("restore")
    {
        struct m_json *restored = DO(tenant.admin, "backup.restore", ARG("workload", id), ARG("id", backup));
        CHECK_INT(m_json_int(restored, "/restored"), ==, 3);
        CHECK_JSON(m_json_text(t, DO(tenant.admin, "data.list", ARG("workload", id)), ""), "/data",
                   "{\"kept\":\"as it was\",\"changed\":\"before\",\"removed\":\"still here\"}");
    }
}

SCENARIO(stale_changes_are_refused, .summary = "A change made on an old version of a record does not overwrite a newer",
         .markers = MARKERS("e2e", "priority_p1", "data_integrity", "catches(defect='lost-update')"),
         .needs = OPERATIONS(TENANCY_OPERATIONS, "customer.create", "customer.get", "customer.update(tag, version)"),
         .timeout_ms = 30000)
{
    struct m_session *platform = m_login(t, "admin");
    struct tenancy tenant = tenancy_begin(t, platform, "professional");
    struct m_session *admin = tenant.admin;
    const char *id, *tag;
    STEP("two people read a customer")
    {
        struct m_json *made = DO(admin, "customer.create", ARG("tenant", tenant.id), ARG("name", "Ada"),
                                 ARG("email", "ada@example.test"));
        id = m_json_str(made, "/id");
        tag = m_json_str(DO(admin, "customer.get", ARG("tenant", tenant.id), ARG("id", id)), "/tag");
        REQUIRE_STR(tag, !=, NULL);
    }
    STEP("the first changes it")
    {
        DO(admin, "customer.update", ARG("tenant", tenant.id), ARG("id", id), ARG("name", "Ada L."), ARG("tag", tag));
    }
    STEP("the second's change, on what he read, is refused")
    {
        REFUSED("stale", admin, "customer.update", ARG("tenant", tenant.id), ARG("id", id), ARG("name", "Bob"),
                ARG("tag", tag));
        REFUSED("stale", admin, "customer.update", ARG("tenant", tenant.id), ARG("id", id), ARG("name", "Bob"),
                ARG("version", 1));
        struct m_json *now = DO(admin, "customer.get", ARG("tenant", tenant.id), ARG("id", id));
        CHECK_STR(m_json_str(now, "/name"), ==, "Ada L.");
    }
}
