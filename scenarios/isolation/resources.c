/* SPDX-License-Identifier: Apache-2.0 */
/* Resources: what one tenant uses up is not missing for another. */
#include "common/service.h"
#include "isolation/connection.h"

#include <muster/kit/parallel.h>

#include <stdatomic.h>

#define USERS  4           /* of the busy tenant, at once */
#define ENOUGH (3 * USERS) /* more than whoever has to wait for each of them gets */

/* ---- busy ---- */

struct busy {
    const struct tenancy *ours, *theirs;
    const char *our_workload, *their_workload;
    const char *work; /* what ours asks of its workload, and how much */
    int amount;
    atomic_int working; /* users of ours that are not done */
    int64_t served;     /* of theirs, meanwhile */
};

static void use(struct muster_ctx *t, unsigned user, void *data)
{
    struct busy *b = data;
    const struct tenancy *tenant = user < USERS ? b->ours : b->theirs;
    struct m_session *session =
        LOGIN(t, "password", ARG("username", tenant->admin_name), ARG("password", TENANT_PASSWORD));
    m_barrier(t);
    if (user < USERS) {
        m_json_free(
            DO(session, "workload.request", ARG("id", b->our_workload), ARG("do", b->work), ARG("amount", b->amount)));
        atomic_fetch_sub(&b->working, 1);
        return;
    }
    while (atomic_load(&b->working) > 0) {
        m_json_free(DO(session, "workload.request", ARG("id", b->their_workload)));
        b->served++;
    }
}

/* How many requests of theirs are answered while ours works: by counting, since nobody knows how fast this machine is.
 * Where they are few, ours works for longer: a machine that is busy itself serves less in the same time. */
static int64_t served_meanwhile(struct muster_ctx *t, struct busy b, const char *work, int amount)
{
    b.work = work;
    for (int times = 1; times <= 4 && b.served <= ENOUGH; times *= 4) {
        b.served = 0;
        b.amount = amount * times;
        atomic_store(&b.working, USERS);
        m_parallel(t, USERS + 1, use, &b);
        LOG("while one tenant's users have %d ms of %s, another's %d requests are served", b.amount, work,
            (int)b.served);
    }
    return b.served;
}

SCENARIO(a_busy_tenant_keeps_nobody_waiting,
         .summary = "While one tenant's workload works or waits, another's requests are served",
         .markers = MARKERS("e2e", "priority_p1", "tenant_isolation", "resources", "catches(defect='busy-blocks-all')"),
         .needs = OPERATIONS(SERVICE_OPERATIONS, "workload.request(do, amount)"), .timeout_ms = 120000)
{
    struct m_session *platform = m_login(t, "admin");
    struct tenancy ours = tenancy_begin(t, platform, "starter"), theirs = tenancy_begin(t, platform, "starter");
    struct busy b = {.ours = &ours, .theirs = &theirs};
    b.our_workload = service_begin(t, &ours, "web", 1);
    b.their_workload = service_begin(t, &theirs, "web", 1);
    STEP("ours waits")
    {
        CHECK_INT(served_meanwhile(t, b, "wait", 600), >, ENOUGH);
    }
    STEP("ours computes")
    {
        CHECK_INT(served_meanwhile(t, b, "cpu", 250), >, ENOUGH);
    }
    STEP("theirs is as it was: the same process, which was never started again")
    {
        struct m_json *now = service_read(&theirs, b.their_workload);
        CHECK_STR(m_json_str(now, "/state"), ==, "running");
        CHECK_INT(m_json_int(now, "/restarts"), ==, 0);
    }
}

/* ---- quotas ---- */

static struct m_tried add_customer(struct muster_ctx *t, const struct tenancy *tenant)
{
    return TRY(tenant->admin, "customer.create", ARG("tenant", tenant->id), ARG("name", "Ada"),
               ARG("email", m_fmt(t, "%s@example.test", m_unique(t, "ada"))));
}

SCENARIO(a_quota_is_one_tenants, .summary = "A tenant that has used up its quotas takes nothing from another's",
         .markers = MARKERS("e2e", "priority_p1", "tenant_isolation", "resources", "catches(defect='quota-of-all')",
                            "catches(defect='quota-ignored')"),
         .needs = OPERATIONS(SERVICE_OPERATIONS, "customer.create", "tenant.update(quotas)"), .timeout_ms = 60000)
{
    struct m_session *platform = m_login(t, "admin");
    struct tenancy ours = tenancy_begin(t, platform, "starter"), theirs = tenancy_begin(t, platform, "starter");
    const char *before;
    STEP("both may have three customers and one workload")
    {
        const struct m_json *quotas = m_json_parse(t, "{\"customers\": 3, \"workloads\": 1}");
        DO(platform, "tenant.update", ARG("id", ours.id), ARG("quotas", quotas));
        DO(platform, "tenant.update", ARG("id", theirs.id), ARG("quotas", quotas));
        before = m_json_text(t, DO(theirs.admin, "tenant.get", ARG("id", theirs.id)), "/usage");
    }
    STEP("ours has them, and gets no more")
    {
        for (int i = 0; i < 3; i++)
            CHECK(!add_customer(t, &ours).refused);
        service_begin(t, &ours, "web", 1);
        CHECK_STR(add_customer(t, &ours).refused, ==, "quota_exceeded");
        REFUSED("quota_exceeded", ours.admin, "workload.create", ARG("tenant", ours.id), ARG("name", "w"));
    }
    STEP("theirs has used nothing, and gets its own")
    {
        struct m_json *now = DO(theirs.admin, "tenant.get", ARG("id", theirs.id));
        CHECK_STR(m_json_text(t, now, "/usage"), ==, before);
        for (int i = 0; i < 3; i++)
            CHECK(!add_customer(t, &theirs).refused);
        service_begin(t, &theirs, "web", 1);
    }
}

/* ---- sessions of the database ---- */

#define SESSIONS_MOST 40

SCENARIO(a_tenants_sessions_are_counted,
         .summary = "A tenant opens so many sessions of the database, and another's opens its own",
         .markers = MARKERS("e2e", "priority_p2", "tenant_isolation", "resources", "database",
                            "catches(defect='connections-unlimited')"),
         .needs = OPERATIONS(CONNECTION_OPERATIONS), .timeout_ms = 60000)
{
    struct m_session *platform = m_login(t, "admin");
    struct connection ours = connection_begin(t, platform), theirs = connection_begin(t, platform);
    struct m_sql_refusal why = {.sqlstate = ""};
    int opened = 1; /* there is one already */
    STEP("ours opens what it gets")
    {
        while (opened < SESSIONS_MOST && m_sql_try_open(t, ours.url, NULL, &why))
            opened++;
        CHECK_INT(opened, <, SESSIONS_MOST);
        CHECK_STR(why.sqlstate, ==, "53300");
    }
    STEP("theirs opens one more, and the platform answers both")
    {
        CHECK_SQL(connection_again(t, &theirs), "1", "SELECT count(*) FROM customers");
        DO(ours.tenant.admin, "workload.get", ARG("id", ours.workload));
        DO(theirs.tenant.admin, "workload.get", ARG("id", theirs.workload));
    }
}
