/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Mails on their way out. Each is kept in the database until it is sent, so that no restart and no mail server that is
 * away loses one; who can't be reached is tried again, less and less often, and then stays visible as `failed`.
 * Without --smtp they are kept and nothing is sent.
 */
#ifndef TESTBED_OUTBOX_H
#define TESTBED_OUTBOX_H

#include "server/router.h"

struct outbox_news {
    const char *id, *tenant_id, *state; /* "sent", "failed" */
    const char *error;                  /* of a failed one; else NULL */
};

/* 0 or -1. */
int outbox_put(struct testbed *tb, const char *tenant_id, const char *to, const char *subject, const char *text);
/* Forgets all of a tenant's, sent or not. */
void outbox_drop(struct testbed *tb, const char *tenant_id);
int64_t outbox_count(struct testbed *tb, const char *tenant_id);

/* After outbound_start(): goes on with what waits. `told` hears how each mail ended. */
void outbox_start(struct testbed *tb, void (*told)(struct testbed *tb, const struct outbox_news *news));
void outbox_stop(void);

/* /v1/outbox */
extern const struct route outbox_routes[];

#endif
