/* SPDX-License-Identifier: Apache-2.0 */
/* Probes of the audit chain. */
#include "bed.h"

#include <openssl/evp.h>
#include <stdio.h>
#include <string.h>

static bool verifies(struct bed *b)
{
    json_t *v;

    call(b, b->admin, "GET", NULL, &v, "/v1/audit/verify");
    bool ok = json_is_true(json_object_get(v, "ok"));
    json_decref(v);
    return ok;
}

static int total(struct bed *b, const char *query)
{
    json_t *list;

    call(b, b->admin, "GET", NULL, &list, "/v1/audit?limit=1&%s", query);
    int n = number_at(list, "total");
    json_decref(list);
    return n;
}

static bool entries_cannot_be_changed(struct bed *b)
{
    int before = total(b, "action=audit.tamper&outcome=denied");

    return call(b, b->admin, "PUT", "{\"actor\":\"somebody\"}", NULL, "/v1/audit/1") == 405 &&
           call(b, b->admin, "DELETE", NULL, NULL, "/v1/audit/1") == 405 &&
           total(b, "action=audit.tamper&outcome=denied") == before + 2 && verifies(b);
}

static bool changes_leave_entries(struct bed *b)
{
    char name[32], id[32], token[TOKEN_MAX], query[100];

    make_user(b, NULL, "platform_operator", name, id, token);
    call(b, b->admin, "DELETE", NULL, NULL, "/v1/users/%s", id);
    snprintf(query, sizeof query, "entity_type=user&entity_id=%s&action=user.create", id);
    if (total(b, query) != 1)
        return false;
    snprintf(query, sizeof query, "entity_type=user&entity_id=%s&action=user.delete", id);
    return total(b, query) == 1;
}

static bool denials_leave_entries(struct bed *b)
{
    char name[32], id[32], token[TOKEN_MAX], query[100];

    make_user(b, NULL, "platform_auditor", name, id, token);
    call(b, token, "POST", "{}", NULL, "/v1/tenants");
    login(b, name, "wrong password", NULL);
    snprintf(query, sizeof query, "actor=%s&action=access.denied&outcome=denied", name);
    if (total(b, query) != 1)
        return false;
    snprintf(query, sizeof query, "actor=%s&action=auth.login&outcome=failed", name);
    return total(b, query) == 1;
}

static bool entries_name_the_actor(struct bed *b)
{
    char query[100];
    struct tenant t;

    make_tenant(b, &t);
    call(b, t.token, "POST", "{\"name\":\"C\",\"email\":\"c@x.org\"}", NULL, "/v1/tenants/%s/customers", t.id);
    snprintf(query, sizeof query, "tenant=%s&action=customer.create&actor=%s", t.id, t.admin_name);
    return total(b, query) == 1;
}

static void hash_of(const json_t *e, const char *prev, char *ret_hex)
{
    char text[4096];
    unsigned char raw[32];

    snprintf(text, sizeof text, "%d\n%s\n%s\n%s\n%s\n%s\n%s\n%s\n%s\n%s", number_at(e, "seq"), text_at(e, "at"),
             text_at(e, "actor"), text_at(e, "action"), text_at(e, "entity_type"), text_at(e, "entity_id"),
             text_at(e, "tenant"), text_at(e, "outcome"), text_at(e, "detail"), prev);
    EVP_Digest(text, strlen(text), raw, NULL, EVP_sha256(), NULL);
    for (int i = 0; i < 32; i++)
        sprintf(ret_hex + 2 * i, "%02x", raw[i]);
}

/* The documented hash, computed here and not by the platform. */
static bool chain_holds(struct bed *b)
{
    char prev[65], hash[65];
    bool good = true;
    json_t *list, *e;
    size_t i;

    for (int n = 0; n < 6; n++)
        call(b, b->admin, "POST", "{\"name\":\"x\"}", NULL, "/v1/events");
    memset(prev, '0', 64);
    prev[64] = '\0';
    call(b, b->admin, "GET", NULL, &list, "/v1/audit?limit=1000");
    json_array_foreach(json_object_get(list, "entries"), i, e)
    {
        hash_of(e, prev, hash);
        good &= strcmp(hash, text_at(e, "hash")) == 0;
        snprintf(prev, sizeof prev, "%s", text_at(e, "hash"));
    }
    good &= json_array_size(json_object_get(list, "entries")) >= 6;
    json_decref(list);
    return good && verifies(b);
}

const struct probe probes_audit[] = {
    {"audit-rewrite", entries_cannot_be_changed},
    {"audit-gap", changes_leave_entries},
    {"audit-denials-missing", denials_leave_entries},
    {"audit-wrong-actor", entries_name_the_actor},
    {"audit-chain-broken", chain_holds},
    {NULL, NULL},
};
