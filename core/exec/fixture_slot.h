/* SPDX-License-Identifier: Apache-2.0 */
/* A fixture as the owner of its slot. */
#ifndef MUSTER_EXEC_FIXTURE_SLOT_H
#define MUSTER_EXEC_FIXTURE_SLOT_H

#include "exec/slot_owner.h"

/* With its struct fixture_run as data. */
extern const struct slot_owner fixture_owner;

#endif
