/* SPDX-License-Identifier: Apache-2.0 */
/* Security: how one tenant protects its users is nothing to another's. */
#include "common/tenancy.h"

#include <arpa/inet.h>

#define WRONG_PASSWORD "Wrong-horse-1"
#define LONG_PASSWORD  "Correct-horse-7-and-more"

#define POLICY_OPERATIONS                                                                                              \
    TENANCY_OPERATIONS, "policy.get", "policy.put", "user.create", "session.open", "session.whoami"

struct both {
    struct m_session *platform, *anybody;
    struct tenancy ours, theirs;
};

static struct both begin(struct muster_ctx *t)
{
    struct both b = {.platform = m_login(t, "admin"), .anybody = m_nobody(t)};
    b.ours = tenancy_begin(t, b.platform, "starter");
    b.theirs = tenancy_begin(t, b.platform, "starter");
    return b;
}

static const char *create(struct muster_ctx *t, const struct tenancy *tenant, const char *password, const char *refusal)
{
    const char *username = m_unique(t, "user");
    if (refusal)
        REFUSED(refusal, tenant->admin, "user.create", ARG("username", username), ARG("password", password),
                ARG("role", "tenant_member"));
    else
        DO(tenant->admin, "user.create", ARG("username", username), ARG("password", password),
           ARG("role", "tenant_member"));
    return username;
}

SCENARIO(a_policy_is_one_tenants,
         .summary = "A stricter rule for passwords holds in the tenant that made it, and nowhere else",
         .markers = MARKERS("e2e", "priority_p0", "tenant_isolation", "security",
                            "catches(defect='policy-of-another')"),
         .needs = OPERATIONS(POLICY_OPERATIONS, "user.update(password)", "password.change", "audit.list"),
         .timeout_ms = 30000)
{
    struct both b = begin(t);
    struct m_json *before = DO(b.theirs.admin, "policy.get", ARG("tenant", b.theirs.id));
    STEP("we want long passwords")
    {
        struct m_json *now = DO(b.ours.admin, "policy.put", ARG("tenant", b.ours.id), ARG("password_min_length", 20));
        CHECK_INT(m_json_int(now, "/password_min_length"), ==, 20);
        now = DO(b.ours.admin, "policy.get", ARG("tenant", b.ours.id));
        CHECK_INT(m_json_int(now, "/password_min_length"), ==, 20);
    }
    STEP("a short one is refused to our users, wherever they get it")
    {
        create(t, &b.ours, TENANT_PASSWORD, "invalid");
        REFUSED("invalid", b.ours.admin, "password.change", ARG("current", TENANT_PASSWORD),
                ARG("new", "Another-horse-8"));
        create(t, &b.ours, LONG_PASSWORD, NULL);
        DO(b.ours.admin, "password.change", ARG("current", TENANT_PASSWORD), ARG("new", LONG_PASSWORD));
    }
    STEP("and not to theirs")
    {
        create(t, &b.theirs, TENANT_PASSWORD, NULL);
        DO(b.theirs.admin, "password.change", ARG("current", TENANT_PASSWORD), ARG("new", "Another-horse-8"));
        struct m_json *now = DO(b.theirs.admin, "policy.get", ARG("tenant", b.theirs.id));
        CHECK_STR(m_json_text(t, now, ""), ==, m_json_text(t, before, ""));
    }
    STEP("who changed it stands in our trail alone")
    {
        CHECK_INT(m_json_int(DO(b.ours.admin, "audit.list", ARG("action", "policy.put")), "/total"), ==, 1);
        CHECK_INT(m_json_int(DO(b.theirs.admin, "audit.list", ARG("action", "policy.put")), "/total"), ==, 0);
    }
}

static void guess(const struct both *b, const char *username, int times)
{
    for (int i = 0; i < times; i++)
        REFUSED("invalid_credentials", b->anybody, "session.open", ARG("username", username),
                ARG("password", WRONG_PASSWORD));
}

SCENARIO(locking_out_is_one_tenants,
         .summary = "After how many wrong passwords an account is locked, each tenant says for itself",
         .markers = MARKERS("e2e", "priority_p1", "tenant_isolation", "security", "catches(defect='policy-of-another')",
                            "catches(defect='lockout-missing')"),
         .needs = OPERATIONS(POLICY_OPERATIONS), .timeout_ms = 30000)
{
    struct both b = begin(t);
    const char *of_ours, *of_theirs;
    STEP("we lock after two, they after four")
    {
        DO(b.theirs.admin, "policy.put", ARG("tenant", b.theirs.id), ARG("lock_after", 4));
        DO(b.ours.admin, "policy.put", ARG("tenant", b.ours.id), ARG("lock_after", 2));
        of_ours = create(t, &b.ours, TENANT_PASSWORD, NULL);
        of_theirs = create(t, &b.theirs, TENANT_PASSWORD, NULL);
    }
    STEP("two wrong ones lock ours")
    {
        guess(&b, of_ours, 2);
        REFUSED("locked", b.anybody, "session.open", ARG("username", of_ours), ARG("password", TENANT_PASSWORD));
    }
    STEP("and not theirs, nor anybody else of ours")
    {
        guess(&b, of_theirs, 2);
        DO(b.anybody, "session.open", ARG("username", of_theirs), ARG("password", TENANT_PASSWORD));
        DO(b.anybody, "session.open", ARG("username", b.ours.admin_name), ARG("password", TENANT_PASSWORD));
    }
    STEP("four lock theirs")
    {
        guess(&b, of_theirs, 4);
        REFUSED("locked", b.anybody, "session.open", ARG("username", of_theirs), ARG("password", TENANT_PASSWORD));
    }
}

static int is_over(struct m_session *session)
{
    struct m_tried now = TRY(session, "session.whoami");
    int over = now.refused && strcmp(now.refused, "token_expired") == 0;
    m_json_free(now.result);
    m_json_free(now.details);
    return over;
}

static struct m_session *log_in(struct muster_ctx *t, const struct tenancy *tenant)
{
    return LOGIN(t, "password", ARG("username", tenant->admin_name), ARG("password", TENANT_PASSWORD));
}

SCENARIO(sessions_last_as_their_tenant_says, .summary = "A tenant's short sessions end, and another tenant's go on",
         .markers = MARKERS("e2e", "priority_p1", "tenant_isolation", "security",
                            "catches(defect='session-policy-ignored')", "catches(defect='policy-of-another')"),
         .needs = OPERATIONS(POLICY_OPERATIONS), .timeout_ms = 60000)
{
    struct both b = begin(t);
    struct m_session *of_ours, *of_theirs;
    STEP("ours last a second")
    {
        DO(b.theirs.admin, "policy.put", ARG("tenant", b.theirs.id), ARG("session_seconds", 3600));
        DO(b.ours.admin, "policy.put", ARG("tenant", b.ours.id), ARG("session_seconds", 1));
        of_ours = log_in(t, &b.ours);
        of_theirs = log_in(t, &b.theirs);
    }
    STEP("it ends, also when a longer one is asked for")
    {
        struct m_json *asked = DO(b.anybody, "session.open", ARG("username", b.ours.admin_name),
                                  ARG("password", TENANT_PASSWORD), ARG("ttl", 600));
        struct m_session *longer = LOGIN(t, "token", ARG("token", m_json_str(asked, "/token")));
        CHECK(M_UNTIL(t, 5000, 50, is_over(of_ours)));
        CHECK(M_UNTIL(t, 5000, 50, is_over(longer)));
    }
    STEP("theirs goes on")
    {
        DO(of_theirs, "session.whoami");
    }
}

SCENARIO(networks_are_one_tenants,
         .summary = "A tenant whose users come from its own network alone shuts out its own users alone",
         .markers = MARKERS("e2e", "priority_p1", "tenant_isolation", "security", "catches(defect='networks-ignored')",
                            "catches(defect='policy-of-another')"),
         .needs = OPERATIONS(POLICY_OPERATIONS, "api_key.create"), .timeout_ms = 30000)
{
    struct both b = begin(t);
    struct m_json *key = DO(b.ours.admin, "api_key.create", ARG("name", m_unique(t, "key")));
    struct m_session *by_key =
        LOGIN(t, "api_key", ARG("key_id", m_json_str(key, "/id")), ARG("secret", m_json_str(key, "/secret")));
    STEP("nobody shuts himself out")
    {
        REFUSED("invalid", b.ours.admin, "policy.put", ARG("tenant", b.ours.id),
                ARG("networks", m_json_parse(t, "[\"192.0.2.0/24\"]")));
    }
    STEP("but whoever runs the platform may say from where ours come")
    {
        DO(b.platform, "policy.put", ARG("tenant", b.ours.id), ARG("networks", m_json_parse(t, "[\"192.0.2.0/24\"]")));
    }
    STEP("from elsewhere they are refused, with a token, a key or a password")
    {
        REFUSED("network_not_allowed", b.ours.admin, "session.whoami");
        REFUSED("network_not_allowed", by_key, "session.whoami");
        REFUSED("network_not_allowed", b.anybody, "session.open", ARG("username", b.ours.admin_name),
                ARG("password", TENANT_PASSWORD));
    }
    STEP("theirs come as before")
    {
        DO(b.theirs.admin, "session.whoami");
        log_in(t, &b.theirs);
    }
    STEP("and ours, too, where their network is ours")
    {
        DO(b.platform, "policy.put", ARG("tenant", b.ours.id),
           ARG("networks", m_json_parse(t, "[\"192.0.2.0/24\", \"0.0.0.0/0\", \"::/0\"]")));
        DO(b.ours.admin, "session.whoami");
        DO(by_key, "session.whoami");
    }
}

/* ---- to the bit -------------------------------------------------------------------------------------------------- */

/* As 10.0.0.0/8. */
static const char *network(struct muster_ctx *t, int family, const unsigned char *base, int prefix)
{
    char text[INET6_ADDRSTRLEN] = "";
    inet_ntop(family, base, text, sizeof text);
    return m_fmt(t, "%s/%d", text, prefix);
}

/* Whether our users get in where only this network is let in. */
static int gets_in(struct muster_ctx *t, const struct both *b, const char *from)
{
    DO(b->platform, "policy.put", ARG("tenant", b->ours.id),
       ARG("networks", m_json_parse(t, m_fmt(t, "[\"%s\"]", from))));
    struct m_tried now = TRY(b->ours.admin, "session.whoami");
    CHECK_STR(now.refused, ==, now.result ? NULL : "network_not_allowed");
    int is_in = now.result != NULL;
    m_json_free(now.result);
    return is_in;
}

SCENARIO(
    networks_end_where_they_end,
    .summary = "Of a network's two halves one lets a tenant's users in and the other does not, down to the address",
    .markers = MARKERS("e2e", "priority_p2", "tenant_isolation", "security", "catches(defect='network-too-wide')",
                       "catches(defect='networks-ignored')"),
    .needs = OPERATIONS(POLICY_OPERATIONS), .timeout_ms = 30000)
{
    struct both b = {.platform = m_login(t, "admin"), .anybody = m_nobody(t)};
    unsigned char address[16] = {0};
    b.ours = tenancy_begin(t, b.platform, "starter");
    int family = gets_in(t, &b, "0.0.0.0/0") ? AF_INET : AF_INET6;
    for (int bit = 0; bit < (family == AF_INET ? 32 : 128); bit++) {
        int lower = gets_in(t, &b, network(t, family, address, bit + 1));
        address[bit / 8] |= (unsigned char)(128 >> bit % 8);
        int upper = gets_in(t, &b, network(t, family, address, bit + 1));
        REQUIRE(lower != upper, "both halves or none of a network let in, of which this is one: %s",
                network(t, family, address, bit + 1));
        if (lower)
            address[bit / 8] &= (unsigned char)~(128 >> bit % 8);
    }
    LOG("we come from %s", network(t, family, address, family == AF_INET ? 32 : 128));
}
