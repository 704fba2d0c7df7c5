/* SPDX-License-Identifier: Apache-2.0 */
/* Limits: one tenant runs into its own, and another, which asks for the same at the same time, gets it. */
#include "common/service.h"

#include <muster/kit/parallel.h>
#include <muster/kit/ws.h>

#include <stdatomic.h>

struct sides {
    struct m_session *platform;
    struct tenancy ours, theirs;
    const char *our_workload, *their_workload;
};

static struct sides sides_begin(struct muster_ctx *t)
{
    struct sides s = {.platform = m_login(t, "admin")};
    s.ours = tenancy_begin(t, s.platform, "starter");
    s.theirs = tenancy_begin(t, s.platform, "starter");
    return s;
}

static const char *limited(struct muster_ctx *t, const struct tenancy *tenant, const char *limit, int value)
{
    return m_json_str(DO(tenant->admin, "workload.create", ARG("tenant", tenant->id), ARG("name", m_unique(t, "w")),
                         ARG(limit, value)),
                      "/id");
}

/* The same process as at its begin, and nothing was said of limits. */
static void check_untouched(struct muster_ctx *t, const struct tenancy *tenant, const char *workload)
{
    struct m_json *now = service_read(tenant, workload);
    CHECK_STR(m_json_str(now, "/state"), ==, "running");
    CHECK_INT(m_json_int(now, "/restarts"), ==, 0);
    CHECK_STR(m_json_str(now, "/error"), ==, NULL);
}

/* ---- memory and descriptors ---- */

SCENARIO(a_limit_is_one_tenants,
         .summary = "A workload that reaches its limit of memory or of files takes nothing from another tenant's",
         .markers = MARKERS("e2e", "priority_p1", "tenant_isolation", "resources",
                            "catches(defect='replica-unlimited')"),
         .needs = OPERATIONS(SERVICE_OPERATIONS, "workload.create(memory_mb, open_files)",
                             "workload.request(do, amount)"),
         .timeout_ms = 60000)
{
    static const struct {
        const char *limit;
        int little, much;
        const char *work;
        int amount;
    } cases[] = {{"memory_mb", 32, 128, "memory", 40}, {"open_files", 16, 128, "files", 40}};
    struct sides s = sides_begin(t);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        STEP(cases[i].work)
        {
            s.our_workload = limited(t, &s.ours, cases[i].limit, cases[i].little);
            s.their_workload = limited(t, &s.theirs, cases[i].limit, cases[i].much);
            REFUSED("limit_reached", s.ours.admin, "workload.request", ARG("id", s.our_workload),
                    ARG("do", cases[i].work), ARG("amount", cases[i].amount));
            DO(s.theirs.admin, "workload.request", ARG("id", s.their_workload), ARG("do", cases[i].work),
               ARG("amount", cases[i].amount));
            check_untouched(t, &s.theirs, s.their_workload);
            DO(s.ours.admin, "workload.request", ARG("id", s.our_workload));
        }
    }
}

/* ---- CPU ---- */

#define LITTLE_CPU 5   /* percent of a core */
#define CPU_MS     200 /* which take 4 s of that share */

struct burning {
    const struct sides *s;
    uint64_t took_ms; /* ours */
    int served;       /* of theirs, meanwhile */
    atomic_int done;
};

/* The first user lets ours compute; the second is theirs, who is served meanwhile, and computes as much. */
static void burn(struct muster_ctx *t, unsigned user, void *data)
{
    struct burning *b = data;
    const struct tenancy *tenant = user == 0 ? &b->s->ours : &b->s->theirs;
    struct m_session *session =
        LOGIN(t, "password", ARG("username", tenant->admin_name), ARG("password", TENANT_PASSWORD));
    m_barrier(t);
    if (user == 0) {
        uint64_t began = m_now_ms();
        DO(session, "workload.request", ARG("id", b->s->our_workload), ARG("do", "cpu"), ARG("amount", CPU_MS));
        b->took_ms = m_now_ms() - began;
        atomic_store(&b->done, 1);
        return;
    }
    DO(session, "workload.request", ARG("id", b->s->their_workload), ARG("do", "cpu"), ARG("amount", CPU_MS));
    while (!atomic_load(&b->done)) {
        m_json_free(DO(session, "workload.request", ARG("id", b->s->their_workload)));
        b->served++;
    }
}

/* A share is measured out: however slow the machine is, nobody has more than his of the time that has passed. So this
 * looks at the time that the limited one took, and not at how fast the other one was. */
SCENARIO(a_share_of_the_cpu_is_one_tenants,
         .summary = "A workload computes no faster than its share allows, and another tenant's goes on meanwhile",
         .markers = MARKERS("e2e", "priority_p1", "tenant_isolation", "resources",
                            "catches(defect='replica-unlimited')"),
         .needs = OPERATIONS(SERVICE_OPERATIONS, "workload.create(cpu_percent)", "workload.request(do, amount)"),
         .timeout_ms = 60000)
{
    struct sides s = sides_begin(t);
    struct burning b = {.s = &s};
    s.our_workload = limited(t, &s.ours, "cpu_percent", LITTLE_CPU);
    s.their_workload = limited(t, &s.theirs, "cpu_percent", 100);
    m_parallel(t, 2, burn, &b);
    LOG("%d ms of CPU took ours %d ms; theirs was served %d times", CPU_MS, (int)b.took_ms, b.served);
    CHECK_INT((int64_t)b.took_ms, >, 5 * CPU_MS); /* of 20 times as many */
    CHECK_INT(b.served, >, 3);
    check_untouched(t, &s.theirs, s.their_workload);
}

/* ---- disk ---- */

#define STORAGE_BYTES 4096
#define FILE_BYTES    1000

static const char *content(struct muster_ctx *t)
{
    return m_fmt(t, "%0*d", FILE_BYTES, 7);
}

SCENARIO(a_full_disk_is_one_tenants, .summary = "A tenant that has filled its storage leaves another's room to write",
         .markers = MARKERS("e2e", "priority_p1", "tenant_isolation", "resources", "catches(defect='files-uncounted')",
                            "catches(defect='quota-of-all')", "catches(defect='quota-ignored')"),
         .needs = OPERATIONS(SERVICE_OPERATIONS, "tenant.update(quotas)", "file.put", "file.get", "file.delete",
                             "data.put", "data.get"),
         .timeout_ms = 60000)
{
    struct sides s = sides_begin(t);
    const struct m_json *quotas = m_json_parse(t, m_json_pack(t, "{s:i}", "storage_bytes", STORAGE_BYTES));
    DO(s.platform, "tenant.update", ARG("id", s.ours.id), ARG("quotas", quotas));
    DO(s.platform, "tenant.update", ARG("id", s.theirs.id), ARG("quotas", quotas));
    s.our_workload = service_begin(t, &s.ours, "web", 1);
    s.their_workload = service_begin(t, &s.theirs, "web", 1);
    STEP("ours fills its storage")
    {
        for (int i = 0; i < STORAGE_BYTES / FILE_BYTES; i++)
            DO(s.ours.admin, "file.put", ARG("tenant", s.ours.id), ARG("key", m_fmt(t, "file-%d", i)),
               ARG("content", content(t)));
        REFUSED("quota_exceeded", s.ours.admin, "file.put", ARG("tenant", s.ours.id), ARG("key", "one-more"),
                ARG("content", content(t)));
        REFUSED("quota_exceeded", s.ours.admin, "data.put", ARG("workload", s.our_workload), ARG("key", "one-more"),
                ARG("value", content(t)));
    }
    STEP("theirs writes, and reads what it has written")
    {
        DO(s.theirs.admin, "file.put", ARG("tenant", s.theirs.id), ARG("key", "mine"), ARG("content", content(t)));
        DO(s.theirs.admin, "data.put", ARG("workload", s.their_workload), ARG("key", "mine"), ARG("value", content(t)));
        struct m_json *file = DO(s.theirs.admin, "file.get", ARG("tenant", s.theirs.id), ARG("key", "mine"));
        struct m_json *item = DO(s.theirs.admin, "data.get", ARG("workload", s.their_workload), ARG("key", "mine"));
        CHECK_STR(m_json_str(file, "/content"), ==, content(t));
        CHECK_STR(m_json_str(item, "/value"), ==, content(t));
    }
    STEP("ours writes again when it has made room")
    {
        DO(s.ours.admin, "file.delete", ARG("tenant", s.ours.id), ARG("key", "file-0"));
        DO(s.ours.admin, "file.put", ARG("tenant", s.ours.id), ARG("key", "one-more"), ARG("content", content(t)));
    }
}

/* ---- sockets ---- */

#define STREAMS 3

SCENARIO(live_connections_are_counted,
         .summary = "A tenant opens so many live connections, and another's opens its own",
         .markers = MARKERS("e2e", "priority_p1", "tenant_isolation", "resources", "websocket",
                            "catches(defect='streams-unlimited')", "catches(defect='quota-of-all')"),
         .needs = OPERATIONS(TENANCY_OPERATIONS, "tenant.update(quotas)", "event.watch"), .timeout_ms = 30000)
{
    struct sides s = sides_begin(t);
    const struct m_json *quotas = m_json_parse(t, m_json_pack(t, "{s:i}", "streams", STREAMS));
    struct m_ws *ours[STREAMS], *theirs;
    struct m_ws_message hello;
    DO(s.platform, "tenant.update", ARG("id", s.ours.id), ARG("quotas", quotas));
    DO(s.platform, "tenant.update", ARG("id", s.theirs.id), ARG("quotas", quotas));
    STEP("ours opens what it may")
    {
        for (int i = 0; i < STREAMS; i++) {
            ours[i] = OPEN(s.ours.admin, "event.watch");
            REQUIRE_INT(m_ws_receive(ours[i], SERVICE_MS, &hello), ==, M_WS_MESSAGE);
        }
        REFUSED("quota_exceeded", s.ours.admin, "event.watch");
    }
    STEP("theirs opens one, and is greeted")
    {
        theirs = OPEN(s.theirs.admin, "event.watch");
        CHECK_INT(m_ws_receive(theirs, SERVICE_MS, &hello), ==, M_WS_MESSAGE);
        m_ws_free(theirs);
    }
    STEP("ours may open one when it has ended one")
    {
        m_ws_close(ours[0], 1000, "done");
        CHECK(M_UNTIL(t, SERVICE_MS, 10, !TRY(s.ours.admin, "event.watch").refused));
    }
    for (int i = 0; i < STREAMS; i++)
        m_ws_free(ours[i]);
}

#define CONNECTIONS 2

/* The first users occupy all that ours may answer at a time; the last one asks ours and theirs meanwhile. */
static void occupy(struct muster_ctx *t, unsigned user, void *data)
{
    const struct sides *s = data;
    struct tenancy ours = s->ours, theirs = s->theirs;
    ours.admin = LOGIN(t, "password", ARG("username", ours.admin_name), ARG("password", TENANT_PASSWORD));
    theirs.admin = LOGIN(t, "password", ARG("username", theirs.admin_name), ARG("password", TENANT_PASSWORD));
    m_barrier(t);
    if (user < CONNECTIONS) {
        DO(ours.admin, "workload.request", ARG("id", s->our_workload), ARG("do", "wait"), ARG("amount", 1500));
        return;
    }
    REQUIRE(M_UNTIL(t, SERVICE_MS, 5, service_in_flight(&ours, s->our_workload) == CONNECTIONS));
    REFUSED("limit_reached", ours.admin, "workload.request", ARG("id", s->our_workload));
    for (int i = 0; i < 2 * CONNECTIONS; i++)
        m_json_free(DO(theirs.admin, "workload.request", ARG("id", s->their_workload)));
}

SCENARIO(open_requests_are_counted,
         .summary = "A workload that answers as many requests as it may refuses more, and another tenant's does not",
         .markers = MARKERS("e2e", "priority_p1", "tenant_isolation", "resources",
                            "catches(defect='traffic-unlimited')"),
         .needs = OPERATIONS(SERVICE_OPERATIONS, "workload.create(connections)", "workload.request(do, amount)"),
         .timeout_ms = 30000)
{
    struct sides s = sides_begin(t);
    s.our_workload = limited(t, &s.ours, "connections", CONNECTIONS);
    s.their_workload = limited(t, &s.theirs, "connections", CONNECTIONS);
    m_parallel(t, CONNECTIONS + 1, occupy, &s);
    check_untouched(t, &s.theirs, s.their_workload);
}
