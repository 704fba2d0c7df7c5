/* SPDX-License-Identifier: Apache-2.0 */
/* The audit pack: what happens is written down, by whom, for good. */
#include <muster/muster.h>

MUSTER_PLUGIN("audit", "1.0.0", .summary = "The audit chain: complete, attributed, unchangeable")
