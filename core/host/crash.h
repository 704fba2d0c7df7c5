/* SPDX-License-Identifier: Apache-2.0 */
/* A crash is told before it kills. */
#ifndef MUSTER_HOST_CRASH_H
#define MUSTER_HOST_CRASH_H

/* Handlers for the signals of a crash, on a stack of their own. Installed in the monitor: attempts inherit them. */
void crash_install(void);

#endif
