/* SPDX-License-Identifier: Apache-2.0 */
/* A tenant's place on the platform: its names, and its share of what there is. */
#include "identity/users.h"
#include "provisioning/steps.h"
#include "store/store.h"
#include "tenants/capacity.h"
#include "tenants/directory.h"
#include "tenants/quota.h"

#include <string.h>

/* What was true of the order when it came may not be true any more when its turn comes, or comes again. */
static enum step_result validate_request(struct provisioning_run *p)
{
    json_t *quotas = quota_of_plan(run_asked(p, "plan"));
    bool known = quotas || defect(p->tb, D_VALIDATION_MISSING);

    json_decref(quotas);
    if (!known)
        return run_failed(p, "there is no plan %.60s", run_asked(p, "plan"));
    if (store_number(p->tb->db, "SELECT count(*) FROM users WHERE username = ? AND coalesce(tenant_id, '') <> ?", "ss",
                     run_asked(p, "username"), p->tenant_id) > 0)
        return run_failed(p, "there is a user %.80s", run_asked(p, "username"));
    return STEP_DONE;
}

const struct step step_validate_request = {"validate_request", validate_request, NULL, NULL};

/* The database takes a subdomain once, whoever asks at the same time. */
static enum step_result reserve_subdomain(struct provisioning_run *p)
{
    int rc = store_run(p->tb->db,
                       "INSERT INTO resources (tenant_id, kind, name) VALUES (?, 'subdomain', ?)"
                       " ON CONFLICT (tenant_id, kind, name) DO NOTHING",
                       "ss", p->tenant_id, run_asked(p, "subdomain"));
    if (rc == STORE_UNIQUE && !defect(p->tb, D_DUPLICATE_SUBDOMAIN))
        return run_failed(p, "the subdomain %.60s is another tenant's", run_asked(p, "subdomain"));
    return rc == STORE_ERROR ? STEP_FAILED : STEP_DONE;
}

static enum step_result release_subdomain(struct provisioning_run *p)
{
    int rc =
        store_run(p->tb->db, "DELETE FROM resources WHERE tenant_id = ? AND kind = 'subdomain'", "s", p->tenant_id);

    return rc < 0 ? STEP_FAILED : STEP_DONE;
}

static void find_subdomain(struct testbed *tb, const char *tenant_id, json_t *found)
{
    json_t *rows =
        store_all(tb->db, "SELECT name FROM resources WHERE tenant_id = ? AND kind = 'subdomain'", "s", tenant_id);
    json_t *row;
    size_t i;

    json_array_foreach(rows, i, row)
    {
        thing_found(found, "subdomain", json_string_value(json_object_get(row, "name")));
    }
    json_decref(rows);
}

const struct step step_reserve_subdomain = {"reserve_subdomain", reserve_subdomain, release_subdomain, find_subdomain};

/* From now on its host is known: to whoever looks into the directory, and to the gateway. */
static enum step_result create_record(struct provisioning_run *p)
{
    char host[HOST_MAX];

    return directory_enter(p->tb, directory_host(run_asked(p, "subdomain"), host), p->tenant_id) == 0 ? STEP_DONE
                                                                                                      : STEP_FAILED;
}

static enum step_result drop_record(struct provisioning_run *p)
{
    if (!defect(p->tb, D_RECORD_STAYS))
        directory_remove(p->tb, p->tenant_id);
    return STEP_DONE;
}

static void find_record(struct testbed *tb, const char *tenant_id, json_t *found)
{
    json_t *hosts = directory_hosts(tb, tenant_id), *host;
    size_t i;

    json_array_foreach(hosts, i, host)
    {
        thing_found(found, "record", json_string_value(host));
    }
    json_decref(hosts);
}

const struct step step_create_record = {"create_record", create_record, drop_record, find_record};

static enum step_result allocate_quota(struct provisioning_run *p)
{
    struct capacity_lack lack;

    if (capacity_take(p->tb, p->tenant_id, run_asked(p, "region"), json_object_get(p->request, "quotas"), &lack))
        return STEP_DONE;
    return run_failed(p, "%.40s has %lld %s left, not %lld", run_asked(p, "region"), (long long)lack.left, lack.what,
                      (long long)lack.wanted);
}

static enum step_result free_quota(struct provisioning_run *p)
{
    if (!defect(p->tb, D_CAPACITY_STAYS_TAKEN))
        capacity_give_back(p->tb, p->tenant_id);
    return STEP_DONE;
}

static void find_quota(struct testbed *tb, const char *tenant_id, json_t *found)
{
    if (capacity_has_taken(tb, tenant_id))
        thing_found(found, "quota", tenant_id);
}

const struct step step_allocate_quota = {"allocate_quota", allocate_quota, free_quota, find_quota};
