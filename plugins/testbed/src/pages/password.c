/* SPDX-License-Identifier: Apache-2.0 */
/* Changing one's password: when one wants to, and before anything else where it was chosen by somebody else. */
#include "pages/page.h"
#include "pages/pages.h"

#include <string.h>

static void show(struct visit *v, int status, const json_t *errors, const char *problem)
{
    static const struct input inputs[] = {
        {.name = "current", .label = "Current password", .type = "password", .autocomplete = "current-password"},
        {.name = "new",
         .label = "New password",
         .type = "password",
         .autocomplete = "new-password",
         .hint = "10 characters at least, with a letter and a digit"},
        {.name = "again", .label = "New password, again", .type = "password", .autocomplete = "new-password"},
    };
    struct html h;

    page_begin(&h, v, "password", "Change your password", false);
    page_alert(&h, problem);
    if (v->r->who.must_change)
        page_note(&h, "Your password was chosen by somebody else. Choose one of your own to go on.");
    page_form_begin(&h, v, "/password");
    for (size_t i = 0; i < sizeof inputs / sizeof inputs[0]; i++)
        page_input(&h, &inputs[i], visit_field(v, inputs[i].name), errors);
    page_form_end(&h, "Change password");
    page_end(&h, v, status);
}

static void password_show(struct request *r)
{
    struct visit v;

    if (visit_begin(&v, r, USER_FIRST))
        show(&v, 200, NULL, NULL);
}

static void refuse(struct visit *v, const struct request *answer)
{
    json_t *errors = answer->status == 401 ? json_pack("{s:s}", "current", "is wrong") : page_errors(answer);

    show(v, answer->status == 401 ? 422 : answer->status, errors, errors ? NULL : page_error_text(answer));
    json_decref(errors);
}

static void password_send(struct request *r)
{
    struct visit v;

    if (!visit_begin(&v, r, USER_FIRST))
        return;
    if (strcmp(visit_field(&v, "new"), visit_field(&v, "again")) != 0) {
        json_t *errors = json_pack("{s:s}", "again", "is another one");
        show(&v, 422, errors, NULL);
        json_decref(errors);
        return;
    }
    struct request *answer =
        visit_ask(&v, M_POST, "/v1/auth/password",
                  json_pack("{s:s, s:s}", "current", visit_field(&v, "current"), "new", visit_field(&v, "new")));
    if (answer->status == 204)
        visit_go(&v, "/");
    else
        refuse(&v, answer);
    request_free(answer);
}

const struct route password_pages[] = {
    ANY_PAGE(M_GET, "/password", password_show),
    ANY_PAGE(M_POST, "/password", password_send),
    {.pattern = NULL},
};
