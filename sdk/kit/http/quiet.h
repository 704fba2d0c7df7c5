/* SPDX-License-Identifier: Apache-2.0 */
/* For a library of the kit that speaks HTTP to a tool of its own, and tells of it in its own words. Internal to the
 * kit. */
#ifndef MUSTER_KIT_HTTP_QUIET_H
#define MUSTER_KIT_HTTP_QUIET_H

#include <muster/kit/http.h>

/* From now on neither evidence, nor lines of the log, nor what a wait has seen last come of it. */
void http_be_quiet(struct m_http *http);

#endif
