/* SPDX-License-Identifier: Apache-2.0 */
/* Operations and logins: their requests one after the other, and what comes of them. */
#include "operation.h"

#include "refusals.h"
#include "results.h"

#include <muster/kit/data.h>

#include <exact.h>

struct m_site m_site_here_(void)
{
    return (struct m_site){m_called_file_(__FILE__), "", m_called_line_(__LINE__), 1};
}

void target_operation_begin(struct operation *o, struct m_session *s, const char *name, json_t *arguments)
{
    *o = (struct operation){.s = s, .name = name};
    o->spec = target_document_part(s->document, "operations", name);
    o->scope = (struct scope){.t = s->t, .document = s->document, .arguments = arguments};
    o->scope.takes = json_object_get(o->spec, "takes");
    o->tried.request = o->tried.answer = "";
}

void target_operation_end(struct operation *o)
{
    json_decref(o->scope.arguments);
    json_decref(o->scope.saved);
}

/* ---- refusals ---- */

static const json_t *find_refusal(const struct operation *o, int status)
{
    const json_t *own = json_object_get(o->spec, "errors"), *all = json_object_get(o->s->document->root, "errors");
    const json_t *entry = target_refusals_find(own, status, o->s->body);
    return entry ? entry : target_refusals_find(all, status, o->s->body);
}

static json_t *details_of(const struct operation *o, const json_t *entry, const struct m_http_reply *reply)
{
    const json_t *specs = json_object_get(entry, "result");
    struct reading reading = {.scope = &o->scope, .body = o->s->body, .reply = reply, .lenient = 1};
    return specs ? target_results_read(&reading, specs) : NULL;
}

void target_operation_refuse(struct operation *o, int status, const struct m_http_reply *reply)
{
    const json_t *entry = find_refusal(o, status);
    const char *name = json_string_value(json_object_get(entry, "name"));
    o->tried.refused = name ? name : "unnamed";
    o->tried.details = (struct m_json *)details_of(o, entry, reply);
}

/* ---- requests ---- */

/* {"container": "/Id"}, or as results are. */
static json_t *save_specs(const json_t *save)
{
    json_t *specs = json_object(), *one;
    const char *name;
    json_object_foreach((json_t *)(uintptr_t)save, name, one)
    {
        if (json_is_string(one))
            json_object_set_new(specs, name, json_pack("{s:O}", "pointer", one));
        else
            json_object_set(specs, name, one);
    }
    return specs;
}

/* 0; -1: o->tried.error says what is missing. */
static int read_into(struct operation *o, const json_t *specs, const struct m_http_reply *reply, json_t **ret_made)
{
    struct reading reading = {.scope = &o->scope, .body = o->s->body, .reply = reply};
    json_t *made = target_results_read(&reading, specs);
    if (!made) {
        o->tried.error = m_fmt(o->s->t, "%s", reading.fault);
        return -1;
    }
    *ret_made = made;
    return 0;
}

static int save(struct operation *o, const json_t *specs, const struct m_http_reply *reply)
{
    json_t *made = NULL;
    if (!json_object_size(specs))
        return 0;
    if (read_into(o, specs, reply, &made) < 0)
        return -1;
    if (!o->scope.saved)
        o->scope.saved = json_object();
    json_object_update(o->scope.saved, made);
    json_decref(made);
    return 0;
}

static void take_answer(struct operation *o, const struct m_http_reply *reply)
{
    o->tried.request = o->s->line;
    o->tried.status = reply->status;
    o->tried.answer = reply->body;
    o->tried.error = reply->error;
}

/* 0: it was done; -1: o->tried says what came instead. */
static int send_one(struct operation *o, const json_t *spec, const json_t *results)
{
    json_t *specs = save_specs(json_object_get(spec, "save")), *secrets = json_object();
    json_object_update(secrets, specs);
    json_object_update(secrets, (json_t *)(uintptr_t)results);
    struct m_http_reply reply = target_request_send(o->s, &o->scope, spec, secrets);
    int done = -1;
    take_answer(o, &reply);
    if (!reply.error &&
        (!target_refusals_expected(json_object_get(spec, "expect"), reply.status) || find_refusal(o, reply.status)))
        target_operation_refuse(o, reply.status, &reply);
    else if (!reply.error)
        done = save(o, specs, &reply);
    if (done == 0 && results)
        done = read_into(o, results, &reply, (json_t **)&o->tried.result);
    json_decref(specs);
    json_decref(secrets);
    return done;
}

void target_operation_run(struct operation *o)
{
    const json_t *requests = json_object_get(o->spec, "requests"), *result = json_object_get(o->spec, "result");
    size_t n = json_array_size(requests);
    json_t *none = json_object();
    struct muster_ctx *t = o->s->t;
    if (json_object_get(o->spec, "page"))
        ERROR("%s is a page in the target %s: a browser opens it (muster/kit/pages.h)", o->name, o->s->document->name);
    if (json_object_get(o->spec, "websocket"))
        m_ws_free(target_stream_open(o));
    for (size_t i = 0; i < n; i++)
        if (send_one(o, json_array_get(requests, i), i + 1 < n ? NULL : result ? result : none) < 0)
            break;
    json_decref(none);
}

json_t *target_operation_log_in(struct m_session *s, struct m_site at, const char *login, const json_t *spec,
                                json_t *arguments)
{
    struct operation o;
    const json_t *requests = json_object_get(spec, "requests"), *result = json_object_get(spec, "result");
    size_t n = json_array_size(requests);
    target_operation_begin(&o, s, m_fmt(s->t, "the login %s", login), json_incref(arguments));
    o.spec = spec;
    o.scope.takes = json_object_get(spec, "takes");
    for (size_t i = 0; i < n; i++)
        if (send_one(&o, json_array_get(requests, i), i + 1 < n ? NULL : result) < 0)
            break;
    if (n) {
        target_operation_require_answer(&o);
        target_operation_require(&o, at);
    }
    target_operation_end(&o);
    return (json_t *)o.tried.result;
}
