/* SPDX-License-Identifier: Apache-2.0 */
/* Data: what was backed up comes back, what was read late is not overwritten. */
#include "common/workload.h"

static void put(struct muster_ctx *t, const struct tenant *tenant, const char *id, const char *key, const char *value)
{
    ANSWER(200, m_put(tenant->admin.api, workload_path(t, id, m_fmt(t, "data/%s", key)),
                      m_json_pack(t, "{s:s}", "value", value)));
}

SCENARIO(restore_brings_the_backup_back, .summary = "After a restore the data is exactly what it was at the backup",
         .markers = MARKERS("e2e", "priority_p0", "container_lifecycle", "data_integrity",
                            "catches(defect='backup-empty')"),
         .uses = USES("testbed"), .timeout_ms = 40000)
{
    struct session platform = login_admin(t);
    struct tenant tenant = tenant_create(t, &platform, "professional");
    const char *id = workload_create(t, &tenant, "web", 1);
    const char *data = workload_path(t, id, "data"), *backup;
    STEP("write and back up")
    {
        put(t, &tenant, id, "kept", "as it was");
        put(t, &tenant, id, "changed", "before");
        put(t, &tenant, id, "removed", "still here");
        struct m_json *made =
            ANSWER(201, m_post(tenant.admin.api, workload_path(t, id, "backups"), "{\"label\":\"evening\"}"));
        CHECK_INT(m_json_int(made, "/items"), ==, 3);
        backup = m_json_str(made, "/id");
    }
    STEP("change, remove and add")
    {
        put(t, &tenant, id, "changed", "after");
        put(t, &tenant, id, "added", "later");
        ANSWER(204, m_delete(tenant.admin.api, workload_path(t, id, "data/removed")));
    }
    STEP("restore")
    {
        struct m_json *restored = ANSWER(200, m_post(tenant.admin.api, workload_path(t, id, "restore"),
                                                     m_json_pack(t, "{s:s}", "backup_id", backup)));
        CHECK_INT(m_json_int(restored, "/restored"), ==, 3);
        CHECK_JSON(m_get(tenant.admin.api, data).body, "/data",
                   "{\"kept\":\"as it was\",\"changed\":\"before\",\"removed\":\"still here\"}");
    }
}

SCENARIO(stale_changes_are_refused, .summary = "A change made on an old version of a record does not overwrite a newer",
         .markers = MARKERS("e2e", "priority_p1", "data_integrity", "catches(defect='lost-update')"),
         .uses = USES("testbed"), .timeout_ms = 30000)
{
    struct session platform = login_admin(t);
    struct tenant tenant = tenant_create(t, &platform, "professional");
    struct m_http *api = tenant.admin.api;
    const char *path, *etag;
    STEP("two people read a customer")
    {
        struct m_http_reply r =
            m_post(api, tenant_path(t, &tenant, "customers"), "{\"name\":\"Ada\",\"email\":\"ada@example.test\"}");
        struct m_json *customer = ANSWER(201, r);
        path = tenant_path(t, &tenant, m_fmt(t, "customers/%s", m_json_str(customer, "/id")));
        r = m_get(api, path);
        etag = m_http_value(&r, "ETag");
        REQUIRE_STR(etag, !=, NULL);
    }
    STEP("the first changes it")
    {
        const char *headers[] = {m_fmt(t, "If-Match: %s", etag), NULL};
        ANSWER(200,
               M_REQUEST(api, .method = "PATCH", .path = path, .body = "{\"name\":\"Ada L.\"}", .headers = headers));
    }
    STEP("the second's change, on what he read, is refused")
    {
        const char *headers[] = {m_fmt(t, "If-Match: %s", etag), NULL};
        CHECK_REFUSED(
            412, "precondition_failed",
            M_REQUEST(api, .method = "PATCH", .path = path, .body = "{\"name\":\"Bob\"}", .headers = headers));
        CHECK_REFUSED(409, "version_conflict", m_patch(api, path, "{\"name\":\"Bob\",\"version\":1}"));
        CHECK_JSON(m_get(api, path).body, "/name", "\"Ada L.\"");
    }
}
