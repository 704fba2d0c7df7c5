/* SPDX-License-Identifier: Apache-2.0 */
/* One request and its answer, without what may follow from it. */
#ifndef MUSTER_KIT_HTTP_TRANSFER_H
#define MUSTER_KIT_HTTP_TRANSFER_H

#include "client.h"

#include <muster/kit/wait.h>

/* Speaks once: what libcurl would send again, as on a connection that ended before its answer, is a failure. */
CURLcode http_transfer_once(struct m_http *http, const struct m_http_request *request, const struct exchange *x,
                            struct m_deadline end);

#endif
