/* SPDX-License-Identifier: Apache-2.0 */
/* Steps for the transcript of scenarios as data. */
#include <muster/muster.h>

DATA_STEP(json, create_workload,
          PARAMS((str, name, NULL, "Unique in the tenant"), (str, image, "web"), (json, ports, "[]")),
          .summary = "Orders a workload")
{
    (void)image;
    (void)ports;
    static _Thread_local char text[256];
    snprintf(text, sizeof text, "{\"id\":\"wl_%s\",\"status\":\"pending\"}", name);
    return text;
}

DATA_STEP(none, wait_for_status, PARAMS((str, id), (str, status, "running"), (i32, within_ms, "5000")),
          .summary = "Waits until the workload has this status")
{
    (void)t;
    (void)id;
    (void)status;
    (void)within_ms;
}

FIXTURE(shop, MUSTER_SCOPE_RUN)
{
    m_publish(t, "is", "open");
}

CLEANUP(delete_workload, "workload.delete", .timeout_ms = 20000)
{
    (void)t;
    (void)payload;
}

CLEANUP(close_shop, "shop.close")
{
    (void)t;
    (void)payload;
}

DATA_STEP(i64, count, PARAMS((bool, all, "false")), .uses = USES("shop"), .needs = NEEDS(MUSTER_EXT_TARGET),
          .timeout_ms = 5000)
{
    (void)t;
    return all ? 2 : 1;
}

MUSTER_PLUGIN("shop.steps", "1.0.0", .summary = "Steps for scenarios as data")
