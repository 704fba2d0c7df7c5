/* SPDX-License-Identifier: Apache-2.0 */
/* A fixture's process: started, ready, stopped, dead, gone. What waits for one is in exec/fixture_set.h. */
#ifndef MUSTER_EXEC_FIXTURE_LIFE_H
#define MUSTER_EXEC_FIXTURE_LIFE_H

#include "exec/slot_owner.h"

struct fixtures;
struct fixture_run;

/* WANTED -> STARTING, READY -> STOPPING. */
void fixture_start(struct fixture_run *it);
void fixture_stop(struct fixture_run *it);
/* Its process said so, or it was judged. */
void fixture_is_ready(struct fixture_run *it);
void fixture_has_failed(struct fixture_run *it, const struct slot_judgement *judgement);
void fixture_has_died(struct fixture_run *it, const char *reason);
/* Its slot is free again. */
void fixture_has_ended(struct fixture_run *it);
/* Takes one for dead that is, and has not said so yet. */
void fixture_look(struct fixture_run *it);
/* Whether one that the case needs has ended, and may be about to say how. */
bool fixtures_losing(struct fixtures *f, size_t i);
/* Whether one that the case needs has died since then, noticed or not. NULL, or the reason; malloc'd. */
char *fixtures_lost(struct fixtures *f, size_t i, int64_t since_ns);

#endif
