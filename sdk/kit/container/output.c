/* SPDX-License-Identifier: Apache-2.0 */
/* Logs, and programs that are run in a container. */
#include "output.h"

#include "engine.h"
#include "stream.h"

#include <muster/kit/data.h>
#include <muster/kit/wait.h>

#include <stdlib.h>

/* What is to be reported of an exec comes a moment after its output has ended. */
enum { STATUS_MS = 5000, STATUS_EVERY_MS = 5 };

/* Of a terminal's there is one stream, which is `out`. */
static const char *take(struct muster_ctx *t, const struct m_http_reply *r, int stream, uint64_t *ret_length)
{
    const unsigned char *bytes = (const unsigned char *)r->body;
    size_t n = (size_t)r->body_len;
    if (!container_stream_is_framed(bytes, n)) {
        *ret_length = stream == CONTAINER_ERR ? 0 : n;
        return m_keep(t, bytes, (size_t)*ret_length);
    }
    char *text = malloc(n + 1);
    if (!text)
        ERROR("out of memory for %zu bytes of output", n);
    n = container_stream_take(bytes, n, stream, text);
    *ret_length = n;
    const char *kept = m_keep(t, text, n);
    free(text);
    return kept;
}

struct m_output container_output(struct muster_ctx *t, const struct m_http_reply *reply)
{
    struct m_output o = {.status = 0};
    o.out = take(t, reply, CONTAINER_OUT, &o.out_len);
    o.err = take(t, reply, CONTAINER_ERR, &o.err_len);
    return o;
}

struct m_output m_container_logs(struct m_container *c)
{
    struct muster_ctx *t = c->engine->t;
    struct m_http_reply r =
        container_ask(c->engine, m_fmt(t, "container %s: its logs", c->label), 0,
                      &(struct container_request){.path = m_fmt(t, "/containers/%s/logs?stdout=1&stderr=1", c->id)});
    return container_output(t, &r);
}

const char *container_tail(struct m_container *c, unsigned lines)
{
    struct muster_ctx *t = c->engine->t;
    uint64_t length;
    struct container_answer a = container_try(
        c->engine,
        &(struct container_request){.path = m_fmt(t, "/containers/%s/logs?stdout=1&stderr=1&tail=%u", c->id, lines)});
    return a.words ? "" : take(t, &a.reply, 0, &length);
}

/* ---- exec -------------------------------------------------------------------------------------------------------- */

static const char *make_exec(struct m_container *c, const char *what, const char *const *argv)
{
    struct muster_ctx *t = c->engine->t;
    json_t *command = json_array();
    for (; *argv; argv++)
        json_array_append_new(command, json_string(*argv));
    struct m_json *made =
        container_ask_json(c->engine, what,
                           &(struct container_request){.method = "POST",
                                                       .path = m_fmt(t, "/containers/%s/exec", c->id),
                                                       .json = json_pack("{s:o, s:b, s:b}", "Cmd", command,
                                                                         "AttachStdout", 1, "AttachStderr", 1)});
    const char *id = m_json_str(made, "/Id");
    if (!id)
        ERROR("%s: the engine's answer names no Id", what);
    id = m_keep(t, id, strlen(id));
    m_json_free(made);
    return id;
}

static int has_ended(struct m_engine *e, const char *what, const char *id, int32_t *ret_status)
{
    struct m_json *now =
        container_ask_json(e, what, &(struct container_request){.path = m_fmt(e->t, "/exec/%s/json", id)});
    int ended = m_json_bool(now, "/Running") == 0;
    *ret_status = ended ? (int32_t)m_json_int(now, "/ExitCode") : -1;
    m_json_free(now);
    return ended;
}

struct m_output m_container_exec(struct m_container *c, const char *const *argv)
{
    struct m_engine *e = c->engine;
    struct muster_ctx *t = e->t;
    if (!argv || !argv[0])
        ERROR("container %s: no program to run in it is given", c->label);
    const char *what = m_fmt(t, "container %s: running %s in it", c->label, argv[0]);
    const char *id = make_exec(c, what, argv);
    struct m_http_reply r =
        container_ask(e, what, 0,
                      &(struct container_request){.method = "POST",
                                                  .path = m_fmt(t, "/exec/%s/start", id),
                                                  .json = json_pack("{s:b, s:b}", "Detach", 0, "Tty", 0)});
    struct m_output o = container_output(t, &r);
    struct m_deadline end = m_deadline_in(t, STATUS_MS);
    while (!has_ended(e, what, id, &o.status))
        if (!m_deadline_pause(end, STATUS_EVERY_MS))
            ERROR("%s: its output has ended, and the engine still says that it runs", what);
    return o;
}
