/* SPDX-License-Identifier: Apache-2.0 */
/* What is written into http-exchanges.txt, the evidence of the last exchanges of a bad attempt. */
#ifndef MUSTER_KIT_HTTP_RECORD_H
#define MUSTER_KIT_HTTP_RECORD_H

#include "client.h"

/* The head that goes out just now, and the body's start. */
void http_record_request(struct m_http *http, const struct exchange *x, const char *head, size_t length);
/* What came back; `error` is NULL, or why it is no answer. */
void http_record_answer(struct m_http *http, const struct exchange *x, const char *error, double took_ms);
/* The same on one line, for a wait that runs out over it. */
void http_record_seen(struct m_http *http, const struct exchange *x, const char *error);

#endif
