/* SPDX-License-Identifier: Apache-2.0 */
/* The frame of all pages. */
#include "pages/page.h"

#include "pages/pages.h"
#include "tenants/tenants.h"

#include <stdio.h>
#include <string.h>

#define POLICY                                                                                                         \
    "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src 'self'; form-action 'self';" \
    " base-uri 'none'; frame-ancestors 'none'"

const char *page_text(const json_t *object, const char *name)
{
    const char *text = json_string_value(json_object_get(object, name));

    return text ? text : "";
}

/* ---- around ---- */

static void put_links(struct html *h, const struct visit *v)
{
    static const struct {
        const char *path, *label;
        bool of_tenant;
        unsigned roles;
    } links[] = {
        {"/tenants", "Tenants", false, ROLES_PLATFORM}, {"/tenants/new", "New tenant", false, PA | PO},
        {"/home", "Customers", true, ROLES_TENANT},     {"/branding", "Branding", true, TA},
        {"/sessions", "Sessions", true, ROLES_ALL},     {"/sessions", "Sessions", false, ROLES_ALL},
    };

    html(h, "<nav aria-label=\"Main\"><ul>");
    for (size_t i = 0; i < sizeof links / sizeof links[0] && !v->r->who.must_change; i++)
        if (links[i].of_tenant == (v->tenant_id[0] != '\0') && (links[i].roles & v->r->who.role))
            html(h, "<li><a href=\"%s%s\"%s>%s</a></li>", v->base, links[i].path,
                 strcmp(v->r->path + strlen(v->base), links[i].path) == 0 ? " aria-current=page" : "", links[i].label);
    html(h, "</ul></nav>");
}

static void put_user(struct html *h, struct visit *v)
{
    html(h, "<form class=\"user\" method=\"post\" action=\"%s/logout\">", v->base);
    html(h, "<input type=\"hidden\" name=\"form_token\" value=\"%s\">", v->form_token);
    html(h, "<span id=\"user\">%s</span> <button class=\"plain\" id=\"logout\">Log out</button></form>",
         v->r->who.username);
}

static void put_header(struct html *h, struct visit *v)
{
    json_t *branding = v->tenant_id[0] ? tenant_branding(v->r->tb, v->tenant_id) : NULL;

    html(h, "<header><p class=\"brand\"><span id=\"brand-logo\" aria-hidden=\"true\">%s</span>",
         branding ? page_text(branding, "logo") : "m");
    html(h, "<span id=\"brand-name\">%s</span></p>", branding ? page_text(branding, "name") : "Reference platform");
    if (visit_is_user(v)) {
        put_links(h, v);
        put_user(h, v);
    }
    html(h, "</header>");
    json_decref(branding);
}

void page_begin(struct html *h, struct visit *v, const char *name, const char *title, bool changing)
{
    html_begin(h, v->r->tb);
    html(h, "<!DOCTYPE html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>%s</title>", title);
    html(h, "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">");
    html(h, "<link rel=\"icon\" href=\"/static/icon.svg\"><link rel=\"stylesheet\" href=\"/static/style.css\">");
    if (v->tenant_id[0])
        html(h, "<link rel=\"stylesheet\" href=\"%s/brand.css\">", v->base);
    if (changing)
        html(h, "<script src=\"/static/changes.js\" defer></script>"
                "<noscript><meta http-equiv=\"refresh\" content=\"1\"></noscript>");
    html(h, "</head><body>");
    put_header(h, v);
    html(h, "<main data-page=\"%s\" data-place=\"%s\"%s><h1>%s</h1>", name, v->base, changing ? " data-changing" : "",
         title);
}

void page_end(struct html *h, struct visit *v, int status)
{
    html(h, "</main></body></html>");
    reply_header(v->r, "Content-Security-Policy", "%s", POLICY);
    reply_header(v->r, "X-Content-Type-Options", "nosniff");
    reply_header(v->r, "Referrer-Policy", "same-origin");
    if (defect(v->r->tb, D_PAGE_CACHED))
        reply_header(v->r, "Cache-Control", "private, max-age=600");
    reply_text(v->r, status, "text/html; charset=utf-8", html_end(h));
}

/* ---- errors ---- */

static const json_t *error_of(const json_t *reply)
{
    return json_object_get(reply, "error");
}

const char *page_error_text(const struct request *answer)
{
    return page_text(error_of(answer->reply), "message");
}

json_t *page_errors(const struct request *answer)
{
    static const char *const places[][2] = {{"subdomain_taken", "subdomain"}, {"username_taken", "admin.username"}};
    const json_t *error = error_of(answer->reply);

    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++)
        if (strcmp(page_text(error, "code"), places[i][0]) == 0)
            return json_pack("{s:s}", places[i][1], page_text(error, "message"));
    return json_incref(json_object_get(error, "fields"));
}

void page_show_error(struct request *r)
{
    json_t *reply = r->reply;
    int status = r->status;
    struct visit v;
    struct html h;

    r->reply = NULL;
    r->status = 0;
    visit_begin_error(&v, r);
    page_begin(&h, &v, "error",
               status == 404   ? "Not found"
               : status == 403 ? "Not allowed"
                               : "That did not work",
               false);
    page_alert(&h, page_text(error_of(reply), "message"));
    html(&h, "<p><a href=\"%s/\">To the start</a></p>", v.base);
    page_end(&h, &v, defect(r->tb, D_ERROR_PAGE_AS_SUCCESS) ? 200 : status);
    json_decref(reply);
}

/* ---- parts ---- */

void page_alert(struct html *h, const char *text)
{
    if (text)
        html(h, "<p id=\"problem\" class=\"problem\" role=\"alert\">%s</p>", text);
}

void page_note(struct html *h, const char *text)
{
    if (text)
        html(h, "<p id=\"note\" class=\"note\" role=\"status\">%s</p>", text);
}

void page_form_begin(struct html *h, struct visit *v, const char *path)
{
    html(h, "<form method=\"post\" action=\"%s%s\" novalidate>", v->base, path);
    html(h, "<input type=\"hidden\" name=\"form_token\" value=\"%s\">", v->form_token);
}

static void put_choices(struct html *h, const struct input *in, const char *value)
{
    bool found = !*value;

    for (const char *const *c = in->choices; *c; c++) {
        bool chosen = strcmp(*c, value) == 0;
        found |= chosen;
        html(h, "<option value=\"%s\"%s>%s</option>", *c, chosen ? " selected" : "", *c);
    }
    if (!found) /* what was given is kept, so that the error is about what is seen */
        html(h, "<option value=\"%s\" selected>%s</option>", value, value);
}

static void put_state(struct html *h, const struct input *in, const char *error)
{
    if (in->autocomplete)
        html(h, " autocomplete=\"%s\"", in->autocomplete);
    if (error)
        html(h, " aria-invalid=\"true\"");
    if (error || in->hint)
        html(h, " aria-describedby=\"%s-error %s-hint\"", in->name, in->name);
    html(h, ">");
}

/* No password goes back to where it came from. */
static bool is_kept_back(const struct html *h, const struct input *in)
{
    return in->type && strcmp(in->type, "password") == 0 && !defect(h->tb, D_PASSWORD_ECHOED);
}

void page_input(struct html *h, const struct input *in, const char *value, const json_t *errors)
{
    const char *error = json_string_value(json_object_get(errors, in->key ? in->key : in->name));

    if (errors && defect(h->tb, D_FORM_FORGETS))
        value = "";
    if (is_kept_back(h, in))
        value = "";
    html(h, "<p class=\"field\"><label for=\"%s\">%s</label>", in->name, in->label);
    if (in->choices) {
        html(h, "<select id=\"%s\" name=\"%s\"", in->name, in->name);
        put_state(h, in, error);
        put_choices(h, in, value);
        html(h, "</select>");
    } else {
        html(h, "<input id=\"%s\" name=\"%s\" type=\"%s\" value=\"%s\"", in->name, in->name,
             in->type ? in->type : "text", value);
        put_state(h, in, error);
    }
    if (error)
        html(h, "<span class=\"error\" id=\"%s-error\">%s</span>", in->name, error);
    if (in->hint)
        html(h, "<span class=\"hint\" id=\"%s-hint\">%s</span>", in->name, in->hint);
    html(h, "</p>");
}

void page_form_end(struct html *h, const char *label)
{
    html(h, "<p><button type=\"submit\" id=\"send\">%s</button></p></form>", label);
}
