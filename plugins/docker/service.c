/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The Docker Engine as a service: `uses = USES("docker")`, and m_engine_open() of the kit's `container` finds it. It is
 * the daemon of --set docker=URL or of DOCKER_HOST, or the machine's at /var/run/docker.sock where it answers; else,
 * and with --set docker=own, one is started for the run, in a private folder.
 *
 * What is made there with the label muster.run=ID, by the kit or by whomever, is removed at the end; after SIGKILL of
 * the runner by `muster cleanup`.
 *
 * It publishes `url`, and of a unix socket `socket`, its path; `label`, "muster.run=ID", and `run`, the ID alone;
 * `own`, which is 1 for a daemon of the run's own.
 */
#include "docker.h"

#include <muster/kit/http.h>
#include <muster/kit/json.h>

#define CLEANUP_NAME "docker.sweep"

enum { ANSWER_MS = 5000 };

static struct m_engine *engine;
static int is_given;

/* Of a daemon that is somebody else's nobody asks. */
static int32_t is_healthy(struct muster_ctx *t)
{
    if (is_given)
        return 1;
    struct m_http_reply r = M_TRY_REQUEST(m_engine_http(engine), .path = "/_ping", .timeout_ms = ANSWER_MS);
    if (r.error || r.status != 200)
        LOG_AT(MUSTER_LOG_WARNING, "docker: %s", r.error ? r.error : r.body);
    return !r.error && r.status == 200;
}

/* Of the run's own there is nothing left to sweep once it has ended. */
CLEANUP(sweep, CLEANUP_NAME, .timeout_ms = 60000)
{
    struct m_json *said = m_json_parse(t, payload);
    const char *url = m_json_str(said, "/url"), *label = m_json_str(said, "/label");
    if (!url || !label || strncmp(label, "muster.run=", 11) != 0)
        FAIL("not understood: \"%s\"", payload);
    if (m_json_bool(said, "/own") == 1 && try_socket(url + strlen("unix://")) != 0)
        return;
    const struct m_engine_options o = {.url = url};
    int64_t n = m_engine_sweep(m_engine_open(t, &o), label);
    if (n)
        LOG("%" PRId64 " things labelled %s were still there, and are removed", n, label);
    m_json_free(said);
}

FIXTURE(docker, MUSTER_SCOPE_RUN,
        PARAMS((str, base, "", "the folder in which a daemon of the run's own has its files; else that of the run")),
        .summary = "The Docker Engine: the daemon that is there, or one of the run's own", .ready = is_healthy,
        .setup_timeout_ms = 90000, .health_interval_ms = 2000, .teardown_timeout_ms = 60000)
{
    const char *given = find_given(t);
    const char *url = given ? given : start_daemon(t, m_param(t, "base"));
    const char *run = m_attempt(t)->run_id, *label = m_fmt(t, "muster.run=%s", run);
    const struct m_engine_options o = {.url = url};
    is_given = given != NULL;
    engine = m_engine_open(t, &o);
    DEFER(CLEANUP_NAME, m_json_pack(t, "{s:s, s:s, s:b}", "url", url, "label", label, "own", !is_given));
    m_publish(t, "url", url);
    m_publish(t, "label", label);
    m_publish(t, "run", run);
    if (strncmp(url, "unix://", 7) == 0)
        m_publish(t, "socket", url + 7);
    if (!is_given)
        m_publish(t, "own", "1");
}

MUSTER_PLUGIN("muster.docker", "1.0.0", .summary = "The Docker Engine as a service")
