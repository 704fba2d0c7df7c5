/* SPDX-License-Identifier: Apache-2.0 */
/* Ends of processes, in words. */
#ifndef MUSTER_BASE_WAIT_STATUS_H
#define MUSTER_BASE_WAIT_STATUS_H

/* "SIGSEGV"; "signal 40" for one without a name. Valid until the next call. */
const char *describe_signal(int signo);
/* "was ended by SIGSEGV", "exited with status 1". malloc'd. */
char *describe_wait_status(int status);

#endif
