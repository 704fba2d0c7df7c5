/* SPDX-License-Identifier: Apache-2.0 */
/* The steps that the documents' scenarios in YAML call. */
#include <muster/muster.h>

DATA_STEP(json, create_workload, PARAMS((str, name), (str, image, "web"), (i32, replicas, "1")))
{
    return "{\"id\": \"w-1\", \"status\": \"pending\"}";
}

DATA_STEP(none, wait_for_status, PARAMS((str, id), (str, status, "running"), (str, within, "30s")))
{
}

DATA_STEP(none, stop_container, PARAMS((str, id)))
{
}

DATA_STEP(none, delete_workload, PARAMS((str, id)))
{
}

DATA_STEP(none, verify_scheduling)
{
}

DATA_STEP(none, wait_for_running, PARAMS((str, id, "w-1")))
{
}

DATA_STEP(none, drain)
{
}

DATA_STEP(none, remove)
{
}

DATA_STEP(json, create_payment, PARAMS((str, plan), (i32, amount)))
{
    return "{\"id\": \"p1\"}";
}

DATA_STEP(json, refund, PARAMS((str, payment)))
{
    return "{\"status\": \"refunded\"}";
}

MUSTER_PLUGIN("docs.steps", "1.0.0")
