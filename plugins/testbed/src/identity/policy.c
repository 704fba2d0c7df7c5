/* SPDX-License-Identifier: Apache-2.0 */
/* Tenants' security policies: what they are, and what they let through. */
#include "identity/policy.h"

#include "audit/audit.h"
#include "common/number.h"
#include "store/store.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

struct policy policy_of(struct testbed *tb, const char *tenant_id)
{
    struct policy p = {.password_min_length = 10,
                       .lock_after = 5,
                       .lock_seconds = INT64_C(15) * 60,
                       .session_seconds = tb->opt.token_ttl_s};
    if (!tenant_id || !tenant_id[0])
        return p;
    /* Also for who has not logged in yet. */
    struct store_scope before = store_enter(tb->db, NULL);
    const char *sql = defect(tb, D_POLICY_OF_ANOTHER) ? "SELECT * FROM policies WHERE ?1 <> '' ORDER BY changes DESC"
                                                      : "SELECT * FROM policies WHERE tenant_id = ?1";
    json_t *row = store_one(tb->db, sql, "s", tenant_id);
    store_leave(tb->db, before);
    if (row) {
        p.password_min_length = json_integer_value(json_object_get(row, "password_min_length"));
        p.lock_after = json_integer_value(json_object_get(row, "lock_after"));
        p.lock_seconds = json_integer_value(json_object_get(row, "lock_seconds"));
        p.session_seconds = json_integer_value(json_object_get(row, "session_seconds"));
        snprintf(p.networks, sizeof p.networks, "%s", json_string_value(json_object_get(row, "networks")));
    }
    json_decref(row);
    return p;
}

void policy_check_password(struct fields *f, const char *name, const char *password, const char *tenant_id)
{
    struct policy p = policy_of(f->r->tb, tenant_id);

    if (password && (int64_t)strlen(password) < p.password_min_length && !defect(f->r->tb, D_WEAK_PASSWORD_ACCEPTED))
        field_error(f, name, "must have at least %lld characters in this tenant", (long long)p.password_min_length);
}

/* ---- networks ---------------------------------------------------------------------------------------------------- */

/* An address of either family as 16 bytes; false: it is none. */
static bool parse_address(const char *text, unsigned char ret_bytes[16], int *ret_bits)
{
    static const unsigned char mapped[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

    memcpy(ret_bytes, mapped, sizeof mapped);
    *ret_bits = 32;
    if (inet_pton(AF_INET, text, ret_bytes + sizeof mapped) == 1)
        return true;
    *ret_bits = 128;
    return inet_pton(AF_INET6, text, ret_bytes) == 1;
}

/* A network, as 10.0.0.0/8: its base, and how many bits addresses in it have in common with that; false: it is none. */
static bool parse_network(const char *network, unsigned char ret_base[16], int *ret_common)
{
    char text[INET6_ADDRSTRLEN];
    const char *slash = strchr(network, '/');
    int64_t prefix;
    int bits;

    snprintf(text, sizeof text, "%.*s", slash ? (int)(slash - network) : 0, network);
    if (!slash || !parse_address(text, ret_base, &bits) || !number_parse(slash + 1, 0, bits, &prefix))
        return false;
    *ret_common = 128 - bits + (int)prefix;
    return true;
}

static bool begin_alike(const unsigned char a[16], const unsigned char b[16], int bits)
{
    for (int bit = 0; bit < bits; bit++)
        if (((a[bit / 8] ^ b[bit / 8]) >> (7 - bit % 8)) & 1)
            return false;
    return true;
}

bool policy_admits(struct testbed *tb, const struct policy *policy, const char *address)
{
    unsigned char bytes[16], base[16];
    char list[POLICY_NETWORKS_MAX + 1], *rest = list, *one;
    int bits, common;

    if (!policy->networks[0])
        return true;
    if (!parse_address(address, bytes, &bits))
        return false;
    snprintf(list, sizeof list, "%s", policy->networks);
    while ((one = strsep(&rest, " ")))
        if (parse_network(one, base, &common) && begin_alike(base, bytes, common - defect(tb, D_NETWORK_TOO_WIDE)))
            return true;
    return false;
}

/* ---- /v1/tenants/{}/policy --------------------------------------------------------------------------------------- */

static json_t *view(const char *tenant_id, const struct policy *p)
{
    char list[POLICY_NETWORKS_MAX + 1], *rest = list, *one;
    json_t *networks = json_array();

    snprintf(list, sizeof list, "%s", p->networks);
    while (p->networks[0] && (one = strsep(&rest, " ")))
        json_array_append_new(networks, json_string(one));
    return json_pack("{s:s, s:I, s:I, s:I, s:I, s:o}", "tenant_id", tenant_id, "password_min_length",
                     (json_int_t)p->password_min_length, "lock_after", (json_int_t)p->lock_after, "lock_seconds",
                     (json_int_t)p->lock_seconds, "session_seconds", (json_int_t)p->session_seconds, "allowed_networks",
                     networks);
}

static void policy_get(struct request *r)
{
    struct policy p = policy_of(r->tb, r->owner_id);

    reply(r, 200, view(r->owner_id, &p));
}

static void read_networks(struct fields *f, struct policy *into)
{
    json_t *list = field_any(f, "allowed_networks", OPTIONAL);
    unsigned char base[16];
    size_t i, len = 0;
    json_t *one;
    int common;

    into->networks[0] = '\0';
    if (list && !json_is_null(list) && !json_is_array(list))
        field_error(f, "allowed_networks", "must be a list");
    json_array_foreach(list, i, one)
    {
        const char *text = json_string_value(one);
        if (!text || strpbrk(text, " ") || !parse_network(text, base, &common))
            field_error(f, "allowed_networks", "must be networks, as 10.0.0.0/8");
        else if (len + strlen(text) + 1 > POLICY_NETWORKS_MAX)
            field_error(f, "allowed_networks", "are too many");
        else
            len += (size_t)snprintf(into->networks + len, sizeof into->networks - len, "%s%s", len ? " " : "", text);
    }
    /* Nobody shuts himself out. */
    if (f->r->who.tenant_id[0] && !policy_admits(f->r->tb, into, f->r->peer))
        field_error(f, "allowed_networks", "must hold your own address, %s", f->r->peer);
}

/* What is not given is the default. */
static void policy_put(struct request *r)
{
    struct policy p = policy_of(r->tb, defect(r->tb, D_POLICY_MERGED) ? r->owner_id : NULL);
    struct fields f;

    fields_begin(&f, r);
    p.password_min_length = field_number(&f, "password_min_length", OPTIONAL, 10, 64, p.password_min_length);
    p.lock_after = field_number(&f, "lock_after", OPTIONAL, 1, 100, p.lock_after);
    p.lock_seconds = field_number(&f, "lock_seconds", OPTIONAL, 1, 86400, p.lock_seconds);
    p.session_seconds = field_number(&f, "session_seconds", OPTIONAL, 1, 86400, p.session_seconds);
    read_networks(&f, &p);
    if (!fields_end(&f))
        return;
    int rc = store_run(
        r->tb->db,
        "INSERT INTO policies (tenant_id, password_min_length, lock_after, lock_seconds, session_seconds,"
        " networks) VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT (tenant_id) DO UPDATE SET"
        " password_min_length = ?2, lock_after = ?3, lock_seconds = ?4, session_seconds = ?5,"
        " networks = ?6, changes = policies.changes + 1",
        "sIIIIs", r->owner_id, p.password_min_length, p.lock_after, p.lock_seconds, p.session_seconds, p.networks);
    if (rc < 0)
        return;
    audit_ok(r, "policy.put", "policy", r->owner_id, r->owner_id, "of its users");
    reply(r, 200, view(r->owner_id, &p));
}

void policy_forget(struct testbed *tb, const char *tenant_id)
{
    store_run(tb->db, "DELETE FROM policies WHERE tenant_id = ?", "s", tenant_id);
}

const struct route policy_routes[] = {
    {M_GET, "/v1/tenants/{}/policy", PA | PU | TA, ROUTE_ACTIVE, route_of_tenant, policy_get},
    {M_PUT, "/v1/tenants/{}/policy", PA | TA, ROUTE_ACTIVE, route_of_tenant, policy_put},
    {.pattern = NULL},
};
