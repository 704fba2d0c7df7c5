/* SPDX-License-Identifier: Apache-2.0 */
/* The platform's pages, as somebody sees them who has no script: pages_test TESTBED */
#include "visitor.h"

static struct bed bed;

static int start(void **state)
{
    (void)state;
    bed_start(&bed, NULL);
    return 0;
}

static int stop(void **state)
{
    (void)state;
    bed_stop(&bed);
    return 0;
}

static void enter_admin(struct visitor *v)
{
    visitor_begin(v, &bed);
    visitor_login(v, "/admin", "admin", bed.admin_password);
    assert_true(shows(v, "tenants"));
}

static void front_door_leads_to_the_login(void **state)
{
    struct visitor v;

    (void)state;
    visitor_begin(&v, &bed);
    visit(&v, "/");
    assert_string_equal(v.path, "/admin/login");
    assert_true(shows(&v, "login"));
    assert_non_null(strstr(v.headers, "default-src 'none'"));
    assert_null(strstr(v.body, "<style"));
    assert_null(strstr(v.body, " style="));
    visitor_end(&v);
}

/* Over plain HTTP such a cookie would be kept by no browser. */
static void cookies_are_secure_behind_https(void **state)
{
    static const struct {
        const char *proxy;
        bool secure;
    } cases[] = {{NULL, false},
                 {"X-Forwarded-Proto: http", false},
                 {"X-Forwarded-Proto: httpsomething", false},
                 {"X-Forwarded-Proto: https", true}};

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct visitor v;
        visitor_begin(&v, &bed);
        v.proxy = cases[i].proxy;
        visit(&v, "/admin/login");
        const char *line = strstr(v.headers, "Set-Cookie: guest=");
        assert_non_null(line);
        const char *flag = strstr(line, "; Secure");
        assert_int_equal(flag && flag < strchr(line, '\n'), cases[i].secure);
        visitor_end(&v);
    }
}

/* The part of a page that differs from user to user, without what he has typed. */
static char *problem_of(const struct visitor *v)
{
    const char *at = strstr(v->body, "id=\"problem\"");

    return at ? strndup(at, strcspn(at, "\n<")) : strdup("none");
}

static void wrong_names_and_passwords_are_told_alike(void **state)
{
    struct tenant t;
    struct visitor v;
    char base[64];

    (void)state;
    make_tenant(&bed, &t);
    snprintf(base, sizeof base, "/t/%s", t.subdomain);
    visitor_begin(&v, &bed);
    visitor_login(&v, base, t.admin_name, "Wrong-word-1");
    assert_int_equal(v.status, 401);
    char *wrong_password = problem_of(&v);
    visitor_login(&v, base, "nobody-here", PASSWORD);
    assert_int_equal(v.status, 401);
    char *wrong_name = problem_of(&v);
    visitor_login(&v, base, "admin", bed.admin_password); /* of the platform's own pages */
    assert_int_equal(v.status, 401);
    char *wrong_place = problem_of(&v);
    assert_string_equal(wrong_name, wrong_password);
    assert_string_equal(wrong_place, wrong_password);
    assert_string_not_equal(wrong_name, "none");
    free(wrong_name);
    free(wrong_password);
    free(wrong_place);
    visitor_end(&v);
}

static void mistakes_stand_at_their_fields(void **state)
{
    struct visitor v;

    (void)state;
    enter_admin(&v);
    visit(&v, "/admin/tenants/new");
    send_form(&v, "/admin/tenants/new", "name=A%%26B&subdomain=No%%21&plan=gold&username=x&email=e&password=Secret-99");
    assert_int_equal(v.status, 422);
    assert_true(has(&v, "id=\"subdomain-error\""));
    assert_true(has(&v, "id=\"plan-error\""));
    assert_true(has(&v, "id=\"username-error\""));
    assert_true(has(&v, "id=\"email-error\""));
    assert_true(has(&v, "id=\"password-error\""));
    assert_false(has(&v, "id=\"name-error\""));
    assert_true(has(&v, "value=\"A&amp;B\""));
    assert_true(has(&v, "value=\"No!\""));
    assert_true(has(&v, "<option value=\"gold\" selected>"));
    assert_false(has(&v, "Secret-99")); /* passwords are not sent back */
    visitor_end(&v);
}

static void a_tenant_comes_by_its_form(void **state)
{
    struct visitor v;

    (void)state;
    enter_admin(&v);
    visit(&v, "/admin/tenants/new");
    send_form(&v, "/admin/tenants/new",
              "name=By+form&subdomain=byform&plan=starter&username=byform-admin&email=&password=" PASSWORD);
    assert_true(shows(&v, "tenant"));
    assert_true(has(&v, "data-step=\"activate_tenant\""));
    assert_true(has(&v, "http-equiv=\"refresh\""));
    char at[512];
    snprintf(at, sizeof at, "%s", v.path);
    assert_true(tenant_becomes(&bed, strrchr(at, '/') + 1, "active"));
    visit(&v, "%s", at);
    assert_true(has(&v, "<span id=\"state\" class=\"state\" data-state=\"active\">"));
    assert_false(has(&v, "http-equiv=\"refresh\""));
    assert_false(has(&v, ">pending<"));
    visit(&v, "/admin/tenants/new");
    send_form(&v, "/admin/tenants/new",
              "name=Again&subdomain=byform&plan=starter&username=again-admin&email=&password=" PASSWORD);
    assert_int_equal(v.status, 409);
    assert_true(has(&v, "id=\"subdomain-error\""));
    visitor_end(&v);
}

static void the_password_comes_first(void **state)
{
    struct visitor v;

    (void)state;
    visitor_begin(&v, &bed);
    visitor_login(&v, "/t/byform", "byform-admin", PASSWORD);
    assert_true(shows(&v, "password"));
    send_form(&v, "/t/byform/password", "current=%s&new=New-word-22&again=Other-word-22", PASSWORD);
    assert_true(has(&v, "id=\"again-error\""));
    send_form(&v, "/t/byform/password", "current=Wrong-word-1&new=New-word-22&again=New-word-22");
    assert_true(has(&v, "id=\"current-error\""));
    send_form(&v, "/t/byform/password", "current=%s&new=%s&again=%s", PASSWORD, PASSWORD, PASSWORD);
    assert_true(has(&v, "id=\"new-error\""));
    send_form(&v, "/t/byform/password", "current=%s&new=New-word-22&again=New-word-22", PASSWORD);
    assert_true(shows(&v, "home"));
    visit(&v, "/t/byform/branding");
    assert_true(shows(&v, "branding"));
    visitor_end(&v);
}

static void branding_is_the_tenants_own(void **state)
{
    struct visitor v;

    (void)state;
    visitor_begin(&v, &bed);
    visitor_login(&v, "/t/byform", "byform-admin", "New-word-22");
    visit(&v, "/t/byform/branding");
    send_form(&v, "/t/byform/branding", "name=Shop&color=red%%3B%%7D&logo=S");
    assert_true(has(&v, "id=\"color-error\""));
    assert_true(has(&v, "value=\"red;}\""));
    send_form(&v, "/t/byform/branding", "name=%%C3%%9Cber&color=%%23ffee00&logo=");
    assert_true(has(&v, "id=\"note\""));
    assert_true(has(&v, "<span id=\"brand-name\">\xC3\x9C"
                        "ber</span>"));
    visit(&v, "/t/byform/brand.css");
    assert_true(has(&v, "--brand:#ffee00;--on-brand:#000000"));
    visitor_end(&v);
}

static void sessions_end_one_by_one(void **state)
{
    struct visitor here, there;
    const char *id;

    (void)state;
    visitor_begin(&here, &bed);
    visitor_begin(&there, &bed);
    visitor_login(&there, "/t/byform", "byform-admin", "New-word-22");
    visitor_login(&here, "/t/byform", "byform-admin", "New-word-22");
    visit(&here, "/t/byform/sessions");
    assert_true(has(&here, "data-session=\"this\""));
    assert_non_null(id = strstr(here.body, "name=\"id\" value=\""));
    do { /* those of the tests before as well */
        char one[64];
        snprintf(one, sizeof one, "%.*s", (int)strcspn(id + 17, "\""), id + 17);
        send_form(&here, "/t/byform/sessions", "id=%s", one);
        assert_true(shows(&here, "sessions"));
    } while ((id = strstr(here.body, "name=\"id\" value=\"")));
    visit(&there, "/t/byform/home");
    assert_true(shows(&there, "login"));
    visit(&here, "/t/byform/home");
    assert_true(shows(&here, "home"));
    visit(&here, "/t/byform/sessions");
    send_form(&here, "/t/byform/sessions", "id=tok_0123456789abcdef"); /* nobody's */
    assert_int_equal(here.status, 404);
    visitor_end(&here);
    visitor_end(&there);
}

/* A session opens nothing from where its tenant's users do not come. */
static void networks_hold_for_sessions_too(void **state)
{
    static const char elsewhere[] = "{\"allowed_networks\":[\"192.0.2.0/24\"]}";
    struct tenant t;
    struct visitor v;
    char base[64];

    (void)state;
    make_tenant(&bed, &t);
    snprintf(base, sizeof base, "/t/%s", t.subdomain);
    visitor_begin(&v, &bed);
    visitor_login(&v, base, t.admin_name, PASSWORD);
    assert_true(shows(&v, "home"));
    assert_int_equal(call(&bed, bed.admin, "PUT", elsewhere, NULL, "/v1/tenants/%s/policy", t.id), 200);
    visit(&v, "%s/home", base);
    assert_int_equal(v.status, 403);
    assert_true(shows(&v, "error"));
    assert_false(has(&v, t.admin_name));
    assert_int_equal(call(&bed, bed.admin, "PUT", "{}", NULL, "/v1/tenants/%s/policy", t.id), 200);
    visit(&v, "%s/home", base);
    assert_true(shows(&v, "home"));
    visitor_end(&v);
}

static void what_is_no_form_is_refused(void **state)
{
    static const char form[] = "application/x-www-form-urlencoded";
    struct visitor v;

    (void)state;
    enter_admin(&v);
    send_raw(&v, "/admin/tenants/new", "application/json", "{\"name\":\"x\"}");
    assert_int_equal(v.status, 415);
    assert_true(shows(&v, "error"));
    send_raw(&v, "/admin/tenants/new", "text/plain", "name=x");
    assert_int_equal(v.status, 415);
    send_raw(&v, "/admin/tenants/new", form, "name=%zz");
    assert_int_equal(v.status, 400);
    send_raw(&v, "/admin/tenants/new", form, "name=%ff");
    assert_int_equal(v.status, 400);
    send_raw(&v, "/admin/tenants/new", form, "name=a%00b");
    assert_int_equal(v.status, 400);
    send_raw(&v, "/admin/tenants/new", form, "name=a&name=b");
    assert_int_equal(v.status, 400);
    send_raw(&v, "/admin/tenants/new", form, "name=a"); /* without its token */
    assert_int_equal(v.status, 403);
    send_raw(&v, "/admin/logout", form, "");
    assert_int_equal(v.status, 403);
    visit(&v, "/admin/tenants");
    assert_true(shows(&v, "tenants")); /* still logged in */
    visitor_end(&v);
}

static void roles_hold_on_pages_too(void **state)
{
    char name[32], id[32], token[TOKEN_MAX];
    struct tenant t, other;
    struct visitor v;

    (void)state;
    make_user(&bed, NULL, "platform_auditor", name, id, token);
    visitor_begin(&v, &bed);
    visitor_login(&v, "/admin", name, PASSWORD);
    assert_true(shows(&v, "tenants"));
    visit(&v, "/admin/tenants/new");
    assert_int_equal(v.status, 403);
    visit(&v, "/admin/tenants");
    send_form(&v, "/admin/tenants/new",
              "name=x&subdomain=auditors&plan=starter&username=auditors-admin&email=&password=" PASSWORD);
    assert_int_equal(v.status, 403);
    visitor_end(&v);

    make_tenant(&bed, &t);
    make_tenant(&bed, &other);
    make_user(&bed, &t, "tenant_viewer", name, id, token);
    char base[64], path[80];
    snprintf(base, sizeof base, "/t/%s", t.subdomain);
    snprintf(path, sizeof path, "%s/branding", base);
    visitor_begin(&v, &bed);
    visitor_login(&v, base, name, PASSWORD);
    send_form(&v, path, "name=Mine&color=&logo=");
    assert_int_equal(v.status, 403);
    visit(&v, "/t/%s/home", other.subdomain);
    assert_true(shows(&v, "login"));
    visit(&v, "/t/none-at-all/home");
    assert_int_equal(v.status, 404);
    visit(&v, "/admin/tenants/%s", other.id);
    assert_true(shows(&v, "login"));
    visitor_end(&v);
}

static void styles_are_the_same_for_all(void **state)
{
    struct visitor v;

    (void)state;
    visitor_begin(&v, &bed);
    visit(&v, "/static/style.css");
    assert_int_equal(v.status, 200);
    assert_non_null(strstr(v.headers, "public"));
    assert_null(strstr(v.headers, "no-store"));
    visit(&v, "/static/changes.js");
    assert_non_null(strstr(v.headers, "text/javascript"));
    visit(&v, "/static/icon.svg");
    assert_non_null(strstr(v.headers, "image/svg+xml"));
    visitor_end(&v);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(front_door_leads_to_the_login),
        cmocka_unit_test(cookies_are_secure_behind_https),
        cmocka_unit_test(wrong_names_and_passwords_are_told_alike),
        cmocka_unit_test(mistakes_stand_at_their_fields),
        cmocka_unit_test(a_tenant_comes_by_its_form),
        cmocka_unit_test(the_password_comes_first),
        cmocka_unit_test(branding_is_the_tenants_own),
        cmocka_unit_test(sessions_end_one_by_one),
        cmocka_unit_test(networks_hold_for_sessions_too),
        cmocka_unit_test(what_is_no_form_is_refused),
        cmocka_unit_test(roles_hold_on_pages_too),
        cmocka_unit_test(styles_are_the_same_for_all),
    };

    return bed_main(argc, argv, tests, sizeof tests / sizeof *tests, start, stop);
}
