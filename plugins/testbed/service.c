/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The reference platform as a service: `uses = USES("testbed")` gives a scenario one that is started for the run, and
 * `testbed(defect=NAME)` one with a seeded bug. A run that is told of a platform (--set url=...) gets that one instead.
 * `testbed_real` stands on real components, each of them a service of its own.
 *
 * Both publish url, ws, admin_user and admin_password.
 */
#include "program.h"

#include <muster/kit/data.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define DEFECT PARAMS((str, defect, "", "a bug to switch on: muster-testbed --help lists them"))

FIXTURE(testbed, MUSTER_SCOPE_RUN, DEFECT, .summary = "The reference platform: a small multi-tenant control plane",
        .ready = testbed_is_healthy, .teardown = testbed_stop, .setup_timeout_ms = 20000, .health_interval_ms = 2000,
        .teardown_timeout_ms = 15000)
{
    if (m_target(t, "url"))
        testbed_publish_given(t);
    else
        testbed_start(t,
                      &(struct testbed_start){.defect = m_param(t, "defect"), .store = m_target(t, "testbed_store")});
}

/* Containers of the service `docker`. */
static const char *docker_driver(struct muster_ctx *t)
{
    return m_fmt(t, "docker:%s", m_fixture(t, "docker", "url"));
}

FIXTURE(testbed_real, MUSTER_SCOPE_RUN, DEFECT, .uses = USES("postgres", "docker", "dns", "mail"),
        .summary = "The reference platform on real components", .ready = testbed_is_healthy, .teardown = testbed_stop,
        .setup_timeout_ms = 60000, .health_interval_ms = 2000, .teardown_timeout_ms = 60000)
{
    testbed_start(t, &(struct testbed_start){
                         .defect = m_param(t, "defect"),
                         .store = testbed_database(t),
                         .options = {"--driver", docker_driver(t), "--dns", m_fixture(t, "dns", "server"), "--dns-zone",
                                     m_fixture(t, "dns", "zone"), "--dns-key-file", m_fixture(t, "dns", "key_file"),
                                     "--smtp", m_fixture(t, "mail", "url")}});
}

FIXTURE(testbed_docker, MUSTER_SCOPE_RUN, DEFECT, .uses = USES("docker"),
        .summary = "The reference platform with its workloads in containers", .ready = testbed_is_healthy,
        .teardown = testbed_stop, .setup_timeout_ms = 60000, .health_interval_ms = 2000, .teardown_timeout_ms = 60000)
{
    testbed_start(t,
                  &(struct testbed_start){.defect = m_param(t, "defect"), .options = {"--driver", docker_driver(t)}});
}

/* What the orchestrator lets in, in a file that nobody else reads. */
static const char *token_file(struct muster_ctx *t)
{
    const char *path = m_fmt(t, "%s/orchestrator-token", m_attempt(t)->temp_dir);
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (fd < 0 || dprintf(fd, "%s\n", m_fixture(t, "coolify", "token")) < 0 || close(fd) < 0)
        ERROR("%s: %s", path, strerror(errno));
    return path;
}

/* Tenants' applications run at an orchestrator that a scenario can have fail: `orchestrator` is where it says how. */
FIXTURE(testbed_outside, MUSTER_SCOPE_RUN, DEFECT, .uses = USES("double(coolify.yaml, as=coolify)"),
        .summary = "The reference platform with an orchestrator that is a double", .ready = testbed_is_healthy,
        .teardown = testbed_stop, .setup_timeout_ms = 30000, .health_interval_ms = 2000, .teardown_timeout_ms = 15000)
{
    m_publish(t, "orchestrator", m_fixture(t, "coolify", "control"));
    testbed_start(t, &(struct testbed_start){.defect = m_param(t, "defect"),
                                             .options = {"--orchestrator", m_fixture(t, "coolify", "url"),
                                                         "--orchestrator-token-file", token_file(t)}});
}

MUSTER_PLUGIN("muster.testbed", "1.0.0", .summary = "The reference platform as a service")
