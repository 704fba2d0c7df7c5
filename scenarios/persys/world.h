/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the steps of one attempt share: a tenant of its own, made by the first step that needs it, and the workload that
 * steps without an argument are about. An attempt is a process, so this is one static object.
 */
#ifndef SCENARIOS_PERSYS_WORLD_H
#define SCENARIOS_PERSYS_WORLD_H

#include "common/service.h"

struct world {
    struct m_session *platform;
    struct tenancy tenant;
    const char *workload; /* the newest one's id, or NULL */
    int64_t stopped_pid;  /* of the process that stop_container ended */
    int64_t restarts;     /* that the platform had counted before */
};

/* The attempt's, with its tenant. */
struct world *world(struct muster_ctx *t);
/* `id`, or, when that is "", the newest workload's: without one the attempt ends. */
const char *workload_of(struct muster_ctx *t, const struct world *w, const char *id);
/* "10s", "500ms", "2m" in milliseconds; ends the attempt when it is none. */
uint64_t duration_ms(struct muster_ctx *t, const char *text);

#endif
