/* SPDX-License-Identifier: Apache-2.0 */
/* Header fields of requests: what may be sent, and the form in which libcurl takes it. */
#ifndef MUSTER_KIT_HTTP_HEADER_H
#define MUSTER_KIT_HTTP_HEADER_H

#include "client.h"

/* What would end the line early, and so begin another one, ends the scenario as an error that names the field and not
 * its value. */
void http_header_require(struct muster_ctx *t, const char *name, size_t name_length, const char *value);
/* The same for a line as an author writes it. */
void http_header_require_line(struct muster_ctx *t, const char *line);
/* Appends one that was found good. */
struct curl_slist *http_header_add(struct m_http *http, struct curl_slist *list, const char *name, size_t name_length,
                                   const char *value);
struct curl_slist *http_header_add_line(struct m_http *http, struct curl_slist *list, const char *line);
/* Whether the line, in an author's form or curl's, is of that name. */
int http_header_is(const char *line, const char *name);
int http_header_listed(const struct curl_slist *list, const char *line);

#endif
