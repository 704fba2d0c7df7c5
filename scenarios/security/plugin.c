/* SPDX-License-Identifier: Apache-2.0 */
/* The security pack: who may come in, with what, and how far. */
#include <muster/muster.h>

MUSTER_PLUGIN("security", "1.0.0", .summary = "Tenants apart from each other, tokens, roles, logins, signed requests")
