/* SPDX-License-Identifier: Apache-2.0 */
/* The routing table and what every request goes through. */
#include "routes.h"

#include "audit.h"
#include "auth.h"
#include "handlers.h"
#include "store.h"
#include "workload.h"

#include <stdio.h>
#include <string.h>

enum {
    ANYONE = 1,      /* no credentials asked for */
    OF_TENANT = 2,   /* the first {} is a tenant */
    OF_WORKLOAD = 4, /* the first {} is a workload */
    ACTIVE = 8,      /* and the tenant must be active */
    DATA_READ = 16,  /* reads what belongs to a tenant: where cross-tenant-read strikes */
};

struct route {
    enum method method;
    const char *pattern;
    unsigned roles;
    unsigned flags;
    void (*handler)(struct request *r);
};

#define READERS   (PA | PU | TA | TM | TV)
#define WRITERS   (PA | TA | TM)
#define OPERATORS (PA | PO | TA)

static void upgrade_required(struct request *r)
{
    reply_error(r, 426, "upgrade_required", "/ws is a WebSocket");
    reply_header(r, "Upgrade", "websocket");
}

static const struct route routes[] = {
    {M_GET, "/health", 0, ANYONE, health_get},
    {M_GET, "/metrics", 0, ANYONE, metrics_get},
    {M_GET, "/ws", 0, ANYONE, upgrade_required},

    {M_POST, "/v1/auth/login", 0, ANYONE, auth_login},
    {M_POST, "/v1/auth/logout", ROLES_ALL, 0, auth_logout},
    {M_GET, "/v1/auth/me", ROLES_ALL, 0, auth_me},
    {M_POST, "/v1/auth/password", ROLES_ALL, 0, auth_password},
    {M_POST, "/v1/tokens", PA, 0, tokens_issue},
    {M_DELETE, "/v1/tokens/{}", ROLES_ALL, 0, tokens_revoke},
    {M_POST, "/v1/api-keys", ROLES_ALL, 0, api_keys_create},
    {M_GET, "/v1/api-keys", ROLES_ALL, 0, api_keys_list},
    {M_DELETE, "/v1/api-keys/{}", ROLES_ALL, 0, api_keys_delete},

    {M_POST, "/v1/users", PA | TA, 0, users_create},
    {M_GET, "/v1/users", PA | PU | TA, 0, users_list},
    {M_GET, "/v1/users/{}", ROLES_ALL, 0, users_get},
    {M_PATCH, "/v1/users/{}", ROLES_ALL, 0, users_patch},
    {M_DELETE, "/v1/users/{}", PA | TA, 0, users_delete},
    {M_POST, "/v1/users/{}/unlock", PA | TA, 0, users_unlock},

    {M_POST, "/v1/tenants", PA | PO, 0, tenants_create},
    {M_GET, "/v1/tenants", ROLES_ALL, 0, tenants_list},
    {M_GET, "/v1/tenants/{}", ROLES_ALL, OF_TENANT, tenants_get},
    {M_PATCH, "/v1/tenants/{}", PA | PO, OF_TENANT, tenants_patch},
    {M_DELETE, "/v1/tenants/{}", PA | PO, OF_TENANT, tenants_delete},
    {M_GET, "/v1/tenants/{}/provisioning", ROLES_PLATFORM | TA, OF_TENANT, tenants_provisioning},
    {M_GET, "/v1/tenants/{}/resources", ROLES_PLATFORM, OF_TENANT, tenants_resources},

    {M_POST, "/v1/tenants/{}/customers", WRITERS, OF_TENANT | ACTIVE, customers_create},
    {M_GET, "/v1/tenants/{}/customers", READERS, OF_TENANT | ACTIVE | DATA_READ, customers_list},
    {M_GET, "/v1/tenants/{}/customers/{}", READERS, OF_TENANT | ACTIVE | DATA_READ, customers_get},
    {M_PUT, "/v1/tenants/{}/customers/{}", WRITERS, OF_TENANT | ACTIVE, customers_put},
    {M_PATCH, "/v1/tenants/{}/customers/{}", WRITERS, OF_TENANT | ACTIVE, customers_patch},
    {M_DELETE, "/v1/tenants/{}/customers/{}", WRITERS, OF_TENANT | ACTIVE, customers_delete},

    {M_POST, "/v1/tenants/{}/workloads", OPERATORS, OF_TENANT | ACTIVE, workloads_create},
    {M_GET, "/v1/tenants/{}/workloads", ROLES_ALL, OF_TENANT, workloads_list},
    {M_GET, "/v1/workloads/{}", ROLES_ALL, OF_WORKLOAD, workloads_get},
    {M_DELETE, "/v1/workloads/{}", OPERATORS, OF_WORKLOAD | ACTIVE, workloads_delete},
    {M_POST, "/v1/workloads/{}/scale", OPERATORS, OF_WORKLOAD | ACTIVE, workloads_scale},
    {M_POST, "/v1/workloads/{}/update", OPERATORS, OF_WORKLOAD | ACTIVE, workloads_update},
    {M_POST, "/v1/workloads/{}/rollback", OPERATORS, OF_WORKLOAD | ACTIVE, workloads_rollback},
    {M_POST, "/v1/workloads/{}/stop", OPERATORS, OF_WORKLOAD | ACTIVE, workloads_stop},
    {M_POST, "/v1/workloads/{}/start", OPERATORS, OF_WORKLOAD | ACTIVE, workloads_start},
    {M_POST, "/v1/workloads/{}/kill", OPERATORS, OF_WORKLOAD | ACTIVE, workloads_kill},
    {M_POST, "/v1/workloads/{}/request", OPERATORS | TM, OF_WORKLOAD | ACTIVE, workloads_request},
    {M_GET, "/v1/workloads/{}/data", ROLES_ALL, OF_WORKLOAD | ACTIVE, workload_data_list},
    {M_GET, "/v1/workloads/{}/data/{}", ROLES_ALL, OF_WORKLOAD | ACTIVE, workload_data_get},
    {M_PUT, "/v1/workloads/{}/data/{}", OPERATORS | TM, OF_WORKLOAD | ACTIVE, workload_data_put},
    {M_DELETE, "/v1/workloads/{}/data/{}", OPERATORS | TM, OF_WORKLOAD | ACTIVE, workload_data_delete},
    {M_POST, "/v1/workloads/{}/backups", OPERATORS, OF_WORKLOAD | ACTIVE, backups_create},
    {M_GET, "/v1/workloads/{}/backups", ROLES_ALL, OF_WORKLOAD | ACTIVE, backups_list},
    {M_DELETE, "/v1/workloads/{}/backups/{}", OPERATORS, OF_WORKLOAD | ACTIVE, backups_delete},
    {M_POST, "/v1/workloads/{}/restore", OPERATORS, OF_WORKLOAD | ACTIVE, backups_restore},

    {M_GET, "/v1/audit/verify", PA | PU, 0, audit_verify},
    {M_GET, "/v1/audit", PA | PU | TA, 0, audit_list},
    {M_GET, "/v1/audit/{}", PA | PU | TA, 0, audit_get},
    {M_POST, "/v1/audit", ROLES_ALL, 0, audit_tamper},
    {M_PUT, "/v1/audit", ROLES_ALL, 0, audit_tamper},
    {M_PATCH, "/v1/audit", ROLES_ALL, 0, audit_tamper},
    {M_DELETE, "/v1/audit", ROLES_ALL, 0, audit_tamper},
    {M_POST, "/v1/audit/{}", ROLES_ALL, 0, audit_tamper},
    {M_PUT, "/v1/audit/{}", ROLES_ALL, 0, audit_tamper},
    {M_PATCH, "/v1/audit/{}", ROLES_ALL, 0, audit_tamper},
    {M_DELETE, "/v1/audit/{}", ROLES_ALL, 0, audit_tamper},

    {M_GET, "/v1/events", ROLES_ALL, 0, events_list},
    {M_POST, "/v1/events", OPERATORS, 0, events_publish},
};
#define ROUTE_COUNT (sizeof routes / sizeof routes[0])

/* Whether path fits, with what stood for each {} in param. */
static bool matches(const char *pattern, const char *path, char param[2][PARAM_MAX])
{
    int n = 0;

    while (*pattern) {
        if (strncmp(pattern, "{}", 2) == 0) {
            size_t len = strcspn(path, "/");
            if (len == 0 || len >= PARAM_MAX)
                return false;
            memcpy(param[n], path, len);
            param[n++][len] = '\0';
            path += len;
            pattern += 2;
        } else if (*pattern++ != *path++) {
            return false;
        }
    }
    return *path == '\0';
}

static const struct route *find_route(struct request *r)
{
    static const char *const names[] = {"GET", "POST", "PUT", "PATCH", "DELETE"};
    unsigned allowed = 0;

    for (size_t i = 0; i < ROUTE_COUNT; i++) {
        if (!matches(routes[i].pattern, r->path, r->param))
            continue;
        if (routes[i].method == r->method)
            return &routes[i];
        /* The audit's write routes exist only to refuse: they are not allowed methods. */
        if (routes[i].handler != audit_tamper)
            allowed |= 1u << routes[i].method;
    }
    if (!allowed) {
        reply_error(r, 404, "unknown_path", "there is no %s", r->path);
        return NULL;
    }
    char allow[64] = "";
    for (unsigned m = 0; m < sizeof names / sizeof names[0]; m++)
        if (allowed & (1u << m))
            snprintf(allow + strlen(allow), sizeof allow - strlen(allow), "%s%s", allow[0] ? ", " : "", names[m]);
    reply_header(r, "Allow", "%s", allow);
    reply_error(r, 405, "method_not_allowed", "%s is not for %s", r->method_name, r->path);
    return NULL;
}

static bool refuse_tenant(struct request *r)
{
    r->cross_tenant = true;
    reply_not_found(r);
    return false;
}

/* Whether the thing that the path names exists and may be known to this user. */
static bool check_scope(struct request *r, const struct route *route)
{
    const char *tenant_id = r->param[0];

    if (route->flags & OF_WORKLOAD) {
        r->workload = workload_find(r->tb, r->param[0]);
        if (!r->workload) {
            reply_not_found(r);
            return false;
        }
        tenant_id = r->workload->tenant_id;
    }
    bool foreign = r->who.tenant_id[0] && strcmp(r->who.tenant_id, tenant_id) != 0;
    if (foreign && !((route->flags & DATA_READ) && defect(r->tb, D_CROSS_TENANT_READ)))
        return refuse_tenant(r);
    json_t *tenant = store_one(r->tb->db, "SELECT status FROM tenants WHERE id = ?", "s", tenant_id);
    const char *status = json_string_value(json_object_get(tenant, "status"));
    if (!status)
        reply_not_found(r);
    else if ((route->flags & ACTIVE) && strcmp(status, "active") != 0)
        reply_error(r, 409, "invalid_state", "the tenant is %s", status);
    json_decref(tenant);
    return r->status == 0;
}

static bool parse_body(struct request *r)
{
    json_error_t error;

    if (r->body_len == 0) {
        r->json = json_object();
        return true;
    }
    r->json = json_loadb(r->body, r->body_len, JSON_REJECT_DUPLICATES, &error);
    if (!r->json)
        reply_error(r, 400, "bad_json", "line %d, column %d: %s", error.line, error.column, error.text);
    else if (!json_is_object(r->json))
        reply_error(r, 400, "bad_json", "the body must be an object");
    return r->status == 0;
}

static bool admit(struct request *r, const struct route *route)
{
    if (route->flags & ANYONE)
        return true;
    if (!auth_request(r))
        return false;
    if ((route->flags & (OF_TENANT | OF_WORKLOAD)) && !check_scope(r, route))
        return false;
    if (route->roles & r->who.role)
        return true;
    reply_error(r, 403, "forbidden", "%s may not do this", r->who.role_name);
    return false;
}

/* Requests without credentials are nobody's; those with wrong ones, too few rights, or another tenant's ids are worth a
 * trace. */
static void audit_refusal(struct request *r)
{
    const char *code = json_string_value(json_object_get(json_object_get(r->reply, "error"), "code"));
    bool refused =
        r->cross_tenant || r->status == 403 || (r->status == 401 && strcmp(code, "missing_credentials") != 0);
    char what[PATH_MAX_LEN + 16];

    if (!refused || !code)
        return;
    snprintf(what, sizeof what, "%s %s", r->method_name, r->path);
    audit_denied(r->tb, r->who.username[0] ? r->who.username : "anonymous", "access.denied", "request", what,
                 r->who.tenant_id, code);
}

void routes_dispatch(struct request *r)
{
    const struct route *route = find_route(r);

    if (!route)
        return;
    bool changes = r->method != M_GET;
    if (changes)
        store_exec(r->tb->db, "BEGIN IMMEDIATE");
    if (admit(r, route) && parse_body(r))
        route->handler(r);
    if (!r->deferred && r->status == 0)
        reply_error(r, 500, "internal", "no answer");
    if (!(route->flags & ANYONE))
        audit_refusal(r);
    if (changes)
        store_exec(r->tb->db, r->status >= 500 && r->status != 503 ? "ROLLBACK" : "COMMIT");
}
