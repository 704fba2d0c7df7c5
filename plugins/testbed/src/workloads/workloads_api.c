/* SPDX-License-Identifier: Apache-2.0 */
/* /v1/workloads: changing what should run. The reconciler does the rest. */
#include "audit/audit.h"
#include "events/events.h"
#include "server/fields.h"
#include "store/store.h"
#include "tenants/quota.h"
#include "tenants/tenants.h"
#include "workloads/workload.h"

#include <stdio.h>
#include <string.h>

#define REPLICAS_MAX    20
#define VERSION_PATTERN "[0-9]{1,6}(\\.[0-9]{1,6}){0,2}"

/* ["8080:80"], {"NAME": "text"}: of compositions and containers. A stand-in listens nowhere and reads nothing, so they
 * are looked at and let go. */
static void look_at_surroundings(struct fields *f)
{
    const json_t *ports = field_any(f, "ports", OPTIONAL), *port, *text;
    json_t *variables = field_object(f, "envVars", OPTIONAL);
    const char *name;
    size_t i;

    if (ports && !json_is_null(ports) && !json_is_array(ports))
        field_error(f, "ports", "must be a list");
    json_array_foreach(ports, i, port)
    {
        if (!json_is_string(port) || strspn(json_string_value(port), "0123456789:") != json_string_length(port))
            field_error(f, "ports", "must be of the form 8080:80");
    }
    json_object_foreach(variables, name, text)
    {
        if (!json_is_string(text))
            field_error(f, "envVars", "%s must be a text", name);
    }
}

/* One that is of another type of order; null is nothing. */
static void refuse_others(struct fields *f, const char *type, const char *const *names)
{
    for (; *names; names++) {
        const json_t *value = field_any(f, *names, OPTIONAL);
        if (value && !json_is_null(value))
            field_error(f, *names, "is nothing for the type %s", type);
    }
}

/* What is to run, by the type of the order, into `image`. */
static void take_image(struct fields *f, char image[IMAGE_MAX])
{
    static const char *const of_images[] = {"composeDir", "gitRepo", "branch", NULL};
    static const char *const of_folders[] = {"image", "gitRepo", "branch", NULL};
    static const char *const of_repositories[] = {"image", "composeDir", NULL};
    const char *type = field_choice(f, "type", OPTIONAL, "process, docker-container, docker-compose, git-compose");
    const char *what, *branch;

    type = type ? type : "process";
    if (strcmp(type, "docker-compose") == 0) {
        what = field_match(f, "composeDir", REQUIRED, "[A-Za-z0-9._/-]{1,100}");
        refuse_others(f, type, of_folders);
        snprintf(image, IMAGE_MAX, IMAGE_COMPOSE "%s", what ? what : "");
    } else if (strcmp(type, "git-compose") == 0) {
        what = field_match(f, "gitRepo", REQUIRED, "https://[A-Za-z0-9._/-]{1,90}");
        branch = field_match(f, "branch", OPTIONAL, "[A-Za-z0-9._/-]{1,40}");
        refuse_others(f, type, of_repositories);
        snprintf(image, IMAGE_MAX, IMAGE_GIT "%s#%s", what ? what : "", branch ? branch : "main");
    } else {
        what = strcmp(type, "process") == 0
                   ? field_choice(f, "image", OPTIONAL, WORKLOAD_IMAGES)
                   : field_match(f, "image", REQUIRED, "(nginx|redis|postgres)(:[a-z0-9.-]{1,40})?");
        refuse_others(f, type, of_images);
        snprintf(image, IMAGE_MAX, "%s", what ? what : "web");
    }
}

/* What of the body's `health` and `grace_ms` is given. */
static void take_manners(struct fields *f, struct workload_spec *spec)
{
    struct health_rule *h = &spec->health;
    struct fields_outer outer;

    spec->grace_ms = (int)field_number(f, "grace_ms", OPTIONAL, 0, 60000, spec->grace_ms);
    if (!fields_enter(f, "health", OPTIONAL, &outer))
        return;
    h->interval_ms = (int)field_number(f, "interval_ms", OPTIONAL, 10, 60000, h->interval_ms);
    h->timeout_ms = (int)field_number(f, "timeout_ms", OPTIONAL, 10, 60000, h->timeout_ms);
    h->failures = (int)field_number(f, "failures", OPTIONAL, 1, 100, h->failures);
    fields_leave(f, &outer);
}

static void workloads_create(struct request *r)
{
    char image[IMAGE_MAX] = "";
    struct workload_spec spec = workload_spec_usual(r->param[0], NULL, image);
    struct fields_outer outer;
    struct workload *w;
    struct fields f;

    fields_begin(&f, r);
    spec.name = field_match(&f, "name", REQUIRED, "[a-z][a-z0-9-]{0,62}");
    take_image(&f, image);
    look_at_surroundings(&f);
    const char *version = field_match(&f, "version", OPTIONAL, VERSION_PATTERN);
    spec.replicas = (int)field_number(&f, "replicas", OPTIONAL, 0, REPLICAS_MAX, 1);
    if (fields_enter(&f, "limits", OPTIONAL, &outer)) {
        limits_take(&f, &spec.limits);
        fields_leave(&f, &outer);
    }
    take_manners(&f, &spec);
    if (!fields_end(&f) || !quota_allows(r, spec.tenant_id, "workloads", 1) ||
        !quota_allows(r, spec.tenant_id, "replicas", spec.replicas))
        return;
    if (version)
        spec.version = version;
    int rc = workload_create(r->tb, &spec, &w);
    if (rc == STORE_UNIQUE) {
        reply_error(r, 409, "name_taken", "the tenant has a workload %s", spec.name);
    } else if (rc == 0) {
        audit_ok(r, "workload.create", "workload", w->id, w->tenant_id, "%s, %d of %s", w->name, w->replicas, w->image);
        reply_header(r, "Location", "/v1/workloads/%s", w->id);
        reply(r, 202, workload_view(w));
    }
}

static void workloads_list(struct request *r)
{
    const char *system = request_arg(r, "system");
    bool with_system = system && strcmp(system, "true") == 0;
    json_t *list = json_array();
    struct page page;
    int64_t total = 0;

    if (!request_page(r, &page)) {
        json_decref(list);
        return;
    }
    for (const struct workload *w = r->tb->workloads; w; w = w->next) {
        if (strcmp(w->tenant_id, r->param[0]) != 0 || (w->system && !with_system))
            continue;
        int64_t first = defect(r->tb, D_LIST_MISSES_ONE) ? 1 : page.offset;
        if (total >= first && (int64_t)json_array_size(list) < page.limit)
            json_array_append_new(list, workload_view(w));
        total++;
    }
    reply(r, 200, json_pack("{s:o, s:I}", "workloads", list, "total", (json_int_t)total));
}

static void workloads_get(struct request *r)
{
    reply(r, 200, workload_view(request_workload(r)));
}

bool workload_changeable(struct request *r)
{
    const struct workload *w = request_workload(r);

    if ((!w->system || defect(r->tb, D_OWN_APPLICATION_CHANGED)) && !w->deleting)
        return true;
    reply_error(r, 409, "invalid_state",
                w->deleting ? "the workload is being deleted" : "this workload is the platform's own");
    return false;
}

void workload_specified(struct request *r, const char *action, const char *detail)
{
    struct workload *w = request_workload(r);

    w->failed &= defect(r->tb, D_FAILED_STAYS_FAILED);
    w->failed_starts = w->quick_ends = 0;
    w->lost = 0;
    lws_sul_cancel(&w->retry);
    workload_save(w);
    audit_ok(r, action, "workload", w->id, w->tenant_id, "%s", detail);
    reconcile(w);
    reply(r, 202, workload_view(w));
}

static void workloads_scale(struct request *r)
{
    struct workload *w = request_workload(r);
    char detail[40];
    struct fields f;

    fields_begin(&f, r);
    int replicas = (int)field_number(&f, "replicas", REQUIRED, 0, REPLICAS_MAX, 0);
    if (!fields_end(&f) || !workload_changeable(r) ||
        !quota_allows(r, w->tenant_id, "replicas", replicas - w->replicas))
        return;
    snprintf(detail, sizeof detail, "from %d to %d", w->replicas, replicas);
    w->scaling = true;
    w->replicas = replicas;
    w->short_by = defect(r->tb, D_SCALE_MISCOUNT) && replicas > 1 ? 1 : 0;
    for (struct replica *p = w->processes; p && defect(r->tb, D_SCALE_RESTARTS); p = p->next)
        replica_stop(p);
    workload_specified(r, "workload.scale", detail);
}

static void workloads_update(struct request *r)
{
    struct workload *w = request_workload(r);
    char detail[80];
    struct fields f;

    fields_begin(&f, r);
    const char *version = field_match(&f, "version", REQUIRED, VERSION_PATTERN);
    bool broken = field_bool(&f, "fail_on_start", false);
    int schema = (int)field_number(&f, "schema_version", OPTIONAL, 1, migrate_tenant_latest(), 0);
    if (!fields_end(&f) || !workload_changeable(r))
        return;
    if (strcmp(version, w->version) == 0) {
        reply_error(r, 409, "invalid_state", "version %s is what runs", version);
        return;
    }
    if (defect(r->tb, D_UPDATE_LOSES_DATA))
        store_run(r->tb->db, "DELETE FROM workload_data WHERE workload_id = ?", "s", w->id);
    int before = schema > 0 ? migrate_tenant_version(r->tb->db, w->tenant_id) : 0;
    /* Before the first replica of the new version; those of the old one go on with the new tables. */
    if (schema > 0 && !tenant_migrate_for(r, w->tenant_id, schema) && !defect(r->tb, D_MIGRATION_FAILURE_IGNORED))
        return;
    w->schema_version = schema;
    w->previous_schema_version = before;
    snprintf(detail, sizeof detail, "from %s to %s", w->version, version);
    snprintf(w->previous_version, sizeof w->previous_version, "%s", w->version);
    snprintf(w->version, sizeof w->version, "%s", version);
    snprintf(w->actual_version, sizeof w->actual_version, "%s", version);
    snprintf(w->broken_version, sizeof w->broken_version, "%s", broken ? version : "");
    w->updating = true;
    workload_specified(r, "workload.update", detail);
}

static void workloads_rollback(struct request *r)
{
    struct workload *w = request_workload(r);
    char version[VERSION_MAX], detail[80];

    if (!workload_changeable(r))
        return;
    if (!w->previous_version[0]) {
        reply_error(r, 409, "no_previous_version", "the workload has had no other version");
        return;
    }
    int schema = w->schema_version;
    if (w->previous_schema_version > 0 && !defect(r->tb, D_ROLLBACK_KEEPS_TABLES) &&
        !tenant_migrate_for(r, w->tenant_id, w->previous_schema_version))
        return;
    w->schema_version = w->previous_schema_version;
    w->previous_schema_version = schema;
    memcpy(version, w->version, sizeof version);
    memcpy(w->version, w->previous_version, sizeof version);
    memcpy(w->previous_version, version, sizeof version);
    if (!defect(r->tb, D_ROLLBACK_KEEPS_VERSION))
        memcpy(w->actual_version, w->version, sizeof version);
    w->updating = true;
    snprintf(detail, sizeof detail, "from %s to %s", w->previous_version, w->version);
    workload_specified(r, "workload.rollback", detail);
}

static void workloads_stop(struct request *r)
{
    if (!workload_changeable(r))
        return;
    request_workload(r)->stopped = true;
    workload_specified(r, "workload.stop", "stopped");
}

static void workloads_start(struct request *r)
{
    if (!workload_changeable(r))
        return;
    request_workload(r)->stopped = defect(r->tb, D_START_FORGOTTEN);
    workload_specified(r, "workload.start", "started");
}

static void workloads_delete(struct request *r)
{
    struct workload *w = request_workload(r);

    if (w->system) {
        workload_changeable(r);
        return;
    }
    if (!w->deleting) {
        json_t *view = workload_view(w);
        json_object_set_new(view, "status", json_string("deleting"));
        audit_ok(r, "workload.delete", "workload", w->id, w->tenant_id, "%s", w->name);
        workload_delete(w); /* its end at once, when it has no process */
        reply(r, 202, view);
        return;
    }
    reply(r, 202, workload_view(w));
}

const struct route workloads_routes[] = {
    {M_POST, "/v1/tenants/{}/workloads", ROLES_OPERATE, ROUTE_ACTIVE, route_of_tenant, workloads_create},
    {M_GET, "/v1/tenants/{}/workloads", ROLES_ALL, 0, route_of_tenant, workloads_list},
    {M_GET, "/v1/workloads/{}", ROLES_ALL, 0, route_of_workload, workloads_get},
    {M_DELETE, "/v1/workloads/{}", ROLES_OPERATE, ROUTE_ACTIVE, route_of_workload, workloads_delete},
    {M_POST, "/v1/workloads/{}/scale", ROLES_OPERATE, ROUTE_ACTIVE, route_of_workload, workloads_scale},
    {M_POST, "/v1/workloads/{}/update", ROLES_OPERATE, ROUTE_ACTIVE, route_of_workload, workloads_update},
    {M_POST, "/v1/workloads/{}/rollback", ROLES_OPERATE, ROUTE_ACTIVE, route_of_workload, workloads_rollback},
    {M_POST, "/v1/workloads/{}/stop", ROLES_OPERATE, ROUTE_ACTIVE, route_of_workload, workloads_stop},
    {M_POST, "/v1/workloads/{}/start", ROLES_OPERATE, ROUTE_ACTIVE, route_of_workload, workloads_start},
    {.pattern = NULL},
};
