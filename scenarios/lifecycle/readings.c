/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The platform ends and begins again: whatever can be read of a tenant is what it was, result by result. It goes by the
 * target file, so that what an operation shows is compared from the day on which it stands there.
 */
#include "common/operations.h"
#include "common/service.h"
#include "common/things.h"

#include <string.h>

struct reading {
    const struct m_operation *operation;
    struct m_json *arguments, *then; /* NULL: it was refused */
};

struct readings {
    struct m_session *by;
    struct reading all[OPERATIONS_MOST];
    size_t n;
};

/* What a platform may keep in memory alone: what happened just now. */
static int is_of_the_moment(const char *name)
{
    static const char *const names[] = {"processes", "restarts", "in_flight", "restart_pause_ms", "error", NULL};
    return operation_word_is_one_of(name, names);
}

static int is_lasting(const struct m_operation *o)
{
    static const char *const more[] = {"steps", "rules", NULL}, *const passing[] = {"event.list", NULL};
    int looks = operation_rank(o) == OPERATION_READS || operation_word_is_one_of(operation_verb(o), more);
    return looks && !o->websocket && !operation_word_is_one_of(o->name, passing);
}

static int names_kind(const struct m_operation *o, const char *kind)
{
    for (uint64_t i = 0; i < o->n_takes; i++)
        if (o->takes[i].of && strcmp(o->takes[i].of, kind) == 0)
            return 1;
    return 0;
}

/* Reads all that is about a thing of this kind; NULL: of any. */
static void read_all(struct muster_ctx *t, struct readings *r, const struct things *things, const char *kind)
{
    uint64_t n;
    const struct m_operation *all = m_target_operations(t, &n);
    for (uint64_t i = 0; i < n; i++) {
        const struct m_operation *o = &all[i];
        if (!is_lasting(o) || (kind ? !names_kind(o, kind) : things_named(o) == 0) || things_missing(things, o))
            continue;
        if (r->n == sizeof r->all / sizeof *r->all)
            ERROR("the target has more to read than there is room for");
        struct m_json *arguments = things_arguments(t, things, o, NULL, -1);
        r->all[r->n++] = (struct reading){o, arguments, TRY(r->by, o->name, ARGS(arguments)).result};
    }
}

static struct things with(const struct things *things, const char *kind, const char *id)
{
    struct things other = *things;
    for (int i = 0; i < other.n; i++)
        if (strcmp(other.all[i].kind, kind) == 0)
            other.all[i].id = id;
    return other;
}

/* Checks each result of it, but for those of the moment. */
static void check_reading(struct muster_ctx *t, struct readings *r, const struct reading *reading)
{
    const char *name = reading->operation->name;
    struct m_json *now = TRY(r->by, name, ARGS(reading->arguments)).result;
    CHECK(!now == !reading->then, "%s is %s", name, now ? "done, and was refused" : "refused, and was done");
    for (uint64_t i = 0; now && reading->then && m_json_key(reading->then, i); i++) {
        const char *result = m_json_key(reading->then, i);
        const char *was = m_json_text(t, m_json_member(reading->then, result), "");
        const char *is = m_json_text(t, m_json_member(now, result), "");
        CHECK(is_of_the_moment(result) || (is && strcmp(is, was) == 0), "%s of %s: it was %s, and is %s", result, name,
              was, is ? is : "not there");
    }
    m_json_free(now);
}

/* ---- a history --------------------------------------------------------------------------------------------------- */

/* Nothing of it as it comes by itself. */
static void change_all(struct m_session *platform, const struct things *things)
{
    const char *tenant = things_find(things, "tenant")->id, *workload = things_find(things, "workload")->id;
    const char *user = things_find(things, "user")->id, *alert = things_find(things, "alert")->id;
    DO(platform, "tenant.update", ARG("id", tenant), ARG("name", "Another name"));
    DO(platform, "user.update", ARG("id", user), ARG("email", "moved@example.test"), ARG("active", 0));
    DO(platform, "policy.put", ARG("tenant", tenant), ARG("lock_after", 7), ARG("session_seconds", 1234));
    DO(platform, "alert.acknowledge", ARG("id", alert));
    DO(platform, "backup.schedule", ARG("workload", workload), ARG("every_ms", 3600000), ARG("keep", 3));
    DO(platform, "workload.resize", ARG("id", workload), ARG("memory_mb", 64));
    DO(platform, "workload.scale", ARG("id", workload), ARG("replicas", 2));
    DO(platform, "workload.update", ARG("id", workload), ARG("version", "1.1.0"));
}

/* A workload whose update failed, and was undone: its id. */
static const char *one_undone(struct muster_ctx *t, const struct tenancy *tenant)
{
    const char *id = service_begin(t, tenant, "web", 1);
    START(tenant->admin, "workload.update", ARG("id", id), ARG("version", "2.0.0"), ARG("fail_on_start", 1));
    WAIT_FOR(tenant->admin, "workload.get", "/version", "1.0.0", SERVICE_MS, ARG("id", id));
    REQUIRE(M_UNTIL(t, SERVICE_MS, 10, service_runs(t, tenant, id, 1, "1.0.0")));
    return id;
}

static const char *one_stopped(struct muster_ctx *t, const struct tenancy *tenant)
{
    const char *id = service_begin(t, tenant, "worker", 1);
    DO(tenant->admin, "workload.stop", ARG("id", id));
    return id;
}

static const char *one_gone(struct muster_ctx *t, struct m_session *platform)
{
    struct m_json *made = DO(platform, "tenant.create", ORDER(tenancy_subdomain(t, NULL)), ARG("plan", "starter"));
    const char *id = m_json_str(made, "/id");
    DO(platform, "tenant.delete", ARG("id", id));
    return id;
}

SCENARIO(all_that_can_be_read_outlives_a_restart, PARAMS((str, how)), .tables = TABLES(AXIS("how", "kill", "stop")),
         .summary = "After a restart of the platform each operation that shows something of a tenant shows the same",
         .markers = MARKERS("e2e", "priority_p0", "container_lifecycle", "data_integrity", "serial",
                            "catches(defect='undone-update-again')", "catches(defect='previous-version-forgotten')",
                            "catches(defect='usual-limits-again')", "catches(defect='stopped-runs-again')"),
         .needs = OPERATIONS("*", SERVICE_OPERATIONS, "platform.restart(how)"), .timeout_ms = 60000)
{
    static struct readings r;
    struct things things = {.n = 0};
    struct m_session *platform = r.by = m_login(t, "admin");
    struct tenancy tenant = tenancy_begin(t, platform, "professional");
    const char *workload, *undone, *stopped;
    r.n = 0;
    STEP("a tenant has one thing of each kind, and a history")
    {
        uint64_t n;
        const struct m_operation *all = m_target_operations(t, &n);
        for (uint64_t i = 0; i < n; i++)
            things_for(t, platform, &tenant, &things, &all[i]);
        things_put(t, platform, &things);
        change_all(platform, &things);
        workload = things_find(&things, "workload")->id;
        undone = one_undone(t, &tenant);
        stopped = one_stopped(t, &tenant);
    }
    STEP("it is read, and the platform ends and begins again")
    {
        struct things third = with(&things, "workload", stopped);
        struct things another = with(&things, "workload", undone),
                      gone = with(&things, "tenant", one_gone(t, platform));
        read_all(t, &r, &things, NULL);
        read_all(t, &r, &another, "workload");
        read_all(t, &r, &third, "workload");
        read_all(t, &r, &gone, "tenant");
        DO(platform, "platform.restart", ARG("how", how));
        REQUIRE(M_UNTIL(t, SERVICE_MS, 10, service_runs(t, &tenant, workload, 2, NULL)));
        REQUIRE(M_UNTIL(t, SERVICE_MS, 10, service_runs(t, &tenant, undone, 1, NULL)));
    }
    STEP("it reads the same")
    {
        for (size_t i = 0; i < r.n; i++)
            check_reading(t, &r, &r.all[i]);
    }
    STEP("there is a way back to the version before")
    {
        DO(tenant.admin, "workload.rollback", ARG("id", workload));
        CHECK(service_runs(t, &tenant, workload, 2, "1.0.0"));
    }
}
