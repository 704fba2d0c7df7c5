/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What an answer must be, said in one line with the request:
 *
 *     struct m_json *tenant = ANSWER(200, m_get(api, path));
 *     CHECK_REFUSED(403, "forbidden", m_delete(api, path));
 *
 * Both report the request as written, its file and line, and, when they fail, the status and the error that came.
 */
#ifndef SCENARIOS_ANSWER_H
#define SCENARIOS_ANSWER_H

#include <muster/kit/data.h>
#include <muster/kit/http.h>
#include <muster/kit/json.h>
#include <muster/kit/wait.h>
#include <muster/muster.h>

/* Requires the status; the body's document, or NULL when there is no body. Free it in loops only. */
#define ANSWER(status_, reply_) answer_take(t, M_SITE(1, #reply_ " answers " #status_), (status_), (reply_))

/* Checks that the answer is an error with this status and this code. */
#define CHECK_REFUSED(status_, code_, reply_)                                                                          \
    answer_refused(t, M_SITE(0, #reply_ " is refused with " #status_ " " code_), (status_), (code_), (reply_))

struct m_json *answer_take(struct muster_ctx *t, struct m_site at, int status, struct m_http_reply reply);
int answer_refused(struct muster_ctx *t, struct m_site at, int status, const char *code, struct m_http_reply reply);

#endif
