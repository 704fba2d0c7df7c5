/* SPDX-License-Identifier: Apache-2.0 */
/* What can be done with containers. */
#include "containers.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

FIXTURE(busybox, MUSTER_SCOPE_PLUGIN, .uses = USES("docker"), .summary = "An image of one program")
{
    m_publish(t, "image", m_image_program(m_engine_open(t, NULL), BUSYBOX));
}

SCENARIO(streams_are_taken_apart, .uses = USES("busybox", "docker"))
{
    struct m_container *c = M_CONTAINER(engine_of(t), .image = image_of(t), .name = "talker",
                                        .argv = SH("echo out; echo err >&2; printf 'no end'; exit 3"));
    CHECK_INT(m_container_wait(c, 10000), ==, 3);
    struct m_output logs = m_container_logs(c);
    CHECK_STR(logs.out, ==, "out\nno end");
    CHECK_STR(logs.err, ==, "err\n");
    CHECK(m_container_is(c, "exited"));
    CHECK(!m_container_is(c, "running"));
}

SCENARIO(options_arrive, .uses = USES("busybox", "docker"))
{
    const char *folder = m_fmt(t, "%s/shared", m_attempt(t)->temp_dir);
    REQUIRE(mkdir(folder, 0777) == 0 && chmod(folder, 0777) == 0);
    struct m_container *c = M_CONTAINER(
        engine_of(t), .image = image_of(t), .name = "shop", .env = ENV("PLAN=pro", "EMPTY="), .user = "1234:5678",
        .dir = "/tmp", .mounts = MOUNTS(m_fmt(t, "%s:/shared", folder)), .labels = LABELS("tier=web=1"), .read_only = 1,
        .argv = SH("/busybox id -u; /busybox pwd; echo $PLAN-$EMPTY; /busybox hostname; echo here >/shared/file; "
                   "echo there >/tmp/file || echo read-only"));
    CHECK_INT(m_container_wait(c, 10000), ==, 0);
    CHECK_STR(m_container_logs(c).out, ==, "1234\n/tmp\npro-\nshop\nread-only\n");
    CHECK(access(m_fmt(t, "%s/file", folder), F_OK) == 0);
    struct m_json *doc = m_container_inspect(c);
    CHECK_STR(m_json_str(doc, "/Config/Labels/tier"), ==, "web=1");
    CHECK_STR(m_json_str(doc, "/Config/Labels/muster.run"), ==, m_attempt(t)->run_id);
    CHECK_STR(m_json_str(doc, "/Config/Labels/muster.case"), ==, m_attempt(t)->case_id);
    CHECK_STR(m_json_str(doc, "/Config/Labels/muster.name"), ==, "shop");
}

SCENARIO(limits_hold, .uses = USES("busybox", "docker"))
{
    struct m_engine *engine = engine_of(t);
    struct m_container *greedy = M_CONTAINER(engine, .image = image_of(t), .memory = 16 << 20,
                                             .argv = ARGV("/busybox", "tail", "-c", "150000000", "/dev/zero"));
    CHECK_INT(m_container_wait(greedy, 30000), ==, 137);
    CHECK_INT(m_json_bool(m_container_inspect(greedy), "/State/OOMKilled"), ==, 1);
    struct m_container *forks = M_CONTAINER(engine, .image = image_of(t), .pids = 5, .cpus = 0.5, .memory = 32 << 20,
                                            .argv = SH("for i in 1 2 3 4 5 6 7 8; do /busybox sleep 60 & done; wait"));
    struct m_json *doc = m_container_inspect(forks);
    CHECK_INT(m_json_int(doc, "/HostConfig/NanoCpus"), ==, 500000000);
    CHECK_INT(m_json_int(doc, "/HostConfig/PidsLimit"), ==, 5);
    m_container_wait(forks, 10000); /* the shell gives up when it can't fork */
    CHECK_STR_HAS(m_container_logs(forks).err, "fork");
}

SCENARIO(health_is_waited_for, .uses = USES("busybox", "docker"))
{
    struct m_container *c = M_CONTAINER(engine_of(t), .image = image_of(t), .argv = ARGV("/busybox", "sleep", "600"),
                                        .health = ARGV("/busybox", "test", "-e", "/tmp/well"), .health_interval_ms = 50,
                                        .health_retries = 2);
    m_container_await(c, "running", 10000);
    m_container_await(c, "unhealthy", 30000);
    CHECK_INT(M_EXEC(c, "/busybox", "touch", "/tmp/well").status, ==, 0);
    REQUIRE(M_UNTIL(t, 30000, 20, m_container_is(c, "healthy")));
}

SCENARIO(ports_are_reached, .uses = USES("busybox", "docker"))
{
    struct m_container *web =
        M_CONTAINER(engine_of(t), .image = image_of(t), .name = "web", .ports = PORTS(80, 81),
                    .argv = SH("echo hello >/tmp/index.html; exec /busybox httpd -f -p 80 -h /tmp"));
    const struct m_http_options quick = {.timeout_ms = 2000};
    struct m_http *published = m_http_open(t, m_fmt(t, "http://127.0.0.1:%d", m_container_port(web, 80)), &quick);
    REQUIRE(M_UNTIL(t, 10000, 20, M_TRY_REQUEST(published, .path = "/index.html").status == 200));
    CHECK_STR(m_get(published, "/index.html").body, ==, "hello\n");
    CHECK_INT(m_container_port(web, 81), !=, m_container_port(web, 80));
    struct m_http *direct = m_http_open(t, m_fmt(t, "http://%s", m_container_address(web)), &quick);
    CHECK_STR(m_get(direct, "/index.html").body, ==, "hello\n");
}

SCENARIO(programs_run_in_it, .uses = USES("busybox", "docker"))
{
    struct m_container *c = M_CONTAINER(engine_of(t), .image = image_of(t), .argv = ARGV("/busybox", "sleep", "600"));
    struct m_output o = M_EXEC(c, "/busybox", "sh", "-c", "echo out; echo err >&2; exit 7");
    CHECK_INT(o.status, ==, 7);
    CHECK_STR(o.out, ==, "out\n");
    CHECK_STR(o.err, ==, "err\n");
    o = M_EXEC(c, "/busybox", "sh", "-c",
               "/busybox yes x | /busybox head -c 300000; /busybox yes y | /busybox head -c 200000 >&2");
    CHECK_INT(o.status, ==, 0);
    CHECK_INT(o.out_len, ==, 300000);
    CHECK_INT(o.err_len, ==, 200000);
    CHECK(!strchr(o.out, 'y') && !strchr(o.err, 'x'));
    CHECK_INT(M_EXEC(c, "/busybox", "sh", "-c", "kill -9 $$").status, ==, 137);
}

static int says(struct m_container *c, const char *text)
{
    struct m_output o = m_container_logs(c);
    m_saw(NULL, "%s", o.out);
    return strstr(o.out, text) != NULL;
}

SCENARIO(it_is_disturbed_and_ended, .uses = USES("busybox", "docker"))
{
    struct m_container *c =
        M_CONTAINER(engine_of(t), .image = image_of(t), .init = 1,
                    .argv = SH("trap 'echo usr1' USR1; trap 'echo term; exit 5' TERM; echo ready; while :; do "
                               "/busybox sleep 0.02; done"));
    REQUIRE(M_UNTIL(t, 10000, 20, says(c, "ready")));
    m_container_kill(c, "USR1");
    REQUIRE(M_UNTIL(t, 10000, 20, says(c, "usr1")));
    m_container_pause(c);
    CHECK(m_container_is(c, "paused"));
    m_container_unpause(c);
    CHECK(m_container_is(c, "running"));
    m_container_restart(c, 10000);
    CHECK(M_UNTIL(t, 10000, 20, says(c, "term\nready")));
    m_container_stop(c, 10000);
    CHECK_INT(m_container_wait(c, 1000), ==, 5);
    m_container_stop(c, 10000); /* what has ended has */
    m_container_start(c);
    m_container_kill(c, "KILL");
    CHECK_INT(m_container_wait(c, 10000), ==, 137);
    m_container_remove(c);
    m_container_remove(c);
}

SCENARIO(one_that_dies_is_started_again, .uses = USES("busybox", "docker"))
{
    struct m_container *c = M_CONTAINER(engine_of(t), .image = image_of(t), .restart = "on-failure:3",
                                        .argv = ARGV("/busybox", "sleep", "600"));
    int32_t pid = m_container_pid(c);
    REQUIRE_INT(pid, >, 1);
    kill(pid, SIGKILL);
    REQUIRE(M_UNTIL(t, 10000, 20, m_container_pid(c) != pid && m_container_is(c, "running")));
    CHECK_INT(m_json_int(m_container_inspect(c), "/RestartCount"), ==, 1);
}

static int answers(struct m_container *client, const char *name)
{
    struct m_output o = M_EXEC(client, "/busybox", "timeout", "1", "/busybox", "wget", "-qO-", name);
    m_saw(NULL, "status %d: %s%s", o.status, o.out, o.err);
    return o.status == 0;
}

SCENARIO(networks_part_them, .uses = USES("busybox", "docker"))
{
    struct m_engine *engine = engine_of(t);
    const char *net = m_network_create(engine, "shop");
    struct m_container *web = M_CONTAINER(engine, .image = image_of(t), .name = "web", .network = net,
                                          .argv = ARGV("/busybox", "httpd", "-f", "-h", "/"));
    struct m_container *client = M_CONTAINER(engine, .image = image_of(t), .name = "client", .network = net,
                                             .argv = ARGV("/busybox", "sleep", "600"));
    REQUIRE(M_UNTIL(t, 10000, 50, answers(client, "http://web/busybox")));
    m_container_disconnect(web, net);
    CHECK(!answers(client, "http://web/busybox"));
    m_container_connect(web, net);
    CHECK(M_UNTIL(t, 10000, 50, answers(client, "http://web/busybox")));
}

SCENARIO(lists_and_events, .uses = USES("busybox", "docker"))
{
    struct m_engine *engine = engine_of(t);
    const char *mine = m_fmt(t, "tier=%s", m_unique(t, "list")), *name = NULL;
    struct m_container *a = M_CONTAINER(engine, .image = image_of(t), .labels = LABELS(mine), .argv = SH("exit 0"));
    M_CONTAINER(engine, .image = image_of(t), .labels = LABELS(mine), .argv = ARGV("/busybox", "sleep", "600"));
    m_container_wait(a, 10000);
    CHECK_INT(m_json_count(m_containers(engine, mine), ""), ==, 2);
    CHECK_INT(m_json_count(m_containers(engine, NULL), ""), >=, 2);
    struct m_json *events = m_engine_events(engine, mine);
    int died = 0;
    for (int64_t i = 0; i < m_json_count(events, ""); i++) {
        const char *action = m_json_str(m_json_item(events, (uint64_t)i), "/Action");
        if (!action || strcmp(action, "die") != 0)
            continue;
        died++;
        name = m_json_str(m_json_item(events, (uint64_t)i), "/Actor/Attributes/name");
    }
    CHECK_INT(died, ==, 1);
    CHECK_STR(name, ==, m_container_name(a));
    CHECK_STR(m_container_id(m_container_find(engine, m_container_name(a))), ==, m_container_id(a));
    CHECK_INT(m_engine_sweep(engine, mine), ==, 2);
    CHECK_INT(m_json_count(m_containers(engine, mine), ""), ==, 0);
}

SCENARIO(it_is_watched, .uses = USES("busybox", "docker"))
{
    struct m_engine *engine = engine_of(t);
    struct m_container *busy = M_CONTAINER(engine, .image = image_of(t), .name = "busy", .memory = 64 << 20,
                                           .argv = SH("/busybox head -c 8000000 /dev/urandom >/tmp/file; "
                                                      "while :; do :; done"));
    struct m_monitor *watch = M_MONITOR(t, .name = "busy", .cgroup = m_container_cgroup(busy), .interval_ms = 20);
    REQUIRE(M_UNTIL(t, 20000, 50, m_container_stats(busy).cpu_ms > 300));
    struct m_container_stats now = m_container_stats(busy);
    CHECK(now.memory > 0);
    CHECK_DOUBLE(now.memory_limit, 64 << 20, 0.5);
    CHECK(now.pids >= 1);
    CHECK(now.received_bytes >= 0);
    REQUIRE(M_UNTIL(t, 20000, 50, m_monitor_usage(watch).cpu_ms.growth > 50));
    CHECK_USAGE(watch, memory.peak, >, 0);
    CHECK_USAGE(watch, processes.peak, >=, 1);
    CHECK_USAGE(watch, received_bytes.growth, >=, 0);
    m_container_kill(busy, "KILL");
    m_container_wait(busy, 10000);
    REQUIRE(M_UNTIL(t, 10000, 20, m_monitor_usage(watch).ended));
}

/* ---- side by side ---- */

static void make_one(struct muster_ctx *t, unsigned number, void *shared)
{
    const char *const *images = shared;
    struct m_container *c = M_CONTAINER(m_engine_open(t, NULL), .image = images[0],
                                        .argv = ARGV("/busybox", "echo", m_fmt(t, "%u", number)));
    CHECK_INT(m_container_wait(c, 20000), ==, 0);
    CHECK_STR(m_container_logs(c).out, ==, m_fmt(t, "%u\n", number));
}

SCENARIO(side_by_side, .uses = USES("busybox", "docker"))
{
    const char *images[] = {image_of(t)};
    m_parallel(t, 4, make_one, images);
}

/* ---- of a tar archive ---- */

SCENARIO(image_of_an_archive, .uses = USES("docker"))
{
    struct m_engine *engine = engine_of(t);
    const char *image = m_image_import(engine, m_target(t, "archive"));
    struct m_container *c = M_CONTAINER(engine, .image = image, .argv = ARGV("/bin/sh", "-c", "cat /etc/word"));
    CHECK_INT(m_container_wait(c, 10000), ==, 0);
    CHECK_STR(m_container_logs(c).out, ==, "from the archive\n");
}

/* ---- a runner that is killed ---- */

SCENARIO(waits_with_all_kinds, .uses = USES("busybox", "docker"))
{
    char none;
    struct m_engine *engine = engine_of(t);
    const char *net = m_network_create(engine, "left");
    struct m_container *c =
        M_CONTAINER(engine, .image = image_of(t), .name = "left", .network = net, .ports = PORTS(80),
                    .restart = "always", .argv = ARGV("/busybox", "sleep", "600"));
    struct m_container *paused =
        M_CONTAINER(engine, .image = image_of(t), .name = "paused", .argv = ARGV("/busybox", "sleep", "600"));
    m_container_pause(paused);
    int fd = open(m_fmt(t, "%s/told", m_target(t, "dir")), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    int wait = open(m_target(t, "fifo"), O_RDONLY | O_CLOEXEC);
    REQUIRE(wait >= 0);
    dprintf(fd, "%s %s %d %d %s\n", m_fixture(t, "docker", "url"), m_fixture(t, "docker", "label"), m_container_pid(c),
            m_container_pid(paused), m_container_cgroup(c));
    close(fd);
    CHECK_INT(read(wait, &none, 1), ==, 0);
}

MUSTER_PLUGIN("e2e.containers", "1.0.0")
