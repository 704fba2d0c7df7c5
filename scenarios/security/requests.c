/* SPDX-License-Identifier: Apache-2.0 */
/* Requests that no well-made client sends: they are refused for what they are, and change nothing. */
#include "common/service.h"

#include <string.h>

/* What only a careless reader takes: of two names, one; of two bodies, the first. */
static const char *const bodies[] = {"{\"name\": \"A\", \"email\": \"a@example.test\", \"name\": \"B\"}",
                                     "{\"name\": \"A\", \"email\": \"a@example.test\"} {}",
                                     "[\"A\", \"a@example.test\"]"};

SCENARIO(ambiguous_bodies_are_refused,
         .summary = "A body that can be read in two ways, or in none, is refused before anything is made",
         .markers = MARKERS("e2e", "priority_p1", "security", "catches(defect='duplicate-fields-taken')"),
         .needs = OPERATIONS(TENANCY_OPERATIONS, "customer.create.text", "customer.list"), .timeout_ms = 30000)
{
    struct m_session *platform = m_login(t, "admin");
    struct tenancy tenant = tenancy_begin(t, platform, "starter");
    STEP("a field that is given twice, something behind the body, a body of another kind")
    {
        for (size_t i = 0; i < sizeof bodies / sizeof *bodies; i++)
            REFUSED("invalid", tenant.admin, "customer.create.text", ARG("tenant", tenant.id), ARG("text", bodies[i]));
    }
    STEP("nothing was made of any")
    {
        CHECK_INT(m_json_int(DO(tenant.admin, "customer.list", ARG("tenant", tenant.id)), "/total"), ==, 0);
    }
}

/* A part of an order, with a slip in the name of something that it may do without. */
static void slip(struct muster_ctx *t, struct m_session *by, const char *operation, const struct m_json *arguments,
                 const char *field)
{
    struct m_tried tried = TRY(by, operation, ARGS(arguments));
    CHECK_STR(tried.refused, ==, "invalid", "%s with %s", operation, field);
    CHECK_STR(m_json_str(tried.details, m_fmt(t, "/fields/%s", field)), !=, NULL);
}

SCENARIO(slips_are_refused_in_every_part,
         .summary = "A field that nobody knows is refused by its name, in the parts of an order as in the whole",
         .markers = MARKERS("e2e", "priority_p2", "security", "catches(defect='parts-unchecked')"),
         .needs = OPERATIONS(SERVICE_OPERATIONS, "tenant.update(quotas)", "workload.create(health)", "workload.list",
                             "alert.configure", "alert.rules"),
         .timeout_ms = 30000)
{
    struct m_session *platform = m_login(t, "admin");
    struct tenancy tenant = tenancy_begin(t, platform, "starter");
    const char *subdomain = tenancy_subdomain(t, NULL), *id = service_begin(t, &tenant, "web", 1);
    const char *quotas = m_json_text(t, DO(platform, "tenant.get", ARG("id", tenant.id)), "/quotas");
    STEP("orders and changes of tenants")
    {
        slip(t, platform, "tenant.create",
             m_json_parse(t, m_json_pack(t, "{s:s, s:s, s:s, s:{s:i}}", "subdomain", subdomain, "admin",
                                         tenancy_admin_name(t, subdomain), "password", TENANT_PASSWORD, "quotas",
                                         "replica", 3)),
             "quotas.replica");
        CHECK_INT(tenancy_count(t, platform, subdomain), ==, 0);
        slip(t, platform, "tenant.update",
             m_json_parse(t, m_json_pack(t, "{s:s, s:{s:i}}", "id", tenant.id, "quotas", "replica", 3)),
             "quotas.replica");
        CHECK_STR(m_json_text(t, DO(platform, "tenant.get", ARG("id", tenant.id)), "/quotas"), ==, quotas);
    }
    STEP("workloads")
    {
        slip(t, tenant.admin, "workload.create",
             m_json_parse(t, m_json_pack(t, "{s:s, s:s, s:{s:i}}", "tenant", tenant.id, "name", m_unique(t, "w"),
                                         "health", "intervals_ms", 500)),
             "health.intervals_ms");
        CHECK_INT(m_json_int(DO(tenant.admin, "workload.list", ARG("tenant", tenant.id)), "/total"), ==, 1);
    }
    STEP("rules of alerts, in a part of a part")
    {
        const char *rules = m_json_text(t, DO(tenant.admin, "alert.rules", ARG("workload", id)), "/rules");
        slip(t, tenant.admin, "alert.configure",
             m_json_parse(t, m_json_pack(t, "{s:s, s:{s:{s:s, s:i, s:i}}}", "workload", id, "rules", "down", "kind",
                                         "unhealthy", "for_ms", 100, "form_ms", 100)),
             "rules.down.form_ms");
        CHECK_STR(m_json_text(t, DO(tenant.admin, "alert.rules", ARG("workload", id)), "/rules"), ==, rules);
    }
}

SCENARIO(wrong_methods_are_told_the_right_ones,
         .summary = "Who asks by a method that a path does not have is refused, and told which ones it has",
         .markers = MARKERS("e2e", "priority_p2", "security", "catches(defect='allow-untold')",
                            "catches(defect='allow-all')"),
         .needs = OPERATIONS(TENANCY_OPERATIONS, "tenant.replace_all"), .timeout_ms = 30000)
{
    struct m_session *platform = m_login(t, "admin");
    struct m_tried tried = TRY(platform, "tenant.replace_all");
    CHECK_STR(tried.refused, ==, "not_allowed");
    const char *allow = m_json_str(tried.details, "/allow");
    CHECK(allow && strstr(allow, "GET") && strstr(allow, "POST") && !strstr(allow, "PUT"), "it is told: %s",
          allow ? allow : "nothing");
}

SCENARIO(forms_are_forms, .summary = "What is sent to a page, and is no form, is refused for that",
         .markers = MARKERS("e2e", "priority_p2", "security", "catches(defect='any-type-is-a-form')"),
         .needs = OPERATIONS("form.send"), .timeout_ms = 30000)
{
    static const char *const types[] = {"application/json", "text/plain", "multipart/form-data; boundary=x"};
    struct m_session *nobody = m_nobody(t);
    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        STEP(types[i])
        {
            REFUSED("unsupported", nobody, "form.send", ARG("type", types[i]),
                    ARG("text", "username=nobody&password=nothing"));
        }
}

SCENARIO(error_pages_are_errors, .summary = "A page that says that something is not there has the status of that",
         .markers = MARKERS("e2e", "priority_p2", "security", "catches(defect='error-page-as-success')"),
         .needs = OPERATIONS("form.page"), .timeout_ms = 30000)
{
    struct m_tried tried = TRY(m_nobody(t), "form.page", ARG("subdomain", m_unique(t, "nobody")));
    CHECK_STR(tried.refused, ==, "no_such_page");
    CHECK_STR_HAS(tried.answer, "<html");
}
