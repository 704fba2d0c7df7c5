/* SPDX-License-Identifier: Apache-2.0 */
/* A Docker Engine that has the image that packs call `web`: the reference platform's own program. */
#include <muster/kit/container.h>
#include <muster/kit/data.h>
#include <muster/kit/http.h>
#include <muster/muster.h>

FIXTURE(engine_with_images, MUSTER_SCOPE_RUN, .uses = USES("docker"))
{
    struct m_engine *engine = m_engine_open(t, NULL);
    const char *image = m_image_program(engine, m_target(t, "workload"));
    REQUIRE_INT(m_post(m_engine_http(engine), m_fmt(t, "/images/%s/tag?repo=web", image), NULL).status, ==, 201);
    m_publish(t, "socket", m_fixture(t, "docker", "socket"));
    m_publish(t, "run", m_fixture(t, "docker", "run"));
}

MUSTER_PLUGIN("e2e.engine", "1.0.0")
