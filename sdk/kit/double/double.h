/* SPDX-License-Identifier: Apache-2.0 */
/* What the kit's own files know of a double. */
#ifndef KIT_DOUBLE_H
#define KIT_DOUBLE_H

#include <muster/kit/double.h>
#include <muster/kit/http.h>

/* A request that a check has asked for. */
struct m_double_seen {
    struct m_double_seen *next;
    const char *method, *path;
};

struct m_double {
    struct muster_ctx *t;
    struct m_http *control;
    const char *fixture, *name, *url, *session;
    int64_t after; /* the last request that does not count */
    struct m_double_seen *seen;
};

/* Whether a path is meant by that pattern. Pure. */
int double_path_matches(const char *pattern, const char *path);

#endif
