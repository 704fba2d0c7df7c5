/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A stand-in for an outside HTTP API as a service: `uses = USES("double(coolify.yaml, as=coolify)")`. A relative file
 * is looked for beside this plugin; a plugin that brings a file of its own writes such a fixture itself.
 *
 * It publishes url, control, and each of the file's values.
 */
#include <muster/kit/data.h>
#include <muster/kit/double.h>
#include <muster/muster.h>

#include <stdlib.h>

FIXTURE(double, MUSTER_SCOPE_RUN,
        PARAMS((str, file, "coolify.yaml", "what it plays: docs/guide/doubles.md"),
               (i32, port, "0", "where it listens; 0: any free port")),
        .summary = "A programmable stand-in for an outside HTTP API", .setup_timeout_ms = 20000,
        .teardown_timeout_ms = 15000)
{
    M_DOUBLE_SERVE(t, .file = m_beside(t, m_param(t, "file")), .port = (int32_t)atoi(m_param(t, "port")));
}

MUSTER_PLUGIN("muster.double", "1.0.0", .summary = "Stand-ins for outside HTTP APIs")
