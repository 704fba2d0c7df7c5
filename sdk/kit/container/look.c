/* SPDX-License-Identifier: Apache-2.0 */
/* Containers as they are: state, health, end, addresses. */
#include "engine.h"
#include "output.h"

#include <muster/kit/data.h>
#include <muster/kit/wait.h>

/* libcurl's CURLE_OPERATION_TIMEDOUT, as muster/kit/http.h gives it. */
enum { TIMED_OUT = 28 };
enum { LOOK_EVERY_MS = 20, TOLD_LINES = 5, KILLED = 128 };

struct m_json *m_container_inspect(struct m_container *c)
{
    struct muster_ctx *t = c->engine->t;
    return container_ask_json(c->engine, m_fmt(t, "container %s: looking at it", c->label),
                              &(struct container_request){.path = m_fmt(t, "/containers/%s/json", c->id)});
}

static const char *text_at(const struct m_json *doc, const char *pointer)
{
    const char *text = m_json_str(doc, pointer);
    return text ? text : "";
}

/* "running, unhealthy (3 failures, the last with status 1: no route)" or "exited with status 3: its last lines" */
static const char *describe(struct m_container *c, const struct m_json *doc)
{
    struct muster_ctx *t = c->engine->t;
    const char *state = text_at(doc, "/State/Status"), *health = text_at(doc, "/State/Health/Status");
    int64_t last = m_json_count(doc, "/State/Health/Log") - 1;
    if (strcmp(state, "exited") == 0 || strcmp(state, "dead") == 0)
        return m_fmt(t, "%s with status %" PRId64 "%s%s; its last lines: %s", state, m_json_int(doc, "/State/ExitCode"),
                     m_json_bool(doc, "/State/OOMKilled") == 1 ? ", out of memory" : "", text_at(doc, "/State/Error"),
                     container_tail(c, TOLD_LINES));
    if (!*health)
        return m_fmt(t, "%s", state);
    if (last < 0)
        return m_fmt(t, "%s, %s", state, health);
    return m_fmt(t, "%s, %s (%" PRId64 " failures in a row, the last look with status %" PRId64 ": %s)", state, health,
                 m_json_int(doc, "/State/Health/FailingStreak"),
                 m_json_int(doc, m_fmt(t, "/State/Health/Log/%d/ExitCode", (int)last)),
                 text_at(doc, m_fmt(t, "/State/Health/Log/%d/Output", (int)last)));
}

static int is_health(const char *state)
{
    return strcmp(state, "starting") == 0 || strcmp(state, "healthy") == 0 || strcmp(state, "unhealthy") == 0;
}

static int is(const struct m_json *doc, const char *state)
{
    if (!is_health(state))
        return strcmp(text_at(doc, "/State/Status"), state) == 0;
    return m_json_bool(doc, "/State/Running") == 1 && strcmp(text_at(doc, "/State/Health/Status"), state) == 0;
}

static void require_state(struct m_container *c, const char *state)
{
    static const char *const known[] = {"created", "running", "paused",   "restarting", "removing",
                                        "exited",  "dead",    "starting", "healthy",    "unhealthy"};
    struct muster_ctx *t = c->engine->t;
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (state && strcmp(known[i], state) == 0)
            return;
    ERROR("container %s: no container is ever \"%s\": created, running, paused, restarting, exited, dead; starting, "
          "healthy, unhealthy",
          c->label, state ? state : "NULL");
}

int m_container_is(struct m_container *c, const char *state)
{
    require_state(c, state);
    struct m_json *doc = m_container_inspect(c);
    int yes = is(doc, state);
    if (!yes && m_waits_())
        m_saw(c->engine->t, "container %s is %s", c->label, describe(c, doc));
    m_json_free(doc);
    return yes;
}

/* One that has ended does not become healthy, unless the engine starts it again. */
static int is_over(const struct m_json *doc, const char *state)
{
    const char *policy = text_at(doc, "/HostConfig/RestartPolicy/Name");
    int stays = !*policy || strcmp(policy, "no") == 0;
    return (is(doc, "exited") && stays && strcmp(state, "created") != 0) || is(doc, "dead");
}

void m_container_await(struct m_container *c, const char *state, uint64_t timeout_ms)
{
    struct muster_ctx *t = c->engine->t;
    require_state(c, state);
    uint64_t began = m_now_ms();
    struct m_deadline end = m_deadline_in(t, timeout_ms);
    for (int more = 1;;) {
        struct m_json *doc = m_container_inspect(c);
        int yes = is(doc, state), over = is_over(doc, state);
        if (!yes && (over || !more))
            FAIL("container %s is not %s %s %" PRIu64 " ms: it is %s", c->label, state, over ? "after" : "within",
                 m_now_ms() - began, describe(c, doc));
        m_json_free(doc);
        if (yes)
            return;
        if (is_health(state) && !m_deadline_left_ms(end))
            more = 0;
        else
            more = m_deadline_pause(end, LOOK_EVERY_MS);
    }
}

int32_t m_container_wait(struct m_container *c, uint64_t timeout_ms)
{
    struct muster_ctx *t = c->engine->t;
    uint64_t budget = m_budget_ms(t, timeout_ms);
    struct container_answer a =
        container_try(c->engine, &(struct container_request){.method = "POST",
                                                             .path = m_fmt(t, "/containers/%s/wait", c->id),
                                                             .timeout_ms = timeout_ms ? timeout_ms : 1});
    if (a.reply.error_code == TIMED_OUT) {
        struct m_json *doc = m_container_inspect(c);
        FAIL("container %s has not ended within %" PRIu64 " ms: it is %s", c->label, budget, describe(c, doc));
    }
    if (a.words)
        ERROR("container %s: waiting for its end: %s", c->label, a.words);
    struct m_json *said = m_json_parse(t, a.reply.body);
    int64_t status = m_json_int(said, "/StatusCode");
    m_json_free(said);
    return (int32_t)status;
}

/* ---- where it is ------------------------------------------------------------------------------------------------- */

int32_t m_container_port(struct m_container *c, int32_t port)
{
    struct muster_ctx *t = c->engine->t;
    struct m_json *doc = m_container_inspect(c);
    const char *at = m_json_str(doc, m_fmt(t, "/NetworkSettings/Ports/%d~1tcp/0/HostPort", port));
    int number = 0;
    if (!at || sscanf(at, "%d", &number) != 1)
        ERROR("container %s: its port %d is nowhere on this machine: it is not among .ports, or the container does not "
              "run: it is %s",
              c->label, port, describe(c, doc));
    m_json_free(doc);
    return number;
}

const char *m_container_address(struct m_container *c)
{
    struct muster_ctx *t = c->engine->t;
    struct m_json *doc = m_container_inspect(c);
    const char *mode = text_at(doc, "/HostConfig/NetworkMode"), *address = text_at(doc, "/NetworkSettings/IPAddress");
    if (!*address)
        address = text_at(doc, m_fmt(t, "/NetworkSettings/Networks/%s/IPAddress", mode));
    if (!*address)
        ERROR("container %s has no address: its network is \"%s\", and it is %s", c->label, mode, describe(c, doc));
    address = m_keep(t, address, strlen(address));
    m_json_free(doc);
    return address;
}

int32_t m_container_pid(struct m_container *c)
{
    struct m_json *doc = m_container_inspect(c);
    int64_t pid = m_json_int(doc, "/State/Pid");
    m_json_free(doc);
    return (int32_t)(pid > 0 ? pid : 0);
}

/* Of version 1 it has one path in all hierarchies, of version 2 one at all. */
const char *m_container_cgroup(struct m_container *c)
{
    struct muster_ctx *t = c->engine->t;
    char line[1024] = "";
    int32_t pid = m_container_pid(c);
    if (!pid)
        ERROR("container %s does not run, and so has no control group", c->label);
    FILE *in = fopen(m_fmt(t, "/proc/%d/cgroup", pid), "re");
    const char *path = NULL;
    while (in && !path && fgets(line, sizeof line, in)) {
        line[strcspn(line, "\n")] = '\0';
        const char *second = strchr(line, ':') ? strchr(strchr(line, ':') + 1, ':') : NULL;
        if (second && strstr(second, c->id))
            path = m_fmt(t, "%s", second + 1);
    }
    if (in)
        fclose(in);
    if (!path)
        ERROR("container %s: process %d of this machine is not in a control group of its: the engine at %s is another "
              "machine's, or keeps it in another namespace",
              c->label, pid, c->engine->url);
    return path;
}
