/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How many descriptors a run needs: rather fewer attempts at a time than errors half-way. A pure calculation, of the
 * most that each part holds at once; descriptors.c lists them.
 */
#ifndef MUSTER_EXEC_DESCRIPTORS_H
#define MUSTER_EXEC_DESCRIPTORS_H

#include <stdint.h>

/* How many of `jobs` attempts at a time go, with that many fixtures of plugin or run scope beside them, when a process
 * may have `limit` descriptors; 0: not even one is sure to. */
unsigned descriptors_jobs_within(uint64_t limit, unsigned jobs, unsigned fixtures);

#endif
