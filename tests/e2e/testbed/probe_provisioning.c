/* SPDX-License-Identifier: Apache-2.0 */
/* Probes of provisioning. */
#include "bed.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <stdio.h>
#include <string.h>

#define TENANT_BODY                                                                                                    \
    "{\"name\":\"T\",\"subdomain\":\"%s\",\"plan\":\"%s\",\"admin\":{\"username\":\"%s\",\"password\":\"" PASSWORD     \
    "\"}%s}"

static int post_tenant(struct bed *b, const char *subdomain, const char *plan, const char *more, char *ret_id)
{
    char admin[32], body[600];
    json_t *answer;

    unique(admin, sizeof admin, "boss");
    snprintf(body, sizeof body, TENANT_BODY, subdomain, plan, admin, more);
    int status = call(b, b->admin, "POST", body, &answer, "/v1/tenants");
    snprintf(ret_id, 32, "%s", text_at(json_object_get(answer, "tenant"), "id"));
    json_decref(answer);
    return status;
}

static bool subdomain_is_unique(struct bed *b)
{
    struct tenant t;
    char id[32];

    make_tenant(b, &t);
    return post_tenant(b, t.subdomain, "starter", "", id) == 409;
}

static bool nothing_left(struct bed *b, const char *tenant_id)
{
    json_t *r;

    call(b, b->admin, "GET", NULL, &r, "/v1/tenants/%s/resources", tenant_id);
    bool empty = json_array_size(json_object_get(r, "schemas")) == 0 &&
                 json_array_size(json_object_get(r, "resources")) == 0 &&
                 json_array_size(json_object_get(r, "pids")) == 0 && number_at(r, "users") == 0 &&
                 number_at(r, "workloads") == 0;
    json_decref(r);
    return empty;
}

static bool rollback_undoes_all(struct bed *b)
{
    char subdomain[32], id[32];
    json_t *p;

    unique(subdomain, sizeof subdomain, "roll");
    if (post_tenant(b, subdomain, "starter", ",\"fail_at_step\":\"register_monitoring\"", id) != 202 ||
        !tenant_becomes(b, id, "failed"))
        return false;
    call(b, b->admin, "GET", NULL, &p, "/v1/tenants/%s/provisioning", id);
    const json_t *steps = json_object_get(p, "steps");
    bool states = strcmp(text_at(p, "state"), "rolled_back") == 0 &&
                  strcmp(text_at(json_array_get(steps, 0), "state"), "rolled_back") == 0 &&
                  strcmp(text_at(json_array_get(steps, 14), "state"), "failed") == 0 &&
                  strcmp(text_at(json_array_get(steps, 15), "state"), "pending") == 0;
    json_decref(p);
    return states && nothing_left(b, id) && post_tenant(b, subdomain, "starter", "", id) == 202;
}

static bool all_steps_are_done(struct bed *b)
{
    struct tenant t;
    json_t *p, *step;
    size_t i, done = 0;

    make_tenant(b, &t);
    call(b, t.token, "GET", NULL, &p, "/v1/tenants/%s/provisioning", t.id);
    json_array_foreach(json_object_get(p, "steps"), i, step)
    {
        done += strcmp(text_at(step, "state"), "done") == 0;
    }
    json_decref(p);
    return done == 16;
}

static bool input_is_validated(struct bed *b)
{
    char id[32];

    return post_tenant(b, "Not_A_Subdomain", "starter", "", id) == 422 &&
           post_tenant(b, "fine", "golden", "", id) == 422;
}

static bool admin_can_log_in(struct bed *b)
{
    struct tenant t;

    make_tenant(b, &t);
    return t.token[0] != '\0';
}

static bool deprovisioning_leaves_nothing(struct bed *b)
{
    struct tenant t;

    make_tenant(b, &t);
    if (call(b, b->admin, "DELETE", NULL, NULL, "/v1/tenants/%s", t.id) != 202 ||
        !tenant_becomes(b, t.id, "deprovisioned"))
        return false;
    return nothing_left(b, t.id) && call(b, t.token, "GET", NULL, NULL, "/v1/auth/me") == 401;
}

/* The id of a tenant that has failed at its last step. */
static bool make_failed(struct bed *b, char *ret_id)
{
    char subdomain[32];

    unique(subdomain, sizeof subdomain, "fail");
    return post_tenant(b, subdomain, "starter", ",\"fail_at_step\":16", ret_id) == 202 &&
           tenant_becomes(b, ret_id, "failed");
}

static bool failures_are_told(struct bed *b)
{
    char id[32];
    json_t *answer, *event;
    size_t i;
    bool told = false;

    if (!make_failed(b, id))
        return false;
    call(b, b->admin, "GET", NULL, &answer, "/v1/events?limit=200&topic=tenant.%s.tenant.step", id);
    json_array_foreach(json_object_get(answer, "events"), i, event)
    {
        told |= strcmp(text_at(json_object_get(event, "data"), "state"), "failed") == 0;
    }
    json_decref(answer);
    return told;
}

static bool failing_leaves_nothing(struct bed *b)
{
    char id[32];

    return make_failed(b, id) && nothing_left(b, id);
}

static bool capacity_is_finite(struct bed *b)
{
    char id[32];

    return post_tenant(b, "vast", "starter", ",\"region\":\"edge\",\"quotas\":{\"replicas\":13}", id) == 409;
}

static bool retrying_makes_all(struct bed *b)
{
    char id[32];
    json_t *answer;

    if (!make_failed(b, id) || call(b, b->admin, "POST", NULL, NULL, "/v1/tenants/%s/provisioning/retry", id) != 202 ||
        !tenant_becomes(b, id, "active"))
        return false;
    call(b, b->admin, "GET", NULL, &answer, "/v1/tenants/%s/settings", id);
    bool seeded = strcmp(text_at(json_object_get(answer, "settings"), "currency"), "EUR") == 0;
    json_decref(answer);
    return seeded;
}

static void hmac_hex(const char *key, const char *text, char ret_hex[65])
{
    unsigned char mac[32];
    unsigned len = sizeof mac;

    HMAC(EVP_sha256(), key, (int)strlen(key), (const unsigned char *)text, strlen(text), mac, &len);
    for (unsigned i = 0; i < len; i++)
        snprintf(ret_hex + (size_t)2 * i, 3, "%02x", mac[i]);
}

static bool answers_are_signed(struct bed *b)
{
    struct tenant t;
    char workload[32], text[200], wanted[65] = "";
    json_t *secret, *answer;

    make_tenant(b, &t);
    make_workload(b, &t, "", workload);
    call(b, t.token, "GET", NULL, &secret, "/v1/tenants/%s/secret", t.id);
    call(b, t.token, "POST", "{\"nonce\":\"nonce-1234\"}", &answer, "/v1/workloads/%s/request", workload);
    snprintf(text, sizeof text, "nonce-1234\n%s\n%s\n%d", text_at(answer, "replica"), text_at(answer, "version"),
             number_at(answer, "count"));
    hmac_hex(text_at(secret, "secret"), text, wanted);
    bool signed_by_it = strcmp(text_at(answer, "signature"), wanted) == 0;
    json_decref(secret);
    json_decref(answer);
    return signed_by_it;
}

const struct probe probes_provisioning[] = {
    {"duplicate-subdomain", subdomain_is_unique},
    {"rollback-leaves-schema", rollback_undoes_all},
    {"step-skipped", all_steps_are_done},
    {"validation-missing", input_is_validated},
    {"admin-login-broken", admin_can_log_in},
    {"deprovision-leaves-data", deprovisioning_leaves_nothing},
    {"step-outcome-untold", failures_are_told},
    {"record-stays", failing_leaves_nothing},
    {"capacity-oversold", capacity_is_finite},
    {"capacity-stays-taken", failing_leaves_nothing},
    {"retry-skips-data", retrying_makes_all},
    {"answers-signed-by-another", answers_are_signed},
    {NULL, NULL},
};
