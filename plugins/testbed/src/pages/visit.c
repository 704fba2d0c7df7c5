/* SPDX-License-Identifier: Apache-2.0 */
/* Places, sessions in cookies, and the tokens of forms. */
#include "pages/visit.h"

#include "audit/audit.h"
#include "common/crypto.h"
#include "identity/auth.h"
#include "identity/token.h"
#include "tenants/tenants.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define COOKIE_MAX 1024

static bool find_place(struct visit *v)
{
    struct request *r = v->r;

    snprintf(v->base, sizeof v->base, ADMIN);
    if (strncmp(r->path, "/t/", 3) != 0)
        return true;
    if (!tenant_find(r->tb, r->param[0], v->tenant_id))
        return false;
    snprintf(v->base, sizeof v->base, "/t/%s", r->param[0]);
    return true;
}

/* ---- sessions ---- */

/* A session is of the place whose user it is. */
static bool belongs(const struct visit *v, const struct identity *who)
{
    return strcmp(who->tenant_id, v->tenant_id) == 0 || defect(v->r->tb, D_SESSION_OF_ANY_TENANT);
}

static void find_user(struct visit *v)
{
    char token[COOKIE_MAX];
    struct identity who;

    if (request_cookie(v->r, "session", token, sizeof token) && !token_check(v->r->tb, token, &who) && belongs(v, &who))
        v->r->who = who;
    else if (!request_cookie(v->r, "guest", v->guest, sizeof v->guest) || strlen(v->guest) != sizeof v->guest - 1)
        crypto_random_hex((sizeof v->guest - 1) / 2, v->guest);
}

bool visit_is_user(const struct visit *v)
{
    return v->r->who.role != ROLE_NONE;
}

static void set_cookie(struct visit *v, const char *name, const char *value, int64_t ttl_s)
{
    const struct testbed *tb = v->r->tb;
    bool is_session = strcmp(name, "session") == 0;
    bool script = is_session && defect(tb, D_COOKIE_SCRIPTABLE);
    bool sites = is_session && defect(tb, D_COOKIE_FROM_OTHER_SITES);
    bool plain = !v->r->by_https || (is_session && defect(tb, D_COOKIE_OVER_PLAIN));

    reply_header(v->r, "Set-Cookie", "%s=%s; Path=%s; Max-Age=%lld%s%s%s", name, value, v->base, (long long)ttl_s,
                 sites ? "" : "; SameSite=Strict", script ? "" : "; HttpOnly", plain ? "" : "; Secure");
}

void visit_set_session(struct visit *v, const char *token, int64_t ttl_s)
{
    set_cookie(v, "session", token, ttl_s);
}

void visit_end_session(struct visit *v)
{
    set_cookie(v, "session", "", 0);
}

/* ---- forms ---- */

/* Nobody can make one for a session but this platform, and it is worth nothing in another one. */
static void make_form_token(struct visit *v)
{
    char whose[64];
    unsigned char mac[SHA256_LEN];
    const struct testbed *tb = v->r->tb;

    const char *session = visit_is_user(v) ? v->r->who.token_id : v->guest;
    int n = snprintf(whose, sizeof whose, "form %s", defect(tb, D_FORM_TOKEN_OF_ANYBODY) ? "" : session);
    crypto_hmac(tb->token_key, sizeof tb->token_key, whose, (size_t)n, mac);
    crypto_hex(mac, sizeof mac, v->form_token);
}

/* Worth a trace: a session may be in somebody else's hands, and a form may be one that somebody was led to send. */
static void refuse(struct request *r, const char *code, const char *message)
{
    char what[PATH_MAX_LEN + 16];

    snprintf(what, sizeof what, "%s %s", r->method_name, r->path);
    audit_denied(r->tb, r->who.username[0] ? r->who.username : "anonymous", "access.denied", "request", what,
                 r->who.tenant_id, code);
    reply_error(r, 403, code, "%s", message);
}

static bool form_is_ours(struct visit *v)
{
    const char *given = visit_field(v, "form_token");
    size_t len = strlen(v->form_token);

    if (v->r->method == M_GET || defect(v->r->tb, D_FORM_TOKEN_UNCHECKED) ||
        (strlen(given) == len && crypto_equal(given, v->form_token, len)))
        return true;
    refuse(v->r, "form_refused", "The form is not one of this session: open the page again.");
    return false;
}

const char *visit_field(const struct visit *v, const char *name)
{
    const char *text = json_string_value(json_object_get(v->r->json, name));

    return text ? text : "";
}

/* ---- the whole ---- */

/* As the API holds it for every request. Who may not is nobody on the page that says so. */
static bool network_fits(struct visit *v)
{
    if (!visit_is_user(v) || auth_network_fits(v->r))
        return true;
    refuse(v->r, "network_not_allowed", "The tenant's users don't come from here.");
    v->r->who = (struct identity){0};
    return false;
}

static bool let_in(struct visit *v, enum visitor wanted)
{
    if (wanted == ANYONE)
        return true;
    if (!visit_is_user(v))
        visit_go(v, "/login");
    else if (wanted == USER && v->r->who.must_change && !defect(v->r->tb, D_FORCED_CHANGE_SKIPPED))
        visit_go(v, "/password");
    return v->r->status == 0;
}

bool visit_begin(struct visit *v, struct request *r, enum visitor wanted)
{
    *v = (struct visit){.r = r};
    if (!find_place(v)) {
        reply_error(r, 404, "not_found", "There is no such page.");
        return false;
    }
    find_user(v);
    if (!network_fits(v))
        return false;
    make_form_token(v);
    /* Who sends a form has one, or his form is nobody's. */
    if (!visit_is_user(v) && r->method == M_GET)
        set_cookie(v, "guest", v->guest, 3600);
    return let_in(v, wanted) && form_is_ours(v);
}

void visit_begin_error(struct visit *v, struct request *r)
{
    *v = (struct visit){.r = r};
    find_place(v);
    make_form_token(v);
}

struct request *visit_ask(struct visit *v, enum method method, const char *path, json_t *body)
{
    return router_ask(v->r, method, path, NULL, body);
}

struct request *visit_ask_of(struct visit *v, enum method method, const char *format, const char *id, json_t *body)
{
    char path[PATH_MAX_LEN];
    const char *at = strstr(format, "%s");

    snprintf(path, sizeof path, "%.*s%s%s", (int)(at - format), format, id, at + 2);
    return visit_ask(v, method, path, body);
}

void visit_fail(struct visit *v, struct request *answer)
{
    reply(v->r, answer->status, json_incref(answer->reply));
    request_free(answer);
}

void visit_go(struct visit *v, const char *format, ...)
{
    char path[PATH_MAX_LEN];
    struct html h;
    va_list args;

    va_start(args, format);
    vsnprintf(path, sizeof path, format, args);
    va_end(args);
    reply_header(v->r, "Location", "%s%s", v->base, path);
    html_begin(&h, v->r->tb);
    html(&h, "<!DOCTYPE html><title>Go on</title><a href=\"%s%s\">Go on</a>", v->base, path);
    reply_text(v->r, 303, "text/html; charset=utf-8", html_end(&h));
}
