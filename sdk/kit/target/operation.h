/* SPDX-License-Identifier: Apache-2.0 */
/* Operations and logins: their requests one after the other, and what comes of them. */
#ifndef MUSTER_KIT_TARGET_OPERATION_H
#define MUSTER_KIT_TARGET_OPERATION_H

#include "request.h"

/* One operation under way. */
struct operation {
    struct m_session *s;
    const char *name;
    const json_t *spec;
    struct scope scope; /* owns arguments and saved */
    struct m_tried tried;
};

/* Checks the arguments, takes what `given` has of them. */
void target_operation_begin(struct operation *o, struct m_session *s, const char *name, json_t *arguments);
/* Its requests, or its WebSocket's handshake: o->tried. */
void target_operation_run(struct operation *o);
void target_operation_end(struct operation *o);

/* The place that the kit was called from. */
struct m_site m_site_here_(void);
/* The login's requests, by a session that is nobody yet; its results, which it requires. */
json_t *target_operation_log_in(struct m_session *s, struct m_site at, const char *login, const json_t *spec,
                                json_t *arguments);
/* Fills o->tried from an answer that is none of success. */
void target_operation_refuse(struct operation *o, int status, const struct m_http_reply *reply);
/* What came, in words: "as admin, POST /v1/tenants answered 409: {...". Kept. */
const char *target_operation_answer(const struct operation *o);
/* The same in short: "409 conflict", "200", "no answer". Kept. */
const char *target_operation_outcome(const struct operation *o);
/* No answer at all ends the scenario as an error. */
void target_operation_require_answer(const struct operation *o);
/* Reports what DO requires. */
void target_operation_require(const struct operation *o, struct m_site at);
/* WebSocket: NULL, and o->tried says why. */
struct m_ws *target_stream_open(struct operation *o);
/* Waits for the end of what the operation began, as its `wait` says; its results become those of the end. */
void target_waiting_for_end(struct operation *o, struct m_site at);

#endif
