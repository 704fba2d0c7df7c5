/* SPDX-License-Identifier: Apache-2.0 */
/* Logging in and out. */
#include "identity/token.h"
#include "pages/page.h"
#include "pages/pages.h"

#include <string.h>

static void show(struct visit *v, int status, const char *username, const char *problem)
{
    static const struct input user = {.name = "username", .label = "User name", .autocomplete = "username"};
    static const struct input password = {
        .name = "password", .label = "Password", .type = "password", .autocomplete = "current-password"};
    struct html h;

    page_begin(&h, v, "login", "Log in", false);
    page_alert(&h, problem);
    page_form_begin(&h, v, "/login");
    page_input(&h, &user, username, NULL);
    page_input(&h, &password, visit_field(v, "password"), NULL);
    page_form_end(&h, "Log in");
    page_end(&h, v, status);
}

static void login_show(struct request *r)
{
    struct visit v;

    if (visit_begin(&v, r, ANYONE))
        show(&v, 200, "", NULL);
}

/* Wrong names, wrong passwords, and users of another place are told alike: who guesses learns of none. */
static void refuse(struct visit *v, const struct request *answer)
{
    bool guessed = answer->status == 423 || answer->status == 429;

    show(v, guessed ? 429 : 401, visit_field(v, "username"),
         guessed ? "Too many failed logins. Try again later." : "User name or password is wrong.");
}

static bool is_of_this_place(const struct visit *v, const json_t *user)
{
    return strcmp(page_text(user, "tenant_id"), v->tenant_id) == 0 || defect(v->r->tb, D_LOGIN_OF_ANY_TENANT);
}

static void login_send(struct request *r)
{
    struct visit v;

    if (!visit_begin(&v, r, ANYONE))
        return;
    struct request *answer = visit_ask(
        &v, M_POST, "/v1/auth/login",
        json_pack("{s:s, s:s}", "username", visit_field(&v, "username"), "password", visit_field(&v, "password")));
    if (answer->status == 200 && is_of_this_place(&v, json_object_get(answer->reply, "user"))) {
        visit_set_session(&v, page_text(answer->reply, "token"),
                          (int64_t)json_number_value(json_object_get(answer->reply, "expires_in")));
        visit_go(&v, "/");
    } else {
        if (answer->status == 200)
            token_revoke(r->tb, page_text(answer->reply, "token_id"));
        refuse(&v, answer);
    }
    request_free(answer);
}

static void logout(struct request *r)
{
    struct visit v;

    if (!visit_begin(&v, r, USER_FIRST))
        return;
    if (!defect(r->tb, D_LOGOUT_KEEPS_SESSION))
        request_free(visit_ask(&v, M_POST, "/v1/auth/logout", NULL));
    visit_end_session(&v);
    visit_go(&v, "/login");
}

/* Where one begins. */
static void start(struct request *r)
{
    struct visit v;

    if (visit_begin(&v, r, USER))
        visit_go(&v, v.tenant_id[0] ? "/home" : "/tenants");
}

static void front_door(struct request *r)
{
    struct visit v = {.r = r};

    visit_go(&v, ADMIN "/");
}

const struct route login_pages[] = {
    {M_GET, "/", 0, ROUTE_ANYONE | ROUTE_PAGE, NULL, front_door},
    ANY_PAGE(M_GET, "/", start),
    ANY_PAGE(M_GET, "/login", login_show),
    ANY_PAGE(M_POST, "/login", login_send),
    ANY_PAGE(M_POST, "/logout", logout),
    {.pattern = NULL},
};
