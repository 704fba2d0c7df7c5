/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Requests for a workload: each goes over HTTP to one of its ready replicas, the least busy one first, in turn among
 * equals. One that its replica has not begun to answer, because it refused the connection or ended, is given to another
 * one; what a replica has begun to answer is never asked twice. A replica that is to end is given no more, and goes on
 * until it has answered what it was given (replica.h).
 */
#ifndef TESTBED_BALANCER_H
#define TESTBED_BALANCER_H

#include "workloads/workload.h"

/*
 * Asks a replica for `path` (POST) and answers r with what it said, or with 503 when none is ready, 504 when it did not
 * answer in time, 507 when it could not have what it needed. r is deferred.
 */
void balancer_request(struct workload *w, struct request *r, const char *path, int64_t timeout_ms);

/* This replica has ended: who waits for it waits no longer, whether or not its connection says so. */
void balancer_replica_ended(const struct replica *p);

/* The platform stops: answers whoever still waits. */
void balancer_stop(void);

#endif
