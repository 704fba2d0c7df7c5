/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Users of a workload, who ask it for something again and again while a scenario changes it:
 *
 *     struct traffic users = {&tenant, id};
 *     LOAD_BEGIN(requests, TRAFFIC(&users));
 *     DO(tenant.admin, "workload.scale", ARG("id", id), ARG("replicas", 4));
 *     LOAD_END(requests);
 */
#ifndef SCENARIOS_TRAFFIC_H
#define SCENARIOS_TRAFFIC_H

#include "common/tenancy.h"

#include <muster/kit/load.h>

/* What the users ask of the target. */
#define TRAFFIC_OPERATIONS "workload.request"

struct traffic {
    const struct tenancy *tenant;
    const char *id; /* of the workload */
};

/* Four of them, each logged in for himself, who ask fifty times a second all together. */
#define TRAFFIC(users_) .clients = 4, .rate = 50, .open = traffic_log_in, .ask = traffic_ask, .with = (users_)
void *traffic_log_in(struct muster_ctx *t, unsigned client, void *users);
struct m_load_result traffic_ask(struct muster_ctx *t, void *session, void *users);

#endif
