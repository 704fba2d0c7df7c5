/* SPDX-License-Identifier: Apache-2.0 */
/*
 * `muster target check`: each operation of the target that is safe, once, as the target's first identity. A check for
 * each, so that one that fails keeps no other from being tried, and a line in the log that says what came of it.
 */
#include <muster/kit/data.h>
#include <muster/kit/target.h>

#define ANSWER_MOST 200

/* "id, plan": the arguments that nobody can make up; NULL: there are none. */
static const char *wanted_arguments(struct muster_ctx *t, const struct m_operation *o)
{
    const char *names = NULL;
    for (uint64_t i = 0; i < o->n_takes; i++)
        if (!o->takes[i].optional)
            names = names ? m_fmt(t, "%s, %s", names, o->takes[i].name) : o->takes[i].name;
    return names;
}

/* What came, in a few words. */
static const char *outcome(struct muster_ctx *t, const struct m_tried *r)
{
    if (!r->status)
        return r->error ? "no answer" : "opened";
    if (r->refused)
        return m_fmt(t, "%d %s", r->status, r->refused);
    if (r->error)
        return m_fmt(t, "%d, but not every result", r->status);
    if (m_json_count(r->result, "") < 1)
        return m_fmt(t, "%d", r->status);
    return m_fmt(t, "%d, every result is there", r->status);
}

static const char *reason(struct muster_ctx *t, const char *who, const struct m_tried *r)
{
    return m_fmt(t, "as %s, %s%s%s%s%.*s", who, r->request, r->error ? ": " : "", r->error ? r->error : "",
                 *r->answer ? ": " : "", ANSWER_MOST, r->answer);
}

/* 1: it was tried. */
static int try_one(struct muster_ctx *t, struct m_session *who, const char *name, const struct m_operation *o)
{
    const char *wanted = wanted_arguments(t, o);
    if (wanted) {
        LOG("%s: not tried: it needs %s", o->name, wanted);
        return 0;
    }
    struct m_tried r = TRY(who, o->name);
    const char *came = outcome(t, &r);
    struct m_site site = {.file = o->file, .line = o->line, .expression = m_fmt(t, "%s is done", o->name)};
    LOG("%s: %s", o->name, came);
    if (r.refused || r.error)
        m_report(t, site, 0, came, "done", reason(t, name, &r));
    else
        m_report(t, site, 1, NULL, NULL, NULL);
    m_json_free(r.result);
    m_json_free(r.details);
    return 1;
}

SCENARIO(check, .summary = "Each safe operation of the target, once", .needs = OPERATIONS("*"), .timeout_ms = 600000)
{
    uint64_t n = 0, n_safe = 0, n_tried = 0;
    const struct m_operation *all = m_target_operations(t, &n);
    const char *first = m_target_identities(t)[0];
    struct m_session *who = first ? m_login(t, first) : m_nobody(t);
    for (uint64_t i = 0; i < n; i++) {
        if (!all[i].safe)
            continue;
        n_safe++;
        n_tried += (uint64_t)try_one(t, who, first ? first : "nobody", &all[i]);
    }
    if (n_safe == 0)
        SKIP("no operation of the target is safe to try: `safe: true` says of one that it changes nothing");
    if (n_tried == 0)
        SKIP("each safe operation of the target needs an argument");
}

MUSTER_PLUGIN("target", "1.0.0", .summary = "Tries what a target file says")
