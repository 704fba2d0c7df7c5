/* SPDX-License-Identifier: Apache-2.0 */
/* Engines: where they are, which version of the API is spoken, requests, and refusals as sentences. */
#include "engine.h"

#include "quiet.h"

#include <muster/kit/data.h>

#include <pthread.h>
#include <stdlib.h>
#include <time.h>

/* The version that this was written for. A later engine speaks it, unless it has ceased to. */
enum { MAJOR = 1, MINOR = 41 };

static struct m_engine *all;
static pthread_mutex_t all_lock = PTHREAD_MUTEX_INITIALIZER;

const char *container_escape(struct muster_ctx *t, const char *text)
{
    static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";
    char *out = malloc(strlen(text) * 3 + 1), *at = out;
    if (!out)
        ERROR("out of memory for a request");
    for (; *text; text++) {
        if (strchr(plain, *text))
            *at++ = *text;
        else
            at += snprintf(at, 4, "%%%02X", (unsigned char)*text);
    }
    *at = '\0';
    const char *kept = m_keep(t, out, (size_t)(at - out));
    free(out);
    return kept;
}

json_t *container_labels(struct m_engine *e, const char *name)
{
    const struct muster_attempt_info *a = m_attempt(e->t);
    return json_pack("{s:s, s:s, s:s}", "muster.run", a->run_id, "muster.case", a->case_id, "muster.name", name);
}

const char *container_filters(struct m_engine *e, const char *label)
{
    struct muster_ctx *t = e->t;
    label = label ? label : m_fmt(t, "muster.run=%s", m_attempt(t)->run_id);
    return m_fmt(t, "filters=%s", container_escape(t, m_json_pack(t, "{s:[s]}", "label", label)));
}

/* ---- requests ---------------------------------------------------------------------------------------------------- */

/* {"message": "No such container: x"} */
static const char *words_of(struct m_engine *e, const struct m_http_reply *r)
{
    struct muster_ctx *t = e->t;
    if (r->error)
        return m_fmt(t, "no answer of the engine at %s: %s", e->url, r->error);
    struct m_json *doc = m_json_try_parse(r->body);
    const char *message = m_json_str(doc, "/message");
    const char *words = message ? m_fmt(t, "%d, %s", r->status, message)
                                : m_fmt(t, "%d, \"%.200s\" and no words for it", r->status, r->body);
    m_json_free(doc);
    return words;
}

struct container_answer container_try(struct m_engine *e, const struct container_request *q)
{
    struct muster_ctx *t = e->t;
    struct container_answer a = {.words = NULL};
    char *text = q->json ? json_dumps(q->json, JSON_COMPACT) : NULL;
    if (q->json && !text)
        ERROR("out of memory for a request");
    json_decref(q->json);
    a.reply = M_TRY_REQUEST(e->http, .method = q->method, .path = q->path, .body = text ? text : q->body,
                            .body_len = text ? 0 : q->length, .media_type = q->media_type, .timeout_ms = q->timeout_ms);
    free(text);
    LOG_DEBUG("%s %s: %d", q->method ? q->method : "GET", q->path, a.reply.status);
    if (a.reply.error || a.reply.status < 200 || a.reply.status > 299)
        a.words = words_of(e, &a.reply);
    return a;
}

struct m_http_reply container_ask(struct m_engine *e, const char *what, int also_ok, const struct container_request *q)
{
    struct muster_ctx *t = e->t;
    struct container_answer a = container_try(e, q);
    if (a.words && (a.reply.error || a.reply.status != also_ok))
        ERROR("%s: %s", what, a.words);
    return a.reply;
}

struct m_json *container_ask_json(struct m_engine *e, const char *what, const struct container_request *q)
{
    return m_json_parse(e->t, container_ask(e, what, 0, q).body);
}

/* ---- where it is ------------------------------------------------------------------------------------------------- */

static struct m_http *open_http(struct muster_ctx *t, const char *url, const char *version, uint64_t timeout_ms)
{
    struct m_http_options o = {.timeout_ms = timeout_ms, .max_body = 256u << 20};
    const char *base = m_fmt(t, "http://engine%s", version);
    if (strncmp(url, "unix://", 7) == 0)
        o.unix_socket = url + 7;
    else if (strncmp(url, "tcp://", 6) == 0)
        base = m_fmt(t, "http://%s%s", url + 6, version);
    else if (strncmp(url, "http://", 7) == 0)
        base = m_fmt(t, "%s%s", url, version);
    else
        ERROR("\"%s\" is no URL of an engine, which begins with unix://, tcp:// or http://", url);
    struct m_http *http = m_http_open(t, base, &o);
    http_be_quiet(http);
    return http;
}

/* "1.44" */
static int minor_of(const char *version)
{
    int major, minor;
    return version && sscanf(version, "%d.%d", &major, &minor) == 2 && major == MAJOR ? minor : -1;
}

static void speak(struct m_engine *e, const struct m_json *version, uint64_t timeout_ms)
{
    struct muster_ctx *t = e->t;
    int newest = minor_of(m_json_str(version, "/ApiVersion")), oldest = minor_of(m_json_str(version, "/MinAPIVersion"));
    if (newest < 0)
        ERROR("what answers at %s is no Docker Engine: its answer to GET /version has no ApiVersion %d.x", e->url,
              MAJOR);
    int minor = newest < MINOR ? newest : oldest > MINOR ? oldest : MINOR;
    m_http_close(e->http);
    e->http = open_http(t, e->url, m_fmt(t, "/v%d.%d", MAJOR, minor), timeout_ms);
}

static struct m_engine *enlist(struct muster_ctx *t, const char *url, int own)
{
    struct m_engine *e = calloc(1, sizeof *e);
    if (!e)
        ERROR("out of memory for an engine");
    *e = (struct m_engine){.t = t, .url = m_keep(t, url, strlen(url)), .own = own, .opened_at = (uint64_t)time(NULL)};
    pthread_mutex_lock(&all_lock);
    e->next = all;
    all = e;
    pthread_mutex_unlock(&all_lock);
    return e;
}

struct m_engine *m_engine_open(struct muster_ctx *t, const struct m_engine_options *options)
{
    const struct m_engine_options defaults = {0}, *o = options ? options : &defaults;
    const char *fixture = o->fixture ? o->fixture : "docker", *url = o->url ? o->url : m_fixture(t, fixture, "url");
    if (!url)
        ERROR("no engine: .url is not given, and the fixture %s publishes no `url`", fixture);
    struct m_engine *e = enlist(t, url, !o->url && m_fixture(t, fixture, "own"));
    e->http = open_http(t, url, "", o->timeout_ms);
    struct m_json *version =
        container_ask_json(e, "the engine's version", &(struct container_request){.path = "/version"});
    speak(e, version, o->timeout_ms);
    m_json_free(version);
    return e;
}

struct m_engine *container_engine_again(struct muster_ctx *t, const char *url, int own)
{
    struct m_engine *e = enlist(t, url, own);
    e->http = open_http(t, url, "", 0);
    struct container_answer a = container_try(e, &(struct container_request){.path = "/version"});
    if (a.reply.error && own) {
        LOG_DEBUG("the run's engine at %s has ended, with all that was on it", url);
        return NULL;
    }
    if (a.words)
        FAIL("%s", a.words);
    struct m_json *version = m_json_parse(t, a.reply.body);
    speak(e, version, 0);
    m_json_free(version);
    return e;
}

struct m_http *m_engine_http(struct m_engine *e)
{
    return e->http;
}
