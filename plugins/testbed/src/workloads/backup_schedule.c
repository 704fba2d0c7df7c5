/* SPDX-License-Identifier: Apache-2.0 */
/*
 * /v1/workloads/{}/backup-schedule: backups by themselves, every so often, of which the last few are kept.
 *
 * The database has the schedules, with the time at which each is due. One timer waits for the first of them; whatever
 * changes a schedule sets it anew.
 */
#include "audit/audit.h"
#include "common/clock.h"
#include "server/fields.h"
#include "store/store.h"
#include "workloads/backup.h"

#include <stdio.h>
#include <string.h>

#define EVERY_MIN_MS  50
#define EVERY_MAX_MS  (31LL * 24 * 3600 * 1000)
#define KEEP_MAX      1000
#define RETRY_MS      1000 /* after the database has refused */
#define SCHEDULE_VIEW "SELECT workload_id, every_ms, keep, next_ms FROM backup_schedules "

static struct {
    struct testbed *tb;
    lws_sorted_usec_list_t timer;
} clockwork;

static void due(lws_sorted_usec_list_t *timer);

static void wait_for_next(int64_t at_least_ms)
{
    struct testbed *tb = clockwork.tb;
    int64_t next = store_number(tb->db, "SELECT coalesce(min(next_ms), 0) FROM backup_schedules", "");
    int64_t in_ms = next - clock_wall_ms();

    lws_sul_cancel(&clockwork.timer);
    if (next == 0 && at_least_ms == 0)
        return;
    if (in_ms < at_least_ms)
        in_ms = at_least_ms;
    lws_sul_schedule(tb->lws, 0, &clockwork.timer, due, in_ms > 0 ? in_ms * 1000 : 1);
}

/* ---- one backup by schedule -------------------------------------------------------------------------------------- */

/* Only what schedules have made: what somebody wanted to have stays until he deletes it. */
static void let_go(const struct workload *w, int64_t keep)
{
    bool newest = defect(w->tb, D_RETENTION_DELETES_NEWEST);
    json_t *ids = store_all(w->tb->db,
                            newest ? "SELECT id FROM backups WHERE workload_id = ? AND kind = ? ORDER BY rowid ASC"
                                   : "SELECT id FROM backups WHERE workload_id = ? AND kind = ? ORDER BY rowid DESC",
                            "ss", w->id, BACKUP_KIND_SCHEDULED);

    for (size_t i = (size_t)keep; i < json_array_size(ids); i++)
        backup_remove(w, json_string_value(json_object_get(json_array_get(ids, i), "id")));
    json_decref(ids);
}

static void back_up(const struct workload *w, int64_t due_ms, int64_t every_ms, int64_t keep, char ret_id[ID_MAX])
{
    bool made = backup_make(w, "by schedule", BACKUP_KIND_SCHEDULED, ret_id) == 0;

    audit_system(w->tb, "workload.backup", "workload", w->id, w->tenant_id, made ? "ok" : "failed",
                 made ? ret_id : "by schedule: it could not be written");
    if (made)
        let_go(w, keep);
    if (defect(w->tb, D_SCHEDULE_RUNS_ONCE))
        every_ms = EVERY_MAX_MS;
    /* From now on, not from when it was due: what was missed is made up for once. */
    store_run(w->tb->db, "UPDATE backup_schedules SET next_ms = ? WHERE workload_id = ?", "Is",
              (defect(w->tb, D_BACKUPS_CATCH_UP) ? due_ms : clock_wall_ms()) + every_ms, w->id);
}

static int64_t number_of(const json_t *row, const char *name)
{
    return json_integer_value(json_object_get(row, name));
}

/* In a transaction of its own, so that one workload's trouble is not another's. */
static bool keep_schedule(struct testbed *tb, const json_t *row)
{
    const struct workload *w = workload_find(tb, json_string_value(json_object_get(row, "workload_id")));
    char id[ID_MAX];

    if (!w || w->deleting)
        return true;
    if (store_begin(tb->db) != 0)
        return false;
    back_up(w, number_of(row, "next_ms"), number_of(row, "every_ms"), number_of(row, "keep"), id);
    if (store_commit(tb->db) == 0)
        return true;
    backup_discard(w, id);
    return false;
}

static void due(lws_sorted_usec_list_t *timer)
{
    struct testbed *tb = clockwork.tb;
    json_t *rows = store_all(tb->db, SCHEDULE_VIEW "WHERE next_ms <= ? ORDER BY next_ms", "I", clock_wall_ms());
    bool kept = rows != NULL;
    size_t i;
    const json_t *row;

    (void)timer;
    json_array_foreach(rows, i, row)
    {
        kept &= keep_schedule(tb, row);
    }
    json_decref(rows);
    wait_for_next(kept ? 0 : RETRY_MS);
}

void backups_start(struct testbed *tb)
{
    clockwork.tb = tb;
    if (!defect(tb, D_SCHEDULE_ENDS_WITH_RESTART))
        wait_for_next(0);
}

void backups_stop(struct testbed *tb)
{
    (void)tb;
    lws_sul_cancel(&clockwork.timer);
}

/* ---- requests ---------------------------------------------------------------------------------------------------- */

/* Runs once the request's change is kept: until then the timer would see what may yet be undone. */
static void schedule_changed(void)
{
    lws_sul_schedule(clockwork.tb->lws, 0, &clockwork.timer, due, 1);
}

/* Without a schedule: one of every 0 ms. */
static json_t *view(struct testbed *tb, const char *workload_id)
{
    json_t *row = store_one(tb->db, SCHEDULE_VIEW "WHERE workload_id = ?", "s", workload_id);
    char next[TIME_TEXT_MAX];

    if (!row)
        return json_pack("{s:s, s:i, s:i, s:n}", "workload_id", workload_id, "every_ms", 0, "keep", 0, "next_at");
    json_object_set_new(row, "next_at", json_string(clock_text(number_of(row, "next_ms"), next)));
    json_object_del(row, "next_ms");
    return row;
}

static void schedule_put(struct request *r)
{
    const struct workload *w = request_workload(r);
    struct fields f;

    fields_begin(&f, r);
    int64_t every_ms = field_number(&f, "every_ms", REQUIRED, EVERY_MIN_MS, EVERY_MAX_MS, 0);
    int64_t keep = field_number(&f, "keep", OPTIONAL, 1, KEEP_MAX, 7);
    if (!fields_end(&f))
        return;
    if (store_run(r->tb->db,
                  "INSERT INTO backup_schedules (workload_id, every_ms, keep, next_ms) VALUES (?,?,?,?)"
                  " ON CONFLICT (workload_id) DO UPDATE SET every_ms = excluded.every_ms, keep = excluded.keep,"
                  " next_ms = excluded.next_ms",
                  "sIII", w->id, every_ms, keep, clock_wall_ms() + every_ms) < 0)
        return;
    audit_ok(r, "workload.backup_schedule", "workload", w->id, w->tenant_id, "every %lld ms, the last %lld",
             (long long)every_ms, (long long)keep);
    schedule_changed();
    reply(r, 200, view(r->tb, w->id));
}

static void schedule_get(struct request *r)
{
    reply(r, 200, view(r->tb, request_workload(r)->id));
}

static void schedule_delete(struct request *r)
{
    const struct workload *w = request_workload(r);

    if (store_run(r->tb->db, "DELETE FROM backup_schedules WHERE workload_id = ?", "s", w->id) < 0)
        return;
    audit_ok(r, "workload.backup_unschedule", "workload", w->id, w->tenant_id, "ended");
    schedule_changed();
    reply(r, 204, NULL);
}

const struct route backup_schedule_routes[] = {
    {M_PUT, "/v1/workloads/{}/backup-schedule", ROLES_OPERATE, ROUTE_ACTIVE, route_of_workload, schedule_put},
    {M_GET, "/v1/workloads/{}/backup-schedule", ROLES_ALL, ROUTE_ACTIVE, route_of_workload, schedule_get},
    {M_DELETE, "/v1/workloads/{}/backup-schedule", ROLES_OPERATE, ROUTE_ACTIVE, route_of_workload, schedule_delete},
    {.pattern = NULL},
};
