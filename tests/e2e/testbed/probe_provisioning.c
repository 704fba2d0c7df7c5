/* SPDX-License-Identifier: Apache-2.0 */
/* Probes of provisioning. */
#include "bed.h"

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

const struct probe probes_provisioning[] = {
    {"duplicate-subdomain", subdomain_is_unique},
    {"rollback-leaves-schema", rollback_undoes_all},
    {"step-skipped", all_steps_are_done},
    {"validation-missing", input_is_validated},
    {"admin-login-broken", admin_can_log_in},
    {"deprovision-leaves-data", deprovisioning_leaves_nothing},
    {NULL, NULL},
};
