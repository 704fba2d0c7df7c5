/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Tokens as a forger would make them.
 */
#ifndef SCENARIOS_SIGNING_H
#define SCENARIOS_SIGNING_H

#include <muster/muster.h>

/* The token's claims under the header {"alg":"none"}, without a signature. */
const char *jwt_unsigned(struct muster_ctx *t, const char *token);
/* The token's header and signature around claims with another role. */
const char *jwt_with_role(struct muster_ctx *t, const char *token, const char *role);

#endif
