/* SPDX-License-Identifier: Apache-2.0 */
/* What is secret stands in nothing that the platform keeps about who did what. */
#include "common/operations.h"
#include "common/tenancy.h"

#define TRACES_MOST 16

struct secrets {
    const char *text[TRACES_MOST], *what[TRACES_MOST];
    int n;
};

static const char *keep(struct muster_ctx *t, struct secrets *s, const char *what, const char *text)
{
    if (s->n == TRACES_MOST)
        ERROR("there are more than %d secrets", TRACES_MOST);
    s->what[s->n] = what;
    s->text[s->n++] = text;
    return text;
}

static const char *password(struct muster_ctx *t, struct secrets *s, const char *what)
{
    return keep(t, s, what, m_fmt(t, "Horse-7-%s", m_unique(t, "secret")));
}

static void look_for(struct muster_ctx *t, const struct secrets *s, const char *operation, const char *answer)
{
    for (int i = 0; i < s->n; i++)
        CHECK(!strstr(answer, s->text[i]), "%s shows %s", operation, s->what[i]);
}

/* Whatever takes a secret, or gives one, or is refused with one. */
static void spread(struct muster_ctx *t, struct m_session *platform, const struct tenancy *ours,
                   const struct tenancy *theirs, struct secrets *s)
{
    const char *name = m_unique(t, "user"), *first = password(t, s, "a first password");
    struct m_json *user =
        DO(ours->admin, "user.create", ARG("username", name), ARG("password", first), ARG("role", "tenant_member"));
    const char *id = m_json_str(user, "/id"), *own = password(t, s, "his own"), *given = password(t, s, "a new one");
    struct m_session *he = LOGIN(t, "password", ARG("username", name), ARG("password", first));
    REFUSED("invalid_credentials", m_nobody(t), "session.open", ARG("username", name),
            ARG("password", password(t, s, "a wrong one")));
    REFUSED("invalid_credentials", he, "password.change", ARG("current", password(t, s, "another wrong one")),
            ARG("new", own));
    DO(he, "password.change", ARG("current", first), ARG("new", own));
    DO(ours->admin, "user.update", ARG("id", id), ARG("password", given));
    struct m_tried weak = TRY(ours->admin, "user.update", ARG("id", id),
                              ARG("password", keep(t, s, "a weak one", "Letters-alone-however-long")));
    CHECK_STR(weak.refused, ==, "invalid");
    look_for(t, s, "a refusal", weak.answer);
    keep(t, s, "a token", m_json_str(DO(platform, "token.issue", ARG("user", id)), "/token"));
    keep(t, s, "an API key", m_json_str(DO(ours->admin, "api_key.create", ARG("name", name)), "/secret"));
    keep(t, s, "a key", m_json_str(DO(ours->admin, "secret.rotate", ARG("tenant", ours->id)), "/secret"));
    REFUSED("not_found", ours->admin, "customer.list", ARG("tenant", theirs->id),
            ARG("q", keep(t, s, "words of a search", m_unique(t, "wanted"))));
    struct m_session *forger = LOGIN(t, "token", ARG("token", password(t, s, "what is no token")));
    REFUSED("invalid_token", forger, "session.whoami");
}

static struct m_json *all_after(struct muster_ctx *t, struct m_session *platform, const struct secrets *s,
                                const char *operation, int64_t number)
{
    struct m_json *all = DO(platform, operation, ARG("after", number), ARG("limit", 1000));
    look_for(t, s, operation, m_json_text(t, all, ""));
    return all;
}

SCENARIO(secrets_leave_no_trace,
         .summary = "Passwords, tokens, keys and what was searched for stand in no trail, event, mail or list",
         .markers = MARKERS("e2e", "priority_p0", "security", "audit_compliance", "catches(defect='query-recorded')",
                            "catches(defect='password-told-back')"),
         .needs = OPERATIONS("*", TENANCY_OPERATIONS, "user.create", "user.update(password)", "session.open",
                             "session.whoami", "password.change", "token.issue", "api_key.create", "secret.rotate",
                             "customer.list(q)", "audit.list", "event.list"),
         .timeout_ms = 30000)
{
    struct m_session *platform = m_login(t, "admin");
    struct tenancy ours = tenancy_begin(t, platform, "starter"), theirs = tenancy_begin(t, platform, "starter");
    struct secrets secrets = {.n = 0};
    int64_t entry = m_json_int(DO(platform, "audit.list", ARG("order", "desc"), ARG("limit", 1)), "/entries/0/seq"),
            event = m_json_int(DO(platform, "event.list", ARG("limit", 1)), "/last");
    spread(t, platform, &ours, &theirs, &secrets);
    STEP("the trail, and the events")
    {
        struct m_json *trail = all_after(t, platform, &secrets, "audit.list", entry);
        CHECK_INT(m_json_count(trail, "/entries"), >, secrets.n / 2);
        all_after(t, platform, &secrets, "event.list", event);
    }
    STEP("whatever else can be looked at")
    {
        uint64_t n;
        const struct m_operation *all = m_target_operations(t, &n);
        for (uint64_t i = 0; i < n; i++) {
            int wants = 0;
            for (uint64_t a = 0; a < all[i].n_takes; a++)
                wants += !all[i].takes[a].optional;
            if (operation_rank(&all[i]) == OPERATION_READS && wants == 0 && !all[i].websocket)
                look_for(t, &secrets, all[i].name, TRY(platform, all[i].name).answer);
        }
    }
}
