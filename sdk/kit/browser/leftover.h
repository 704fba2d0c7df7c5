/* SPDX-License-Identifier: Apache-2.0 */
/* What a browser of this machine may leave: its process, its profile. Internal to the kit. */
#ifndef MUSTER_KIT_BROWSER_LEFTOVER_H
#define MUSTER_KIT_BROWSER_LEFTOVER_H

#include <stdint.h>

/* Ends the processes that were started with this folder as their profile, and waits until they are gone; how many. In
 * another PID namespace than theirs it finds none. */
unsigned browser_leftover_end(const char *profile, uint64_t timeout_ms);
/* Removes the folder; what can't be removed stays, for the service's own end. */
void browser_leftover_remove(const char *profile);

#endif
