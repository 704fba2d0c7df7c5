/* SPDX-License-Identifier: Apache-2.0 */
/* Doubles that fixtures have started, as one attempt sees them. */
#include "double.h"

#include <muster/kit/data.h>
#include <muster/kit/json.h>

#include <stdlib.h>
#include <string.h>

#define CLEANUP_NAME "muster.double.close"
#define SHARED       "shared"

/* Its payload is "CONTROL NAME SESSION"; one that is the attempt's own has its session's name. Where the double has
 * ended, there is nothing to undo. */
CLEANUP(close_double, CLEANUP_NAME)
{
    char control[128], name[80], session[80];
    m_called_at_(NULL, 0);
    if (sscanf(payload, "%127s %79s %79s", control, name, session) != 3)
        ERROR("\"%s\" is no double's", payload);
    struct m_http *http = m_http_open(t, control, NULL);
    int own = strcmp(name, session) == 0;
    const char *path = own ? m_fmt(t, "/doubles/%s", name) : m_fmt(t, "/doubles/%s/rules?session=%s", name, session);
    struct m_http_reply r = M_TRY_REQUEST(http, .method = "DELETE", .path = path, .timeout_ms = 10000);
    if (!r.error && r.status != 204 && r.status != 404)
        ERROR("the double at %s answered %d: %s", control, (int)r.status, r.body);
    m_http_close(http);
}

/* The body of an answer with this status; any other is an error. */
static struct m_json *answer_of(const struct m_double *d, struct m_http_reply r, int32_t wanted)
{
    struct muster_ctx *t = d->t;
    struct m_json *body = m_json_try_parse(r.body);
    const char *why = m_json_str(body, "/error");
    if (r.status == wanted)
        return body;
    if (r.status == 422 && why)
        ERROR("the double %s: %.*s", d->fixture, (int)strcspn(why, "\n"), why);
    ERROR("the double %s answered %d: %s", d->fixture, (int)r.status, why ? why : r.body);
}

static int64_t last_request(const struct m_double *d)
{
    struct muster_ctx *t = d->t;
    /* None lies behind the greatest number: so only `last` comes. */
    const char *path = m_fmt(t, "/doubles/%s/requests?after=%lld", d->name, (long long)INT64_MAX);
    struct m_json *answer = answer_of(d, m_get(d->control, path), 200);
    int64_t last = m_json_int(answer, "/last");
    m_json_free(answer);
    return last;
}

static struct m_double *open_as(struct muster_ctx *t, const char *fixture, int own)
{
    const char *control = m_fixture(t, fixture, "control");
    struct m_double *d = calloc(1, sizeof *d);
    if (!d)
        ERROR("out of memory for a double");
    if (!control)
        ERROR("the fixture %s publishes no `control`: it is no double", fixture);
    *d = (struct m_double){.t = t, .fixture = m_keep(t, fixture, strlen(fixture)), .session = m_unique(t, "d")};
    d->name = own ? d->session : SHARED;
    d->control = m_http_open(t, control, NULL);
    M_DEFER(CLEANUP_NAME, m_fmt(t, "%s %s %s", control, d->name, d->session));
    const char *path = m_fmt(t, "/doubles/%s", d->name);
    struct m_json *answer = answer_of(d, own ? m_put(d->control, path, NULL) : m_get(d->control, path), 200);
    const char *url = m_json_str(answer, "/url");
    if (!url)
        ERROR("the double %s did not say where it is", fixture);
    d->url = m_keep(t, url, strlen(url));
    m_json_free(answer);
    d->after = own ? 0 : last_request(d);
    return d;
}

struct m_double *m_double_open(struct muster_ctx *t, const char *fixture)
{
    return open_as(t, fixture, 0);
}

struct m_double *m_double_own(struct muster_ctx *t, const char *fixture)
{
    return open_as(t, fixture, 1);
}

const char *m_double_url(const struct m_double *d)
{
    return d->url;
}

void m_double_answer(struct m_double *d, const char *rule)
{
    struct muster_ctx *t = d->t;
    const char *path = m_fmt(t, "/doubles/%s/rules?session=%s", d->name, d->session);
    struct m_http_reply r =
        M_REQUEST(d->control, .method = "POST", .path = path, .body = rule, .media_type = "application/yaml");
    m_json_free(answer_of(d, r, 204));
}

void m_double_reset(struct m_double *d)
{
    struct muster_ctx *t = d->t;
    m_json_free(answer_of(d, m_post(d->control, m_fmt(t, "/doubles/%s/reset", d->name), NULL), 204));
    d->after = last_request(d);
    d->seen = NULL; /* the attempt's memory, as all of the kit's */
}
