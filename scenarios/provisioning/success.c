/* SPDX-License-Identifier: Apache-2.0 */
/* Provisioning that succeeds: every step, how it is told, the first login, many tenants at once. */
#include "common/factories.h"
#include "common/service.h"
#include "provisioning/order.h"

#include <muster/kit/auth.h>
#include <muster/kit/monitor.h>
#include <muster/kit/parallel.h>

#include <ctype.h>
#include <string.h>

SCENARIO(sixteen_steps_run_in_order, .summary = "A new tenant is active after all 16 steps, one after another",
         .markers = MARKERS("e2e", "priority_p0", "tenant_provisioning", "catches(defect='step-skipped')"),
         .needs = OPERATIONS(TENANCY_OPERATIONS, "tenant.create(name)", "tenant.steps", "tenant.resources",
                             "directory.find", "setting.list"),
         .timeout_ms = 30000)
{
    struct m_session *platform = m_login(t, "admin");
    struct tenancy tenant = {0};
    struct m_json *order = create_provisioning_workflow_tenant(t, "E2E Test ISP", NULL, "professional");
    PERFORMANCE("tenant provisioning")
    {
        tenant = tenancy_order(t, platform, order);
    }
    STEP("every step is done, and none began before the one before it ended")
    {
        check_all_done(t, platform, tenant.id);
    }
    STEP("what the steps were to make exists")
    {
        struct m_json *made = DO(platform, "tenant.resources", ARG("id", tenant.id));
        CHECK_INT(m_json_count(made, "/schemas"), ==, 1);
        CHECK_INT(m_json_count(made, "/subdomains"), ==, 1);
        CHECK_INT(m_json_count(made, "/pids"), >=, 1);
        CHECK_INT(m_json_int(made, "/users"), ==, 1);
    }
    STEP("its host is known, and its settings have their first values")
    {
        struct m_json *known = DO(m_nobody(t), "directory.find", ARG("host", host_of(t, tenant.subdomain)));
        CHECK_STR(m_json_str(known, "/entries/0/state"), ==, "active");
        struct m_json *settings = DO(tenant.admin, "setting.list", ARG("tenant", tenant.id));
        CHECK_STR(m_json_text(t, settings, "/settings"), ==,
                  "{\"currency\":\"EUR\",\"locale\":\"en\",\"timezone\":\"UTC\"}");
    }
}

SCENARIO(administrator_can_log_in, .summary = "The tenant's administrator logs in once the tenant is active",
         .markers = MARKERS("e2e", "priority_p0", "tenant_provisioning", "catches(defect='admin-login-broken')"),
         .needs = OPERATIONS(TENANCY_OPERATIONS, "session.whoami"), .timeout_ms = 30000)
{
    struct m_session *platform = m_login(t, "admin"), *admin;
    const char *subdomain = tenancy_subdomain(t, NULL), *username = tenancy_admin_name(t, subdomain), *id;
    STEP("order the tenant")
    {
        id = m_json_str(DO(platform, "tenant.create", ORDER(subdomain)), "/id");
    }
    STEP("log in for the first time")
    {
        admin = LOGIN(t, "password", ARG("username", username), ARG("password", TENANT_PASSWORD));
    }
    STEP("he is this tenant's administrator and nothing else")
    {
        struct m_json *me = DO(admin, "session.whoami");
        CHECK_STR(m_json_str(me, "/username"), ==, username);
        CHECK_STR(m_json_str(me, "/role"), ==, "tenant_admin");
        CHECK_STR(m_json_str(me, "/tenant"), ==, id);
    }
}

SCENARIO(first_password_is_changed, .summary = "A password that somebody else has chosen is good for changing it",
         .markers = MARKERS("e2e", "priority_p0", "tenant_provisioning", "security",
                            "catches(defect='forced-change-skipped')"),
         .needs = OPERATIONS(TENANCY_OPERATIONS, "tenant.create(change_password)", "customer.list", "session.whoami",
                             "password.change"),
         .timeout_ms = 30000)
{
    struct m_session *platform = m_login(t, "admin"), *admin;
    const char *subdomain = tenancy_subdomain(t, NULL), *username = tenancy_admin_name(t, subdomain), *id;
    STEP("order a tenant whose administrator has to change his password")
    {
        id = m_json_str(DO(platform, "tenant.create", ORDER(subdomain), ARG("change_password", 1)), "/id");
    }
    STEP("he logs in, and can do nothing else yet")
    {
        admin = LOGIN(t, "password", ARG("username", username), ARG("password", TENANT_PASSWORD));
        CHECK_STR(m_json_str(DO(admin, "session.whoami"), "/username"), ==, username);
        REFUSED("password_change_required", admin, "customer.list", ARG("tenant", id));
    }
    STEP("the same password again is no change")
    {
        REFUSED("invalid", admin, "password.change", ARG("current", TENANT_PASSWORD), ARG("new", TENANT_PASSWORD));
        REFUSED("password_change_required", admin, "customer.list", ARG("tenant", id));
    }
    STEP("with one of his own he goes on")
    {
        DO(admin, "password.change", ARG("current", TENANT_PASSWORD), ARG("new", "Another-horse-8"));
        DO(admin, "customer.list", ARG("tenant", id));
    }
}

static void order_one(struct muster_ctx *t, unsigned user, void *data)
{
    struct m_session *platform = m_login(t, "admin");
    const char *subdomain = tenancy_subdomain(t, m_unique(t, m_fmt(t, "side%u", user)));
    (void)data;
    m_barrier(t);
    const char *id = m_json_str(
        DO(platform, "tenant.create", ORDER(subdomain), ARG("plan", "starter"), ARG("step_delay_ms", 5)), "/id");
    check_all_done(t, platform, id);
}

SCENARIO(tenants_come_side_by_side, .summary = "Tenants that are ordered at the same time each get all steps",
         .markers = MARKERS("e2e", "priority_p2", "tenant_provisioning", "performance",
                            "catches(defect='step-skipped')"),
         .needs = OPERATIONS(TENANCY_OPERATIONS, "tenant.create(step_delay_ms)", "tenant.steps"), .timeout_ms = 60000)
{
    enum { USERS = 6 };
    uint64_t start = m_now_ms();
    m_parallel(t, USERS, order_one, NULL);
    m_metric(t, "provisioning.six_tenants", (double)(m_now_ms() - start), "ms");
}

/* A step's begin and its end, one after the other, in what the events say from `at` on; where to look next. */
static int64_t check_told(struct muster_ctx *t, const struct m_json *heard, int64_t at, int number)
{
    static const char *const states[] = {"running", "done"};
    for (int i = 0; i < 2; i++, at++) {
        const char *data = m_fmt(t, "/events/%d/data", (int)at);
        CHECK_INT(m_json_int(heard, m_fmt(t, "%s/number", data)), ==, number);
        CHECK_STR(m_json_str(heard, m_fmt(t, "%s/name", data)), ==, order_steps[number - 1]);
        CHECK_STR(m_json_str(heard, m_fmt(t, "%s/state", data)), ==, states[i]);
        if (i == 1)
            CHECK_INT(m_json_int(heard, m_fmt(t, "%s/duration_ms", data)), >=, 0);
    }
    return at;
}

SCENARIO(each_step_is_told, .summary = "Each step has an event when it begins and when it ends, and an audit entry",
         .markers = MARKERS("e2e", "priority_p1", "tenant_provisioning", "audit_compliance",
                            "catches(defect='step-skipped')"),
         .needs = OPERATIONS(TENANCY_OPERATIONS, "event.list", "audit.list"), .timeout_ms = 30000)
{
    struct m_session *platform = m_login(t, "admin");
    struct tenancy tenant = tenancy_begin(t, platform, "starter");
    STEP("events: two for each step, in order")
    {
        struct m_json *heard =
            DO(platform, "event.list", ARG("topic", m_fmt(t, "tenant.%s.tenant.step", tenant.id)), ARG("limit", 200));
        REQUIRE_INT(m_json_count(heard, "/events"), ==, 2 * STEP_COUNT);
        int64_t at = 0;
        for (int i = 1; i <= STEP_COUNT; i++)
            at = check_told(t, heard, at, i);
    }
    STEP("the audit trail: one for each step, in order, by the platform itself")
    {
        struct m_json *trail = DO(platform, "audit.list", ARG("entity", tenant.id), ARG("action", "tenant.step"));
        REQUIRE_INT(m_json_count(trail, "/entries"), ==, STEP_COUNT);
        for (int i = 1; i <= STEP_COUNT; i++) {
            const char *detail = m_json_str(trail, m_fmt(t, "/entries/%d/detail", i - 1));
            CHECK_STR(m_json_str(trail, m_fmt(t, "/entries/%d/actor", i - 1)), ==, "system");
            const char *wanted = m_fmt(t, "%d %s: done", i, order_steps[i - 1]);
            CHECK_STR(m_fmt(t, "%.*s", (int)strlen(wanted), detail), ==, wanted);
        }
    }
}

SCENARIO(settings_are_the_tenants,
         .summary = "The tenant's administrator changes its settings, within what makes sense",
         .markers = MARKERS("e2e", "priority_p2", "tenant_provisioning", "catches(defect='step-skipped')"),
         .needs = OPERATIONS(TENANCY_OPERATIONS, "user.create", "setting.list", "setting.put"), .timeout_ms = 30000)
{
    struct m_session *platform = m_login(t, "admin");
    struct tenancy tenant = tenancy_begin(t, platform, "starter");
    struct member viewer = tenancy_member(t, &tenant, "tenant_viewer");
    STEP("change one")
    {
        DO(tenant.admin, "setting.put", ARG("tenant", tenant.id), ARG("key", "currency"), ARG("value", "CHF"));
    }
    STEP("everybody of the tenant sees it, and that the others are as they were")
    {
        struct m_json *seen = DO(viewer.session, "setting.list", ARG("tenant", tenant.id));
        CHECK_STR(m_json_str(seen, "/settings/currency"), ==, "CHF");
        CHECK_STR(m_json_str(seen, "/settings/timezone"), ==, "UTC");
    }
    STEP("nonsense is refused, of each of them")
    {
        static const struct {
            const char *key, *value;
        } nonsense[] = {
            {"currency", "shells"}, {"currency", ""},           {"locale", "German, please"}, {"locale", "DE"},
            {"timezone", ""},       {"timezone", "12 o'clock"}, {"timezone", "Mars//Crater"}};
        for (size_t i = 0; i < sizeof nonsense / sizeof *nonsense; i++)
            REFUSED("invalid", tenant.admin, "setting.put", ARG("tenant", tenant.id), ARG("key", nonsense[i].key),
                    ARG("value", nonsense[i].value));
        struct m_json *now = DO(tenant.admin, "setting.list", ARG("tenant", tenant.id));
        CHECK_JSON(m_json_text(t, now, ""), "/settings",
                   "{\"currency\": \"CHF\", \"locale\": \"en\", \"timezone\": \"UTC\"}");
    }
    STEP("sense is taken")
    {
        DO(tenant.admin, "setting.put", ARG("tenant", tenant.id), ARG("key", "locale"), ARG("value", "de-CH"));
        DO(tenant.admin, "setting.put", ARG("tenant", tenant.id), ARG("key", "timezone"),
           ARG("value", "Europe/Zurich"));
    }
    STEP("who may only look changes nothing")
    {
        REFUSED("forbidden", viewer.session, "setting.put", ARG("tenant", tenant.id), ARG("key", "currency"),
                ARG("value", "USD"));
    }
}

/* What the application answers, signed for whoever asks. */
static void check_signed(struct muster_ctx *t, struct m_session *user, const char *workload, const char *key)
{
    const char *nonce = m_unique(t, "nonce");
    struct m_json *answer = DO(user, "workload.request", ARG("id", workload), ARG("nonce", nonce));
    const char *text = m_fmt(t, "%s\n%s\n%s\n%lld", nonce, m_json_str(answer, "/replica"),
                             m_json_str(answer, "/version"), (long long)m_json_int(answer, "/count"));
    CHECK_STR(m_json_str(answer, "/signature"), ==, m_hmac(t, "sha256", "hex", key, text));
}

SCENARIO(application_signs_with_the_tenants_key,
         .summary = "What a tenant's application answers is signed with its own key",
         .markers = MARKERS("e2e", "priority_p1", "tenant_provisioning", "security",
                            "catches(defect='answers-signed-by-another')"),
         .needs = OPERATIONS(TENANCY_OPERATIONS, "secret.get", "secret.rotate", "user.create", "workload.create",
                             "workload.request(nonce)"),
         .timeout_ms = 30000)
{
    struct m_session *platform = m_login(t, "admin");
    struct tenancy tenant = tenancy_begin(t, platform, "starter");
    const char *workload, *key, *other;
    STEP("a workload of the tenant")
    {
        workload =
            m_json_str(DO(tenant.admin, "workload.create", ARG("tenant", tenant.id), ARG("name", "signer")), "/id");
    }
    STEP("its answers have a signature that only the key makes")
    {
        key = m_json_str(DO(tenant.admin, "secret.get", ARG("tenant", tenant.id)), "/secret");
        check_signed(t, tenant.admin, workload, key);
    }
    STEP("with a new key they are signed with that one")
    {
        other = m_json_str(DO(tenant.admin, "secret.rotate", ARG("tenant", tenant.id)), "/secret");
        CHECK_STR(other, !=, key);
        check_signed(t, tenant.admin, workload, other);
    }
    STEP("of the tenant only its administrator gets to see it")
    {
        struct member member = tenancy_member(t, &tenant, "tenant_member");
        REFUSED("forbidden", member.session, "secret.get", ARG("tenant", tenant.id));
    }
}

SCENARIO(application_answers_at_its_host,
         .summary = "From the gateway everybody reaches the tenant's application by its host",
         .markers = MARKERS("e2e", "priority_p1", "tenant_provisioning", "catches(defect='route-stays')"),
         .needs = OPERATIONS(TENANCY_OPERATIONS, "application.request", "tenant.resources"), .timeout_ms = 30000)
{
    struct m_session *platform = m_login(t, "admin"), *anybody = m_nobody(t);
    struct tenancy tenant = tenancy_begin(t, platform, "starter");
    const char *host = host_of(t, tenant.subdomain);
    STEP("anybody asks it, and it counts")
    {
        int64_t first = m_json_int(DO(anybody, "application.request", ARG("host", host)), "/count");
        CHECK_INT(m_json_int(DO(anybody, "application.request", ARG("host", host)), "/count"), ==, first + 1);
    }
    STEP("hosts of nobody lead nowhere")
    {
        REFUSED("misdirected", anybody, "application.request", ARG("host", host_of(t, m_unique(t, "nobody"))));
    }
    STEP("nor does its own, once the tenant has gone")
    {
        DO(platform, "tenant.delete", ARG("id", tenant.id));
        REFUSED("misdirected", anybody, "application.request", ARG("host", host));
        CHECK_STR(m_json_text(t, DO(platform, "tenant.resources", ARG("id", tenant.id)), "/resources"), ==, "[]");
    }
}

static int monitored(struct muster_ctx *t, struct m_session *user, const char *id, const char *state, int64_t changes)
{
    struct m_json *now = DO(user, "tenant.health", ARG("id", id));
    int is_so = strcmp(m_json_str(now, "/state"), state) == 0 && m_json_int(now, "/changes") >= changes;
    (void)t;
    m_json_free(now);
    return is_so;
}

SCENARIO(application_is_monitored, .summary = "Monitoring sees the application fall and rise, and tells it",
         .markers = MARKERS("e2e", "priority_p1", "tenant_provisioning", "catches(defect='monitor-blind')",
                            "catches(defect='health-since-stale')"),
         .needs = OPERATIONS(TENANCY_OPERATIONS, "tenant.health", "workload.list(system)", "workload.kill",
                             "event.list"),
         .timeout_ms = 30000)
{
    struct m_session *platform = m_login(t, "admin");
    struct tenancy tenant = tenancy_begin(t, platform, "starter");
    const char *since;
    STEP("it is well at first")
    {
        struct m_json *now = DO(tenant.admin, "tenant.health", ARG("id", tenant.id));
        CHECK_STR(m_json_str(now, "/state"), ==, "healthy");
        since = m_json_str(now, "/since");
    }
    STEP("its process ends, and another one takes its place")
    {
        struct m_json *all = DO(platform, "workload.list", ARG("tenant", tenant.id), ARG("system", 1));
        DO(platform, "workload.kill", ARG("id", m_json_str(all, "/workloads/0/id")));
        REQUIRE(M_UNTIL(t, SERVICE_MS, 20, monitored(t, tenant.admin, tenant.id, "healthy", 2)));
        CHECK_STR(m_json_str(DO(tenant.admin, "tenant.health", ARG("id", tenant.id)), "/since"), >, since);
    }
    STEP("both were told")
    {
        struct m_json *heard = DO(platform, "event.list", ARG("topic", m_fmt(t, "tenant.%s.tenant.health", tenant.id)));
        CHECK_STR(m_json_str(heard, "/events/0/data/status"), ==, "unhealthy");
        CHECK_STR(m_json_str(heard, "/events/1/data/status"), ==, "healthy");
    }
}

#define MAIL_MS 10000u

/* It is not under way any more: sent, given up, or kept where nothing is sent. */
static int mail_is_settled(struct m_session *platform, const char *tenant)
{
    struct m_json *mails = DO(platform, "mail.list", ARG("tenant", tenant));
    const char *state = m_json_str(mails, "/mails/0/state");
    int settled = state && strcmp(state, "waiting") != 0;
    m_json_free(mails);
    return settled;
}

/* The tenant's one mail, without trouble, however many came before it. */
static void check_mail_went(struct muster_ctx *t, struct m_session *platform, const char *tenant)
{
    REQUIRE(M_UNTIL(t, MAIL_MS, 50, mail_is_settled(platform, tenant)));
    struct m_json *mails = DO(platform, "mail.list", ARG("tenant", tenant));
    CHECK_INT(m_json_int(mails, "/total"), ==, 1);
    CHECK_STR(m_json_str(mails, "/mails/0/error"), ==, NULL);
    CHECK_INT(m_json_int(mails, "/mails/0/attempts"), <=, 1);
}

/* As a word of its own. */
static int has_word(const char *text, const char *word)
{
    size_t n = strlen(word);
    for (const char *at = strstr(text, word); at; at = strstr(at + 1, word)) {
        int begins = at == text || (!isalnum((unsigned char)at[-1]) && !strchr("@-_./", at[-1]));
        if (begins && !isalnum((unsigned char)at[n]) && !strchr("@-_", at[n]))
            return 1;
    }
    return 0;
}

SCENARIO(administrator_is_welcomed, .summary = "The tenant's administrator gets a mail that says where the tenant is",
         .markers = MARKERS("e2e", "priority_p2", "tenant_provisioning", "catches(defect='welcome-not-sent')",
                            "catches(defect='mail-twice')", "catches(defect='mail-tells-password')",
                            "catches(defect='mail-leads-astray')", "catches(defect='mail-to-another')",
                            "catches(defect='mail-names-another')"),
         .needs = OPERATIONS(TENANCY_OPERATIONS, "tenant.create(name, email)", "mail.list", "session.whoami"),
         .timeout_ms = 30000)
{
    struct m_session *platform = m_login(t, "admin");
    const char *other = tenancy_subdomain(t, m_unique(t, "other"));
    const char *subdomain = tenancy_subdomain(t, NULL), *email = m_fmt(t, "%s@example.test", subdomain), *id;
    struct m_json *mails;
    STEP("order a tenant whose administrator has an address, behind another one")
    {
        DO(platform, "tenant.create", ORDER(other), ARG("email", m_fmt(t, "%s@example.test", other)));
        id = m_json_str(DO(platform, "tenant.create", ORDER(subdomain), ARG("name", "Ada & Sons"), ARG("email", email)),
                        "/id");
    }
    STEP("there is one mail, to him, with the tenant's name and address and without his password")
    {
        mails = DO(platform, "mail.list", ARG("tenant", id));
        REQUIRE_INT(m_json_count(mails, "/mails"), ==, 1);
        const char *text = m_json_str(mails, "/mails/0/text");
        CHECK_STR(m_json_str(mails, "/mails/0/to"), ==, email);
        CHECK_STR_HAS(m_json_str(mails, "/mails/0/subject"), "Ada & Sons");
        CHECK(strstr(text, m_fmt(t, "http://%s/", host_of(t, subdomain))) != NULL);
        CHECK(strstr(text, tenancy_admin_name(t, subdomain)) != NULL);
        CHECK(strstr(text, TENANT_PASSWORD) == NULL);
        CHECK(strstr(text, other) == NULL);
    }
    STEP("no other name is in it: not who ordered it, and nothing else of the order")
    {
        const char *text = m_json_str(mails, "/mails/0/text");
        const char *const names[] = {m_json_str(DO(platform, "session.whoami"), "/username"), subdomain, email};
        for (size_t i = 0; i < sizeof names / sizeof *names; i++)
            CHECK(!has_word(text, names[i]), "the mail names %s: %s", names[i], text);
    }
    STEP("where mails are sent, it is at the first try")
    {
        check_mail_went(t, platform, id);
    }
}

SCENARIO(names_have_any_letters,
         .summary = "A tenant is called what it was called, in whatever letters, wherever it is named",
         .markers = MARKERS("e2e", "priority_p2", "tenant_provisioning", "catches(defect='logo-cut')"),
         .needs = OPERATIONS(TENANCY_OPERATIONS, "tenant.create(name, email)", "directory.find", "branding.get",
                             "mail.list"),
         .timeout_ms = 30000)
{
    static const struct {
        const char *name, *letter;
    } cases[] = {{"\u00dcbersee & S\u00f6hne", "\u00dc"},
                 {"\u65e5\u672c\u8a9e Kaisha", "\u65e5"},
                 {"\U0001F600 Ltd", "\U0001F600"}};
    struct m_session *platform = m_login(t, "admin");
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        STEP(cases[i].name)
        {
            const char *subdomain = tenancy_subdomain(t, NULL), *name = cases[i].name;
            const char *id = m_json_str(DO(platform, "tenant.create", ORDER(subdomain), ARG("name", name),
                                           ARG("email", m_fmt(t, "%s@example.test", subdomain))),
                                        "/id");
            CHECK_STR(m_json_str(DO(platform, "tenant.get", ARG("id", id)), "/name"), ==, name);
            struct m_json *known = DO(m_nobody(t), "directory.find", ARG("host", host_of(t, subdomain)));
            CHECK_STR(m_json_str(known, "/entries/0/name"), ==, name);
            struct m_json *looks = DO(platform, "branding.get", ARG("tenant", id));
            CHECK_STR(m_json_str(looks, "/name"), ==, name);
            CHECK_STR(m_json_str(looks, "/logo"), ==, cases[i].letter);
            struct m_json *mails = DO(platform, "mail.list", ARG("tenant", id));
            CHECK_STR_HAS(m_json_str(mails, "/mails/0/subject"), name);
            check_mail_went(t, platform, id);
        }
    }
}

SCENARIO(files_are_kept_for_the_tenant, .summary = "A tenant's files count as its storage, and go with it",
         .markers = MARKERS("e2e", "priority_p1", "tenant_provisioning", "data_integrity",
                            "catches(defect='files-stay')"),
         .needs = OPERATIONS(TENANCY_OPERATIONS, "file.put", "file.get", "file.list", "file.delete",
                             "tenant.resources"),
         .timeout_ms = 30000)
{
    enum { STARTER_BYTES = 65536 };
    struct m_session *platform = m_login(t, "admin");
    struct tenancy tenant = tenancy_begin(t, platform, "starter");
    const char *large = m_fmt(t, "%0*d", STARTER_BYTES - 1, 7);
    STEP("what is put there is there, and counts")
    {
        DO(tenant.admin, "file.put", ARG("tenant", tenant.id), ARG("key", "note.txt"), ARG("content", "twelve bytes"));
        CHECK_STR(
            m_json_str(DO(tenant.admin, "file.get", ARG("tenant", tenant.id), ARG("key", "note.txt")), "/content"), ==,
            "twelve bytes");
        CHECK_INT(m_json_int(DO(platform, "tenant.get", ARG("id", tenant.id)), "/usage/storage_bytes"), ==, 12);
    }
    STEP("more than the quota is refused")
    {
        REFUSED("quota_exceeded", tenant.admin, "file.put", ARG("tenant", tenant.id), ARG("key", "large.txt"),
                ARG("content", large));
        CHECK_INT(m_json_count(DO(tenant.admin, "file.list", ARG("tenant", tenant.id)), "/files"), ==, 1);
    }
    STEP("in place of the first one there is room for it")
    {
        DO(tenant.admin, "file.put", ARG("tenant", tenant.id), ARG("key", "note.txt"), ARG("content", large));
        DO(tenant.admin, "file.delete", ARG("tenant", tenant.id), ARG("key", "note.txt"));
        REFUSED("not_found", tenant.admin, "file.get", ARG("tenant", tenant.id), ARG("key", "note.txt"));
    }
    STEP("they go with the tenant")
    {
        DO(tenant.admin, "file.put", ARG("tenant", tenant.id), ARG("key", "last.txt"), ARG("content", "last"));
        DO(platform, "tenant.delete", ARG("id", tenant.id));
        struct m_json *left = DO(platform, "tenant.resources", ARG("id", tenant.id));
        CHECK_STR(m_json_text(t, left, "/resources"), ==, "[]");
        CHECK_STR(m_json_text(t, left, "/files"), ==, "[]");
    }
}
