/* SPDX-License-Identifier: Apache-2.0 */
/* Orders that must be refused, and that leave nothing behind. */
#include "common/tenancy.h"

#include <muster/kit/parallel.h>

#include <stdatomic.h>
#include <string.h>

SCENARIO(subdomain_is_taken_once, .summary = "A second tenant with the same subdomain is refused",
         .markers = MARKERS("e2e", "priority_p0", "tenant_provisioning", "data_integrity",
                            "catches(defect='duplicate-subdomain')"),
         .needs = OPERATIONS(TENANCY_OPERATIONS), .timeout_ms = 30000)
{
    struct m_session *platform = m_login(t, "admin");
    const char *subdomain = tenancy_subdomain(t, NULL);
    STEP("the first takes it")
    {
        DO(platform, "tenant.create", ORDER(subdomain));
    }
    STEP("the second is refused")
    {
        /* Another administrator's name: only the subdomain stands in the way. */
        REFUSED("taken", platform, "tenant.create", ARG("subdomain", subdomain), ARG("admin", m_unique(t, "other")),
                ARG("password", TENANT_PASSWORD));
    }
    STEP("there is one tenant")
    {
        CHECK_INT(tenancy_count(t, platform, subdomain), ==, 1);
    }
}

struct rush {
    const char *subdomain;
    atomic_int taken, refused;
};

static void try_to_take(struct muster_ctx *t, unsigned user, void *data)
{
    struct rush *rush = data;
    struct m_session *platform = m_login(t, "admin");
    const char *admin = m_unique(t, m_fmt(t, "rush%u", user));
    m_barrier(t);
    struct m_tried order = TRY(platform, "tenant.create", ARG("subdomain", rush->subdomain), ARG("admin", admin),
                               ARG("password", TENANT_PASSWORD), ARG("plan", "starter"));
    if (order.refused) {
        CHECK_STR(order.refused, ==, "taken");
        atomic_fetch_add(&rush->refused, 1);
        return;
    }
    atomic_fetch_add(&rush->taken, 1);
    WAIT_FOR(platform, "tenant.get", "/state", "active", 20000, ARG("id", m_json_str(order.result, "/id")));
}

SCENARIO(one_of_many_gets_the_subdomain, .summary = "Of several who order one subdomain at the same time one gets it",
         .markers = MARKERS("e2e", "priority_p1", "tenant_provisioning", "data_integrity",
                            "catches(defect='duplicate-subdomain')"),
         .needs = OPERATIONS(TENANCY_OPERATIONS), .timeout_ms = 40000)
{
    enum { USERS = 6 };
    struct m_session *platform = m_login(t, "admin");
    struct rush rush = {.subdomain = tenancy_subdomain(t, NULL)};
    STEP("six order it at once")
    {
        m_parallel(t, USERS, try_to_take, &rush);
    }
    STEP("one has got it")
    {
        CHECK_INT(atomic_load(&rush.taken), ==, 1);
        CHECK_INT(atomic_load(&rush.refused), ==, USERS - 1);
        CHECK_INT(tenancy_count(t, platform, rush.subdomain), ==, 1);
    }
}

/* What the order does not say itself. */
static const char *unless_said(const struct m_json *order, const char *pointer, const char *value)
{
    return m_json_at(order, pointer) ? NULL : value;
}

SCENARIO(invalid_orders_are_refused, PARAMS((str, mistake), (json, order), (json, wrong)),
         .tables = TABLES(TABLE_FILE("provisioning/invalid-orders.yaml")),
         .summary = "An order with mistakes is refused before anything is made, and each mistake is named",
         .markers = MARKERS("e2e", "priority_p1", "tenant_provisioning", "catches(defect='validation-missing')"),
         .needs = OPERATIONS(TENANCY_OPERATIONS, "tenant.create(name, region, quotas, email)"), .timeout_ms = 30000)
{
    struct m_session *platform = m_login(t, "admin");
    struct m_json *given = m_json_parse(t, order), *names = m_json_parse(t, wrong);
    const char *said = m_json_str(given, "/subdomain");
    const char *subdomain = tenancy_subdomain(t, said);
    struct m_tried tried;
    LOG("%s", mistake);
    STEP("order it")
    {
        tried = TRY(platform, "tenant.create", ARG("subdomain", unless_said(given, "/subdomain", subdomain)),
                    ARG("admin", unless_said(given, "/admin", m_unique(t, "admin"))),
                    ARG("password", unless_said(given, "/password", TENANT_PASSWORD)), ARGS(given));
    }
    STEP("it is refused for its mistakes, and for nothing else")
    {
        CHECK_STR(tried.refused, ==, "invalid");
        for (int64_t i = 0; i < m_json_count(names, ""); i++) {
            const char *name = m_json_str(names, m_fmt(t, "/%d", (int)i));
            STEP(name)
            {
                CHECK_STR(m_json_str(tried.details, m_fmt(t, "/fields/%s", name)), !=, NULL);
            }
        }
        CHECK_INT(m_json_count(tried.details, "/fields"), ==, m_json_count(names, ""));
    }
    STEP("there is no such tenant")
    {
        CHECK_INT(tenancy_count(t, platform, subdomain), ==, 0);
    }
}

/* A region that is small enough to be full. */
#define SMALL_REGION tenancy_value(t, "small_region")

static int64_t replicas_left(struct muster_ctx *t, struct m_session *platform)
{
    struct m_json *all = DO(platform, "platform.capacity");
    for (int64_t i = 0; i < m_json_count(all, "/regions"); i++) {
        const char *at = m_fmt(t, "/regions/%d", (int)i);
        if (strcmp(m_json_str(all, m_fmt(t, "%s/region", at)), SMALL_REGION) == 0)
            return m_json_int(all, m_fmt(t, "%s/replicas/total", at)) -
                   m_json_int(all, m_fmt(t, "%s/replicas/taken", at));
    }
    FAIL("there is no region %s", SMALL_REGION);
}

static struct m_json *replicas(struct muster_ctx *t, int64_t n)
{
    return m_json_parse(t, m_json_pack(t, "{s:I, s:i}", "replicas", n, "storage_bytes", 1000));
}

SCENARIO(full_regions_take_no_more, .summary = "Capacity is promised once: what is taken is taken, and comes back",
         .markers = MARKERS("e2e", "priority_p1", "tenant_provisioning", "data_integrity", "lock('small region')",
                            "catches(defect='capacity-oversold')", "catches(defect='capacity-stays-taken')"),
         .needs = OPERATIONS(TENANCY_OPERATIONS, "tenant.create(region, quotas)", "tenant.update(quotas)",
                             "platform.capacity"),
         .timeout_ms = 30000)
{
    struct m_session *platform = m_login(t, "admin");
    const char *first = tenancy_subdomain(t, NULL), *second = tenancy_subdomain(t, m_unique(t, "late")), *id;
    int64_t left = replicas_left(t, platform);
    STEP("one tenant takes all but one of a small region's replicas")
    {
        id = m_json_str(DO(platform, "tenant.create", ORDER(first), ARG("region", SMALL_REGION),
                           ARG("quotas", replicas(t, left - 1))),
                        "/id");
        CHECK_INT(replicas_left(t, platform), ==, 1);
    }
    STEP("who wants more than the last one is refused")
    {
        struct m_tried order =
            TRY(platform, "tenant.create", ORDER(second), ARG("region", SMALL_REGION), ARG("quotas", replicas(t, 2)));
        CHECK_STR(order.refused, ==, "exhausted");
        CHECK_STR(m_json_str(order.details, "/resource"), ==, "replicas");
        CHECK_INT(m_json_int(order.details, "/left"), ==, 1);
        CHECK_INT(tenancy_count(t, platform, second), ==, 0);
    }
    STEP("nor can the first have more than there is")
    {
        REFUSED("exhausted", platform, "tenant.update", ARG("id", id), ARG("quotas", replicas(t, left + 1)));
        DO(platform, "tenant.update", ARG("id", id), ARG("quotas", replicas(t, left)));
        CHECK_INT(replicas_left(t, platform), ==, 0);
    }
    STEP("when it goes, its share comes back")
    {
        DO(platform, "tenant.delete", ARG("id", id));
        CHECK_INT(replicas_left(t, platform), ==, left);
        DO(platform, "tenant.create", ORDER(second), ARG("region", SMALL_REGION), ARG("quotas", replicas(t, 2)));
    }
}

/* What is promised of the small region. */
struct share {
    int64_t replicas, bytes, tenants;
};

static struct share promised(struct muster_ctx *t, struct m_session *platform)
{
    struct m_json *all = DO(platform, "platform.capacity");
    for (int i = 0; i < m_json_count(all, "/regions"); i++) {
        const char *at = m_fmt(t, "/regions/%d", i);
        if (strcmp(m_json_str(all, m_fmt(t, "%s/region", at)), SMALL_REGION) == 0)
            return (struct share){m_json_int(all, m_fmt(t, "%s/replicas/taken", at)),
                                  m_json_int(all, m_fmt(t, "%s/storage_bytes/taken", at)),
                                  m_json_int(all, m_fmt(t, "%s/tenants", at))};
    }
    FAIL("there is no region %s", SMALL_REGION);
}

/* So much more than before. */
static void check_promised(struct muster_ctx *t, struct m_session *platform, struct share before, struct share more)
{
    struct share now = promised(t, platform);
    CHECK_INT(now.replicas - before.replicas, ==, more.replicas);
    CHECK_INT(now.bytes - before.bytes, ==, more.bytes);
    CHECK_INT(now.tenants - before.tenants, ==, more.tenants);
}

static const char *order_there(struct muster_ctx *t, struct m_session *platform, int n, int bytes)
{
    const char *quotas = m_json_pack(t, "{s:i, s:i}", "replicas", n, "storage_bytes", bytes);
    return m_json_str(DO(platform, "tenant.create", ORDER(tenancy_subdomain(t, m_unique(t, "share"))),
                         ARG("region", SMALL_REGION), ARG("quotas", m_json_parse(t, quotas))),
                      "/id");
}

SCENARIO(shares_follow_their_tenants,
         .summary = "What a region has promised is the sum of its tenants' shares, whatever of a tenant changes",
         .markers = MARKERS("e2e", "priority_p1", "tenant_provisioning", "data_integrity", "lock('small region')",
                            "catches(defect='share-stays')", "catches(defect='capacity-stays-taken')"),
         .needs = OPERATIONS(TENANCY_OPERATIONS, "tenant.create(region, quotas)", "tenant.update(plan, region, quotas)",
                             "platform.capacity"),
         .timeout_ms = 30000)
{
    struct m_session *platform = m_login(t, "admin");
    struct share before = promised(t, platform);
    const char *one, *other;
    STEP("two tenants")
    {
        one = order_there(t, platform, 2, 1000);
        other = order_there(t, platform, 3, 500);
        check_promised(t, platform, before, (struct share){5, 1500, 2});
    }
    STEP("one may have more, then less")
    {
        DO(platform, "tenant.update", ARG("id", one),
           ARG("quotas", m_json_parse(t, "{\"replicas\": 4, \"storage_bytes\": 3000}")));
        check_promised(t, platform, before, (struct share){7, 3500, 2});
        DO(platform, "tenant.update", ARG("id", one), ARG("quotas", m_json_parse(t, "{\"storage_bytes\": 2000}")));
        check_promised(t, platform, before, (struct share){7, 2500, 2});
    }
    STEP("one changes its plan, and has what that has")
    {
        struct m_json *now = DO(platform, "tenant.update", ARG("id", one), ARG("plan", "starter"));
        check_promised(
            t, platform, before,
            (struct share){3 + m_json_int(now, "/quotas/replicas"), 500 + m_json_int(now, "/quotas/storage_bytes"), 2});
    }
    STEP("one moves away, the other ends")
    {
        DO(platform, "tenant.update", ARG("id", one), ARG("region", "local"));
        check_promised(t, platform, before, (struct share){3, 500, 1});
        DO(platform, "tenant.delete", ARG("id", other));
        check_promised(t, platform, before, (struct share){0, 0, 0});
    }
}
