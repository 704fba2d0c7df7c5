/* SPDX-License-Identifier: Apache-2.0 */
/* What is said when it does not work. Each scenario fails at the line that bears its name. */
#include "containers.h"

#include <stdlib.h>

SCENARIO(never_healthy, .uses = USES("busybox", "docker"))
{
    struct m_container *c =
        M_CONTAINER(engine_of(t), .image = image_of(t), .name = "sick", .argv = ARGV("/busybox", "sleep", "600"),
                    .health_interval_ms = 50, .health = SH("echo no route; exit 9"));
    m_container_await(c, "unhealthy", 30000);
    m_container_await(c, "healthy", 200); /* never_healthy */
}

SCENARIO(ends_before_it_is_healthy, .uses = USES("busybox", "docker"))
{
    struct m_container *c = M_CONTAINER(engine_of(t), .image = image_of(t), .name = "shop", .health = SH("exit 1"),
                                        .argv = SH("echo no configuration >&2; exit 4"));
    m_container_await(c, "healthy", 60000); /* ends_before_it_is_healthy */
}

SCENARIO(does_not_end, .uses = USES("busybox", "docker"))
{
    struct m_container *c = M_CONTAINER(engine_of(t), .image = image_of(t), .argv = ARGV("/busybox", "sleep", "600"));
    m_container_wait(c, 200); /* does_not_end */
}

SCENARIO(waits_in_vain, .uses = USES("busybox", "docker"))
{
    struct m_container *c = M_CONTAINER(engine_of(t), .image = image_of(t), .argv = SH("echo gone; exit 3"));
    m_container_wait(c, 10000);
    REQUIRE(M_UNTIL(t, 100, 20, m_container_is(c, "running"))); /* waits_in_vain */
}

SCENARIO(no_such_image, .uses = USES("docker"))
{
    M_CONTAINER(engine_of(t), .image = "muster-no-such-image"); /* no_such_image */
}

SCENARIO(no_such_program, .uses = USES("busybox", "docker"))
{
    M_CONTAINER(engine_of(t), .image = image_of(t), .argv = ARGV("/no/such/program")); /* no_such_program */
}

SCENARIO(dynamic_program, .uses = USES("docker"))
{
    m_image_program(engine_of(t), m_target(t, "dynamic")); /* dynamic_program */
}

SCENARIO(archive_is_none, .uses = USES("docker"))
{
    m_image_import(engine_of(t), m_target(t, "archive")); /* archive_is_none */
}

SCENARIO(runs_in_what_has_ended, .uses = USES("busybox", "docker"))
{
    struct m_container *c = M_CONTAINER(engine_of(t), .image = image_of(t), .name = "over", .argv = SH("exit 0"));
    m_container_wait(c, 10000);
    M_EXEC(c, "/busybox", "true"); /* runs_in_what_has_ended */
}

SCENARIO(asks_for_a_port_that_is_none, .uses = USES("busybox", "docker"))
{
    struct m_container *c =
        M_CONTAINER(engine_of(t), .image = image_of(t), .ports = PORTS(80), .argv = ARGV("/busybox", "sleep", "600"));
    m_container_port(c, 81); /* asks_for_a_port_that_is_none */
}

SCENARIO(a_state_that_is_none, .uses = USES("busybox", "docker"))
{
    struct m_container *c = M_CONTAINER(engine_of(t), .image = image_of(t), .argv = ARGV("/busybox", "sleep", "600"));
    m_container_is(c, "sleeping"); /* a_state_that_is_none */
}

SCENARIO(a_name_that_is_none, .uses = USES("busybox", "docker"))
{
    M_CONTAINER(engine_of(t), .image = image_of(t), .name = "My Shop"); /* a_name_that_is_none */
}

SCENARIO(nobody_there, .summary = "Whoever gives a URL himself")
{
    const struct m_engine_options o = {.url = "unix:///no/such/docker.sock"};
    m_engine_open(t, &o); /* nobody_there */
}

SCENARIO(another_scheme, .summary = "Whoever gives a URL himself")
{
    const struct m_engine_options o = {.url = "ssh://docker.example"};
    m_engine_open(t, &o); /* another_scheme */
}

/* Its container is removed by a janitor, which keeps what it has written. */
SCENARIO(crashes_beside_a_container, .uses = USES("busybox", "docker"))
{
    struct m_container *c = M_CONTAINER(engine_of(t), .image = image_of(t), .name = "witness",
                                        .argv = SH("echo seen; exec /busybox sleep 600"));
    REQUIRE(M_UNTIL(t, 10000, 20, strstr(m_container_logs(c).out, "seen")));
    abort();
}
