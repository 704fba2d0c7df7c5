/* SPDX-License-Identifier: Apache-2.0 */
/* Containers of one program, busybox, which is whatever its first argument says. */
#ifndef TESTS_CONTAINERS_H
#define TESTS_CONTAINERS_H

#include <muster/kit/container.h>
#include <muster/kit/data.h>
#include <muster/kit/http.h>
#include <muster/kit/json.h>
#include <muster/kit/monitor.h>
#include <muster/kit/parallel.h>
#include <muster/kit/wait.h>
#include <muster/muster.h>

#define BUSYBOX     "/bin/busybox"
#define SH(script_) ARGV("/busybox", "sh", "-c", (script_))

static inline struct m_engine *engine_of(struct muster_ctx *t)
{
    return m_engine_open(t, NULL);
}

/* Made once for the run by the fixture below. */
static inline const char *image_of(struct muster_ctx *t)
{
    return m_fixture(t, "busybox", "image");
}

#endif
