/* SPDX-License-Identifier: Apache-2.0 */
/* Bounds on what is measured: met, missed, not measured. */
#include <muster/muster.h>

SCENARIO(provisioning, PARAMS((str, plan), (f64, ms)),
         .tables = TABLES(TABLE(COLUMNS("plan", "ms"), ROW("free", "48000"), ROW("enterprise", "372400"))))
{
    CHECK(*plan);
    m_metric(t, "provisioning.time", ms, "ms");
}

SCENARIO(memory)
{
    CHECK(1);
    m_metric(t, "server.rss", 160 << 20, "bytes");
}

MUSTER_PLUGIN("shop.bounds", "1.0.0",
              .thresholds = THRESHOLDS("provisioning.time < 5 m", "server.rss < 256 MiB", "scaling.time < 30 s"))
