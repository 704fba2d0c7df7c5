/* SPDX-License-Identifier: Apache-2.0 */
/* Requests that no well-made client sends: they are refused for what they are, and change nothing. */
#include "common/tenancy.h"

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

SCENARIO(wrong_methods_are_told_the_right_ones,
         .summary = "Who asks by a method that a path does not have is refused, and told which ones it has",
         .markers = MARKERS("e2e", "priority_p2", "security", "catches(defect='allow-untold')"),
         .needs = OPERATIONS(TENANCY_OPERATIONS, "tenant.replace_all"), .timeout_ms = 30000)
{
    struct m_session *platform = m_login(t, "admin");
    struct m_tried tried = TRY(platform, "tenant.replace_all");
    CHECK_STR(tried.refused, ==, "not_allowed");
    const char *allow = m_json_str(tried.details, "/allow");
    REQUIRE_STR(allow, !=, NULL);
    CHECK_STR_HAS(allow, "GET");
    CHECK_STR_HAS(allow, "POST");
    CHECK(!strstr(allow, "PUT"), "what was refused is said to be right");
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
