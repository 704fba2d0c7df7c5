/* SPDX-License-Identifier: Apache-2.0 */
/* The websocket pack: live events, complete, in order, and only to whom they concern. */
#include <muster/muster.h>

MUSTER_PLUGIN("websocket", "1.0.0", .summary = "Live events: delivery, order, subscriptions, who may listen")
