/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Workloads of a tenant, by operations. They go when their tenant goes, so they need no cleanup of their own.
 */
#ifndef SCENARIOS_SERVICE_H
#define SCENARIOS_SERVICE_H

#include "common/tenancy.h"

/* For a change of a workload to settle; `usual_ms` where processes carry it out, and as many times that as the target's
 * value `patience` says. */
uint64_t service_patience_ms(struct muster_ctx *t, uint64_t usual_ms);
#define SERVICE_MS service_patience_ms(t, 10000)

/* What the functions below ask of the target. */
#define SERVICE_OPERATIONS TENANCY_OPERATIONS, "workload.create", "workload.get"

/* A workload that runs: its id. */
const char *service_begin(struct muster_ctx *t, const struct tenancy *tenant, const char *image, int replicas);
/* As it is now; to be freed in loops. */
struct m_json *service_read(const struct tenancy *tenant, const char *id);
/* How many requests it is being asked for just now. */
int64_t service_in_flight(const struct tenancy *tenant, const char *id);
/* 1 when it runs, with this many replicas ready and all of them of this version (NULL: any): for M_UNTIL. */
int service_runs(struct muster_ctx *t, const struct tenancy *tenant, const char *id, int replicas, const char *version);
/* 1 when the value at `pointer`, an array of integers or of objects with a `pid`, holds this pid. */
int service_has_pid(struct muster_ctx *t, const struct m_json *doc, const char *pointer, int64_t pid);

#endif
