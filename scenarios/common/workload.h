/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Workloads of a tenant. They go when their tenant goes, so they need no cleanup of their own.
 */
#ifndef SCENARIOS_WORKLOAD_H
#define SCENARIOS_WORKLOAD_H

#include "common/tenant.h"

#define WORKLOAD_MS 10000u /* for a change of a workload to settle */

/* A workload that runs: its id. */
const char *workload_create(struct muster_ctx *t, const struct tenant *tenant, const char *image, int replicas);
/* "/v1/workloads/ID/REST", or "/v1/workloads/ID" for "". */
const char *workload_path(struct muster_ctx *t, const char *id, const char *rest);
/* As it is now; to be freed in loops. */
struct m_json *workload_read(struct muster_ctx *t, const struct tenant *tenant, const char *id);
/* 1 when it runs, with this many replicas ready and all of them of this version (NULL: any): for M_UNTIL. */
int workload_runs(struct muster_ctx *t, const struct tenant *tenant, const char *id, int replicas, const char *version);
/* 1 when the platform knows it no longer. */
int workload_gone(struct muster_ctx *t, const struct tenant *tenant, const char *id);
/* 1 when the value at `pointer`, an array of integers or of objects with a `pid`, holds this pid. */
int pids_hold(struct muster_ctx *t, const struct m_json *doc, const char *pointer, int64_t pid);

#endif
