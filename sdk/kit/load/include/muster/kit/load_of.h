/* SPDX-License-Identifier: Apache-2.0 */
/*
 * muster/kit/load_of.h: loads without a callback, of an operation of the target or of a URL.
 *
 *     LOAD_OPERATION(traffic, "admin", "workload.request", m_json_pack(t, "{s:s}", "id", id), .rate = 100);
 *     DO(admin, "workload.scale", ARG("id", id), ARG("replicas", 4));
 *     LOAD_END(traffic);
 *
 *     LOAD_URL(readers, m_fmt(t, "%s/health", url), .rate = 20);
 *     ...
 *     LOAD_END(readers);
 *
 * All else is load.h's. Each client logs in for himself, or has a connection of its own. An answer of 400 and above,
 * and one that the target file calls a refusal, is a failure. A plugin that includes this needs the kits load, http,
 * json and target.
 */
#ifndef MUSTER_KIT_LOAD_OF_H
#define MUSTER_KIT_LOAD_OF_H

#if defined(__GNUC__)
#pragma GCC system_header /* the macros expand in the author's code */
#endif

#include <muster/kit/http.h>
#include <muster/kit/json.h>
#include <muster/kit/load.h>
#include <muster/kit/target.h>

#include <stdlib.h>

/* Stays the caller's for as long as the load runs. */
struct m_load_operation {
    const char *identity; /* of the target; NULL: the first */
    const char *operation;
    const char *arguments; /* a JSON object; NULL: none */
};

/* A client's: a document belongs to one thread. */
struct m_load_client_ {
    struct m_load_client_ *next;
    struct m_session *session;
    struct m_json *arguments;
};

static inline void *m_load_log_in_(struct muster_ctx *t, unsigned client, void *operation)
{
    const struct m_load_operation *o = (const struct m_load_operation *)operation;
    static struct m_load_client_ *all; /* of this process, and gone with it; called by one thread at a time */
    struct m_load_client_ *c = (struct m_load_client_ *)calloc(1, sizeof *c);
    (void)client;
    if (!c)
        M_ERROR("load: out of memory");
    c->next = all;
    all = c;
    c->session = m_login(t, o->identity);
    c->arguments = m_json_parse(t, o->arguments ? o->arguments : "{}");
    return c;
}

static inline struct m_load_result m_load_try_(struct muster_ctx *t, void *client, void *operation)
{
    const struct m_load_client_ *c = (const struct m_load_client_ *)client;
    const struct m_load_operation *o = (const struct m_load_operation *)operation;
    struct m_tried tried = M_TRY(c->session, o->operation, M_ARGS(c->arguments));
    struct m_load_result result = M_LOAD_TRIED(tried);
    (void)t;
    m_json_free(tried.result);
    return result;
}

static inline void *m_load_connect_(struct muster_ctx *t, unsigned client, void *url)
{
    (void)client;
    return m_http_open(t, (const char *)url, NULL);
}

static inline struct m_load_result m_load_get_(struct muster_ctx *t, void *http, void *url)
{
    (void)t;
    (void)url;
    struct m_http_reply reply = M_TRY_REQUEST((struct m_http *)http, .path = "");
    return M_LOAD_REPLY(reply);
}

/* What M_LOAD() is given: M_LOAD(t, .name = "traffic", M_OF_OPERATION(&operation)) */
#define M_OF_OPERATION(operation_) .open = m_load_log_in_, .ask = m_load_try_, .with = (void *)(operation_)
#define M_OF_URL(url_)             .open = m_load_connect_, .ask = m_load_get_, .with = (void *)(url_)

/* Both declare their first argument, a struct m_load *, as LOAD_BEGIN does; fields of struct m_load_options follow. */
#define M_LOAD_OPERATION(...) M_LOAD_OPERATION_(__VA_ARGS__, )
#define M_LOAD_OPERATION_(variable_, identity_, operation_name_, arguments_, ...)                                      \
    struct m_load_operation variable_##_operation_ = {(identity_), (operation_name_), (arguments_)};                   \
    struct m_load *variable_ = M_LOAD(t, .name = #variable_, M_OF_OPERATION(&variable_##_operation_), __VA_ARGS__)
#define M_LOAD_URL(...) M_LOAD_URL_(__VA_ARGS__, )
#define M_LOAD_URL_(variable_, url_, ...)                                                                              \
    struct m_load *variable_ = M_LOAD(t, .name = #variable_, M_OF_URL(url_), __VA_ARGS__)

#ifndef MUSTER_NO_SHORT_NAMES
#define LOAD_OPERATION(...) M_LOAD_OPERATION(__VA_ARGS__)
#define LOAD_URL(...)       M_LOAD_URL(__VA_ARGS__)
#endif

#endif
