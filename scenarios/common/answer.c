/* SPDX-License-Identifier: Apache-2.0 */
/* Statuses, bodies and error codes of answers. */
#include "common/answer.h"

/* What an answer is quoted with. A success is not quoted: it may carry a token or a secret. */
static const char *shown(struct muster_ctx *t, const struct m_http_reply *reply)
{
    if (reply->status < 300)
        return m_fmt(t, "%d and %" PRIu64 " bytes", reply->status, reply->body_len);
    return m_fmt(t, "%d %.600s", reply->status, reply->body);
}

struct m_json *answer_take(struct muster_ctx *t, struct m_site at, int status, struct m_http_reply reply)
{
    if (reply.status == status)
        m_report(t, at, 1, NULL, NULL, NULL);
    else
        m_report(t, at, 0, shown(t, &reply), m_fmt(t, "%d", status), NULL);
    return reply.body_len ? m_json_parse(t, reply.body) : NULL;
}

int answer_refused(struct muster_ctx *t, struct m_site at, int status, const char *code, struct m_http_reply reply)
{
    struct m_json *body = m_json_try_parse(reply.body);
    const char *given = m_json_str(body, "/error/code");
    int as_expected = reply.status == status && given && strcmp(given, code) == 0;
    m_json_free(body);
    if (as_expected)
        return m_report(t, at, 1, NULL, NULL, NULL);
    return m_report(t, at, 0, shown(t, &reply), m_fmt(t, "%d %s", status, code), NULL);
}
