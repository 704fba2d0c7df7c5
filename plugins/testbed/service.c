/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The reference platform as a service: `uses = USES("testbed")` gives a scenario one that is started for the run, and
 * `testbed(defect=NAME)` one with a seeded bug. A run that is told of a platform (--set url=...) gets that one instead.
 *
 * It publishes url, ws, admin_user and admin_password.
 */
#include <muster/kit/data.h>
#include <muster/kit/http.h>
#include <muster/kit/json.h>
#include <muster/muster.h>

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static const char *const keys[] = {"url", "ws", "admin_user", "admin_password"};

static struct {
    pid_t pid; /* 0: the platform is none of ours */
    int life;  /* its standard input: it ends with us */
    struct m_http *api;
} bed;

/* ---- the program ------------------------------------------------------------------------------------------------- */

/* Beside the plugin as it was built or installed, or in PATH. */
static const char *find_program(struct muster_ctx *t)
{
    static char path[4096];
    const char *const folders[] = {"../bin", TESTBED_BINDIR};
    const char *given = m_target(t, "testbed");
    Dl_info self;
    if (given && *given)
        return given;
    for (size_t i = 0; dladdr(keys, &self) && i < sizeof folders / sizeof *folders; i++) {
        const char *slash = strrchr(self.dli_fname, '/');
        int dir = slash ? (int)(slash - self.dli_fname) : 1;
        snprintf(path, sizeof path, "%.*s/%s/muster-testbed", dir, slash ? self.dli_fname : ".", folders[i]);
        if (access(path, X_OK) == 0)
            return path;
    }
    return "muster-testbed";
}

static void spawn(struct muster_ctx *t, const char *defect, int *ret_output)
{
    const char *program = find_program(t);
    const char *store = m_target(t, "testbed_store");
    const char *argv[8] = {program, "--stop-on-stdin-eof"};
    int in[2], out[2];
    if (pipe2(in, O_CLOEXEC) < 0 || pipe2(out, O_CLOEXEC) < 0)
        ERROR("pipes for muster-testbed: %s", strerror(errno));
    int n = 2;
    if (*defect) {
        argv[n++] = "--defect";
        argv[n++] = defect;
    }
    if (store && *store) {
        argv[n++] = "--store";
        argv[n++] = store;
    }
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, in[0], STDIN_FILENO);
    posix_spawn_file_actions_adddup2(&actions, out[1], STDOUT_FILENO);
    int e = posix_spawnp(&bed.pid, program, &actions, NULL, (char *const *)argv, environ);
    posix_spawn_file_actions_destroy(&actions);
    close(in[0]);
    close(out[1]);
    if (e != 0)
        ERROR("%s: %s (--set testbed=PATH says where it is)", program, strerror(e));
    bed.life = in[1];
    *ret_output = out[0];
}

/* The one line in which it says where it listens. */
static struct m_json *read_greeting(struct muster_ctx *t, int output)
{
    char line[4096];
    size_t n = 0;
    struct pollfd p = {.fd = output, .events = POLLIN};
    while (n + 1 < sizeof line && poll(&p, 1, (int)m_remaining_ms(t)) == 1 && read(output, line + n, 1) == 1)
        if (line[n++] == '\n')
            break;
    line[n] = '\0';
    struct m_json *greeting = m_json_try_parse(line);
    if (!greeting)
        ERROR("muster-testbed did not say where it listens: \"%s\"", line);
    return greeting;
}

/* ---- the fixture ---------------------------------------------------------------------------------------------------
 */

static void publish_given(struct muster_ctx *t)
{
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        if (m_target(t, keys[i]))
            m_publish(t, keys[i], m_target(t, keys[i]));
}

/* One that hangs is not well either. */
static int32_t is_healthy(struct muster_ctx *t)
{
    if (!bed.pid)
        return 1;
    struct m_http_reply reply = M_TRY_REQUEST(bed.api, .method = "GET", .path = "/health", .timeout_ms = 5000);
    int32_t well = !reply.error && reply.status == 200;
    if (!well)
        LOG_AT(MUSTER_LOG_WARNING, "/health: %s", reply.error ? reply.error : "not 200");
    return well;
}

static void stop(struct muster_ctx *t)
{
    int status;
    if (!bed.pid)
        return;
    close(bed.life);
    kill(bed.pid, SIGTERM);
    REQUIRE(waitpid(bed.pid, &status, 0) == bed.pid);
    CHECK_INT(status, ==, 0);
}

FIXTURE(testbed, MUSTER_SCOPE_RUN, PARAMS((str, defect, "", "a bug to switch on: muster-testbed --help lists them")),
        .summary = "The reference platform: a small multi-tenant control plane", .ready = is_healthy, .teardown = stop,
        .setup_timeout_ms = 20000, .health_interval_ms = 2000, .teardown_timeout_ms = 15000)
{
    int output;
    if (m_target(t, "url")) {
        publish_given(t);
        return;
    }
    spawn(t, m_param(t, "defect"), &output);
    m_watch(t, bed.pid, "muster-testbed");
    struct m_json *greeting = read_greeting(t, output);
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        m_publish(t, keys[i], m_json_str(greeting, m_fmt(t, "/%s", keys[i])));
    bed.api = m_http_open(t, m_json_str(greeting, "/url"), NULL);
    /* A kept connection may end just when it is asked again, and that is no sign of illness. */
    m_http_header(bed.api, "Connection", "close");
}

MUSTER_PLUGIN("muster.testbed", "1.0.0", .summary = "The reference platform as a service")
