/* SPDX-License-Identifier: Apache-2.0 */
/* A tenant's own pages: its customers, and what its pages look like. */
#include "pages/page.h"
#include "pages/pages.h"
#include "tenants/tenants.h"

#include <stdlib.h>
#include <string.h>

static void put_customers(struct html *h, const json_t *reply)
{
    json_t *customer;
    size_t i;

    html(h,
         "<div class=\"wide\"><table><caption><span id=\"customers\">%lld</span> in all</caption><thead><tr>"
         "<th scope=\"col\">Name</th><th scope=\"col\">E-mail</th></tr></thead><tbody>",
         json_integer_value(json_object_get(reply, "total")));
    json_array_foreach(json_object_get(reply, "customers"), i, customer)
    {
        html(h, "<tr data-customer=\"%s\"><td>%s</td><td>%s</td></tr>", page_text(customer, "email"),
             page_text(customer, "name"), page_text(customer, "email"));
    }
    html(h, "</tbody></table></div>");
}

static void home_show(struct request *r)
{
    struct visit v;
    struct html h;

    if (!visit_begin(&v, r, USER))
        return;
    struct request *customers = visit_ask_of(&v, M_GET, "/v1/tenants/%s/customers", v.tenant_id, NULL);
    if (customers->status != 200) {
        visit_fail(&v, customers);
        return;
    }
    page_begin(&h, &v, "home", "Customers", false);
    put_customers(&h, customers->reply);
    page_end(&h, &v, 200);
    request_free(customers);
}

/* ---- branding ---- */

static void show_branding(struct visit *v, int status, const json_t *values, const json_t *errors, const char *note)
{
    static const struct input inputs[] = {
        {.name = "name", .label = "Name"},
        {.name = "color", .label = "Color", .hint = "as #2f5d8a"},
        {.name = "logo", .label = "Letters of the logo"},
    };
    struct html h;

    page_begin(&h, v, "branding", "Branding", false);
    page_note(&h, note);
    page_alert(&h, errors ? "Some of it is not right yet." : NULL);
    page_form_begin(&h, v, "/branding");
    for (size_t i = 0; i < sizeof inputs / sizeof inputs[0]; i++)
        page_input(&h, &inputs[i], page_text(values, inputs[i].name), errors);
    page_form_end(&h, "Save");
    page_end(&h, v, status);
}

static void branding_show(struct request *r)
{
    struct visit v;

    if (!visit_begin(&v, r, USER))
        return;
    struct request *branding = visit_ask_of(&v, M_GET, "/v1/tenants/%s/branding", v.tenant_id, NULL);
    if (branding->status != 200) {
        visit_fail(&v, branding);
        return;
    }
    show_branding(&v, 200, branding->reply, NULL, NULL);
    request_free(branding);
}

/* What is left empty is made of the name. */
static json_t *wanted_branding(const struct visit *v)
{
    const char *color = visit_field(v, "color"), *logo = visit_field(v, "logo");

    return json_pack("{s:s, s:s*, s:s*}", "name", visit_field(v, "name"), "color", *color ? color : NULL, "logo",
                     *logo ? logo : NULL);
}

static void branding_send(struct request *r)
{
    struct visit v;

    if (!visit_begin(&v, r, USER))
        return;
    struct request *answer = visit_ask_of(&v, M_PUT, "/v1/tenants/%s/branding", v.tenant_id, wanted_branding(&v));
    json_t *errors = page_errors(answer);
    if (answer->status == 200)
        show_branding(&v, 200, answer->reply, NULL, "Saved.");
    else if (errors)
        show_branding(&v, answer->status, r->json, errors, NULL);
    else
        reply(r, answer->status, json_incref(answer->reply));
    json_decref(errors);
    request_free(answer);
}

/* Black or white, whichever is read better on this color. */
static const char *readable_on(const char *color)
{
    long rgb = strtol(color + 1, NULL, 16);
    long light = 299 * (rgb >> 16 & 255) + 587 * (rgb >> 8 & 255) + 114 * (rgb & 255);

    return light > 140000 ? "#000000" : "#ffffff";
}

/* What the color is to the style sheet of all: no page has styles of its own. */
static void brand_style(struct request *r)
{
    struct visit v;

    if (!visit_begin(&v, r, ANYONE))
        return;
    json_t *branding = tenant_branding(r->tb, v.tenant_id);
    const char *color = page_text(branding, "color");
    struct html h;
    html_begin(&h, r->tb);
    html(&h, ":root{--brand:%s;--on-brand:%s}\n", color, readable_on(color));
    reply_text(r, 200, "text/css; charset=utf-8", html_end(&h));
    json_decref(branding);
}

const struct route own_pages[] = {
    TENANT_PAGE(M_GET, "/home", home_show),
    TENANT_PAGE(M_GET, "/branding", branding_show),
    TENANT_PAGE(M_POST, "/branding", branding_send),
    TENANT_PAGE(M_GET, "/brand.css", brand_style),
    {.pattern = NULL},
};
