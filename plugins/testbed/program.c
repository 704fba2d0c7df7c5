/* SPDX-License-Identifier: Apache-2.0 */
/* Starting muster-testbed, asking it whether it is well, stopping it. */
#include "program.h"

#include <muster/kit/data.h>
#include <muster/kit/http.h>
#include <muster/kit/json.h>

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

static void spawn(struct muster_ctx *t, const struct testbed_start *start, int *ret_output)
{
    const char *program = find_program(t);
    const char *argv[TESTBED_OPTIONS_MOST + 6] = {program, "--stop-on-stdin-eof"};
    int in[2], out[2], n = 2;
    if (*start->defect) {
        argv[n++] = "--defect";
        argv[n++] = start->defect;
    }
    for (int i = 0; i < TESTBED_OPTIONS_MOST && start->options[i]; i++)
        argv[n++] = start->options[i];
    if (start->store && *start->store) /* it may have a password, which is nobody's on the command line */
        setenv("TESTBED_STORE", start->store, 1);
    if (pipe2(in, O_CLOEXEC) < 0 || pipe2(out, O_CLOEXEC) < 0)
        ERROR("pipes for muster-testbed: %s", strerror(errno));
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

/* ---- its life ---------------------------------------------------------------------------------------------------- */

void testbed_start(struct muster_ctx *t, const struct testbed_start *start)
{
    int output;
    spawn(t, start, &output);
    m_watch(t, bed.pid, "muster-testbed");
    struct m_json *greeting = read_greeting(t, output);
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        m_publish(t, keys[i], m_json_str(greeting, m_fmt(t, "/%s", keys[i])));
    bed.api = m_http_open(t, m_json_str(greeting, "/url"), NULL);
    /* A kept connection may end just when it is asked again, and that is no sign of illness. */
    m_http_header(bed.api, "Connection", "close");
}

void testbed_publish_given(struct muster_ctx *t)
{
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        if (m_target(t, keys[i]))
            m_publish(t, keys[i], m_target(t, keys[i]));
}

/* One that hangs is not well either. */
int32_t testbed_is_healthy(struct muster_ctx *t)
{
    if (!bed.pid)
        return 1;
    struct m_http_reply reply = M_TRY_REQUEST(bed.api, .method = "GET", .path = "/health", .timeout_ms = 5000);
    int32_t well = !reply.error && reply.status == 200;
    if (!well)
        LOG_AT(MUSTER_LOG_WARNING, "/health: %s", reply.error ? reply.error : "not 200");
    return well;
}

void testbed_stop(struct muster_ctx *t)
{
    int status;
    if (!bed.pid)
        return;
    close(bed.life);
    kill(bed.pid, SIGTERM);
    REQUIRE(waitpid(bed.pid, &status, 0) == bed.pid);
    CHECK_INT(status, ==, 0);
}
