/* SPDX-License-Identifier: Apache-2.0 */
/* A tenant's policy is what its last order says, for all its users, whoever makes them, and as long as it says. */
#include "common/tenancy.h"

#include <stdlib.h>

#define WRONG_PASSWORD "Wrong-horse-1"

#define POLICY_OPERATIONS TENANCY_OPERATIONS, "policy.get", "policy.put", "user.create", "session.open"

SCENARIO(a_policy_is_set_as_a_whole, .summary = "What a new policy does not say is the default, not what it was before",
         .markers = MARKERS("e2e", "priority_p2", "security", "catches(defect='policy-merged')"),
         .needs = OPERATIONS(POLICY_OPERATIONS), .timeout_ms = 30000)
{
    struct m_session *platform = m_login(t, "admin");
    struct tenancy tenant = tenancy_begin(t, platform, "starter");
    struct m_json *first = DO(tenant.admin, "policy.get", ARG("tenant", tenant.id));
    STEP("all of it is said")
    {
        DO(tenant.admin, "policy.put", ARG("tenant", tenant.id), ARG("password_min_length", 24), ARG("lock_after", 7),
           ARG("lock_seconds", 77), ARG("session_seconds", 777),
           ARG("networks", m_json_parse(t, "[\"0.0.0.0/0\", \"::/0\"]")));
        struct m_json *now = DO(tenant.admin, "policy.get", ARG("tenant", tenant.id));
        CHECK_INT(m_json_int(now, "/password_min_length"), ==, 24);
        CHECK_INT(m_json_int(now, "/lock_after"), ==, 7);
        CHECK_INT(m_json_int(now, "/lock_seconds"), ==, 77);
        CHECK_INT(m_json_int(now, "/session_seconds"), ==, 777);
        CHECK_INT(m_json_count(now, "/networks"), ==, 2);
    }
    STEP("nothing of it is")
    {
        DO(tenant.admin, "policy.put", ARG("tenant", tenant.id));
        struct m_json *now = DO(tenant.admin, "policy.get", ARG("tenant", tenant.id));
        CHECK_STR(m_json_text(t, now, ""), ==, m_json_text(t, first, ""));
    }
}

SCENARIO(a_policy_holds_whoever_makes_the_user,
         .summary = "A tenant's rule for passwords holds for a user whom the platform's administrator makes or changes",
         .markers = MARKERS("e2e", "priority_p1", "security", "catches(defect='policy-of-who-asks')"),
         .needs = OPERATIONS(POLICY_OPERATIONS, "user.update(password)"), .timeout_ms = 30000)
{
    struct m_session *platform = m_login(t, "admin");
    struct tenancy tenant = tenancy_begin(t, platform, "starter");
    struct member member = tenancy_member(t, &tenant, "tenant_member");
    struct m_session *const makers[] = {tenant.admin, platform};
    DO(tenant.admin, "policy.put", ARG("tenant", tenant.id), ARG("password_min_length", 20));
    for (int i = 0; i < 2; i++)
        STEP(i ? "the platform's administrator" : "the tenant's administrator")
        {
            REFUSED("invalid", makers[i], "user.create", ARG("username", m_unique(t, "user")),
                    ARG("password", TENANT_PASSWORD), ARG("role", "tenant_member"), ARG("tenant", tenant.id));
            REFUSED("invalid", makers[i], "user.update", ARG("id", member.id), ARG("password", "Another-horse-8"));
            DO(makers[i], "user.create", ARG("username", m_unique(t, "user")),
               ARG("password", "Correct-horse-7-and-more"), ARG("role", "tenant_member"), ARG("tenant", tenant.id));
        }
}

/* Locked out by wrong passwords: in how many seconds he may try again. */
static int64_t lock_out(struct muster_ctx *t, const struct tenancy *tenant, const char *username, int64_t seconds)
{
    struct m_session *anybody = m_nobody(t);
    DO(tenant->admin, "policy.put", ARG("tenant", tenant->id), ARG("lock_after", 2), ARG("lock_seconds", seconds));
    for (int i = 0; i < 2; i++)
        REFUSED("invalid_credentials", anybody, "session.open", ARG("username", username),
                ARG("password", WRONG_PASSWORD));
    struct m_tried login = TRY(anybody, "session.open", ARG("username", username), ARG("password", TENANT_PASSWORD));
    CHECK_STR(login.refused, ==, "locked");
    const char *wait = m_json_str(login.details, "/retry_after");
    return wait ? strtoll(wait, NULL, 10) : -1;
}

static int lets_in(struct m_session *anybody, const char *username)
{
    struct m_tried login = TRY(anybody, "session.open", ARG("username", username), ARG("password", TENANT_PASSWORD));
    m_json_free(login.result);
    m_json_free(login.details);
    return !login.refused;
}

SCENARIO(a_lock_lasts_as_long_as_the_policy_says,
         .summary = "An account that wrong passwords have locked opens by itself when the policy says so, not before",
         .markers = MARKERS("e2e", "priority_p1", "security", "catches(defect='lock-too-short')"),
         .needs = OPERATIONS(POLICY_OPERATIONS), .timeout_ms = 30000)
{
    struct m_session *platform = m_login(t, "admin");
    struct tenancy tenant = tenancy_begin(t, platform, "starter");
    struct member one = tenancy_member(t, &tenant, "tenant_member"),
                  other = tenancy_member(t, &tenant, "tenant_member");
    STEP("ten minutes")
    {
        int64_t wait_s = lock_out(t, &tenant, one.username, 600);
        CHECK_INT(wait_s, >, 500);
        CHECK_INT(wait_s, <=, 600);
    }
    STEP("two seconds")
    {
        /* Asked rarely: whoever asks often is slowed down. */
        uint64_t start = m_now_ms();
        int64_t wait_s = lock_out(t, &tenant, other.username, 2);
        CHECK_INT(wait_s, >, 0);
        CHECK_INT(wait_s, <=, 2);
        CHECK(M_UNTIL(t, 8000, 700, lets_in(m_nobody(t), other.username)));
        CHECK_UINT(m_now_ms() - start, >=, 2000);
    }
    STEP("the first still is locked")
    {
        CHECK(!lets_in(m_nobody(t), one.username));
    }
}
