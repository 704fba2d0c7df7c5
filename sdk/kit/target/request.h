/* SPDX-License-Identifier: Apache-2.0 */
/* One request of a target file: made of templates, sent by a session. */
#ifndef MUSTER_KIT_TARGET_REQUEST_H
#define MUSTER_KIT_TARGET_REQUEST_H

#include "session.h"

#define REQUEST_HEADERS_MOST 64

/* What a session sends with a request, whatever is asked by it: headers, connection. */
struct request_frame {
    const char *headers[REQUEST_HEADERS_MOST + 1]; /* "Name: value", kept; the first of a name counts; NULL behind */
    int n_headers;
    struct session_server server;
    uint64_t timeout_ms;
};

/* Sends it. What is secret in the answer by `results` is hidden before it is written anywhere. s->line and s->body are
 * of this one. The reply holds until the next. */
struct m_http_reply target_request_send(struct m_session *s, const struct scope *scope, const json_t *spec,
                                        const json_t *results);
/* Path and query, kept: of a request, of a WebSocket's URL. The session's own query is behind. */
const char *target_request_target(struct m_session *s, const struct scope *scope, const json_t *spec, const char *path);
/* "GET /path?a=b" for readers, without secrets. */
void target_request_name(struct m_session *s, const char *method, const char *target);
/* The request's own headers, then the session's, then the target's. */
void target_request_frame_fill(struct m_session *s, const struct scope *scope, const json_t *spec,
                               const struct scope *sending, struct request_frame *f);
/* Adds the session's own (`send`): Basic, and what is signed over the request. */
void target_request_sign(struct m_session *s, const char *method, const char *target, const char *base,
                         const void *body, size_t length, struct request_frame *f);

#endif
