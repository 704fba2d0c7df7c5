/* SPDX-License-Identifier: Apache-2.0 */
/* Probes of workloads. */
#include "bed.h"

#include <stdio.h>
#include <string.h>

#define PIDS_MAX 32

static json_t *view(struct bed *b, const char *id)
{
    json_t *w;

    call(b, b->admin, "GET", NULL, &w, "/v1/workloads/%s", id);
    return w;
}

static int living(struct bed *b, const char *id, int *ret_pids)
{
    json_t *w = view(b, id), *p;
    size_t i;
    int n = 0;

    json_array_foreach(json_object_get(w, "processes"), i, p)
    {
        if (pid_alive(number_at(p, "pid")) && n < PIDS_MAX)
            ret_pids[n++] = number_at(p, "pid");
    }
    json_decref(w);
    return n;
}

static int post(struct bed *b, const char *id, const char *what, const char *body)
{
    return call(b, b->admin, "POST", body, NULL, "/v1/workloads/%s/%s", id, what);
}

static bool dead_replica_is_replaced(struct bed *b)
{
    int pids[PIDS_MAX];
    struct tenant t;
    char id[32];

    make_tenant(b, &t);
    make_workload(b, &t, "\"replicas\":2", id);
    if (post(b, id, "kill", "{\"index\":1}") != 202)
        return false;
    for (int tries = 0; tries < 1000; tries++) {
        json_t *w = view(b, id);
        bool again = number_at(w, "restarts") == 1 && strcmp(text_at(w, "status"), "running") == 0;
        json_decref(w);
        if (again)
            return living(b, id, pids) == 2;
        pause_ms(5);
    }
    return false;
}

static bool scaling_is_exact(struct bed *b)
{
    int pids[PIDS_MAX];
    struct tenant t;
    char id[32];

    make_tenant(b, &t);
    make_workload(b, &t, "", id);
    if (post(b, id, "scale", "{\"replicas\":4}") != 202 || !workload_becomes(b, id, "running") ||
        living(b, id, pids) != 4)
        return false;
    return post(b, id, "scale", "{\"replicas\":2}") == 202 && workload_becomes(b, id, "running") &&
           living(b, id, pids) == 2;
}

static bool deletion_ends_all(struct bed *b)
{
    int pids[PIDS_MAX];
    struct tenant t;
    char id[32];

    make_tenant(b, &t);
    make_workload(b, &t, "\"replicas\":3,\"image\":\"stubborn\"", id);
    int n = living(b, id, pids);
    if (n != 3 || call(b, t.token, "DELETE", NULL, NULL, "/v1/workloads/%s", id) != 202 ||
        !workload_becomes(b, id, NULL))
        return false;
    for (int i = 0; i < n; i++)
        if (pid_alive(pids[i]))
            return false;
    return true;
}

static bool backup_restores(struct bed *b)
{
    struct tenant t;
    char id[32], body[100];
    json_t *answer;

    make_tenant(b, &t);
    make_workload(b, &t, "", id);
    call(b, t.token, "PUT", "{\"value\":{\"n\":1}}", NULL, "/v1/workloads/%s/data/a", id);
    call(b, t.token, "PUT", "{\"value\":\"two\"}", NULL, "/v1/workloads/%s/data/b", id);
    if (call(b, t.token, "POST", "{}", &answer, "/v1/workloads/%s/backups", id) != 201)
        return false;
    snprintf(body, sizeof body, "{\"backup_id\":\"%s\"}", text_at(answer, "id"));
    bool counted = number_at(answer, "items") == 2;
    json_decref(answer);
    call(b, t.token, "PUT", "{\"value\":9}", NULL, "/v1/workloads/%s/data/a", id);
    call(b, t.token, "DELETE", NULL, NULL, "/v1/workloads/%s/data/b", id);
    call(b, t.token, "PUT", "{\"value\":3}", NULL, "/v1/workloads/%s/data/c", id);
    if (call(b, t.token, "POST", body, NULL, "/v1/workloads/%s/restore", id) != 200)
        return false;
    call(b, t.token, "GET", NULL, &answer, "/v1/workloads/%s/data", id);
    json_t *want = json_pack("{s:{s:i}, s:s}", "a", "n", 1, "b", "two");
    bool same = json_equal(json_object_get(answer, "data"), want);
    json_decref(want);
    json_decref(answer);
    return counted && same;
}

/* ---- backups ----------------------------------------------------------------------------------------------------- */

static void put_data(struct bed *b, const char *id, const char *key, const char *value)
{
    char body[100];

    snprintf(body, sizeof body, "{\"value\":\"%s\"}", value);
    call(b, b->admin, "PUT", body, NULL, "/v1/workloads/%s/data/%s", id, key);
}

static bool has_data(struct bed *b, const char *id, const char *json)
{
    json_t *answer, *want = json_loads(json, 0, NULL);

    call(b, b->admin, "GET", NULL, &answer, "/v1/workloads/%s/data", id);
    bool same = json_equal(json_object_get(answer, "data"), want);
    json_decref(want);
    json_decref(answer);
    return same;
}

static bool make_backup(struct bed *b, const char *id, char ret_backup[32])
{
    json_t *answer;
    int status = call(b, b->admin, "POST", "{}", &answer, "/v1/workloads/%s/backups", id);

    snprintf(ret_backup, 32, "%s", text_at(answer, "id"));
    json_decref(answer);
    return status == 201;
}

static int restore(struct bed *b, const char *id, const char *backup)
{
    char body[100];

    snprintf(body, sizeof body, "{\"backup_id\":\"%s\"}", backup);
    return post(b, id, "restore", body);
}

/* A workload with {a: "1", b: "2"} and a backup of that; since then {a: "1", b: "9", c: "3"}. */
static void begin_backed_up(struct bed *b, struct tenant *t, char ret_id[32], char ret_backup[32])
{
    make_tenant(b, t);
    make_workload(b, t, "", ret_id);
    put_data(b, ret_id, "a", "1");
    put_data(b, ret_id, "b", "2");
    make_backup(b, ret_id, ret_backup);
    put_data(b, ret_id, "b", "9");
    put_data(b, ret_id, "c", "3");
}

static bool backup_has_every_item(struct bed *b)
{
    char id[32], backup[32];
    struct tenant t;

    begin_backed_up(b, &t, id, backup);
    return restore(b, id, backup) == 200 && has_data(b, id, "{\"a\":\"1\",\"b\":\"2\"}");
}

/* Into its own workload, and into another one of the tenant. */
static bool restore_replaces(struct bed *b)
{
    char id[32], other[32], backup[32];
    struct tenant t;

    begin_backed_up(b, &t, id, backup);
    make_workload(b, &t, "", other);
    put_data(b, other, "strange", "x");
    return restore(b, other, backup) == 200 && has_data(b, other, "{\"a\":\"1\",\"b\":\"2\"}") &&
           restore(b, id, backup) == 200 && has_data(b, id, "{\"a\":\"1\",\"b\":\"2\"}");
}

static bool damage_is_found(struct bed *b)
{
    char id[32], backup[32];
    struct tenant t;

    begin_backed_up(b, &t, id, backup);
    return call(b, t.token, "POST", NULL, NULL, "/v1/workloads/%s/backups/%s/damage", id, backup) == 403 &&
           call(b, b->admin, "POST", NULL, NULL, "/v1/workloads/%s/backups/%s/damage", id, backup) == 204 &&
           restore(b, id, backup) == 409;
}

static bool refused_restore_changes_nothing(struct bed *b)
{
    char id[32], backup[32];
    struct tenant t;

    begin_backed_up(b, &t, id, backup);
    return restore(b, id, "bak_0000000000000000") == 404 && has_data(b, id, "{\"a\":\"1\",\"b\":\"9\",\"c\":\"3\"}");
}

static int files_of(struct bed *b, const struct tenant *t)
{
    json_t *answer;

    call(b, b->admin, "GET", NULL, &answer, "/v1/tenants/%s/resources", t->id);
    int n = (int)json_array_size(json_object_get(answer, "files"));
    json_decref(answer);
    return n;
}

static bool deleted_backup_leaves_no_file(struct bed *b)
{
    char id[32], backup[32];
    struct tenant t;

    begin_backed_up(b, &t, id, backup);
    return files_of(b, &t) == 1 &&
           call(b, t.token, "DELETE", NULL, NULL, "/v1/workloads/%s/backups/%s", id, backup) == 204 &&
           files_of(b, &t) == 0;
}

/* Asks until `enough` says so of the list of backups, or five seconds are over. */
static bool backups_become(struct bed *b, const char *id, bool (*enough)(const json_t *backups, const char *first),
                           const char *first)
{
    for (int tries = 0; tries < 1000; tries++) {
        json_t *answer;
        call(b, b->admin, "GET", NULL, &answer, "/v1/workloads/%s/backups", id);
        bool done = enough(json_object_get(answer, "backups"), first);
        json_decref(answer);
        if (done)
            return true;
        pause_ms(5);
    }
    return false;
}

static bool are_two(const json_t *backups, const char *first)
{
    (void)first;
    return json_array_size(backups) == 2;
}

static bool are_two_others(const json_t *backups, const char *first)
{
    return json_array_size(backups) == 2 && strcmp(text_at(json_array_get(backups, 0), "id"), first) != 0;
}

static bool schedule(struct bed *b, struct tenant *t, char ret_id[32])
{
    make_tenant(b, t);
    make_workload(b, t, "", ret_id);
    return call(b, t->token, "PUT", "{\"every_ms\":50,\"keep\":2}", NULL, "/v1/workloads/%s/backup-schedule", ret_id) ==
           200;
}

static bool schedule_goes_on(struct bed *b)
{
    struct tenant t;
    char id[32];

    return schedule(b, &t, id) && backups_become(b, id, are_two, NULL) &&
           call(b, t.token, "DELETE", NULL, NULL, "/v1/workloads/%s/backup-schedule", id) == 204 &&
           call(b, t.token, "DELETE", NULL, NULL, "/v1/workloads/%s/backup-schedule", id) == 204;
}

static bool retention_keeps_the_newest(struct bed *b)
{
    struct tenant t;
    json_t *answer;
    char id[32], first[32];

    if (!schedule(b, &t, id) || !backups_become(b, id, are_two, NULL))
        return false;
    call(b, b->admin, "GET", NULL, &answer, "/v1/workloads/%s/backups", id);
    snprintf(first, sizeof first, "%s", text_at(json_array_get(json_object_get(answer, "backups"), 0), "id"));
    json_decref(answer);
    return backups_become(b, id, are_two_others, first);
}

/* ---- versions, limits ---------------------------------------------------------------------------------------------
 */

static bool updates_have_no_gap(struct bed *b)
{
    struct tenant t;
    char id[32];
    bool new_seen = false;

    make_tenant(b, &t);
    make_workload(b, &t, "\"replicas\":2,\"image\":\"slow\"", id);
    if (post(b, id, "update", "{\"version\":\"2.0.0\"}") != 202)
        return false;
    for (int tries = 0; tries < 2000 && !new_seen; tries++) {
        json_t *answer;
        int status = call(b, b->admin, "POST", NULL, &answer, "/v1/workloads/%s/request", id);
        new_seen = strcmp(text_at(answer, "version"), "2.0.0") == 0;
        json_decref(answer);
        if (status != 200)
            return false;
        pause_ms(1);
    }
    return new_seen && workload_becomes(b, id, "running") && post(b, id, "request", NULL) == 200;
}

static bool runs_version(struct bed *b, const char *id, const char *version)
{
    json_t *w = view(b, id), *p;
    bool all = strcmp(text_at(w, "version"), version) == 0;
    size_t i;

    json_array_foreach(json_object_get(w, "processes"), i, p)
    {

        all &= strcmp(text_at(p, "version"), version) == 0;
    }
    json_decref(w);
    return all;
}

static bool rollback_goes_back(struct bed *b)
{
    struct tenant t;
    char id[32];

    make_tenant(b, &t);
    make_workload(b, &t, "\"replicas\":2", id);
    if (post(b, id, "rollback", NULL) != 409)
        return false;
    if (post(b, id, "update", "{\"version\":\"2.0.0\"}") != 202 || !workload_becomes(b, id, "running") ||
        !runs_version(b, id, "2.0.0"))
        return false;
    /* One that cannot start is undone by the platform. */
    if (post(b, id, "update", "{\"version\":\"3.0.0\",\"fail_on_start\":true}") != 202 ||
        !workload_becomes(b, id, "running") || !runs_version(b, id, "2.0.0"))
        return false;
    if (post(b, id, "update", "{\"version\":\"4.0.0\"}") != 202 || !workload_becomes(b, id, "running"))
        return false;
    return post(b, id, "rollback", NULL) == 202 && workload_becomes(b, id, "running") && runs_version(b, id, "2.0.0");
}

static bool quotas_hold(struct bed *b)
{
    struct tenant t;
    json_t *answer;
    char id[32];

    make_tenant(b, &t);
    make_workload(b, &t, "\"replicas\":0", id);
    make_workload(b, &t, "\"replicas\":0", id);
    int third = call(b, t.token, "POST", "{\"name\":\"third\"}", &answer, "/v1/tenants/%s/workloads", t.id);
    bool named = strcmp(text_at(json_object_get(answer, "error"), "code"), "quota_exceeded") == 0;
    json_decref(answer);
    return third == 403 && named && post(b, id, "scale", "{\"replicas\":5}") == 403;
}

static bool stale_changes_are_refused(struct bed *b)
{
    struct tenant t;
    json_t *c;
    char id[32];

    make_tenant(b, &t);
    if (call(b, t.token, "POST", "{\"name\":\"C\",\"email\":\"c@x.org\"}", &c, "/v1/tenants/%s/customers", t.id) != 201)
        return false;
    snprintf(id, sizeof id, "%s", text_at(c, "id"));
    json_decref(c);
    next_header(b, "If-Match: \"1\"");
    if (call(b, t.token, "PATCH", "{\"name\":\"D\"}", NULL, "/v1/tenants/%s/customers/%s", t.id, id) != 200)
        return false;
    next_header(b, "If-Match: \"1\"");
    return call(b, t.token, "PATCH", "{\"name\":\"E\"}", NULL, "/v1/tenants/%s/customers/%s", t.id, id) == 412 &&
           call(b, t.token, "PATCH", "{\"name\":\"E\",\"version\":1}", NULL, "/v1/tenants/%s/customers/%s", t.id, id) ==
               409 &&
           call(b, t.token, "PUT", "{\"name\":\"E\",\"email\":\"e@x.org\",\"version\":2}", NULL,
                "/v1/tenants/%s/customers/%s", t.id, id) == 200;
}

const struct probe probes_lifecycle[] = {
    {"stopped-stays-stopped", dead_replica_is_replaced},
    {"scale-miscount", scaling_is_exact},
    {"delete-leaves-process", deletion_ends_all},
    {"backup-empty", backup_restores},
    {"backup-misses-last", backup_has_every_item},
    {"backup-unverified", damage_is_found},
    {"backup-delete-leaves-file", deleted_backup_leaves_no_file},
    {"restore-merges", restore_replaces},
    {"restore-clears-first", refused_restore_changes_nothing},
    {"schedule-runs-once", schedule_goes_on},
    {"retention-deletes-newest", retention_keeps_the_newest},
    {"update-downtime", updates_have_no_gap},
    {"rollback-keeps-version", rollback_goes_back},
    {"quota-ignored", quotas_hold},
    {"lost-update", stale_changes_are_refused},
    {NULL, NULL},
};
