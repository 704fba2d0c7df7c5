/* SPDX-License-Identifier: Apache-2.0 */
/* What a failed check and a stop() do on a thread that only tries something; on others, nothing. */
#ifndef MUSTER_HOST_GUARD_CHECKS_H
#define MUSTER_HOST_GUARD_CHECKS_H

#include <muster/plugin.h>
#include <stdbool.h>

/* A failed check: true when it was only logged. Does not return when it is a required one besides. */
bool guard_takes_check(const struct muster_check *c);
/* A failed check that has been recorded. Does not return when it is a required one. */
void guard_note_check(const struct muster_check *c);
/* A stop(): does not return when it is only logged. */
void guard_take_stop(int32_t how, const char *file, uint32_t line, const char *reason);
/* A stop() that has been recorded. Does not return on a thread with a guard. */
void guard_note_stop(const char *reason);

#endif
