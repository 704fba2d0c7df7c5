/* SPDX-License-Identifier: Apache-2.0 */
/* The specifications: made, found, saved, forgotten. */
#include "workloads/workload.h"

#include "common/crypto.h"
#include "events/events.h"
#include "store/store.h"
#include "tenants/quota.h"
#include "workloads/replica.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

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

static bool is_own_image(const char *image)
{
    static const char *const own[] = {"web", "worker", "slow", "stubborn", "crash"};

    for (size_t i = 0; i < sizeof own / sizeof *own; i++)
        if (strcmp(own[i], image) == 0)
            return true;
    return false;
}

const char *image_type(const char *image)
{
    if (strncmp(image, IMAGE_COMPOSE, sizeof IMAGE_COMPOSE - 1) == 0)
        return "docker-compose";
    if (strncmp(image, IMAGE_GIT, sizeof IMAGE_GIT - 1) == 0)
        return "git-compose";
    return is_own_image(image) ? "process" : "docker-container";
}

const char *image_stand_in(const char *image)
{
    return is_own_image(image) ? image : "web";
}

int workload_create(struct testbed *tb, const struct workload_spec *spec, struct workload **ret_workload)
{
    struct workload *w = calloc(1, sizeof *w);

    if (!w)
        return STORE_ERROR;
    crypto_new_id("wl", w->id);
    snprintf(w->tenant_id, sizeof w->tenant_id, "%s", spec->tenant_id);
    snprintf(w->name, sizeof w->name, "%s", spec->name);
    snprintf(w->image, sizeof w->image, "%s", spec->image);
    snprintf(w->version, sizeof w->version, "%s", spec->version);
    snprintf(w->actual_version, sizeof w->actual_version, "%s", spec->version);
    w->replicas = spec->replicas;
    w->memory_mb = spec->memory_mb;
    w->nofile = spec->nofile;
    w->system = spec->system;
    clock_now_text(w->created_at);
    clock_now_text(w->updated_at);
    int rc = store_run(
        tb->db,
        "INSERT INTO workloads (id, tenant_id, name, image, version, stopped, replicas, memory_mb, nofile, system,"
        " created_at, updated_at) VALUES (?,?,?,?,?,0,?,?,?,?,?,?)",
        "sssssiiiiss", w->id, w->tenant_id, w->name, w->image, w->version, w->replicas, w->memory_mb, w->nofile,
        (int)w->system, w->created_at, w->updated_at);
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
    clock_now_text(w->updated_at);
    store_run(w->tb->db,
              "UPDATE workloads SET version = ?, previous_version = ?, schema_version = ?, previous_schema_version = ?,"
              " stopped = ?, replicas = ?, updated_at = ? WHERE id = ?",
              "ssiiiiss", w->version, w->previous_version[0] ? w->previous_version : NULL, w->schema_version,
              w->previous_schema_version, (int)w->stopped, w->replicas, w->updated_at, w->id);
}

static void leave_one_behind(struct workload *w)
{
    struct replica *p = w->processes;

    if (!p)
        return;
    w->processes = p->next;
    p->workload = NULL;
    lws_sul_cancel(&p->silence_timer);
    p->next = left_behind;
    left_behind = p;
}

void workload_delete(struct workload *w)
{
    if (w->deleting)
        return;
    w->deleting = true;
    if (defect(w->tb, D_DELETE_LEAVES_PROCESS) && !w->system)
        leave_one_behind(w);
    reconcile(w);
}

int workload_delete_all(struct testbed *tb, const char *tenant_id)
{
    struct workload *next;
    int left = 0;

    for (struct workload *w = tb->workloads; w; w = next) {
        next = w->next;
        if (strcmp(w->tenant_id, tenant_id) == 0)
            workload_delete(w); /* may be its end */
    }
    for (struct workload *w = tb->workloads; w; w = w->next)
        left += strcmp(w->tenant_id, tenant_id) == 0;
    return left;
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
    event_publish(tb, "workload", w->id, "deleted", tenant_id, json_pack("{s:s}", "name", w->name));
    free(w);
    workload_changed(tb, tenant_id);
}

static json_t *process_view(const struct replica *p)
{
    static const char *const states[] = {[R_STARTING] = "starting", [R_READY] = "ready", [R_STOPPING] = "stopping"};

    return json_pack("{s:i, s:i, s:s, s:s, s:s, s:I}", "index", p->index, "pid", (int)p->pid, "version", p->version,
                     "state", states[p->state], "started_at", p->started_at, "heartbeats", (json_int_t)p->heartbeats);
}

json_t *workload_view(const struct workload *w)
{
    json_t *processes = json_array();
    json_t *previous = w->previous_version[0] ? json_string(w->previous_version) : json_null();
    json_t *error = w->last_error[0] ? json_string(w->last_error) : json_null();

    for (const struct replica *p = w->processes; p; p = p->next)
        json_array_append_new(processes, process_view(p));
    return json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:o, s:s, s:s, s:i, s:i, s:I, s:o, s:b, s:o, s:s, s:s, s:o}", "id",
                     w->id, "tenant_id", w->tenant_id, "name", w->name, "type", image_type(w->image), "image", w->image,
                     "version", w->version, "previous_version", previous, "desired", w->stopped ? "stopped" : "running",
                     "status", workload_status_name(w->status), "replicas", w->replicas, "ready",
                     workload_ready_count(w), "restarts", (json_int_t)w->restarts, "last_error", error, "system",
                     w->system, "processes", processes, "created_at", w->created_at, "updated_at", w->updated_at,
                     "schema_version", w->schema_version > 0 ? json_integer(w->schema_version) : json_null());
}

json_t *workload_pids_of_tenant(struct testbed *tb, const char *tenant_id)
{
    json_t *pids = json_array();

    for (const struct workload *w = tb->workloads; w; w = w->next)
        for (const struct replica *p = strcmp(w->tenant_id, tenant_id) == 0 ? w->processes : NULL; p; p = p->next)
            json_array_append_new(pids, json_integer(p->pid));
    for (const struct replica *p = left_behind; p; p = p->next)
        if (strcmp(p->tenant_id, tenant_id) == 0 && kill(p->pid, 0) == 0)
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
    copy_text(row, "previous_version", w->previous_version, sizeof w->previous_version);
    copy_text(row, "updated_at", w->updated_at, sizeof w->updated_at);
    w->stopped = number(row, "stopped") != 0;
    w->replicas = number(row, "replicas");
    w->schema_version = number(row, "schema_version");
    w->previous_schema_version = number(row, "previous_schema_version");
}

static struct workload *from_row(struct testbed *tb, const json_t *row)
{
    struct workload *w = calloc(1, sizeof *w);

    if (!w)
        abort();
    copy_text(row, "id", w->id, sizeof w->id);
    copy_text(row, "tenant_id", w->tenant_id, sizeof w->tenant_id);
    copy_text(row, "name", w->name, sizeof w->name);
    copy_text(row, "image", w->image, sizeof w->image);
    copy_text(row, "created_at", w->created_at, sizeof w->created_at);
    w->system = number(row, "system") != 0;
    w->memory_mb = number(row, "memory_mb");
    w->nofile = number(row, "nofile");
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
    json_t *rows = store_all(tb->db, "SELECT * FROM workloads ORDER BY rowid", ""), *row;
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

void workloads_load(struct testbed *tb)
{
    quota_add_source(count_usage);
    workloads_resync(tb);
}

static void end_all(struct replica *p)
{
    while (p) {
        struct replica *next = p->next;
        kill(-p->pid, SIGKILL);
        waitpid(p->pid, NULL, 0);
        p->workload = NULL;
        replica_free(p);
        p = next;
    }
}

void workloads_stop_all(struct testbed *tb)
{
    end_all(left_behind);
    left_behind = NULL;
    while (tb->workloads) {
        struct workload *w = tb->workloads;
        tb->workloads = w->next;
        lws_sul_cancel(&w->retry);
        end_all(w->processes);
        free(w);
    }
}
