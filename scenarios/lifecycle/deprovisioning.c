/* SPDX-License-Identifier: Apache-2.0 */
/* Tenants that go: with an archive of what was theirs, or at once by force; and nothing of them stays on the machine.
 */
#include "common/people.h"
#include "common/service.h"

#include <errno.h>
#include <signal.h>
#include <unistd.h>

#define REMOVAL_OPERATIONS SERVICE_OPERATIONS, "tenant.resources", "data.put", "backup.create"
#define GONE_MS            20000

/* ---- from outside ------------------------------------------------------------------------------------------------ */

enum { SEEN_MOST = 64 };

/* What of a tenant can be looked at on this machine, past the platform: nothing where the platform is elsewhere. */
struct seen {
    pid_t pids[SEEN_MOST];
    const char *files[SEEN_MOST];
    int n_pids, n_files;
};

static int lives(pid_t pid)
{
    return kill(pid, 0) == 0 || errno == EPERM;
}

static struct seen look(struct muster_ctx *t, struct m_session *platform, const struct tenancy *tenant)
{
    struct m_json *exists = DO(platform, "tenant.resources", ARG("id", tenant->id));
    struct seen seen = {.n_pids = 0};
    CHECK_INT(m_json_count(exists, "/pids"), >, 0);
    CHECK_INT(m_json_count(exists, "/files"), >, 0);
    for (int64_t i = 0; i < m_json_count(exists, "/pids") && i < SEEN_MOST; i++) {
        pid_t pid = (pid_t)m_json_int(exists, m_fmt(t, "/pids/%d", (int)i));
        if (lives(pid))
            seen.pids[seen.n_pids++] = pid;
    }
    for (int64_t i = 0; i < m_json_count(exists, "/files") && i < SEEN_MOST; i++) {
        const char *path = m_json_str(exists, m_fmt(t, "/files/%d", (int)i));
        if (access(path, F_OK) == 0)
            seen.files[seen.n_files++] = path;
    }
    LOG("%d processes and %d files are on this machine", seen.n_pids, seen.n_files);
    return seen;
}

static void check_gone(struct muster_ctx *t, struct m_session *platform, const struct tenancy *tenant,
                       const struct seen *seen)
{
    struct m_json *left = DO(platform, "tenant.resources", ARG("id", tenant->id));
    CHECK_INT(m_json_count(left, "/pids"), ==, 0);
    CHECK_INT(m_json_count(left, "/files"), ==, 0);
    CHECK_INT(m_json_count(left, "/schemas"), ==, 0);
    CHECK_INT(m_json_int(left, "/users"), ==, 0);
    CHECK_INT(m_json_int(left, "/storage_bytes"), ==, 0);
    for (int i = 0; i < seen->n_pids; i++)
        CHECK(!lives(seen->pids[i]), "process %d is still there", (int)seen->pids[i]);
    for (int i = 0; i < seen->n_files; i++)
        CHECK(access(seen->files[i], F_OK) < 0, "%s is still there", seen->files[i]);
}

/* ---- with an archive --------------------------------------------------------------------------------------------- */

/* A workload with one item, which is backed up: so there are processes, data and a file. */
static void fill(struct muster_ctx *t, const struct tenancy *tenant, const char *image)
{
    const char *id = service_begin(t, tenant, image, 2);
    DO(tenant->admin, "data.put", ARG("workload", id), ARG("key", "invoice-7"), ARG("value", "paid"));
    DO(tenant->admin, "backup.create", ARG("workload", id));
}

/* What its record says is in it is what is in it. */
static void check_counts(struct muster_ctx *t, const struct m_json *record, const struct m_json *archive)
{
    CHECK_STR(m_json_str(record, "/sha256"), ==, m_json_str(archive, "/sha256"));
    CHECK_INT(m_json_int(record, "/customers"), ==, m_json_count(archive, "/content/customers"));
    CHECK_INT(m_json_int(record, "/users"), ==, m_json_count(archive, "/content/users"));
    CHECK_INT(m_json_int(record, "/workloads"), ==, m_json_count(archive, "/content/workloads"));
    CHECK_INT(m_json_int(record, "/items"), ==, m_json_count(archive, "/content/workloads/0/data"));
    CHECK_INT(m_json_int(record, "/audit_entries"), ==, m_json_count(archive, "/content/audit"));
    (void)t;
}

SCENARIO(removal_keeps_an_archive,
         .summary = "A tenant that is removed leaves an archive of its data, and nothing else",
         .markers = MARKERS("e2e", "priority_p0", "container_lifecycle", "data_integrity",
                            "catches(defect='archive-missing')", "catches(defect='archive-incomplete')"),
         .needs = OPERATIONS(REMOVAL_OPERATIONS, "customer.create", "user.create", "tenant.archive.get",
                             "tenant.archive.list"),
         .timeout_ms = 60000)
{
    struct m_session *platform = m_login(t, "admin");
    struct tenancy tenant = tenancy_begin(t, platform, "professional");
    struct seen seen;
    STEP("there is no archive of a tenant that is here")
    {
        struct m_json *none = DO(platform, "tenant.archive.get", ARG("id", tenant.id));
        CHECK_STR(m_json_str(none, "/sha256"), ==, NULL);
    }
    STEP("fill it, and remove it")
    {
        fill(t, &tenant, "web");
        /* No two of the counts in the archive's record are the same. */
        for (const char *const *name = (const char *const[]){"ada", "bob", "eve", NULL}; *name; name++)
            DO(tenant.admin, "customer.create", ARG("tenant", tenant.id), ARG("name", *name),
               ARG("email", m_fmt(t, "%s@example.test", *name)));
        tenancy_member(t, &tenant, "tenant_viewer");
        seen = look(t, platform, &tenant);
        DO(platform, "tenant.delete", ARG("id", tenant.id));
    }
    STEP("nothing is left on the platform, and nothing on the machine")
    {
        check_gone(t, platform, &tenant, &seen);
    }
    STEP("the archive has its data")
    {
        struct m_json *archive = DO(platform, "tenant.archive.get", ARG("id", tenant.id));
        CHECK_STR(m_json_str(archive, "/sha256"), !=, NULL);
        CHECK_STR(m_json_str(archive, "/content/tenant/subdomain"), ==, tenant.subdomain);
        CHECK_STR(m_json_str(archive, "/content/customers/0/email"), ==, "ada@example.test");
        CHECK_STR(m_json_str(archive, "/content/workloads/0/data/0/key"), ==, "invoice-7");
        CHECK_STR(m_json_str(archive, "/content/workloads/0/data/0/value"), ==, "paid");
        CHECK_STR(m_json_str(archive, "/content/users/0/username"), ==, tenant.admin_name);
        CHECK_STR(m_json_str(archive, "/content/users/0/password"), ==, NULL);
        CHECK_INT(m_json_count(archive, "/content/settings"), >, 0);
        CHECK_STR(m_json_str(archive, "/content/audit/0/action"), ==, "tenant.create");
    }
    STEP("and is among those of the platform")
    {
        struct m_json *list = DO(platform, "tenant.archive.list", ARG("limit", 1000));
        const struct m_json *own = NULL, *archive = DO(platform, "tenant.archive.get", ARG("id", tenant.id));
        int found = 0;
        for (int64_t i = 0; i < m_json_count(list, "/archives"); i++)
            if (strcmp(m_json_str(list, m_fmt(t, "/archives/%d/tenant", (int)i)), tenant.id) == 0) {
                own = m_json_at(list, m_fmt(t, "/archives/%d", (int)i));
                found++;
            }
        REQUIRE_INT(found, ==, 1);
        check_counts(t, own, archive);
    }
}

SCENARIO(an_archive_can_be_deleted, .summary = "An archive that is deleted is gone from the platform and from its disk",
         .markers = MARKERS("e2e", "priority_p1", "container_lifecycle",
                            "catches(defect='archive-delete-leaves-file')"),
         .needs = OPERATIONS(REMOVAL_OPERATIONS, "tenant.archive.get", "tenant.archive.list", "tenant.archive.delete"),
         .timeout_ms = 60000)
{
    struct m_session *platform = m_login(t, "admin");
    struct tenancy tenant = tenancy_begin(t, platform, "professional");
    const char *file;
    STEP("remove a tenant")
    {
        DO(platform, "tenant.delete", ARG("id", tenant.id));
        file = m_json_str(DO(platform, "tenant.archive.get", ARG("id", tenant.id)), "/file");
    }
    int is_here = file && access(file, F_OK) == 0;
    STEP(is_here ? "delete its archive, which is a file on this machine" : "delete its archive")
    {
        DO(platform, "tenant.archive.delete", ARG("id", tenant.id));
        struct m_json *none = DO(platform, "tenant.archive.get", ARG("id", tenant.id));
        CHECK_STR(m_json_str(none, "/sha256"), ==, NULL);
        CHECK(!is_here || access(file, F_OK) < 0, "%s is still there", file);
    }
    STEP("it is not among those of the platform any more")
    {
        struct m_json *list = DO(platform, "tenant.archive.list", ARG("limit", 1000));
        for (int64_t i = 0; i < m_json_count(list, "/archives"); i++)
            CHECK_STR(m_json_str(list, m_fmt(t, "/archives/%d/tenant", (int)i)), !=, tenant.id);
    }
}

/* ---- by force ---------------------------------------------------------------------------------------------------- */

SCENARIO(force_kills_at_once, .summary = "A removal by force takes processes that do not listen, and all else",
         .markers = MARKERS("e2e", "priority_p1", "container_lifecycle", "catches(defect='force-spares-processes')"),
         .needs = OPERATIONS(REMOVAL_OPERATIONS, "tenant.delete(force)", "tenant.archive.get"), .timeout_ms = 60000)
{
    struct m_session *platform = m_login(t, "admin");
    struct tenancy tenant = tenancy_begin(t, platform, "professional");
    struct seen seen;
    STEP("it has processes that ignore SIGTERM")
    {
        fill(t, &tenant, "stubborn");
        seen = look(t, platform, &tenant);
    }
    STEP("remove it by force")
    {
        DO(platform, "tenant.delete", ARG("id", tenant.id), ARG("force", 1));
        check_gone(t, platform, &tenant, &seen);
    }
    STEP("there was no time for an archive")
    {
        struct m_json *archive = DO(platform, "tenant.archive.get", ARG("id", tenant.id));
        CHECK_STR(m_json_str(archive, "/sha256"), ==, NULL);
    }
}

SCENARIO(force_takes_what_is_half_made, .summary = "A tenant that hangs in its provisioning can be removed by force",
         .markers = MARKERS("e2e", "priority_p1", "container_lifecycle", "catches(defect='force-refused')"),
         .needs = OPERATIONS(TENANCY_OPERATIONS, "tenant.create(step_delay_ms)", "tenant.create(fail_at_step)",
                             "tenant.delete(force)", "tenant.resources"),
         .timeout_ms = 60000)
{
    struct m_session *platform = m_login(t, "admin");
    const char *subdomain = tenancy_subdomain(t, NULL);
    struct tenancy tenant = {.subdomain = subdomain};
    const struct seen nothing = {.n_pids = 0};
    STEP("order one that takes its time, and would never be complete")
    {
        struct m_json *begun = START(platform, "tenant.create", ORDER(subdomain), ARG("step_delay_ms", 3000),
                                     ARG("fail_at_step", "reserve_subdomain"));
        tenant.id = m_json_str(begun, "/id");
        REFUSED("invalid_state", platform, "tenant.delete", ARG("id", tenant.id));
    }
    STEP("remove it by force")
    {
        START(platform, "tenant.delete", ARG("id", tenant.id), ARG("force", 1));
        WAIT_FOR(platform, "tenant.get", "/state", "gone", GONE_MS, ARG("id", tenant.id));
        check_gone(t, platform, &tenant, &nothing);
    }
    STEP("its name can be taken again")
    {
        DO(platform, "tenant.create", ORDER(subdomain));
    }
}

SCENARIO(force_is_the_administrators, .summary = "Who keeps tenants running removes them, but takes none by force",
         .markers = MARKERS("e2e", "priority_p1", "container_lifecycle", "security",
                            "catches(defect='force-by-operator')"),
         .needs = OPERATIONS(TENANCY_OPERATIONS, PEOPLE_OPERATIONS, "tenant.delete(force)",
                             "tenant.create(fail_at_step)"),
         .timeout_ms = 60000)
{
    static const struct m_role operator= {.name = "platform_operator"};
    struct m_session *platform = m_login(t, "admin");
    struct tenancy tenant = tenancy_begin(t, platform, "starter");
    struct member someone = people_one(t, platform, &tenant, &operator);
    const char *subdomain = tenancy_subdomain(t, m_unique(t, "odd"));
    STEP("by force it is refused, and the tenant goes on")
    {
        REFUSED("forbidden", someone.session, "tenant.delete", ARG("id", tenant.id), ARG("force", 1));
        CHECK_STR(m_json_str(DO(platform, "tenant.get", ARG("id", tenant.id)), "/state"), ==, "active");
    }
    STEP("nor does he order tenants that are to fail")
    {
        REFUSED("forbidden", someone.session, "tenant.create", ORDER(subdomain), ARG("fail_at_step", "create_schema"));
        CHECK_INT(tenancy_count(t, platform, subdomain), ==, 0);
    }
    STEP("as usual it is done")
    {
        DO(someone.session, "tenant.delete", ARG("id", tenant.id));
    }
}
