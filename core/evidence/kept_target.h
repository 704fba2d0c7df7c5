/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The target's document in a run's folder: what the operations of the run were, as evidence, and for cleanups after it.
 * It holds no secret: those are values, which are not kept with a run.
 */
#ifndef MUSTER_EVIDENCE_KEPT_TARGET_H
#define MUSTER_EVIDENCE_KEPT_TARGET_H

#include "discover/hosts.h"

#define KEPT_TARGET_NAME "target.json"

/* Writes it. */
int kept_target_write(int dir, const char *json, struct err *err);
/* Cleanups are to ask the target that the run asked; a run without one has nothing to give. */
int kept_target_give(int dir, struct hosts *hosts, struct err *err);

#endif
