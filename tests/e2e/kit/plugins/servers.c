/* SPDX-License-Identifier: Apache-2.0 */
/* Scenarios and fixtures that start servers: python's, which serves the folder `site` beside this plugin. */
#include <muster/kit/data.h>
#include <muster/kit/http.h>
#include <muster/kit/process.h>
#include <muster/muster.h>

#include <signal.h>
#include <stdlib.h>
#include <sys/stat.h>

#define PYTHON "python3", "-u", "-m", "http.server", "--bind", "127.0.0.1"

static struct m_process *start_site(struct muster_ctx *t, int port)
{
    return M_PROCESS(t, .argv = ARGV(PYTHON, m_fmt(t, "%d", port)), .dir = m_beside(t, "site"), .name = "site",
                     .ready_url = m_fmt(t, "http://127.0.0.1:%d/index.txt", port), .ready_ms = 60000);
}

static const char *url_of(struct muster_ctx *t, int port)
{
    return m_fmt(t, "http://127.0.0.1:%d", port);
}

/* ---- a service --------------------------------------------------------------------------------------------------- */

FIXTURE(site, MUSTER_SCOPE_RUN, .setup_timeout_ms = 60000)
{
    int port = m_port(t);
    struct m_process *p = start_site(t, port);
    m_publish(t, "url", url_of(t, port));
    m_publish(t, "pid", m_fmt(t, "%d", m_process_pid(p)));
}

SCENARIO(uses_the_site, .uses = USES("site"))
{
    struct m_http_reply r = m_get(m_http_open(t, m_fixture(t, "site", "url"), NULL), "/sub/page.txt");
    CHECK_STR(r.body, ==, "deeper\n");
}

static void ask_site_for(struct muster_ctx *t, const char *path)
{
    m_get(m_http_open(t, m_fixture(t, "site", "url"), NULL), path);
}

SCENARIO(fails_at_the_site, .uses = USES("site"))
{
    ask_site_for(t, "/wanted-by-the-one-that-fails");
    FAIL("for its log");
}

CLEANUP(leave_site, "leave.site")
{
    m_get(m_http_open(t, payload, NULL), "/wanted-by-a-cleanup");
}

SCENARIO(leaves_the_site, .uses = USES("site"))
{
    DEFER("leave.site", m_fixture(t, "site", "url"));
    ask_site_for(t, "/wanted-before-the-run-ended");
    FAIL("so that it is kept");
}

CLEANUP(need_site, "need.site")
{
    const char *url = m_fixture(t, "site", "url");
    (void)payload;
    REQUIRE(url != NULL);
    m_get(m_http_open(t, url, NULL), "/");
}

SCENARIO(needs_the_site, .uses = USES("site"))
{
    DEFER("need.site", "there");
    FAIL("so that it is kept");
}

SCENARIO(ends_the_site, .uses = USES("site"))
{
    kill((pid_t)strtol(m_fixture(t, "site", "pid"), NULL, 10), SIGKILL);
    for (;;)
        m_get(m_http_open(t, m_fixture(t, "site", "url"), NULL), "/");
}

FIXTURE(no_site, MUSTER_SCOPE_PLUGIN)
{
    M_PROCESS(t, .argv = ARGV("python3", "-c", "import sys; sys.exit('no such database')"), .name = "app",
              .ready_line = "listening");
}

SCENARIO(has_no_site, .uses = USES("no_site"))
{
    FAIL("it began");
}

/* ---- a scenario's own -------------------------------------------------------------------------------------------- */

SCENARIO(starts_its_own)
{
    int port = m_port(t);
    struct m_process *p = start_site(t, port);
    CHECK_STR(m_get(m_http_open(t, url_of(t, port), NULL), "/index.txt").body, ==, "hello from beside the plugin\n");
    CHECK(m_process_is_running(p));
    CHECK(m_process_line(p, "/index.txt", 10000));
}

CLEANUP(ask_site, "ask.site")
{
    CHECK_INT(m_get(m_http_open(t, payload, NULL), "/index.txt").status, ==, 200);
}

/* Deferred behind the server's own start, so undone while it is still there. */
SCENARIO(is_cleaned_up_before_its_server)
{
    int port = m_port(t);
    start_site(t, port);
    DEFER("ask.site", url_of(t, port));
    CHECK(1);
}

SCENARIO(crashes_with_a_server)
{
    start_site(t, m_port(t));
    abort();
}

SCENARIO(server_dies)
{
    struct m_process *p =
        M_PROCESS(t, .argv = ARGV("python3", "-c", "print('up', flush=True); input(); raise KeyError(7)"),
                  .name = "shaky", .ready_line = "up");
    (void)p;
    CHECK(!m_process_line(p, "nothing", 60000));
    FAIL("the server is gone");
}

SCENARIO(server_is_never_ready)
{
    M_PROCESS(t, .argv = ARGV("tail", "-f", m_beside(t, "site/index.txt")), .name = "slow", .ready_line = "listening",
              .ready_ms = 1500);
}

SCENARIO(server_is_deaf)
{
    M_PROCESS(t,
              .argv = ARGV("python3", "-c",
                           "import signal, time; signal.signal(15, signal.SIG_IGN); print('up', flush=True); "
                           "time.sleep(1000)"),
              .name = "deaf", .ready_line = "up", .grace_ms = 100);
    CHECK(1);
}

SCENARIO(port_is_taken)
{
    int port = m_port(t);
    start_site(t, port);
    start_site(t, port);
}

/* ---- side by side ------------------------------------------------------------------------------------------------ */

#define NUMBERS(prefix_)                                                                                               \
    prefix_ "0", prefix_ "1", prefix_ "2", prefix_ "3", prefix_ "4", prefix_ "5", prefix_ "6", prefix_ "7"

/* A listener of its own on each of its ports: nothing else may have one. */
SCENARIO(has_ports, PARAMS((i32, n)), .tables = TABLES(AXIS("n", NUMBERS(""), NUMBERS("1"))))
{
    static const char program[] = "import socket, sys, time\n"
                                  "held = [socket.socket() for port in sys.argv[1:]]\n"
                                  "[s.bind(('', int(port))) for s, port in zip(held, sys.argv[1:])]\n"
                                  "[s.listen() for s in held]\n"
                                  "print('listening', flush=True)\n"
                                  "time.sleep(1000)\n";
    const char *ports[3];
    (void)n;
    for (int i = 0; i < 3; i++)
        ports[i] = m_fmt(t, "%d", m_port(t));
    struct m_process *p = M_PROCESS(t, .argv = ARGV("python3", "-c", program, ports[0], ports[1], ports[2]),
                                    .name = "listener", .ready_line = "listening", .ready_ms = 60000);
    CHECK(m_process_is_running(p));
}

MUSTER_PLUGIN("e2e.kit", "1.0.0")
