/* SPDX-License-Identifier: Apache-2.0 */
/* Tenants apart: in the database, by the API, in what they use up, in how they are protected. */
#include <muster/muster.h>

MUSTER_PLUGIN("isolation", "1.0.0",
              .summary = "Tenants apart: in the database, by the API, in what they use up, in how they are protected")
