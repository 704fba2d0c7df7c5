/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where a scenario works on any platform, with tenants or without: a tenant of its own where the platform has tenants,
 * else the platform itself. .uses = USES("place"), which asks the target for what there is: so the scenario's .needs
 * name nothing of tenants, and no platform without them is skipped.
 */
#ifndef SCENARIOS_PLACE_H
#define SCENARIOS_PLACE_H

#include "common/tenancy.h"

struct place {
    const char *tenant; /* an argument of most operations; NULL: there are none */
    struct m_session *by;
};

const struct place *place_of(struct muster_ctx *t);
/* A workload that runs there, with that name: its id. It is deleted at the end, unless its tenant takes it along. */
const char *place_workload(struct muster_ctx *t, const struct place *place, const char *name);

#endif
