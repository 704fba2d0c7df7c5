/* SPDX-License-Identifier: Apache-2.0 */
/* Runs that stand still: with a Docker daemon of their own, and with a workload of a tenant's in it. */
#include <muster/kit/data.h>
#include <muster/kit/target.h>
#include <muster/muster.h>

#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

/* Writes a line into the file, and waits until nobody has the pipe open any more. */
static void hold(struct muster_ctx *t, const char *line)
{
    char none;
    int fd = open(m_target(t, "told"), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    int wait = open(m_target(t, "fifo"), O_RDONLY | O_CLOEXEC);
    REQUIRE(fd >= 0 && wait >= 0);
    REQUIRE_INT(dprintf(fd, "%s\n", line), >, 0);
    close(fd);
    CHECK_INT(read(wait, &none, 1), ==, 0);
}

SCENARIO(a_daemon, .uses = USES("docker"), .timeout_ms = 300000)
{
    hold(t, m_fixture(t, "docker", "socket"));
}

SCENARIO(a_workload, .needs = OPERATIONS("tenant.create", "tenant.get", "workload.create"), .timeout_ms = 300000)
{
    struct m_session *admin = m_login(t, "admin");
    const char *name = m_unique(t, "held");
    struct m_json *tenant = DO(admin, "tenant.create", ARG("subdomain", name), ARG("admin", m_fmt(t, "%s-admin", name)),
                               ARG("password", "Correct-horse-7"));
    struct m_json *made = DO(admin, "workload.create", ARG("tenant", m_json_str(tenant, "/id")), ARG("name", name),
                             ARG("image", "web"), ARG("replicas", 2));
    struct m_json *now = DO(admin, "tenant.get", ARG("id", m_json_str(tenant, "/id")));
    hold(t, m_fmt(t, "%s %s %s %s %s", m_attempt(t)->run_id, m_json_str(tenant, "/id"), m_json_str(made, "/id"),
                  m_json_str(now, "/dns_server"), m_json_str(now, "/dns_name")));
}

MUSTER_PLUGIN("e2e.holds", "1.0.0")
