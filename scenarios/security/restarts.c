/* SPDX-License-Identifier: Apache-2.0 */
/* The platform ends and begins again: who is in stays in, and who is out stays out. */
#include "common/tenancy.h"

#include <time.h>

static int64_t unix_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void ask_signed(struct muster_ctx *t, struct m_session *signer, const struct tenancy *tenant)
{
    (void)t;
    DO(signer, "customer.create", ARG("tenant", tenant->id), ARG("name", "Ada"), ARG("email", "ada@example.test"));
}

SCENARIO(a_restart_lets_nobody_in_or_out,
         .summary = "Sessions, locks, revoked tokens and used signatures outlive a restart of the platform",
         .markers = MARKERS("e2e", "priority_p0", "security", "serial", "catches(defect='sessions-end-with-restart')",
                            "catches(defect='locks-open-with-restart')", "catches(defect='replay-after-restart')"),
         .needs = OPERATIONS(TENANCY_OPERATIONS, "user.create", "policy.put(lock_after)", "policy.get", "session.open",
                             "session.close", "session.whoami", "api_key.create", "customer.create",
                             "platform.restart(how)"),
         .timeout_ms = 60000)
{
    struct m_session *platform = m_login(t, "admin");
    struct tenancy tenant = tenancy_begin(t, platform, "starter");
    DO(tenant.admin, "policy.put", ARG("tenant", tenant.id), ARG("lock_after", 1));
    struct member in = tenancy_member(t, &tenant, "tenant_member"), out = tenancy_member(t, &tenant, "tenant_member"),
                  locked = tenancy_member(t, &tenant, "tenant_member");
    struct m_json *key = DO(tenant.admin, "api_key.create", ARG("name", m_unique(t, "key")));
    struct m_session *signer =
        LOGIN(t, "api_key", ARG("key_id", m_json_str(key, "/id")), ARG("secret", m_json_str(key, "/secret")),
              ARG("timestamp", unix_ms()), ARG("nonce", m_unique(t, "nonce")));
    STEP("one has logged out, one has locked himself out, one has signed a request")
    {
        DO(out.session, "session.close");
        REFUSED("invalid_credentials", m_nobody(t), "session.open", ARG("username", locked.username),
                ARG("password", "Not-this-horse-1"));
        REFUSED("locked", m_nobody(t), "session.open", ARG("username", locked.username),
                ARG("password", TENANT_PASSWORD));
        ask_signed(t, signer, &tenant);
    }
    STEP("the platform is killed, and begins again")
    {
        DO(platform, "platform.restart", ARG("how", "kill"));
    }
    STEP("who was logged in still is")
    {
        struct m_tried now = TRY(in.session, "session.whoami");
        CHECK_STR(now.refused, ==, NULL);
        CHECK_STR(m_json_str(now.result, "/username"), ==, in.username);
    }
    STEP("who had logged out, was locked, or had signed before is refused as before")
    {
        REFUSED("token_revoked", out.session, "session.whoami");
        REFUSED("locked", m_nobody(t), "session.open", ARG("username", locked.username),
                ARG("password", TENANT_PASSWORD));
        REFUSED("replayed", signer, "customer.create", ARG("tenant", tenant.id), ARG("name", "Ada"),
                ARG("email", "ada@example.test"));
    }
    STEP("the tenant's policy holds")
    {
        struct m_json *policy = DO(m_login(t, "admin"), "policy.get", ARG("tenant", tenant.id));
        CHECK_INT(m_json_int(policy, "/lock_after"), ==, 1);
    }
}
