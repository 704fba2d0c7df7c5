/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Lists: as many as are counted, all that fit what was asked for and none besides, and page by page the same. It goes
 * by the target file: whatever an operation's name ends in `.list` for, and may be asked for by a name that its items
 * have, is a filter.
 */
#include "common/operations.h"
#include "common/service.h"
#include "common/things.h"

#include <string.h>

struct lists {
    struct m_session *by;
    const struct things *things;
    int sees_all, paged; /* sees_all: nothing is refused to him */
};

static int takes(const struct m_operation *o, const char *name)
{
    for (uint64_t i = 0; i < o->n_takes; i++)
        if (strcmp(o->takes[i].name, name) == 0)
            return 1;
    return 0;
}

/* The things that it names, and what else is asked of it: ", \"role\": \"viewer\"", or "". */
static struct m_json *list(struct muster_ctx *t, const struct lists *l, const struct m_operation *o, const char *more)
{
    const char *named = m_json_text(t, things_arguments(t, l->things, o, NULL, -1), "");
    const char *given = m_fmt(t, "%.*s%s", (int)strlen(named) - 2, named + 1, more);
    given += strspn(given, ", ");
    return TRY(l->by, o->name, ARGS(m_json_parse(t, m_fmt(t, "{%s}", given)))).result;
}

/* What is listed: the result that has members of its own. */
static const struct m_json *items_of(const struct m_json *result)
{
    for (uint64_t i = 0; m_json_key(result, i); i++) {
        const struct m_json *one = m_json_member(result, m_json_key(result, i));
        if (m_json_count(one, "") >= 0)
            return one;
    }
    return NULL;
}

static const char *text_in(const struct m_json *items, int64_t index, const char *name)
{
    return m_json_str(m_json_member(m_json_item(items, (uint64_t)index), name), "");
}

static int64_t count_with(const struct m_json *items, const char *name, const char *value)
{
    int64_t found = 0;
    for (int64_t i = 0; i < m_json_count(items, ""); i++) {
        const char *is = text_in(items, i, name);
        found += is && strcmp(is, value) == 0;
    }
    return found;
}

static void check_filter(struct muster_ctx *t, const struct lists *l, const struct m_operation *o,
                         const struct m_json *whole, const char *name, const char *value)
{
    const char *pair = m_json_pack(t, "{s:s}", name, value);
    struct m_json *some = list(t, l, o, m_fmt(t, ", %.*s", (int)strlen(pair) - 2, pair + 1));
    int64_t wanted = count_with(whole, name, value), n = m_json_count(items_of(some), "");
    int64_t fit = count_with(items_of(some), name, value), total = m_json_int(some, "/total");
    CHECK(n == wanted && fit == wanted && total == wanted,
          "%s with %s %s: there are %d, and it lists %d, of which %d are so, and counts %d", o->name, name, value,
          (int)wanted, (int)n, (int)fit, (int)total);
    m_json_free(some);
}

/* By each name that it may be asked for and its items have, with what the first and the last have there. */
static void check_filters(struct muster_ctx *t, const struct lists *l, const struct m_operation *o,
                          const struct m_json *whole)
{
    int64_t n = m_json_count(whole, "");
    for (uint64_t i = 0; i < o->n_takes; i++) {
        const struct m_taken *a = &o->takes[i];
        const char *first = text_in(whole, 0, a->name), *last = text_in(whole, n - 1, a->name);
        if (a->of || !a->optional || strcmp(a->type, "str") != 0 || !first)
            continue;
        check_filter(t, l, o, whole, a->name, first);
        if (last && strcmp(first, last) != 0)
            check_filter(t, l, o, whole, a->name, last);
    }
}

static void check_pages(struct muster_ctx *t, struct lists *l, const struct m_operation *o, const struct m_json *whole)
{
    int64_t n = m_json_count(whole, "");
    for (int64_t at = 0; at<n; at += n> 1 ? n - 1 : 1) {
        struct m_json *page = list(t, l, o, m_fmt(t, ", \"limit\": 1, \"offset\": %d", (int)at));
        CHECK_INT(m_json_int(page, "/total"), ==, n);
        REQUIRE_INT(m_json_count(items_of(page), ""), ==, 1);
        CHECK_STR(m_json_text(t, m_json_item(items_of(page), 0), ""), ==,
                  m_json_text(t, m_json_item(whole, (uint64_t)at), ""));
        m_json_free(page);
    }
    l->paged++;
}

static void check_list(struct muster_ctx *t, struct lists *l, const struct m_operation *o)
{
    struct m_json *whole = list(t, l, o, takes(o, "limit") ? ", \"limit\": 1000" : "");
    int64_t n = m_json_count(items_of(whole), ""), total = m_json_int(whole, "/total");
    CHECK(whole || !l->sees_all, "%s is refused", o->name);
    if (whole && total != M_JSON_NO_INT) {
        CHECK(n == total, "%s lists %d, and counts %d", o->name, (int)n, (int)total);
        check_filters(t, l, o, items_of(whole));
        if (takes(o, "limit") && takes(o, "offset"))
            check_pages(t, l, o, items_of(whole));
    }
    m_json_free(whole);
}

/* Only what is about the tenant: all else has more than fits into a list, and changes meanwhile. */
static void check_lists(struct muster_ctx *t, struct lists *l)
{
    uint64_t n;
    const struct m_operation *all = m_target_operations(t, &n);
    for (uint64_t i = 0; i < n; i++)
        if (strcmp(operation_verb(&all[i]), "list") == 0 && things_named(&all[i]) > 0 &&
            !things_missing(l->things, &all[i]))
            check_list(t, l, &all[i]);
}

/* One thing of each kind, and of some another one that is otherwise. */
static void fill(struct muster_ctx *t, struct m_session *platform, const struct tenancy *tenant, struct things *things)
{
    uint64_t n;
    const struct m_operation *all = m_target_operations(t, &n);
    for (uint64_t i = 0; i < n; i++)
        things_for(t, platform, tenant, things, &all[i]);
    things_put(t, platform, things);
    const char *other = service_begin(t, tenant, "worker", 1);
    struct m_json *alert = DO(tenant->admin, "alert.create", ARG("workload", other), ARG("name", "over already"));
    DO(tenant->admin, "alert.resolve", ARG("id", m_json_str(alert, "/id")));
    DO(tenant->admin, "customer.create", ARG("tenant", tenant->id), ARG("name", "Ada"),
       ARG("email", "ada@example.test"));
    tenancy_member(t, tenant, "tenant_viewer");
}

SCENARIO(lists_count_what_they_hold,
         .summary = "Each list has as many as it counts, also of those that are asked for, and also page by page",
         .markers = MARKERS("e2e", "priority_p1", "container_lifecycle", "api", "catches(defect='total-of-all-roles')",
                            "catches(defect='list-misses-one')", "catches(defect='total-of-all')",
                            "catches(defect='audit-filter-ignored')"),
         .needs = OPERATIONS("*", SERVICE_OPERATIONS, "user.create", "customer.create", "alert.create",
                             "alert.resolve"),
         .timeout_ms = 60000)
{
    struct things things = {.n = 0};
    struct m_session *platform = m_login(t, "admin");
    struct tenancy tenant = tenancy_begin(t, platform, "professional");
    struct lists by_tenant = {.by = tenant.admin, .things = &things};
    struct lists by_platform = {.by = platform, .things = &things, .sees_all = 1};
    fill(t, platform, &tenant, &things);
    STEP("for the tenant's administrator")
    {
        check_lists(t, &by_tenant);
    }
    STEP("for the platform's")
    {
        check_lists(t, &by_platform);
        CHECK_INT(by_platform.paged, >, 0);
    }
}
