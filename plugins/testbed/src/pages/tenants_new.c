/* SPDX-License-Identifier: Apache-2.0 */
/* The order of a new tenant. */
#include "pages/page.h"
#include "pages/pages.h"

#include <string.h>

static const char *const plans[] = {"starter", "professional", "enterprise", NULL};

static const struct input inputs[] = {
    {.name = "name", .label = "Name", .autocomplete = "off"},
    {.name = "subdomain", .label = "Subdomain", .autocomplete = "off", .hint = "a to z, digits and hyphens"},
    {.name = "plan", .label = "Plan", .choices = plans},
    {.name = "username",
     .label = "Administrator's user name",
     .autocomplete = "off",
     .key = "admin.username",
     .hint = "a to z, digits, dots and hyphens"},
    {.name = "email",
     .label = "Administrator's e-mail address",
     .type = "email",
     .autocomplete = "off",
     .key = "admin.email"},
    {.name = "password",
     .label = "First password",
     .type = "password",
     .autocomplete = "new-password",
     .key = "admin.password",
     .hint = "10 characters at least, with a letter and a digit. It has to be changed at the first login"},
};
#define INPUTS (sizeof inputs / sizeof inputs[0])

/* Passwords are not sent back. */
static void show(struct visit *v, int status, const json_t *errors, const char *problem)
{
    struct html h;

    page_begin(&h, v, "tenant-new", "New tenant", false);
    page_alert(&h, errors ? "Some of it is not right yet." : problem);
    page_form_begin(&h, v, "/tenants/new");
    for (size_t i = 0; i < INPUTS; i++)
        page_input(&h, &inputs[i], visit_field(v, inputs[i].name), errors);
    page_form_end(&h, "Create tenant");
    page_end(&h, v, status);
}

static void new_show(struct request *r)
{
    struct visit v;

    if (!visit_begin(&v, r, USER))
        return;
    if (r->who.role & (PA | PO))
        show(&v, 200, NULL, NULL);
    else
        reply_error(r, 403, "forbidden", "%s may not create tenants", r->who.role_name);
}

static json_t *order(const struct visit *v)
{
    json_t *admin = json_pack("{s:s, s:s, s:b}", "username", visit_field(v, "username"), "password",
                              visit_field(v, "password"), "change_password", 1);

    if (*visit_field(v, "email"))
        json_object_set_new(admin, "email", json_string(visit_field(v, "email")));
    return json_pack("{s:s, s:s, s:s, s:o}", "name", visit_field(v, "name"), "subdomain", visit_field(v, "subdomain"),
                     "plan", visit_field(v, "plan"), "admin", admin);
}

static void refuse(struct visit *v, struct request *answer)
{
    json_t *errors = page_errors(answer);

    if (answer->status == 403) {
        visit_fail(v, answer);
    } else {
        show(v, answer->status, errors, page_error_text(answer));
        request_free(answer);
    }
    json_decref(errors);
}

static void new_send(struct request *r)
{
    struct visit v;

    if (!visit_begin(&v, r, USER))
        return;
    struct request *answer = visit_ask(&v, M_POST, "/v1/tenants", order(&v));
    if (answer->status != 202) {
        refuse(&v, answer);
        return;
    }
    visit_go(&v, "/tenants/%s", page_text(json_object_get(answer->reply, "tenant"), "id"));
    request_free(answer);
}

/* In front of the page of one tenant, which takes any name. */
const struct route tenant_new_pages[] = {
    ADMIN_PAGE(M_GET, "/tenants/new", new_show),
    ADMIN_PAGE(M_POST, "/tenants/new", new_send),
    {.pattern = NULL},
};
