/* SPDX-License-Identifier: Apache-2.0 */
/* Tenants that come back from their archives: with all that was kept, or not at all. */
#include "common/service.h"

#define RESTORING_OPERATIONS                                                                                           \
    SERVICE_OPERATIONS, "tenant.archive.get", "tenant.archive.restore", "customer.create", "customer.list"

static const char *text(struct muster_ctx *t, struct m_json *doc, const char *pointer)
{
    return m_json_text(t, doc, pointer);
}

/* What a tenant has, as its users read it. */
struct belongings {
    const char *customers, *settings, *file, *data, *users;
};

static struct belongings look(struct muster_ctx *t, const struct tenancy *tenant, const char *workload)
{
    struct m_json *file = DO(tenant->admin, "file.get", ARG("tenant", tenant->id), ARG("key", "contract"));
    return (struct belongings){
        .customers = text(t, DO(tenant->admin, "customer.list", ARG("tenant", tenant->id)), "/customers"),
        .settings = text(t, DO(tenant->admin, "setting.list", ARG("tenant", tenant->id)), "/settings"),
        .file = text(t, file, "/content"),
        .data = text(t, DO(tenant->admin, "data.list", ARG("workload", workload)), "/data"),
        .users = text(t, DO(tenant->admin, "user.list"), "/total")};
}

static const char *fill(struct muster_ctx *t, const struct tenancy *tenant)
{
    const char *workload = service_begin(t, tenant, "web", 1);
    DO(tenant->admin, "data.put", ARG("workload", workload), ARG("key", "invoice-7"), ARG("value", "paid"));
    DO(tenant->admin, "data.put", ARG("workload", workload), ARG("key", "invoice-8"),
       ARG("value", m_json_parse(t, "{\"sum\": 12.5, \"open\": true}")));
    DO(tenant->admin, "customer.create", ARG("tenant", tenant->id), ARG("name", "Ada"),
       ARG("email", "ada@example.test"), ARG("attributes", m_json_parse(t, "{\"vip\": true}")));
    DO(tenant->admin, "customer.create", ARG("tenant", tenant->id), ARG("name", "\xc3\x85sa"),
       ARG("email", "asa@example.test"));
    DO(tenant->admin, "setting.put", ARG("tenant", tenant->id), ARG("key", "currency"), ARG("value", "SEK"));
    DO(tenant->admin, "file.put", ARG("tenant", tenant->id), ARG("key", "contract"), ARG("content", "signed\n"));
    return workload;
}

#define NEW_PASSWORD   "Another-horse-8"
#define GIVEN_PASSWORD "Given-horse-9"
#define OWN_PASSWORD   "Own-horse-10"

/* A user is there again, under the old name and id, but nobody comes in as him with what opened the door before. */
static void check_comes_in_anew(struct muster_ctx *t, const struct tenancy *tenant, const struct member *user)
{
    REFUSED("invalid_token", user->session, "session.whoami");
    REFUSED("invalid_credentials", m_nobody(t), "session.open", ARG("username", user->username),
            ARG("password", TENANT_PASSWORD));
    DO(tenant->admin, "user.update", ARG("id", user->id), ARG("password", GIVEN_PASSWORD));
    struct m_session *anew = LOGIN(t, "password", ARG("username", user->username), ARG("password", GIVEN_PASSWORD));
    REFUSED("password_change_required", anew, "customer.list", ARG("tenant", tenant->id));
    DO(anew, "password.change", ARG("current", GIVEN_PASSWORD), ARG("new", OWN_PASSWORD));
    DO(anew, "customer.list", ARG("tenant", tenant->id));
}

SCENARIO(tenants_come_back_from_their_archives,
         .summary = "A tenant that was removed comes back with all that its archive has of it",
         .markers = MARKERS("e2e", "priority_p0", "container_lifecycle", "data_integrity",
                            "catches(defect='restored-without-data')", "catches(defect='archive-missing')",
                            "catches(defect='archive-incomplete')", "catches(defect='restored-keep-passwords')",
                            "catches(defect='restored-active')"),
         .needs = OPERATIONS(RESTORING_OPERATIONS, "data.put", "data.list", "setting.put", "setting.list", "file.put",
                             "file.get", "user.create", "user.list", "workload.list", "event.list",
                             "audit.list(tenant, action)", "session.open", "session.whoami",
                             "user.update(password, active)", "user.get", "password.change"),
         .timeout_ms = 60000)
{
    struct m_session *platform = m_login(t, "admin");
    struct tenancy tenant = tenancy_begin(t, platform, "professional");
    struct member user = tenancy_member(t, &tenant, "tenant_member");
    struct member barred = tenancy_member(t, &tenant, "tenant_member");
    DO(tenant.admin, "user.update", ARG("id", barred.id), ARG("active", 0));
    const char *workload = fill(t, &tenant), *again;
    struct belongings before = look(t, &tenant, workload), after;
    STEP("it is removed, and comes back")
    {
        DO(platform, "tenant.delete", ARG("id", tenant.id));
        DO(platform, "tenant.archive.restore", ARG("id", tenant.id), ARG("password", NEW_PASSWORD));
    }
    STEP("its administrator has the password that was asked for, and no other")
    {
        REFUSED("invalid_credentials", m_nobody(t), "session.open", ARG("username", tenant.admin_name),
                ARG("password", TENANT_PASSWORD));
        tenant.admin = LOGIN(t, "password", ARG("username", tenant.admin_name), ARG("password", NEW_PASSWORD));
    }
    STEP("all is as it was, and its workload runs")
    {
        struct m_json *all = DO(tenant.admin, "workload.list", ARG("tenant", tenant.id));
        REQUIRE_INT(m_json_count(all, "/workloads"), ==, 1);
        again = m_json_str(all, "/workloads/0/id");
        after = look(t, &tenant, again);
        CHECK_STR(after.customers, ==, before.customers);
        CHECK_STR(after.settings, ==, before.settings);
        CHECK_STR(after.file, ==, before.file);
        CHECK_STR(after.data, ==, before.data);
        CHECK_STR(after.users, ==, before.users);
        CHECK(M_UNTIL(t, SERVICE_MS, 20, service_runs(t, &tenant, again, 1, NULL)));
    }
    STEP("so is a user, who needs a password of his own first")
    {
        check_comes_in_anew(t, &tenant, &user);
    }
    STEP("who was barred is so still")
    {
        CHECK(!m_json_bool(DO(tenant.admin, "user.get", ARG("id", barred.id)), "/active"));
    }
    STEP("that is told, and in the trail")
    {
        const char *topic = m_fmt(t, "tenant.%s.tenant.restored", tenant.id);
        CHECK_INT(m_json_count(DO(platform, "event.list", ARG("topic", topic)), "/events"), ==, 1);
        CHECK_INT(
            m_json_int(DO(platform, "audit.list", ARG("tenant", tenant.id), ARG("action", "tenant.restore")), "/total"),
            ==, 1);
    }
}

SCENARIO(restoring_answers_conflicts,
         .summary = "A tenant comes back when it is gone, whole, and under names that nobody has taken",
         .markers = MARKERS("e2e", "priority_p1", "container_lifecycle", "data_integrity",
                            "catches(defect='archive-unverified')", "catches(defect='duplicate-subdomain')"),
         .needs = OPERATIONS(RESTORING_OPERATIONS, "tenant.archive.damage"), .timeout_ms = 60000)
{
    struct m_session *platform = m_login(t, "admin");
    struct tenancy tenant = tenancy_begin(t, platform, "starter");
    const char *other = tenancy_subdomain(t, NULL);
    DO(tenant.admin, "customer.create", ARG("tenant", tenant.id), ARG("name", "Ada"), ARG("email", "ada@example.test"));
    STEP("one that is here does not come back")
    {
        REFUSED("invalid_state", platform, "tenant.archive.restore", ARG("id", tenant.id),
                ARG("password", NEW_PASSWORD));
        DO(platform, "tenant.delete", ARG("id", tenant.id));
    }
    STEP("its subdomain is another one's by now")
    {
        DO(platform, "tenant.create", ARG("subdomain", tenant.subdomain), ARG("admin", m_unique(t, "admin")),
           ARG("password", TENANT_PASSWORD), ARG("plan", "starter"));
        REFUSED("taken", platform, "tenant.archive.restore", ARG("id", tenant.id), ARG("password", NEW_PASSWORD));
    }
    STEP("under another it comes back")
    {
        DO(platform, "tenant.archive.restore", ARG("id", tenant.id), ARG("password", NEW_PASSWORD),
           ARG("subdomain", other));
        CHECK_STR(m_json_str(DO(platform, "tenant.get", ARG("id", tenant.id)), "/subdomain"), ==, other);
        tenant.admin = LOGIN(t, "password", ARG("username", tenant.admin_name), ARG("password", NEW_PASSWORD));
        struct m_json *customers = DO(tenant.admin, "customer.list", ARG("tenant", tenant.id));
        CHECK_STR(m_json_str(customers, "/customers/0/email"), ==, "ada@example.test");
    }
    STEP("not from an archive that somebody has changed")
    {
        DO(platform, "tenant.delete", ARG("id", tenant.id));
        DO(platform, "tenant.archive.damage", ARG("id", tenant.id));
        REFUSED("archive_damaged", platform, "tenant.archive.restore", ARG("id", tenant.id),
                ARG("password", NEW_PASSWORD));
        CHECK_STR(m_json_str(DO(platform, "tenant.get", ARG("id", tenant.id)), "/state"), ==, "gone");
    }
}
