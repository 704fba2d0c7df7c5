/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Operations of the run's target for scenarios written as data. `- tenant.create: {plan: pro}` becomes a call of
 * `operation`, once it was held against the target file; `log_in` is called by name. Both are told where they stand in
 * the file, so that what they find is told with that line.
 */
#include "people.h"

#include <muster/kit/data.h>

#include <stdlib.h>

/* "shop.yaml:12"; "": called by hand. */
static struct m_site place(struct muster_ctx *t, const char *at)
{
    const char *colon = strrchr(at, ':');
    struct m_site site = M_SITE(1, "");
    if (colon) {
        site.file = m_keep(t, at, (uint64_t)(colon - at));
        site.line = (uint32_t)strtoul(colon + 1, NULL, 10);
    }
    return site;
}

DATA_STEP(json, operation,
          PARAMS((str, name), (json, by, "null", "An identity of the target, or what log_in gave"),
                 (str, refused, "", "The refusal that is expected"),
                 (bool, wait, "true", "For the end of what it begins"), (json, arguments, "{}"),
                 (str, at, "", "FILE:LINE, for reports")),
          .summary = "An operation of the run's target: its result")
{
    struct m_site site = place(t, at);
    struct m_json *whose = m_json_parse(t, by), *given = m_json_parse(t, arguments);
    struct seat *seat = people_borrow(t, site, whose);
    struct m_session *session = people_session(seat);
    const char *result = "null";
    if (*refused) {
        site.required = 0;
        m_refused_(site, refused, session, name, M_ARGS_LIST_(ARGS(given)));
    } else {
        struct m_json *done = m_do_(site, session, wait, name, M_ARGS_LIST_(ARGS(given)));
        result = done ? m_json_text(t, done, "") : result;
        m_json_free(done);
    }
    people_give_back(seat);
    m_json_free(given);
    m_json_free(whose);
    return result;
}

DATA_STEP(json, log_in,
          PARAMS((str, login, NULL, "A way to log in, by its name in the target file"), (json, arguments, "{}"),
                 (str, at, "", "FILE:LINE, for reports")),
          .summary = "A session of one's own, for the `by` of operations", .uses = USES("target"))
{
    struct m_site site = place(t, at);
    int64_t number = people_add(t, login, m_json_parse(t, arguments));
    const char *session = m_json_pack(t, "{s:I}", "session", number);
    struct m_json *by = m_json_parse(t, session);
    people_give_back(people_borrow(t, site, by));
    m_json_free(by);
    return session;
}

MUSTER_PLUGIN("muster.target", "1.0.0", .summary = "Operations of the run's target as steps")
