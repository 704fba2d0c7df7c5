/* SPDX-License-Identifier: Apache-2.0 */
/* The platform's tenants: all of them, and each with the steps of its provisioning. */
#include "pages/page.h"
#include "pages/pages.h"
#include "tenants/tenants.h"

#include <string.h>

static void put_tenant(struct html *h, const struct visit *v, const json_t *tenant)
{
    const char *status = page_text(tenant, "status");

    html(h, "<tr data-tenant=\"%s\"><td><a href=\"%s/tenants/%s\">%s</a></td><td>%s</td><td>%s</td>",
         page_text(tenant, "subdomain"), v->base, page_text(tenant, "id"), page_text(tenant, "name"),
         page_text(tenant, "subdomain"), page_text(tenant, "plan"));
    html(h, "<td><span class=\"state\" data-state=\"%s\">%s</span></td></tr>", status, status);
}

static void tenants_show(struct request *r)
{
    struct visit v;
    struct html h;
    json_t *tenant;
    size_t i;

    if (!visit_begin(&v, r, USER))
        return;
    struct request *answer = router_ask(r, M_GET, "/v1/tenants", json_pack("{s:s}", "limit", "1000"), NULL);
    if (answer->status != 200) {
        visit_fail(&v, answer);
        return;
    }
    page_begin(&h, &v, "tenants", "Tenants", false);
    if (r->who.role & (PA | PO))
        html(&h, "<p><a class=\"button\" id=\"new-tenant\" href=\"%s/tenants/new\">New tenant</a></p>", v.base);
    html(&h,
         "<div class=\"wide\"><table><caption>%lld in all</caption><thead><tr><th scope=\"col\">Name</th>"
         "<th scope=\"col\">Subdomain</th><th scope=\"col\">Plan</th><th scope=\"col\">State</th></tr></thead><tbody>",
         json_integer_value(json_object_get(answer->reply, "total")));
    json_array_foreach(json_object_get(answer->reply, "tenants"), i, tenant)
    {
        put_tenant(&h, &v, tenant);
    }
    html(&h, "</tbody></table></div>");
    page_end(&h, &v, 200);
    request_free(answer);
}

/* ---- one ---- */

static void put_step(struct html *h, const json_t *step)
{
    const char *name = page_text(step, "name"), *state = page_text(step, "state");

    html(h,
         "<tr data-step=\"%s\"><td>%lld</td><th scope=\"row\">%s</th><td><span class=\"state\" "
         "data-state=\"%s\">%s</span>"
         "</td><td class=\"error\">%s</td></tr>",
         name, json_integer_value(json_object_get(step, "number")), name, state, state, page_text(step, "error"));
}

static void put_facts(struct html *h, const json_t *tenant)
{
    const char *status = page_text(tenant, "status");

    html(h, "<dl><dt>State</dt><dd><span id=\"state\" class=\"state\" data-state=\"%s\">%s</span></dd>", status,
         status);
    html(h, "<dt>Subdomain</dt><dd id=\"subdomain\">%s</dd><dt>Plan</dt><dd id=\"plan\">%s</dd>",
         page_text(tenant, "subdomain"), page_text(tenant, "plan"));
    if (strcmp(status, "active") == 0)
        html(h, "<dt>Its pages</dt><dd><a id=\"pages\" href=\"/t/%s/\">/t/%s/</a></dd>", page_text(tenant, "subdomain"),
             page_text(tenant, "subdomain"));
    html(h, "</dl>");
}

static void put_steps(struct html *h, const json_t *provisioning)
{
    json_t *step;
    size_t i;

    html(h, "<h2>Provisioning: <span id=\"provisioning\">%s</span></h2>", page_text(provisioning, "state"));
    if (*page_text(provisioning, "error"))
        html(h, "<p id=\"problem\" class=\"problem\">%s</p>", page_text(provisioning, "error"));
    html(h, "<div class=\"wide\"><table><thead><tr><th scope=\"col\">No.</th><th scope=\"col\">Step</th>"
            "<th scope=\"col\">State</th><th scope=\"col\">Error</th></tr></thead><tbody id=\"steps\">");
    json_array_foreach(json_object_get(provisioning, "steps"), i, step)
    {
        put_step(h, step);
    }
    html(h, "</tbody></table></div>");
}

static bool is_changing(const json_t *tenant)
{
    const char *status = page_text(tenant, "status");

    return strcmp(status, "provisioning") == 0 || strcmp(status, "deprovisioning") == 0;
}

static void put_tenant_page(struct visit *v, const json_t *tenant, const json_t *provisioning)
{
    struct html h;

    page_begin(&h, v, "tenant", page_text(tenant, "name"), is_changing(tenant));
    put_facts(&h, tenant);
    put_steps(&h, provisioning);
    page_end(&h, v, 200);
}

static void tenant_show(struct request *r)
{
    struct visit v;

    if (!visit_begin(&v, r, USER))
        return;
    struct request *tenant = visit_ask_of(&v, M_GET, "/v1/tenants/%s", r->param[0], NULL);
    if (tenant->status != 200) {
        visit_fail(&v, tenant);
        return;
    }
    struct request *provisioning = visit_ask_of(&v, M_GET, "/v1/tenants/%s/provisioning", r->param[0], NULL);
    if (provisioning->status == 200) {
        put_tenant_page(&v, tenant->reply, provisioning->reply);
        request_free(provisioning);
    } else {
        visit_fail(&v, provisioning);
    }
    request_free(tenant);
}

const struct route tenant_pages[] = {
    ADMIN_PAGE(M_GET, "/tenants", tenants_show),
    ADMIN_PAGE(M_GET, "/tenants/{}", tenant_show),
    {.pattern = NULL},
};
