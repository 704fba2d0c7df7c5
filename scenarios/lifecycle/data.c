/* SPDX-License-Identifier: Apache-2.0 */
/* Data: what was backed up comes back, what was read late is not overwritten. */
#include "common/service.h"

#include <muster/kit/monitor.h>

static void put(struct muster_ctx *t, const struct tenancy *tenant, const char *id, const char *key, const char *value)
{
    PERFORMANCE("query")
    {
        DO(tenant->admin, "data.put", ARG("workload", id), ARG("key", key), ARG("value", value));
    }
}

SCENARIO(restore_brings_the_backup_back, .summary = "After a restore the data is exactly what it was at the backup",
         .markers = MARKERS("e2e", "priority_p0", "container_lifecycle", "data_integrity",
                            "catches(defect='backup-empty')", "catches(defect='backup-misses-last')",
                            "catches(defect='restore-merges')"),
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
        put(t, &tenant, id, "kept", "as it was");
        put(t, &tenant, id, "changed", "before");
        put(t, &tenant, id, "removed", "still here");
        struct m_json *made = DO(tenant.admin, "backup.create", ARG("workload", id), ARG("label", "evening"));
        CHECK_INT(m_json_int(made, "/items"), ==, 3);
        backup = m_json_str(made, "/id");
    }
    STEP("change, remove and add")
    {
        put(t, &tenant, id, "changed", "after");
        put(t, &tenant, id, "added", "later");
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

SCENARIO(stale_deletions_are_refused,
         .summary = "Who deletes a record as he has read it does not delete what somebody has made of it since",
         .markers = MARKERS("e2e", "priority_p1", "data_integrity", "catches(defect='stale-delete')"),
         .needs = OPERATIONS(TENANCY_OPERATIONS, "customer.create", "customer.get", "customer.update",
                             "customer.delete(tag)"),
         .timeout_ms = 30000)
{
    struct m_session *platform = m_login(t, "admin");
    struct tenancy tenant = tenancy_begin(t, platform, "starter");
    struct m_session *admin = tenant.admin;
    struct m_json *made =
        DO(admin, "customer.create", ARG("tenant", tenant.id), ARG("name", "Ada"), ARG("email", "ada@example.test"));
    const char *id = m_json_str(made, "/id"), *tag = m_json_str(made, "/tag");
    STEP("somebody changes it")
    {
        DO(admin, "customer.update", ARG("tenant", tenant.id), ARG("id", id), ARG("name", "Ada L."));
    }
    STEP("deleting what it was is refused, and it stays")
    {
        REFUSED("stale", admin, "customer.delete", ARG("tenant", tenant.id), ARG("id", id), ARG("tag", tag));
        CHECK_STR(m_json_str(DO(admin, "customer.get", ARG("tenant", tenant.id), ARG("id", id)), "/name"), ==,
                  "Ada L.");
    }
    STEP("deleting what it is is done")
    {
        const char *now = m_json_str(DO(admin, "customer.get", ARG("tenant", tenant.id), ARG("id", id)), "/tag");
        DO(admin, "customer.delete", ARG("tenant", tenant.id), ARG("id", id), ARG("tag", now));
        REFUSED("not_found", admin, "customer.get", ARG("tenant", tenant.id), ARG("id", id));
    }
}

SCENARIO(values_come_back_as_they_were,
         .summary = "Whatever JSON is put there comes back as it is, alone, in the list, and out of a backup",
         .markers = MARKERS("e2e", "priority_p1", "container_lifecycle", "data_integrity",
                            "catches(defect='backup-empty')", "catches(defect='backup-misses-last')"),
         .needs = OPERATIONS(SERVICE_OPERATIONS, "data.put", "data.get", "data.list", "data.delete", "backup.create",
                             "backup.restore"),
         .timeout_ms = 40000)
{
    static const char *const values[] = {"true",
                                         "0",
                                         "-1",
                                         "9007199254740991",
                                         "0.1",
                                         "3.141592653589793",
                                         "1.5e-9",
                                         "\"\"",
                                         "\"Gr\u00fc\u00dfe \u2603 \U0001F600\"",
                                         "\"a line\\nand \\\"another\\\"\"",
                                         "[]",
                                         "{}",
                                         "[1, [2, {\"a\": null}], false]"};
    enum { VALUES = sizeof values / sizeof *values };
    struct m_session *platform = m_login(t, "admin");
    struct tenancy tenant = tenancy_begin(t, platform, "starter");
    const char *id = service_begin(t, &tenant, "web", 1), *whole = "", *backup;
    STEP("one after another")
    {
        for (int i = 0; i < VALUES; i++) {
            const char *key = m_fmt(t, "key-%d", i);
            DO(tenant.admin, "data.put", ARG("workload", id), ARG("key", key),
               ARG("value", m_json_parse(t, values[i])));
            struct m_json *back = DO(tenant.admin, "data.get", ARG("workload", id), ARG("key", key));
            CHECK_JSON(m_json_text(t, back, ""), "/value", values[i]);
            whole = m_fmt(t, "%s%s\"%s\": %s", whole, i > 0 ? ", " : "", key, values[i]);
        }
        whole = m_fmt(t, "{%s}", whole);
    }
    STEP("all together")
    {
        CHECK_JSON(m_json_text(t, DO(tenant.admin, "data.list", ARG("workload", id)), ""), "/data", whole);
    }
    STEP("out of a backup")
    {
        backup = m_json_str(DO(tenant.admin, "backup.create", ARG("workload", id)), "/id");
        for (int i = 0; i < VALUES; i++)
            DO(tenant.admin, "data.delete", ARG("workload", id), ARG("key", m_fmt(t, "key-%d", i)));
        DO(tenant.admin, "backup.restore", ARG("workload", id), ARG("id", backup));
        CHECK_JSON(m_json_text(t, DO(tenant.admin, "data.list", ARG("workload", id)), ""), "/data", whole);
    }
}

SCENARIO(keys_are_told_apart, .summary = "Each key has its own value, and what is no key is refused",
         .markers = MARKERS("e2e", "priority_p2", "container_lifecycle", "data_integrity",
                            "catches(defect='keys-in-any-case')"),
         .needs = OPERATIONS(SERVICE_OPERATIONS, "data.put", "data.get", "data.list", "data.delete"),
         .timeout_ms = 40000)
{
    static const char *const keys[] = {"a_b", "a_B", "A_b", "axb", "a.b", "a-b", "a", "A", "0", "00", "0.0"};
    static const char *const none[] = {"a b", "a%b", "a+b", "a%20b", "\u00fc", "a'b", "a\"b", "a;b"};
    enum { KEYS = sizeof keys / sizeof *keys };
    struct m_session *platform = m_login(t, "admin");
    struct tenancy tenant = tenancy_begin(t, platform, "starter");
    const char *id = service_begin(t, &tenant, "web", 1);
    STEP("each is put there")
    {
        for (int i = 0; i < KEYS; i++)
            DO(tenant.admin, "data.put", ARG("workload", id), ARG("key", keys[i]), ARG("value", i));
    }
    STEP("what is no key is refused")
    {
        for (size_t i = 0; i < sizeof none / sizeof *none; i++)
            REFUSED("invalid", tenant.admin, "data.put", ARG("workload", id), ARG("key", none[i]), ARG("value", 1));
    }
    STEP("each is there, under its name and once in the list")
    {
        struct m_json *all = DO(tenant.admin, "data.list", ARG("workload", id));
        CHECK_INT(m_json_int(all, "/total"), ==, KEYS);
        for (int i = 0; i < KEYS; i++) {
            struct m_json *one = DO(tenant.admin, "data.get", ARG("workload", id), ARG("key", keys[i]));
            CHECK_STR(m_json_str(one, "/key"), ==, keys[i]);
            CHECK_INT(m_json_int(one, "/value"), ==, i);
        }
    }
    STEP("one that goes takes no other along")
    {
        for (int i = 0; i < KEYS; i++) {
            DO(tenant.admin, "data.delete", ARG("workload", id), ARG("key", keys[i]));
            CHECK_INT(m_json_int(DO(tenant.admin, "data.list", ARG("workload", id)), "/total"), ==, KEYS - 1 - i);
        }
    }
}
