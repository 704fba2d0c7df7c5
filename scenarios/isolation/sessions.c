/* SPDX-License-Identifier: Apache-2.0 */
/* API: whose a session is. */
#include "common/tenancy.h"

#include <muster/kit/auth.h>

/* Nothing that a token was changed to say opens anything of theirs. */
static void try_forgeries(struct muster_ctx *t, const struct tenancy *ours, const struct tenancy *theirs,
                          const char *claims)
{
    struct m_jwt_forging known = {.claims = claims};
    for (const struct m_jwt_forgery *f = m_jwt_forgeries(t, m_session_value(ours->admin, "token"), &known); f->name;
         f++) {
        struct m_session *forged = LOGIN(t, "token", ARG("token", f->token));
        REFUSED("invalid_token", forged, "tenant.get", ARG("id", theirs->id));
        REFUSED("invalid_token", forged, "session.whoami");
    }
}

SCENARIO(a_forged_token_is_nobodys,
         .summary = "A token that names another tenant, or another tenant's user, is not taken",
         .markers = MARKERS("e2e", "priority_p0", "tenant_isolation", "api", "security",
                            "catches(defect='unsigned-token-accepted')"),
         .needs = OPERATIONS(TENANCY_OPERATIONS, "session.whoami"), .timeout_ms = 30000)
{
    struct m_session *platform = m_login(t, "admin");
    struct tenancy ours = tenancy_begin(t, platform, "starter"), theirs = tenancy_begin(t, platform, "starter");
    if (!m_session_value(ours.admin, "token"))
        SKIP("the target's login `password` gives no token that could be forged");
    STEP("ours as it is opens ours, and not theirs")
    {
        struct m_json *who = DO(ours.admin, "session.whoami");
        CHECK_STR(m_json_str(who, "/tenant"), ==, ours.id);
        REFUSED("not_found", ours.admin, "tenant.get", ARG("id", theirs.id));
    }
    STEP("ours, with their tenant in it")
    {
        try_forgeries(t, &ours, &theirs, m_json_pack(t, "{s:s}", "tenant", theirs.id));
    }
    STEP("ours, with their user in it")
    {
        try_forgeries(t, &ours, &theirs, m_json_pack(t, "{s:s}", "sub", m_session_value(theirs.admin, "user_id")));
    }
}

SCENARIO(a_tenants_end_ends_its_sessions,
         .summary = "Tokens, keys and passwords of a tenant's users end with it, and others go on",
         .markers = MARKERS("e2e", "priority_p0", "tenant_isolation", "api", "security",
                            "catches(defect='deprovision-leaves-data')"),
         .needs = OPERATIONS(TENANCY_OPERATIONS, "user.create", "api_key.create", "session.open", "session.whoami"),
         .timeout_ms = 30000)
{
    struct m_session *platform = m_login(t, "admin");
    struct tenancy ours = tenancy_begin(t, platform, "starter"), theirs = tenancy_begin(t, platform, "starter");
    struct member member = tenancy_member(t, &theirs, "tenant_member");
    struct m_json *key = DO(member.session, "api_key.create", ARG("name", m_unique(t, "key")));
    struct m_session *by_key =
        LOGIN(t, "api_key", ARG("key_id", m_json_str(key, "/id")), ARG("secret", m_json_str(key, "/secret")));
    STEP("all of them work")
    {
        DO(member.session, "session.whoami");
        DO(by_key, "session.whoami");
    }
    STEP("their tenant ends")
    {
        DO(platform, "tenant.delete", ARG("id", theirs.id));
    }
    STEP("so do they")
    {
        REFUSED("invalid_token", member.session, "session.whoami");
        REFUSED("invalid_token", theirs.admin, "session.whoami");
        REFUSED("invalid_credentials", by_key, "session.whoami");
        REFUSED("invalid_credentials", m_nobody(t), "session.open", ARG("username", member.username),
                ARG("password", TENANT_PASSWORD));
    }
    STEP("we are as we were")
    {
        CHECK_STR(m_json_str(DO(ours.admin, "session.whoami"), "/tenant"), ==, ours.id);
    }
}
