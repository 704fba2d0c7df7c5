/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A tenant's key. What its application answers is signed with it (HMAC-SHA256), so that whoever has the key knows that
 * an answer is the tenant's own; of the tenant only its administrator can read it. It goes with the tenant's schema.
 */
#ifndef TESTBED_SECRET_H
#define TESTBED_SECRET_H

#include "common/crypto.h"
#include "server/router.h"

#define SIGNATURE_MAX SHA256_HEX

/* Makes one, unless there is one. 0 or -1. */
int secret_make(struct testbed *tb, const char *tenant_id);
void secret_drop(struct testbed *tb, const char *tenant_id);
bool secret_is_there(struct testbed *tb, const char *tenant_id);
/* The signature in hex; false when the tenant has no key. */
bool secret_sign(struct testbed *tb, const char *tenant_id, const char *text, char ret_signature[SIGNATURE_MAX]);

/* /v1/tenants/{}/secret */
extern const struct route secret_routes[];

#endif
