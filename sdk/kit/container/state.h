/* SPDX-License-Identifier: Apache-2.0 */
/* Engines and containers, as the files of the kit share them. */
#ifndef MUSTER_KIT_CONTAINER_STATE_H
#define MUSTER_KIT_CONTAINER_STATE_H

#include <muster/kit/container.h>
#include <muster/kit/http.h>
#include <muster/kit/json.h>

struct m_engine {
    struct m_engine *next; /* all of them: what is reachable is no leak to a sanitizer */
    struct muster_ctx *t;
    const char *url;
    struct m_http *http;
    int own;            /* the run's: what is gone with it is gone */
    uint64_t opened_at; /* the engine's events begin here; seconds since the epoch */
};

struct m_container {
    struct m_container *next; /* all of this process; a cleanup in another one finds none */
    struct m_engine *engine;
    const char *id, *name; /* as the engine has them */
    const char *label;     /* in messages and files */
    int found;             /* somebody else's */
    int removed;
};

#endif
