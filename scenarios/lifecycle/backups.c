/* SPDX-License-Identifier: Apache-2.0 */
/* Backups: kept apart, found damaged, nobody else's, made by a schedule, and back whole or not at all. */
#include "common/service.h"

#include <unistd.h>

#define BACKUP_OPERATIONS SERVICE_OPERATIONS, "data.put", "data.list", "backup.create", "backup.restore"

static void put(const struct tenancy *tenant, const char *id, const char *key, const char *value)
{
    DO(tenant->admin, "data.put", ARG("workload", id), ARG("key", key), ARG("value", value));
}

static void check_data(struct muster_ctx *t, const struct tenancy *tenant, const char *id, const char *wanted)
{
    CHECK_JSON(m_json_text(t, DO(tenant->admin, "data.list", ARG("workload", id)), ""), "/data", wanted);
}

static const char *back_up(const struct tenancy *tenant, const char *id, const char *label)
{
    return m_json_str(DO(tenant->admin, "backup.create", ARG("workload", id), ARG("label", label)), "/id");
}

/* Where the platform says that it keeps this backup; NULL: nowhere. */
static const char *file_of(struct muster_ctx *t, struct m_session *platform, const struct tenancy *tenant,
                           const char *backup)
{
    struct m_json *exists = DO(platform, "tenant.resources", ARG("id", tenant->id));
    for (int64_t i = 0; i < m_json_count(exists, "/files"); i++) {
        const char *path = m_json_str(exists, m_fmt(t, "/files/%d", (int)i));
        if (path && strstr(path, backup))
            return path;
    }
    return NULL;
}

SCENARIO(deleted_backups_are_gone, .summary = "Backups are listed with what they hold; a deleted one leaves no file",
         .markers = MARKERS("e2e", "priority_p1", "container_lifecycle", "catches(defect='backup-delete-leaves-file')"),
         .needs = OPERATIONS(BACKUP_OPERATIONS, "backup.list", "backup.delete", "tenant.resources"),
         .timeout_ms = 40000)
{
    struct m_session *platform = m_login(t, "admin");
    struct tenancy tenant = tenancy_begin(t, platform, "professional");
    const char *id = service_begin(t, &tenant, "web", 1), *first, *second, *file = NULL;
    STEP("two backups, of one item and of two")
    {
        put(&tenant, id, "a", "first");
        first = back_up(&tenant, id, "morning");
        put(&tenant, id, "b", "second");
        second = back_up(&tenant, id, "evening");
    }
    STEP("both are listed, in their order")
    {
        struct m_json *list = DO(tenant.admin, "backup.list", ARG("workload", id));
        REQUIRE_INT(m_json_int(list, "/total"), ==, 2);
        CHECK_STR(m_json_str(list, "/backups/0/id"), ==, first);
        CHECK_STR(m_json_str(list, "/backups/0/label"), ==, "morning");
        CHECK_INT(m_json_int(list, "/backups/0/items"), ==, 1);
        CHECK_STR(m_json_str(list, "/backups/1/id"), ==, second);
        CHECK_INT(m_json_int(list, "/backups/1/items"), ==, 2);
        CHECK_STR(m_json_str(list, "/backups/0/sha256"), !=, m_json_str(list, "/backups/1/sha256"));
    }
    STEP("the first is deleted, with its file")
    {
        file = file_of(t, platform, &tenant, first);
        int here = file && access(file, F_OK) == 0; /* not so where the platform is on another machine */
        REQUIRE(file_of(t, platform, &tenant, second) != NULL);
        DO(tenant.admin, "backup.delete", ARG("workload", id), ARG("id", first));
        CHECK_STR(file_of(t, platform, &tenant, first), ==, NULL);
        CHECK(!here || access(file, F_OK) < 0, "%s is still there", file);
    }
    STEP("it is no backup any more, and the second still is")
    {
        REFUSED("not_found", tenant.admin, "backup.restore", ARG("workload", id), ARG("id", first));
        struct m_json *list = DO(tenant.admin, "backup.list", ARG("workload", id));
        CHECK_INT(m_json_int(list, "/total"), ==, 1);
        DO(tenant.admin, "backup.restore", ARG("workload", id), ARG("id", second));
        check_data(t, &tenant, id, "{\"a\": \"first\", \"b\": \"second\"}");
    }
}

SCENARIO(damaged_backups_are_refused, .summary = "A backup that is not what it was is refused, and nothing is changed",
         .markers = MARKERS("e2e", "priority_p0", "container_lifecycle", "data_integrity",
                            "catches(defect='backup-unverified')", "catches(defect='restore-clears-first')"),
         .needs = OPERATIONS(BACKUP_OPERATIONS, "backup.damage"), .timeout_ms = 40000)
{
    struct m_session *platform = m_login(t, "admin");
    struct tenancy tenant = tenancy_begin(t, platform, "professional");
    const char *id = service_begin(t, &tenant, "web", 1), *sound, *backup;
    STEP("two backups, one of which is damaged where it is stored")
    {
        put(&tenant, id, "invoice", "paid");
        sound = back_up(&tenant, id, "stays sound");
        backup = back_up(&tenant, id, "is damaged");
        put(&tenant, id, "invoice", "paid twice");
        DO(platform, "backup.damage", ARG("workload", id), ARG("id", backup));
    }
    STEP("its restore is refused, and the data stays as it is")
    {
        REFUSED("backup_damaged", tenant.admin, "backup.restore", ARG("workload", id), ARG("id", backup));
        check_data(t, &tenant, id, "{\"invoice\": \"paid twice\"}");
    }
    STEP("the sound one can be restored")
    {
        DO(tenant.admin, "backup.restore", ARG("workload", id), ARG("id", sound));
        check_data(t, &tenant, id, "{\"invoice\": \"paid\"}");
    }
}

SCENARIO(restore_is_all_or_nothing, .summary = "A restore that does not fit the quota changes nothing",
         .markers = MARKERS("e2e", "priority_p1", "container_lifecycle", "data_integrity",
                            "catches(defect='restore-clears-first')", "catches(defect='quota-ignored')"),
         .needs = OPERATIONS(BACKUP_OPERATIONS, "data.delete", "tenant.update(quotas)"), .timeout_ms = 40000)
{
    struct m_session *platform = m_login(t, "admin");
    struct tenancy tenant = tenancy_begin(t, platform, "professional");
    const char *id = service_begin(t, &tenant, "web", 1), *backup;
    STEP("back up more than is there later")
    {
        put(&tenant, id, "large", m_fmt(t, "%0200d", 0));
        backup = back_up(&tenant, id, "large");
        DO(tenant.admin, "data.delete", ARG("workload", id), ARG("key", "large"));
        put(&tenant, id, "small", "kept");
    }
    STEP("with less room it is refused, and what there is stays")
    {
        struct m_json *room = m_json_parse(t, m_json_pack(t, "{s:i}", "storage_bytes", 100));
        DO(platform, "tenant.update", ARG("id", tenant.id), ARG("quotas", room));
        REFUSED("quota_exceeded", tenant.admin, "backup.restore", ARG("workload", id), ARG("id", backup));
        check_data(t, &tenant, id, "{\"small\": \"kept\"}");
    }
}

SCENARIO(foreign_backups_are_refused, .summary = "Another tenant's backup is nobody's here, and changes nothing",
         .markers = MARKERS("e2e", "priority_p0", "container_lifecycle", "tenant_isolation",
                            "catches(defect='backup-by-id-alone')"),
         .needs = OPERATIONS(BACKUP_OPERATIONS), .timeout_ms = 40000)
{
    struct m_session *platform = m_login(t, "admin");
    struct tenancy ours = tenancy_begin(t, platform, "starter"), theirs = tenancy_begin(t, platform, "starter");
    const char *our_id = service_begin(t, &ours, "web", 1), *their_id = service_begin(t, &theirs, "web", 1);
    put(&ours, our_id, "whose", "ours");
    put(&theirs, their_id, "whose", "theirs");
    const char *backup = back_up(&theirs, their_id, "theirs");
    STEP("their backup into our workload")
    {
        REFUSED("not_found", ours.admin, "backup.restore", ARG("workload", our_id), ARG("id", backup));
        check_data(t, &ours, our_id, "{\"whose\": \"ours\"}");
    }
    STEP("their backup into their workload, by us")
    {
        put(&theirs, their_id, "whose", "theirs, later");
        REFUSED("not_found", ours.admin, "backup.restore", ARG("workload", their_id), ARG("id", backup));
        check_data(t, &theirs, their_id, "{\"whose\": \"theirs, later\"}");
    }
}

SCENARIO(backups_go_into_new_workloads, .summary = "A backup fills a new workload with exactly what the old one had",
         .markers = MARKERS("e2e", "priority_p1", "container_lifecycle", "data_integrity",
                            "catches(defect='backup-misses-last')", "catches(defect='restore-merges')"),
         .needs = OPERATIONS(BACKUP_OPERATIONS), .timeout_ms = 40000)
{
    struct m_session *platform = m_login(t, "admin");
    struct tenancy tenant = tenancy_begin(t, platform, "professional");
    const char *old = service_begin(t, &tenant, "web", 1), *new = service_begin(t, &tenant, "web", 1), *backup;
    STEP("write, and back up at once")
    {
        for (int i = 0; i < 20; i++)
            put(&tenant, old, m_fmt(t, "key-%02d", i), m_fmt(t, "value %d", i));
        backup = back_up(&tenant, old, "to move");
    }
    struct m_json *then = DO(tenant.admin, "data.list", ARG("workload", old));
    STEP("restore it into a workload that has something else")
    {
        put(&tenant, old, "key-00", "later");
        put(&tenant, new, "stranger", "was here before");
        struct m_json *restored = DO(tenant.admin, "backup.restore", ARG("workload", new), ARG("id", backup));
        CHECK_INT(m_json_int(restored, "/restored"), ==, 20);
    }
    STEP("the new one has what the old one had, and the old one goes on")
    {
        check_data(t, &tenant, new, m_json_text(t, then, "/data"));
        struct m_json *now = DO(tenant.admin, "data.list", ARG("workload", old));
        CHECK_STR(m_json_str(now, "/data/key-00"), ==, "later");
    }
}

SCENARIO(
    a_restore_needs_no_room_twice,
    .summary = "A tenant that uses most of its storage can restore: what is put back takes the place of what is there",
    .markers = MARKERS("e2e", "priority_p1", "container_lifecycle", "data_integrity",
                       "catches(defect='restore-counts-twice')"),
    .needs = OPERATIONS(BACKUP_OPERATIONS, "tenant.update(quotas)"), .timeout_ms = 40000)
{
    struct m_session *platform = m_login(t, "admin");
    struct tenancy tenant = tenancy_begin(t, platform, "professional");
    const char *id = service_begin(t, &tenant, "web", 1), *backup;
    char large[3000 + 1];
    memset(large, 'x', sizeof large - 1);
    large[sizeof large - 1] = '\0';
    STEP("fill it, and back up")
    {
        for (int i = 0; i < 10; i++)
            put(&tenant, id, m_fmt(t, "key-%d", i), large);
        backup = back_up(&tenant, id, "large");
    }
    struct m_json *then = DO(tenant.admin, "data.list", ARG("workload", id));
    STEP("there is little room beside it")
    {
        struct m_json *now = DO(platform, "tenant.get", ARG("id", tenant.id));
        int64_t used = m_json_int(now, "/usage/storage_bytes");
        CHECK_INT(used, >=, 30000);
        DO(platform, "tenant.update", ARG("id", tenant.id),
           ARG("quotas", m_json_parse(t, m_fmt(t, "{\"storage_bytes\": %" PRId64 "}", used + 100))));
        REFUSED("quota_exceeded", tenant.admin, "data.put", ARG("workload", id), ARG("key", "more"),
                ARG("value", large));
    }
    STEP("what was there before is put back")
    {
        put(&tenant, id, "key-0", "changed");
        DO(tenant.admin, "backup.restore", ARG("workload", id), ARG("id", backup));
        check_data(t, &tenant, id, m_json_text(t, then, "/data"));
    }
    STEP("and a second time, over itself")
    {
        DO(tenant.admin, "backup.restore", ARG("workload", id), ARG("id", backup));
        check_data(t, &tenant, id, m_json_text(t, then, "/data"));
    }
}

/* ---- by a schedule ----------------------------------------------------------------------------------------------- */

/* The n-th backup of the workload, from 0; NULL: it has fewer. */
static const char *nth_backup(struct muster_ctx *t, const struct tenancy *tenant, const char *id, int n)
{
    return m_json_str(DO(tenant->admin, "backup.list", ARG("workload", id)), m_fmt(t, "/backups/%d/id", n));
}

/* How many of its backups are of this kind ("": any) and others than `not`. */
static int count_backups(struct muster_ctx *t, const struct tenancy *tenant, const char *id, const char *kind,
                         const char * not )
{
    struct m_json *list = DO(tenant->admin, "backup.list", ARG("workload", id));
    int found = 0;
    for (int64_t i = 0; i < m_json_count(list, "/backups"); i++) {
        const char *its_kind = m_json_str(list, m_fmt(t, "/backups/%d/kind", (int)i));
        const char *its_id = m_json_str(list, m_fmt(t, "/backups/%d/id", (int)i));
        found += (!*kind || (its_kind && strcmp(its_kind, kind) == 0)) && (!not || strcmp(its_id, not ) != 0);
    }
    m_json_free(list);
    return found;
}

/* Two by the schedule, neither of which is `first`. */
static int are_renewed(struct muster_ctx *t, const struct tenancy *tenant, const char *id, const char *first)
{
    return count_backups(t, tenant, id, "scheduled", NULL) == 2 &&
           count_backups(t, tenant, id, "scheduled", first) == 2;
}

static void begin_schedule(const struct tenancy *tenant, const char *id, int keep)
{
    DO(tenant->admin, "backup.schedule", ARG("workload", id), ARG("every_ms", 100), ARG("keep", keep));
}

/* The newest backup now. Comes with its data a moment later: asked for until it is another one than `before`. */
static int has_newer(struct muster_ctx *t, const struct tenancy *tenant, const char *id, const char *before)
{
    int64_t n = count_backups(t, tenant, id, "", NULL);
    const char *newest = n ? nth_backup(t, tenant, id, (int)n - 1) : NULL;
    return newest && strcmp(newest, before) != 0;
}

SCENARIO(schedules_make_backups, .summary = "A schedule backs up again and again, and keeps the newest few",
         .markers = MARKERS("e2e", "priority_p1", "container_lifecycle", "catches(defect='schedule-runs-once')",
                            "catches(defect='retention-deletes-newest')"),
         .needs = OPERATIONS(BACKUP_OPERATIONS, "backup.list", "backup.schedule", "backup.schedule.get",
                             "backup.unschedule"),
         .timeout_ms = 60000)
{
    struct m_session *platform = m_login(t, "admin");
    struct tenancy tenant = tenancy_begin(t, platform, "professional");
    const char *id = service_begin(t, &tenant, "web", 1), *other = service_begin(t, &tenant, "web", 1), *by_hand,
               *first;
    put(&tenant, id, "state", "early");
    STEP("one by hand, and then by a schedule that keeps two")
    {
        by_hand = back_up(&tenant, id, "by hand");
        begin_schedule(&tenant, id, 2);
        CHECK_INT(m_json_int(DO(tenant.admin, "backup.schedule.get", ARG("workload", id)), "/keep"), ==, 2);
        REQUIRE(M_UNTIL(t, SERVICE_MS, 20, count_backups(t, &tenant, id, "scheduled", NULL) > 0));
        first = nth_backup(t, &tenant, id, 1);
    }
    STEP("new ones come, and old ones go")
    {
        put(&tenant, id, "state", "late");
        REQUIRE(M_UNTIL(t, SERVICE_MS, 20, are_renewed(t, &tenant, id, first)));
    }
    STEP("what was made by hand stays, and the newest has the newest data")
    {
        /* Another one on top, so that the one that is read was begun after the data was written. */
        const char *newest = nth_backup(t, &tenant, id, 2);
        REQUIRE(newest != NULL, "what was made by hand is gone");
        REQUIRE(M_UNTIL(t, SERVICE_MS, 20, has_newer(t, &tenant, id, newest)));
        DO(tenant.admin, "backup.unschedule", ARG("workload", id));
        DO(tenant.admin, "backup.restore", ARG("workload", id), ARG("id", by_hand));
        check_data(t, &tenant, id, "{\"state\": \"early\"}");
        DO(tenant.admin, "backup.restore", ARG("workload", id), ARG("id", nth_backup(t, &tenant, id, 2)));
        check_data(t, &tenant, id, "{\"state\": \"late\"}");
    }
    STEP("a schedule that has ended makes no more, while another one goes on")
    {
        const char *last = nth_backup(t, &tenant, id, 2);
        CHECK_INT(m_json_int(DO(tenant.admin, "backup.schedule.get", ARG("workload", id)), "/every_ms"), ==, 0);
        begin_schedule(&tenant, other, 2);
        REQUIRE(M_UNTIL(t, SERVICE_MS, 20, count_backups(t, &tenant, other, "scheduled", NULL) == 2));
        const char *its_first = nth_backup(t, &tenant, other, 0);
        REQUIRE(M_UNTIL(t, SERVICE_MS, 20, are_renewed(t, &tenant, other, its_first)));
        CHECK_STR(nth_backup(t, &tenant, id, 2), ==, last);
    }
    STEP("a new one in its place counts at once")
    {
        begin_schedule(&tenant, other, 4);
        CHECK_INT(m_json_int(DO(tenant.admin, "backup.schedule.get", ARG("workload", other)), "/keep"), ==, 4);
        CHECK(M_UNTIL(t, SERVICE_MS, 20, count_backups(t, &tenant, other, "scheduled", NULL) == 4));
        begin_schedule(&tenant, other, 1);
        CHECK(M_UNTIL(t, SERVICE_MS, 20, count_backups(t, &tenant, other, "scheduled", NULL) == 1));
    }
}
