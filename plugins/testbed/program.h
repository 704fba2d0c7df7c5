/* SPDX-License-Identifier: Apache-2.0 */
/* The program muster-testbed, one in a fixture's process. */
#ifndef TESTBED_PROGRAM_H
#define TESTBED_PROGRAM_H

#include <muster/muster.h>

#define TESTBED_OPTIONS_MOST 16

struct testbed_start {
    const char *defect;                            /* "": none */
    const char *store;                             /* NULL or "": in memory */
    const char *options[TESTBED_OPTIONS_MOST + 1]; /* more of the command line, and NULL */
};

/* Starts it, and publishes url, ws, admin_user and admin_password. It ends with this process. */
void testbed_start(struct muster_ctx *t, const struct testbed_start *start);
/* What the run was told of a platform that is there already (--set url=...). */
void testbed_publish_given(struct muster_ctx *t);
int32_t testbed_is_healthy(struct muster_ctx *t);
void testbed_stop(struct muster_ctx *t);

/* roles.c: a new database of the service `postgres`. What platforms make beside it on the server goes with it. */
const char *testbed_database(struct muster_ctx *t);

#endif
