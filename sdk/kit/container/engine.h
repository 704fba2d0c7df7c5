/* SPDX-License-Identifier: Apache-2.0 */
/* Asking an engine, and its refusals as sentences. */
#ifndef MUSTER_KIT_CONTAINER_ENGINE_H
#define MUSTER_KIT_CONTAINER_ENGINE_H

#include "state.h"

#include <jansson.h>

enum { CONTAINER_GONE = 404, CONTAINER_ALREADY = 304 };

/* What came of a request. The reply holds until the engine's next one. */
struct container_answer {
    struct m_http_reply reply;
    const char *words; /* why it is none of success, kept; NULL: it is one */
};

/* What a request is; zero is the default of each. */
struct container_request {
    const char *method, *path;
    json_t *json;     /* the body; taken */
    const void *body; /* or this, of this length and type */
    uint64_t length;
    const char *media_type;
    uint64_t timeout_ms;
};

struct container_answer container_try(struct m_engine *e, const struct container_request *request);
/* An answer that is none of success ends the scenario as an error that names `what`; also_ok: this status is one, too.
 */
struct m_http_reply container_ask(struct m_engine *e, const char *what, int also_ok,
                                  const struct container_request *request);
/* The same for its JSON: a document, never NULL. */
struct m_json *container_ask_json(struct m_engine *e, const char *what, const struct container_request *request);
/* What is put into a path or a query; kept. */
const char *container_escape(struct muster_ctx *t, const char *text);
/* "filters={...}" for things with this label, NULL: with this run's; kept. */
const char *container_filters(struct m_engine *e, const char *label);
/* The labels of what is called so; a new object. */
json_t *container_labels(struct m_engine *e, const char *name);

/* An engine in a cleanup, which may be another process's: NULL, where what was there is gone with it. */
struct m_engine *container_engine_again(struct muster_ctx *t, const char *url, int own);

#endif
