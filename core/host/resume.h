/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An attempt of a scenario as data that goes on in a new image of its process: exec() ends all of its threads, those
 * that were left behind too, and whatever they had in hand; nothing else does. Process id, session, containment,
 * outputs and the connection to the supervisor stay; memory, descriptors of the plugin, handlers of signals and timers
 * don't.
 *
 * The new image begins in resumed.h. The plugin is loaded anew. What the image before had deferred is known to the
 * supervisor, and left to a janitor.
 */
#ifndef MUSTER_HOST_RESUME_H
#define MUSTER_HOST_RESUME_H

#include "base/err.h"

#define RESUME_VERB "go-on" /* muster-host go-on SOCKET STATE: numbers of descriptors */

/* Before the first function of a scenario: keeps the environment, which a thread might change at any time later. */
void resume_prepare(void);
/* Begins the new image, with what the scenario wants to know there. Returns only when it can't. From the main thread,
 * in tear-down. */
int resume_start(const char *state, struct err *err);

#endif
