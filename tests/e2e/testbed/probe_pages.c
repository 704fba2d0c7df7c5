/* SPDX-License-Identifier: Apache-2.0 */
/* Questions about pages: forms, cookies, what stands in them and who sees it. */
#include "visitor.h"

static void enter(struct visitor *v, struct bed *b, struct tenant *t)
{
    char base[64];

    visitor_begin(v, b);
    snprintf(base, sizeof base, "/t/%s", t->subdomain);
    visitor_login(v, base, t->admin_name, PASSWORD);
    assert_true(shows(v, "home"));
}

static bool forms_need_their_token(struct bed *b)
{
    struct tenant t;
    struct visitor ours, theirs;

    make_tenant(b, &t);
    enter(&ours, b, &t);
    enter(&theirs, b, &t);
    char path[80];
    snprintf(path, sizeof path, "/t/%s/branding", t.subdomain);
    visit(&theirs, "%s", path);
    free(ours.body);
    ours.body = strdup(theirs.body); /* with the token of the other session */
    send_form(&ours, path, "name=Forged&color=%%23112233&logo=F");
    bool refused = ours.status == 403 && !has(&ours, "Forged");
    visitor_end(&ours);
    visitor_end(&theirs);
    return refused;
}

static bool values_are_no_markup(struct bed *b)
{
    struct tenant t;
    struct visitor v;

    make_tenant(b, &t);
    assert_int_equal(call(b, t.token, "POST", "{\"name\":\"<b id='x'>\",\"email\":\"a&b@example.test\"}", NULL,
                          "/v1/tenants/%s/customers", t.id),
                     201);
    enter(&v, b, &t);
    bool escaped = has(&v, "&lt;b id=&#39;x&#39;&gt;") && has(&v, "a&amp;b@") && !has(&v, "<b id");
    visitor_end(&v);
    return escaped;
}

static bool pages_are_not_kept(struct bed *b)
{
    struct tenant t;
    struct visitor v;

    make_tenant(b, &t);
    enter(&v, b, &t);
    bool forbidden = strstr(v.headers, "no-store") != NULL;
    visit(&v, "/t/%s/home", t.subdomain);
    forbidden &= strstr(v.headers, "no-store") != NULL;
    visitor_end(&v);
    return forbidden;
}

static bool scripts_see_no_session(struct bed *b)
{
    struct tenant t;
    struct visitor v;

    make_tenant(b, &t);
    enter(&v, b, &t);
    char *line = cookie(&v, "session");
    bool hidden = strncmp(line, "#HttpOnly_", 10) == 0;
    free(line);
    visitor_end(&v);
    return hidden;
}

/* Whether a session's cookie still opens after `then`. */
static bool logout_ends_the_session(struct bed *b)
{
    struct tenant t;
    struct visitor v, thief;
    char path[80];

    make_tenant(b, &t);
    enter(&v, b, &t);
    char *line = cookie(&v, "session");
    snprintf(path, sizeof path, "/t/%s/logout", t.subdomain);
    send_form(&v, path, "x=");
    assert_true(shows(&v, "login"));
    visitor_begin(&thief, b);
    give_cookie(&thief, "session", cookie_value(line), "/");
    visit(&thief, "/t/%s/home", t.subdomain);
    bool ended = shows(&thief, "login");
    free(line);
    visitor_end(&v);
    visitor_end(&thief);
    return ended;
}

static bool sessions_are_of_one_tenant(struct bed *b)
{
    struct tenant ours, theirs;
    struct visitor v;

    make_tenant(b, &ours);
    make_tenant(b, &theirs);
    enter(&v, b, &ours);
    char *line = cookie(&v, "session");
    give_cookie(&v, "session", cookie_value(line), "/");
    visit(&v, "/t/%s/home", theirs.subdomain);
    bool elsewhere = shows(&v, "login");
    visit(&v, "/admin/tenants");
    elsewhere &= shows(&v, "login");
    free(line);
    visitor_end(&v);
    return elsewhere;
}

static bool first_password_is_changed(struct bed *b)
{
    char subdomain[32], name[32], body[400], base[64], token[TOKEN_MAX];
    struct visitor v;
    json_t *answer;

    unique(subdomain, sizeof subdomain, "first");
    unique(name, sizeof name, "first");
    snprintf(body, sizeof body,
             "{\"name\":\"T\",\"subdomain\":\"%s\",\"plan\":\"starter\",\"admin\":{\"username\":\"%s\",\"password\":"
             "\"" PASSWORD "\",\"change_password\":true}}",
             subdomain, name);
    assert_int_equal(call(b, b->admin, "POST", body, &answer, "/v1/tenants"), 202);
    assert_true(tenant_becomes(b, text_at(json_object_get(answer, "tenant"), "id"), "active"));
    json_decref(answer);
    visitor_begin(&v, b);
    snprintf(base, sizeof base, "/t/%s", subdomain);
    visitor_login(&v, base, name, PASSWORD);
    bool forced = shows(&v, "password");
    visit(&v, "%s/home", base);
    forced &= shows(&v, "password");
    visitor_end(&v);
    assert_int_equal(login(b, name, PASSWORD, token), 200);
    return forced && call(b, token, "GET", NULL, NULL, "/v1/users") == 403;
}

static bool each_looks_like_itself(struct bed *b)
{
    struct tenant ours, theirs;
    struct visitor v;

    make_tenant(b, &ours);
    make_tenant(b, &theirs);
    assert_int_equal(call(b, ours.token, "PUT", "{\"name\":\"Ours & Co\",\"color\":\"#102030\",\"logo\":\"O\"}", NULL,
                          "/v1/tenants/%s/branding", ours.id),
                     200);
    enter(&v, b, &ours);
    bool own = has(&v, "<span id=\"brand-name\">Ours &amp; Co</span>");
    visit(&v, "/t/%s/brand.css", ours.subdomain);
    own &= has(&v, "#102030");
    visitor_end(&v);
    return own;
}

const struct probe probes_pages[] = {
    {"form-token-unchecked", forms_need_their_token},
    {"page-unescaped", values_are_no_markup},
    {"page-cached", pages_are_not_kept},
    {"cookie-scriptable", scripts_see_no_session},
    {"logout-keeps-session", logout_ends_the_session},
    {"session-of-any-tenant", sessions_are_of_one_tenant},
    {"forced-change-skipped", first_password_is_changed},
    {"branding-mixed", each_looks_like_itself},
    {NULL, NULL},
};
