/* SPDX-License-Identifier: Apache-2.0 */
/* What every request goes through. */
#include "server/router.h"

#include "server/form.h"
#include "store/store.h"

#include <stdio.h>
#include <string.h>

static const char *const methods[] = {"GET", "POST", "PUT", "PATCH", "DELETE"};
static const struct route *const *tables;
static struct router_uses above;

void router_start(const struct route *const *all, const struct router_uses *uses)
{
    tables = all;
    above = *uses;
}

bool router_has(const char *name)
{
    size_t n = strcspn(name, " ");

    for (const struct route *const *table = tables; *table; table++)
        for (const struct route *route = *table; route->pattern; route++)
            if (strlen(methods[route->method]) == n && strncmp(methods[route->method], name, n) == 0 && name[n] &&
                strcmp(route->pattern, name + n + 1) == 0)
                return true;
    return false;
}

const char *route_of_tenant(struct request *r)
{
    return r->param[0];
}

bool router_tenant_exists(struct testbed *tb, const char *tenant_id)
{
    char status[TENANT_STATUS_MAX];

    return above.tenant_status(tb, tenant_id, status);
}

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

static void refuse_method(struct request *r, unsigned allowed)
{
    char allow[64] = "";

    for (unsigned m = 0; m < sizeof methods / sizeof methods[0]; m++)
        if (allowed & (1u << m) || defect(r->tb, D_ALLOW_ALL))
            snprintf(allow + strlen(allow), sizeof allow - strlen(allow), "%s%s", allow[0] ? ", " : "", methods[m]);
    if (!defect(r->tb, D_ALLOW_UNTOLD))
        reply_header(r, "Allow", "%s", allow);
    reply_error(r, 405, "method_not_allowed", "%s is not for %s", r->method_name, r->path);
}

static const struct route *find_route(struct request *r)
{
    unsigned allowed = 0;

    for (const struct route *const *table = tables; *table; table++) {
        for (const struct route *route = *table; route->pattern; route++) {
            if (!matches(route->pattern, r->path, r->param))
                continue;
            if (route->method == r->method)
                return route;
            if (!(route->flags & ROUTE_REFUSES))
                allowed |= 1u << route->method;
        }
    }
    if (allowed)
        refuse_method(r, allowed);
    else
        reply_error(r, 404, "unknown_path", "there is no %s", r->path);
    return NULL;
}

static bool refuse_tenant(struct request *r)
{
    r->cross_tenant = true;
    if (defect(r->tb, D_EXISTENCE_TOLD))
        reply_error(r, 403, "forbidden", "this is another tenant's");
    else
        reply_not_found(r);
    return false;
}

/* Whether it is the route that a seeded bug names, as "GET /v1/workloads/{}". */
static bool is_named(const struct route *route, const struct request *r, const char *name)
{
    size_t method = strlen(r->method_name);

    return name && strncmp(name, r->method_name, method) == 0 && name[method] == ' ' &&
           strcmp(name + method + 1, route->pattern) == 0;
}

/*
 * The seeded bugs of one route: it acts with the platform's own rights, and so with the platform's eyes in the
 * database, too, for the users of any tenant (foreign), or for whoever comes (open).
 */
static void lend_rights(struct request *r, const struct route *route)
{
    bool open = is_named(route, r, r->tb->opt.open_route);
    bool foreign = r->who.tenant_id[0] && is_named(route, r, r->tb->opt.foreign_route);

    if (!open && !foreign)
        return;
    r->who.role = PA;
    snprintf(r->who.role_name, sizeof r->who.role_name, "platform_admin");
    r->who.tenant_id[0] = '\0';
    r->lent = true;
}

/* Whether the thing that the path names exists and may be known to this user. */
static bool check_owner(struct request *r, const struct route *route)
{
    const char *tenant_id = route->owner(r);
    char status[TENANT_STATUS_MAX];

    if (!tenant_id) {
        reply_not_found(r);
        return false;
    }
    bool foreign = r->who.tenant_id[0] && strcmp(r->who.tenant_id, tenant_id) != 0;
    snprintf(r->owner_id, sizeof r->owner_id, "%s", tenant_id);
    if (foreign && !((route->flags & ROUTE_DATA_READ) && defect(r->tb, D_CROSS_TENANT_READ)))
        return refuse_tenant(r);
    if (!above.tenant_status(r->tb, tenant_id, status))
        reply_not_found(r);
    else if ((route->flags & ROUTE_ACTIVE) && strcmp(status, "active") != 0)
        reply_error(r, 409, "invalid_state", "the tenant is %s", status);
    return r->status == 0;
}

static bool parse_body(struct request *r, const struct route *route)
{
    json_error_t error;

    if (route->flags & ROUTE_PAGE)
        return form_parse(r);
    if (r->body_len == 0) {
        r->json = json_object();
        return true;
    }
    r->json =
        json_loadb(r->body, r->body_len, defect(r->tb, D_DUPLICATE_FIELDS_TAKEN) ? 0 : JSON_REJECT_DUPLICATES, &error);
    if (!r->json)
        reply_error(r, 400, "bad_json", "line %d, column %d: %s", error.line, error.column, error.text);
    else if (!json_is_object(r->json))
        reply_error(r, 400, "bad_json", "the body must be an object");
    return r->status == 0;
}

/* Where the seeded bugs of roles are. */
static bool role_suffices(const struct request *r, unsigned allowed)
{
    unsigned role = r->who.role;

    if (role == TV && defect(r->tb, D_VIEWER_WRITES))
        role = TM;
    if (role == PO && defect(r->tb, D_OPERATOR_AS_ADMIN))
        role = PA;
    if (defect(r->tb, D_ROLES_UNCHECKED))
        return true;
    return (allowed & role) && (role == PA || !defect(r->tb, D_ROLES_TOO_STRICT));
}

static bool authenticate(struct request *r, const struct route *route)
{
    return route->flags & ROUTE_ANYONE || is_named(route, r, r->tb->opt.open_route) || above.authenticate(r);
}

static bool refuse_before_change(struct request *r)
{
    reply_error(r, 403, "password_change_required", "the password has to be changed first");
    return false;
}

/* Whether who is known by now may do this. */
static bool admit(struct request *r, const struct route *route)
{
    if (route->flags & ROUTE_ANYONE)
        return true;
    lend_rights(r, route);
    if (r->who.must_change && !(route->flags & ROUTE_FIRST) && !defect(r->tb, D_FORCED_CHANGE_SKIPPED))
        return refuse_before_change(r);
    if (route->owner && !check_owner(r, route))
        return false;
    if (role_suffices(r, route->roles))
        return true;
    reply_error(r, 403, "forbidden", "%s may not do this", r->who.role_name);
    return false;
}

/* Requests without credentials are nobody's; those with wrong ones, too few rights, or another tenant's ids are worth a
 * trace. */
static void trace_refusal(struct request *r)
{
    const char *code = json_string_value(json_object_get(json_object_get(r->reply, "error"), "code"));
    bool refused =
        r->cross_tenant || r->status == 403 || (r->status == 401 && strcmp(code, "missing_credentials") != 0);

    if (refused && code)
        above.refused(r, code);
}

/*
 * What belongs to a tenant is handled with that tenant's eyes, whoever asks; everything else with those of who asks.
 * What only the platform's own roles may do is the platform's business.
 */
static void handle(struct request *r, const struct route *route)
{
    bool of_tenant = route->owner && (route->flags & ROUTE_ACTIVE);
    const char *tenant_id = of_tenant ? r->owner_id : r->who.tenant_id;
    struct store_scope before = store_enter(r->tb->db, route->flags & ROUTE_ANYONE ? NULL : tenant_id);

    route->handler(r);
    store_leave(r->tb->db, before);
}

/* Nothing of a request that went wrong is kept, and nobody is told that it went well. */
static void settle(struct request *r)
{
    bool wrong = r->status >= 500 && r->status != 503 && r->status != 507;

    if (wrong)
        store_rollback(r->tb->db);
    else if (store_commit(r->tb->db) == 0)
        return;
    /* A deferred answer is somebody else's to give. */
    if (!wrong && !r->deferred)
        reply_instead(r, 500, "internal", "the database has not kept the change");
    above.undone(r->tb);
}

/* What goes into the database, the audit chain and messages. jansson is the judge of bodies, and so of this. */
static bool is_text(const char *text)
{
    json_t *probe = json_string(text);

    json_decref(probe);
    return probe != NULL;
}

struct request *router_ask(struct request *r, enum method method, const char *path, json_t *query, json_t *body)
{
    struct request *in = request_new(r->tb);
    const struct route *route = NULL;

    if (in) {
        in->number = r->number;
        in->method = method;
        in->who = r->who;
        in->json = body ? body : json_object();
        snprintf(in->method_name, sizeof in->method_name, "%s", methods[method]);
        snprintf(in->path, sizeof in->path, "%s", path);
        snprintf(in->agent, sizeof in->agent, "%s", r->agent);
        json_object_update(in->args, query);
        route = find_route(in);
    } else {
        json_decref(body);
    }
    json_decref(query);
    if (route && admit(in, route))
        handle(in, route);
    if (route && !(route->flags & ROUTE_ANYONE))
        trace_refusal(in);
    return in;
}

void router_dispatch(struct request *r)
{
    if (!is_text(r->path) || !is_text(r->query) || !is_text(r->key_id) || !is_text(r->key_nonce)) {
        reply_error(r, 400, "bad_request", "the request holds text that is not UTF-8");
        return;
    }
    const struct route *route = find_route(r);
    if (!route)
        return;
    bool changes = r->method != M_GET;
    if (changes && store_begin(r->tb->db) != 0) {
        reply_error(r, 500, "internal", "the database does not answer");
        return;
    }
    if (authenticate(r, route) && admit(r, route) && parse_body(r, route))
        handle(r, route);
    if (!r->deferred && r->status == 0)
        reply_error(r, 500, "internal", "no answer");
    if (!(route->flags & ROUTE_ANYONE))
        trace_refusal(r);
    if (changes)
        settle(r);
    if ((route->flags & ROUTE_PAGE) && r->reply)
        above.show_error(r);
}
