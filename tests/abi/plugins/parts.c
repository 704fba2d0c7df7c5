/* SPDX-License-Identifier: Apache-2.0 */
/* One plugin of three files: this one has the entry only, parts_first.c and parts_second.c the scenarios. */
#include <muster/muster.h>

MUSTER_PLUGIN("abi.parts", "1.0.0")
