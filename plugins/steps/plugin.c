/* SPDX-License-Identifier: Apache-2.0 */
#include <muster/muster.h>

MUSTER_PLUGIN("muster.steps", "1.0.0", .summary = "Requests, programs, files, databases and mail as steps")
