/* SPDX-License-Identifier: Apache-2.0 */
/* One's own sessions, and the end of others than this one. */
#include "pages/page.h"
#include "pages/pages.h"

#include <stdio.h>
#include <string.h>

/* As one reads it: "2026-11-30 08:12". */
static void put_time(struct html *h, const char *at)
{
    char day[11], minute[6];

    snprintf(day, sizeof day, "%s", at);
    snprintf(minute, sizeof minute, "%s", strlen(at) > 11 ? at + 11 : "");
    html(h, "<td><time datetime=\"%s\">%s %s</time></td>", at, day, minute);
}

static void put_session(struct html *h, struct visit *v, const json_t *session)
{
    bool current = json_is_true(json_object_get(session, "current"));

    html(h, "<tr data-session=\"%s\"><td>%s</td>", current ? "this" : "other", page_text(session, "agent"));
    put_time(h, page_text(session, "created_at"));
    put_time(h, page_text(session, "expires_at"));
    html(h, "<td>");
    if (current) {
        html(h, "this one</td></tr>");
        return;
    }
    html(h, "<form method=\"post\" action=\"%s/sessions\">", v->base);
    html(h, "<input type=\"hidden\" name=\"form_token\" value=\"%s\">", v->form_token);
    html(h, "<input type=\"hidden\" name=\"id\" value=\"%s\"><button class=\"plain\">End</button></form></td></tr>",
         page_text(session, "id"));
}

static void sessions_show(struct request *r)
{
    struct visit v;
    struct html h;
    json_t *session;
    size_t i;

    if (!visit_begin(&v, r, USER))
        return;
    struct request *answer = visit_ask(&v, M_GET, "/v1/auth/sessions", NULL);
    if (answer->status != 200) {
        visit_fail(&v, answer);
        return;
    }
    page_begin(&h, &v, "sessions", "Your sessions", false);
    html(&h, "<div class=\"wide\"><table><thead><tr><th scope=\"col\">Browser or program</th><th scope=\"col\">Since "
             "(UTC)</th>"
             "<th scope=\"col\">Until</th><th scope=\"col\">End</th></tr></thead><tbody>");
    json_array_foreach(json_object_get(answer->reply, "sessions"), i, session)
    {
        put_session(&h, &v, session);
    }
    html(&h, "</tbody></table></div><p><a href=\"%s/password\">Change your password</a></p>", v.base);
    page_end(&h, &v, 200);
    request_free(answer);
}

static void sessions_end(struct request *r)
{
    struct visit v;

    if (!visit_begin(&v, r, USER))
        return;
    struct request *answer = visit_ask_of(&v, M_DELETE, "/v1/tokens/%s", visit_field(&v, "id"), NULL);
    if (answer->status != 204) {
        visit_fail(&v, answer);
        return;
    }
    visit_go(&v, "/sessions");
    request_free(answer);
}

const struct route session_pages[] = {
    ANY_PAGE(M_GET, "/sessions", sessions_show),
    ANY_PAGE(M_POST, "/sessions", sessions_end),
    {.pattern = NULL},
};
