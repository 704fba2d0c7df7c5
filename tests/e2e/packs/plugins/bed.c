/* SPDX-License-Identifier: Apache-2.0 */
/* Two reference platforms at a time: a sound one, and one that takes what it should refuse. */
#include <muster/kit/data.h>
#include <muster/kit/http.h>
#include <muster/kit/json.h>
#include <muster/muster.h>

#include <fcntl.h>
#include <unistd.h>

/* What the platform answers to an order of a plan that nobody has. */
static int order(struct muster_ctx *t, const char *platform)
{
    struct m_http *api = m_http_open(t, m_fixture(t, platform, "url"), NULL);
    struct m_http_reply login = m_post(api, "/v1/auth/login",
                                       m_json_pack(t, "{s:s, s:s}", "username", m_fixture(t, platform, "admin_user"),
                                                   "password", m_fixture(t, platform, "admin_password")));
    REQUIRE_INT(login.status, ==, 200);
    m_http_bearer(api, m_json_str(m_json_try_parse(login.body), "/token"));
    return m_post(api, "/v1/tenants",
                  m_json_pack(t, "{s:s, s:s, s:s, s:{s:s, s:s}}", "name", "A tenant", "subdomain", m_unique(t, "bed"),
                              "plan", "no-such-plan", "admin", "username", m_unique(t, "admin"), "password",
                              "Correct-horse-7"))
        .status;
}

SCENARIO(defects_are_arguments, .uses = USES("testbed", "testbed(defect=validation-missing, as=bad)"))
{
    CHECK_STR(m_fixture(t, "testbed", "url"), !=, m_fixture(t, "bad", "url"));
    CHECK_INT(order(t, "testbed"), >=, 400);
    CHECK_INT(order(t, "bad"), ==, 202);
}

/* Opens the test's FIFO, so that it goes on, and waits for it. */
SCENARIO(waits, .uses = USES("testbed"), .timeout_ms = 20000)
{
    int fd = open(m_target(t, "fifo"), O_RDONLY | O_CLOEXEC);
    char byte;
    REQUIRE(fd >= 0);
    CHECK_INT(read(fd, &byte, 1), ==, 0);
    CHECK_INT(order(t, "testbed"), >=, 400);
}

SCENARIO(fails_after_an_order, .uses = USES("testbed"))
{
    CHECK_INT(order(t, "testbed"), ==, 202);
}

MUSTER_PLUGIN("e2e.bed", "1.0.0")
