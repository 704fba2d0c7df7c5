/* SPDX-License-Identifier: Apache-2.0 */
/* One request and its answer, without what may follow from it. */
#ifndef MUSTER_KIT_HTTP_TRANSFER_H
#define MUSTER_KIT_HTTP_TRANSFER_H

#include "client.h"

#include <muster/kit/wait.h>

/* What is sent. It changes from one redirect to the next. */
struct exchange {
    const char *method;
    char *url;        /* to whom; owned */
    char *target;     /* in the request line, as it is; NULL: the URL's path and query; owned */
    const void *body; /* NULL: none */
    uint64_t body_len;
    const char *media_type;
    int without_body; /* a redirect took it away, and the headers that describe it */
    int elsewhere;    /* a redirect led to another server: what is for the first one alone is not sent */
};

/* Speaks once: what libcurl would send again, as on a connection that ended before its answer, is a failure. */
CURLcode transfer(struct m_http *http, const struct m_http_request *request, const struct exchange *x,
                  struct m_deadline end);

#endif
