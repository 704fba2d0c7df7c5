/* SPDX-License-Identifier: Apache-2.0 */
/* The specifications: made, found, saved, forgotten. */
#include "workloads/workload.h"

#include "common/crypto.h"
#include "common/folder.h"
#include "events/events.h"
#include "server/fields.h"
#include "store/store.h"
#include "tenants/quota.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void (*heard)(struct testbed *tb, const char *tenant_id);

void workloads_listen(void (*changed)(struct testbed *tb, const char *tenant_id))
{
    heard = changed;
}

void workload_changed(struct testbed *tb, const char *tenant_id)
{
    if (heard)
        heard(tb, tenant_id);
}

const char *route_of_workload(struct request *r)
{
    struct workload *w = workload_find(r->tb, r->param[0]);

    r->target = w;
    return w ? w->tenant_id : NULL;
}

/* Replicas that a deletion has left behind: only with delete-leaves-process. */
static struct replica *left_behind;

const char *workload_status_name(enum workload_status status)
{
    static const char *const names[] = {
        [W_PENDING] = "pending",   [W_RUNNING] = "running",   [W_SCALING] = "scaling",
        [W_UPDATING] = "updating", [W_DEGRADED] = "degraded", [W_STOPPING] = "stopping",
        [W_STOPPED] = "stopped",   [W_FAILED] = "failed",     [W_DELETING] = "deleting",
    };

    return names[status];
}

struct workload *workload_find(struct testbed *tb, const char *id)
{
    struct workload *w = tb->workloads;

    while (w && strcmp(w->id, id) != 0)
        w = w->next;
    return w;
}

struct workload *workload_find_named(struct testbed *tb, const char *tenant_id, const char *name)
{
    struct workload *w = tb->workloads;

    while (w && (strcmp(w->tenant_id, tenant_id) != 0 || strcmp(w->name, name) != 0))
        w = w->next;
    return w;
}

static void add(struct testbed *tb, struct workload *w)
{
    w->tb = tb;
    w->status = W_PENDING;
    w->next = tb->workloads;
    tb->workloads = w;
}

const char *image_type(const char *image)
{
    if (strncmp(image, IMAGE_COMPOSE, sizeof IMAGE_COMPOSE - 1) == 0)
        return "docker-compose";
    if (strncmp(image, IMAGE_GIT, sizeof IMAGE_GIT - 1) == 0)
        return "git-compose";
    return is_choice(image, WORKLOAD_IMAGES) ? "process" : "docker-container";
}

const char *image_stand_in(const char *image)
{
    return is_choice(image, WORKLOAD_IMAGES) ? image : "web";
}

struct workload_spec workload_spec_usual(const char *tenant_id, const char *name, const char *image)
{
    return (struct workload_spec){.tenant_id = tenant_id,
                                  .name = name,
                                  .image = image,
                                  .version = "1.0.0",
                                  .replicas = 1,
                                  .grace_ms = 500,
                                  .limits = limits_usual(),
                                  .health = {.interval_ms = 1000, .timeout_ms = 3000, .failures = 3}};
}

static json_t *health_to_json(const struct health_rule *h)
{
    return json_pack("{s:i, s:i, s:i}", "interval_ms", h->interval_ms, "timeout_ms", h->timeout_ms, "failures",
                     h->failures);
}

/* What has no column of its own. */
static json_t *settings_to_json(const struct workload *w)
{
    return json_pack("{s:o, s:o, s:i, s:o, s:o, s:b}", "limits", limits_to_json(&w->limits), "health",
                     health_to_json(&w->health), "grace_ms", w->grace_ms, "autoscale", autoscale_to_json(&w->autoscale),
                     "alert_rules", alert_rules_to_json(&w->alert_rules), "deleting", w->deleting);
}

static void settings_from_json(struct workload *w, const json_t *from)
{
    json_t *health = json_object_get(from, "health");

    limits_from_json(&w->limits, json_object_get(from, "limits"));
    autoscale_from_json(&w->autoscale, json_object_get(from, "autoscale"));
    alert_rules_from_json(&w->alert_rules, json_object_get(from, "alert_rules"));
    json_unpack(health, "{s:i, s:i, s:i}", "interval_ms", &w->health.interval_ms, "timeout_ms", &w->health.timeout_ms,
                "failures", &w->health.failures);
    json_unpack((json_t *)(uintptr_t)from, "{s:i}", "grace_ms", &w->grace_ms);
    w->deleting |= json_is_true(json_object_get(from, "deleting")) && !defect(w->tb, D_DELETION_FORGOTTEN);
}

int workload_create(struct testbed *tb, const struct workload_spec *spec, struct workload **ret_workload)
{
    struct workload *w = calloc(1, sizeof *w);

    if (!w)
        return STORE_ERROR;
    w->tb = tb;
    crypto_new_id("wl", w->id);
    snprintf(w->tenant_id, sizeof w->tenant_id, "%s", spec->tenant_id);
    snprintf(w->name, sizeof w->name, "%s", spec->name);
    snprintf(w->image, sizeof w->image, "%s", spec->image);
    snprintf(w->version, sizeof w->version, "%s", spec->version);
    snprintf(w->actual_version, sizeof w->actual_version, "%s", spec->version);
    w->replicas = spec->replicas;
    w->grace_ms = spec->grace_ms;
    w->limits = spec->limits;
    w->health = spec->health;
    w->alert_rules = alert_rules_usual();
    w->system = spec->system;
    w->stopped = spec->stopped;
    settings_from_json(w, spec->settings);
    clock_now_text(w->created_at);
    clock_now_text(w->updated_at);
    json_t *settings = settings_to_json(w);
    int rc = store_run(tb->db,
                       "INSERT INTO workloads (id, tenant_id, name, image, version, stopped, replicas, memory_mb,"
                       " nofile, system, created_at, updated_at, settings) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?)",
                       "sssssiiiiissj", w->id, w->tenant_id, w->name, w->image, w->version, (int)w->stopped,
                       w->replicas, w->limits.of[LIMIT_MEMORY], w->limits.of[LIMIT_OPEN_FILES], (int)w->system,
                       w->created_at, w->updated_at, settings);
    json_decref(settings);
    if (rc < 0) {
        free(w);
        return rc;
    }
    add(tb, w);
    event_publish(tb, "workload", w->id, "created", w->tenant_id,
                  json_pack("{s:s, s:s}", "name", w->name, "image", w->image));
    *ret_workload = w;
    reconcile(w);
    return 0;
}

void workload_save(struct workload *w)
{
    json_t *settings = settings_to_json(w);

    clock_now_text(w->updated_at);
    store_run(w->tb->db,
              "UPDATE workloads SET version = ?, previous_version = ?, schema_version = ?, previous_schema_version = ?,"
              " stopped = ?, replicas = ?, memory_mb = ?, nofile = ?, updated_at = ?, settings = ? WHERE id = ?",
              "ssiiiiiisjs", w->version, w->previous_version[0] ? w->previous_version : NULL, w->schema_version,
              w->previous_schema_version, (int)w->stopped, w->replicas, w->limits.of[LIMIT_MEMORY],
              w->limits.of[LIMIT_OPEN_FILES], w->updated_at, settings, w->id);
    json_decref(settings);
}

void workload_leave(struct workload *w, struct replica *p)
{
    struct replica **at = &w->processes;

    while (*at != p)
        at = &(*at)->next;
    *at = p->next;
    replica_leave(p);
    p->next = left_behind;
    left_behind = p;
}

static void leave_one_behind(struct workload *w)
{
    if (w->processes)
        workload_leave(w, w->processes);
}

void workload_delete(struct workload *w)
{
    if (w->deleting)
        return;
    w->deleting = true;
    workload_save(w); /* a restart must not bring it back */
    if (defect(w->tb, D_DELETE_LEAVES_PROCESS) && !w->system)
        leave_one_behind(w);
    reconcile(w);
}

static int count_of(struct testbed *tb, const char *tenant_id)
{
    int n = 0;

    for (struct workload *w = tb->workloads; w; w = w->next)
        n += strcmp(w->tenant_id, tenant_id) == 0;
    return n;
}

int workload_kill_all(struct testbed *tb, const char *tenant_id)
{
    for (struct workload *w = tb->workloads; w; w = w->next) {
        if (strcmp(w->tenant_id, tenant_id) != 0)
            continue;
        if (defect(tb, D_FORCE_SPARES_PROCESSES) && !w->deleting)
            leave_one_behind(w);
        for (struct replica *p = w->processes; p; p = p->next)
            replica_kill(p, SIGKILL);
    }
    return workload_delete_all(tb, tenant_id);
}

int workload_delete_all(struct testbed *tb, const char *tenant_id)
{
    struct workload *next;

    for (struct workload *w = tb->workloads; w; w = next) {
        next = w->next;
        if (strcmp(w->tenant_id, tenant_id) == 0)
            workload_delete(w); /* may be its end */
    }
    return count_of(tb, tenant_id);
}

/* What is kept of it in files, its backups among them. */
static void remove_files(const struct workload *w)
{
    char *path = folder_path(w->tb, "tenants/%s/workloads/%s", w->tenant_id, w->id);

    folder_remove(path);
    free(path);
}

void workload_gone(struct workload *w)
{
    struct testbed *tb = w->tb;
    struct workload **at = &tb->workloads;
    char tenant_id[ID_MAX];

    while (*at != w)
        at = &(*at)->next;
    *at = w->next;
    lws_sul_cancel(&w->retry);
    memcpy(tenant_id, w->tenant_id, sizeof tenant_id);
    store_run(tb->db, "DELETE FROM workloads WHERE id = ?", "s", w->id);
    remove_files(w);
    event_publish(tb, "workload", w->id, "deleted", tenant_id, json_pack("{s:s}", "name", w->name));
    free(w);
    workload_changed(tb, tenant_id);
}

/* What it runs with, which is not what the workload has while that is being changed. */
static json_t *replica_limits_view(const struct replica *p)
{
    json_t *view = json_object();

    for (int i = 0; i < LIMIT_COUNT; i++)
        if (limit_of_replica((enum limit)i))
            json_object_set_new(view, limit_name((enum limit)i), json_integer(p->limits.of[i]));
    return view;
}

static json_t *process_view(const struct replica *p)
{
    json_t *address = p->port > 0 ? json_sprintf("%s:%d", p->host, p->port) : json_null();
    json_t *pid = p->pid > 0 ? json_integer(p->pid) : json_null();

    return json_pack("{s:s, s:i, s:o, s:o, s:s, s:s, s:s, s:I, s:o}", "name", p->name, "index", p->index, "pid", pid,
                     "address", address, "version", p->version, "state", replica_state_name(p->state), "started_at",
                     p->started_at, "health_checks", (json_int_t)p->health_checks, "limits", replica_limits_view(p));
}

/* What each limit is, and by what it holds. */
static json_t *limits_view(const struct workload *w)
{
    json_t *view = limits_to_json(&w->limits), *held_by = json_object();

    for (int i = 0; i < LIMIT_COUNT; i++) {
        const char *by = limit_of_replica((enum limit)i) ? w->tb->driver->holds((enum limit)i) : "the platform";
        json_object_set_new(held_by, limit_name((enum limit)i), by ? json_string(by) : json_null());
    }
    json_object_set_new(view, "held_by", held_by);
    return view;
}

json_t *workload_view(const struct workload *w)
{
    json_t *processes = json_array();
    json_t *previous = w->previous_version[0] ? json_string(w->previous_version) : json_null();
    json_t *error = w->last_error[0] ? json_string(w->last_error) : json_null();

    for (const struct replica *p = w->processes; p; p = p->next)
        json_array_append_new(processes, process_view(p));
    json_t *view =
        json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:o, s:s, s:s, s:i, s:i, s:I, s:o, s:b, s:o, s:s, s:s, s:o}", "id",
                  w->id, "tenant_id", w->tenant_id, "name", w->name, "type", image_type(w->image), "image", w->image,
                  "version", w->version, "previous_version", previous, "desired", w->stopped ? "stopped" : "running",
                  "status", workload_status_name(w->status), "replicas", w->replicas, "ready", workload_ready_count(w),
                  "restarts", (json_int_t)w->restarts, "last_error", error, "system", w->system, "processes", processes,
                  "created_at", w->created_at, "updated_at", w->updated_at, "schema_version",
                  w->schema_version > 0 ? json_integer(w->schema_version) : json_null());
    json_object_update_new(view, json_pack("{s:s, s:o, s:o, s:i, s:i, s:i, s:o}", "driver", w->tb->driver->name,
                                           "limits", limits_view(w), "health", health_to_json(&w->health), "grace_ms",
                                           w->grace_ms, "in_flight", workload_in_flight(w), "restart_pause_ms",
                                           w->pause_ms, "autoscale", autoscale_to_json(&w->autoscale)));
    return view;
}

json_t *workload_pids_of_tenant(struct testbed *tb, const char *tenant_id)
{
    json_t *pids = json_array();

    for (const struct workload *w = tb->workloads; w; w = w->next)
        for (const struct replica *p = strcmp(w->tenant_id, tenant_id) == 0 ? w->processes : NULL; p; p = p->next)
            json_array_append_new(pids, json_integer(p->pid));
    for (const struct replica *p = left_behind; p; p = p->next)
        if (strcmp(p->tenant_id, tenant_id) == 0 && p->instance)
            json_array_append_new(pids, json_integer(p->pid));
    return pids;
}

static void copy_text(const json_t *row, const char *name, char *buf, size_t size)
{
    const char *text = json_string_value(json_object_get(row, name));

    snprintf(buf, size, "%s", text ? text : "");
}

static int number(const json_t *row, const char *name)
{
    return (int)json_integer_value(json_object_get(row, name));
}

static void count_usage(struct testbed *tb, const char *tenant_id, struct usage *u)
{
    u->storage_bytes +=
        store_number(tb->db,
                     "SELECT coalesce(sum(octet_length(d.key) + octet_length(d.value)), 0)"
                     " FROM workload_data d JOIN workloads w ON w.id = d.workload_id WHERE w.tenant_id = ?",
                     "s", tenant_id);
    u->workloads +=
        store_number(tb->db, "SELECT count(*) FROM workloads WHERE tenant_id = ? AND system = 0", "s", tenant_id);
    u->replicas += store_number(
        tb->db, "SELECT coalesce(sum(replicas), 0) FROM workloads WHERE tenant_id = ? AND system = 0", "s", tenant_id);
}

/* What may change of a specification, from its row. */
static void read_spec(struct workload *w, const json_t *row)
{
    const char *version = json_string_value(json_object_get(row, "version"));

    if (strcmp(w->version, version) != 0)
        copy_text(row, "version", w->actual_version, sizeof w->actual_version);
    copy_text(row, "version", w->version, sizeof w->version);
    if (!defect(w->tb, D_PREVIOUS_VERSION_FORGOTTEN) || w->processes)
        copy_text(row, "previous_version", w->previous_version, sizeof w->previous_version);
    copy_text(row, "updated_at", w->updated_at, sizeof w->updated_at);
    w->stopped = number(row, "stopped") != 0 && !(defect(w->tb, D_STOPPED_RUNS_AGAIN) && !w->processes);
    w->replicas = number(row, "replicas");
    w->schema_version = number(row, "schema_version");
    w->previous_schema_version = number(row, "previous_schema_version");
    w->limits.of[LIMIT_MEMORY] = number(row, "memory_mb");
    w->limits.of[LIMIT_OPEN_FILES] = number(row, "nofile");
    settings_from_json(w, json_object_get(row, "settings"));
    if (defect(w->tb, D_USUAL_LIMITS_AGAIN) && !w->processes)
        w->limits = workload_spec_usual(NULL, NULL, NULL).limits;
}

static struct workload *from_row(struct testbed *tb, const json_t *row)
{
    const struct workload_spec usual = workload_spec_usual(NULL, NULL, NULL);
    struct workload *w = calloc(1, sizeof *w);

    if (!w)
        abort();
    w->grace_ms = usual.grace_ms;
    w->limits = usual.limits;
    w->health = usual.health;
    w->alert_rules = alert_rules_usual();
    copy_text(row, "id", w->id, sizeof w->id);
    copy_text(row, "tenant_id", w->tenant_id, sizeof w->tenant_id);
    copy_text(row, "name", w->name, sizeof w->name);
    copy_text(row, "image", w->image, sizeof w->image);
    copy_text(row, "created_at", w->created_at, sizeof w->created_at);
    w->system = number(row, "system") != 0;
    add(tb, w);
    return w;
}

static bool has_row(const json_t *rows, const struct workload *w)
{
    size_t i;
    const json_t *row;

    json_array_foreach(rows, i, row)
    {
        if (strcmp(json_string_value(json_object_get(row, "id")), w->id) == 0)
            return true;
    }
    return false;
}

void workloads_resync(struct testbed *tb)
{
    json_t *rows = store_all(tb->db, "SELECT w.*, w.settings AS \"settings:json\" FROM workloads w ORDER BY rowid", ""),
           *row;
    struct workload *next;
    size_t i;

    if (!rows)
        return;
    for (struct workload *w = tb->workloads; w; w = next) {
        next = w->next;
        if (!has_row(rows, w))
            workload_delete(w); /* may be its end */
    }
    json_array_foreach(rows, i, row)
    {
        struct workload *w = workload_find(tb, json_string_value(json_object_get(row, "id")));
        if (!w)
            w = from_row(tb, row);
        read_spec(w, row);
        reconcile(w);
    }
    json_decref(rows);
}

int workloads_load(struct testbed *tb)
{
    if (replica_open_driver(tb, tb->opt.driver) != 0)
        return -1;
    quota_add_source(count_usage);
    workloads_resync(tb);
    return 0;
}

void workloads_children(struct testbed *tb)
{
    if (tb->driver && tb->driver->children)
        tb->driver->children();
}

static void free_all(struct replica *p)
{
    while (p) {
        struct replica *next = p->next;
        replica_free(p);
        p = next;
    }
}

void workloads_stop_all(struct testbed *tb)
{
    if (tb->driver)
        tb->driver->close();
    free_all(left_behind);
    left_behind = NULL;
    while (tb->workloads) {
        struct workload *w = tb->workloads;
        tb->workloads = w->next;
        lws_sul_cancel(&w->retry);
        free_all(w->processes);
        free(w);
    }
}
