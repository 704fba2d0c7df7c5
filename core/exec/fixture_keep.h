/* SPDX-License-Identifier: Apache-2.0 */
/* Services that stay when the run is over, given to a keeper: exec/keeper.h. */
#ifndef MUSTER_EXEC_FIXTURE_KEEP_H
#define MUSTER_EXEC_FIXTURE_KEEP_H

#include "base/err.h"
#include "contain/contain.h"
#include "exec/fixture_state.h"
#include "exec/kept_rooms.h"

/* When all but those that stay is idle. They have been given away where `ret_rooms->n` isn't 0 afterwards. */
int fixtures_keep(struct fixtures *f, const struct containment_set *containment, const char *folder,
                  struct kept_rooms *ret_rooms, struct err *err);
#endif
