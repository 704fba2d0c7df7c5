/* SPDX-License-Identifier: Apache-2.0 */
/* /v1/audit: reading the chain, checking it, and refusing everything else. */
#include "audit/audit.h"
#include "common/number.h"
#include "server/fields.h"
#include "store/store.h"

#include <stdio.h>
#include <string.h>

#define COLUMNS "seq, at, actor, action, entity_type, entity_id, tenant, outcome, detail, prev, hash"
#define FILTER                                                                                                         \
    " FROM audit WHERE (?1 IS NULL OR tenant = ?1) AND (?2 IS NULL OR actor = ?2) AND (?3 IS NULL OR action = ?3)"     \
    " AND (?4 IS NULL OR entity_type = ?4) AND (?5 IS NULL OR entity_id = ?5) AND (?6 IS NULL OR outcome = ?6)"        \
    " AND seq > ?7"

static void audit_list(struct request *r)
{
    static const char *const names[] = {"tenant", "actor", "action", "entity_type", "entity_id", "outcome"};
    const char *order = request_arg(r, "order");
    const char *v[6];
    struct page page;
    int64_t since;

    if (!request_page(r, &page) || !request_arg_number(r, "since_seq", 0, INT64_C(1) << 40, 0, &since))
        return;
    for (int i = 0; i < 6; i++)
        v[i] = request_arg(r, names[i]);
    if (defect(r->tb, D_AUDIT_FILTER_IGNORED))
        v[3] = NULL;
    if (since > 0 && defect(r->tb, D_AUDIT_READ_AGAIN))
        since--;
    if (r->who.tenant_id[0]) {
        if (v[0] && strcmp(v[0], r->who.tenant_id) != 0) {
            r->cross_tenant = true;
            reply_not_found(r);
            return;
        }
        v[0] = r->who.tenant_id;
    }
    const char *sql = order && strcmp(order, "desc") == 0 ? "SELECT " COLUMNS FILTER
                                                            " ORDER BY seq DESC LIMIT ?8 OFFSET ?9"
                                                          : "SELECT " COLUMNS FILTER " ORDER BY seq LIMIT ?8 OFFSET ?9";
    json_t *entries =
        store_all(r->tb->db, sql, "ssssssIII", v[0], v[1], v[2], v[3], v[4], v[5], since, page.limit, page.offset);
    if (defect(r->tb, D_TOTAL_OF_ALL)) {
        store_enter(r->tb->db, NULL);
        v[0] = NULL;
    }
    int64_t total =
        store_number(r->tb->db, "SELECT count(*)" FILTER, "ssssssI", v[0], v[1], v[2], v[3], v[4], v[5], since);
    reply(r, 200, json_pack("{s:o, s:I}", "entries", entries, "total", (json_int_t)total));
}

static json_t *find_entry(struct request *r)
{
    int64_t seq;

    if (!number_parse(r->param[0], 1, INT64_MAX, &seq))
        return NULL;
    return store_one(r->tb->db, "SELECT " COLUMNS " FROM audit WHERE seq = ?", "I", seq);
}

/* Whether there is such an entry at all, this user's or not. */
static bool exists(struct request *r)
{
    struct store_scope before = store_enter(r->tb->db, NULL);
    json_t *entry = find_entry(r);

    store_leave(r->tb->db, before);
    json_decref(entry);
    return entry != NULL;
}

static void audit_get(struct request *r)
{
    bool any = defect(r->tb, D_AUDIT_BY_NUMBER);
    if (any)
        store_enter(r->tb->db, NULL);
    json_t *entry = find_entry(r);
    const char *tenant = json_string_value(json_object_get(entry, "tenant"));

    if (entry && (any || !r->who.tenant_id[0] || strcmp(tenant, r->who.tenant_id) == 0)) {
        reply(r, 200, entry);
        return;
    }
    json_decref(entry);
    r->cross_tenant = exists(r);
    reply_not_found(r);
}

static void audit_verify(struct request *r)
{
    reply(r, 200, audit_recompute(r->tb));
}

static void rewrite(struct request *r, json_t *entry)
{
    int64_t seq = json_integer_value(json_object_get(entry, "seq"));
    struct fields f;

    fields_begin(&f, r);
    const char *actor = field_text(&f, "actor", OPTIONAL, 0, 120);
    const char *detail = field_text(&f, "detail", OPTIONAL, 0, 500);
    if (!fields_end(&f))
        return;
    struct store_scope before = store_enter(r->tb->db, NULL);
    store_audit_unlock(r->tb->db);
    store_run(r->tb->db, "UPDATE audit SET actor = coalesce(?1, actor), detail = coalesce(?2, detail) WHERE seq = ?3",
              "ssI", actor, detail, seq);
    store_leave(r->tb->db, before);
    reply(r, 200, find_entry(r));
}

static void audit_tamper(struct request *r)
{
    char what[PATH_MAX_LEN + 16];

    bool rewrites = defect(r->tb, D_AUDIT_REWRITE) && r->method == M_PUT && (r->who.role & (PA | PU | TA));

    if (rewrites || r->lent) {
        json_t *entry = find_entry(r);
        if (entry)
            rewrite(r, entry);
        else
            reply_not_found(r);
        json_decref(entry);
        return;
    }
    snprintf(what, sizeof what, "%s %s", r->method_name, r->path);
    audit_denied(r->tb, r->who.username, "audit.tamper", "audit", r->param[0], r->who.tenant_id, what);
    reply_header(r, "Allow", "GET");
    reply_error(r, 405, "method_not_allowed", "the audit chain is append-only");
}

const struct route audit_routes[] = {
    {M_GET, "/v1/audit/verify", PA | PU, 0, NULL, audit_verify},
    {M_GET, "/v1/audit", PA | PU | TA, 0, NULL, audit_list},
    {M_GET, "/v1/audit/{}", PA | PU | TA, 0, NULL, audit_get},
    {M_POST, "/v1/audit", ROLES_ALL, ROUTE_REFUSES, NULL, audit_tamper},
    {M_PUT, "/v1/audit", ROLES_ALL, ROUTE_REFUSES, NULL, audit_tamper},
    {M_PATCH, "/v1/audit", ROLES_ALL, ROUTE_REFUSES, NULL, audit_tamper},
    {M_DELETE, "/v1/audit", ROLES_ALL, ROUTE_REFUSES, NULL, audit_tamper},
    {M_POST, "/v1/audit/{}", ROLES_ALL, ROUTE_REFUSES, NULL, audit_tamper},
    {M_PUT, "/v1/audit/{}", ROLES_ALL, ROUTE_REFUSES, NULL, audit_tamper},
    {M_PATCH, "/v1/audit/{}", ROLES_ALL, ROUTE_REFUSES, NULL, audit_tamper},
    {M_DELETE, "/v1/audit/{}", ROLES_ALL, ROUTE_REFUSES, NULL, audit_tamper},
    {.pattern = NULL},
};
