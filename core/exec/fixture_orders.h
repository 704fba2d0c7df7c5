/* SPDX-License-Identifier: Apache-2.0 */
/* What users of fixtures are told: what those have published, and which ones to make themselves. */
#ifndef MUSTER_EXEC_FIXTURE_ORDERS_H
#define MUSTER_EXEC_FIXTURE_ORDERS_H

#include "exec/slot_owner.h"

struct fixtures;
struct fixture_run;

/* An attempt of the case; in words, what that is, with sizes. */
void fixtures_order(const struct fixtures *f, size_t i, struct arena *arena, struct msg_attempt *order);
void fixtures_describe_order(const struct fixtures *f, size_t i, struct buf *out);
/* Its n-th attempt-scoped fixture; false when it has no such one. */
bool fixtures_local(const struct fixtures *f, size_t i, uint32_t n, struct slot_part *ret_part);
/* The same two, of what a fixture is told. */
void fixture_order(const struct fixture_run *it, struct arena *arena, struct msg_attempt *order);
void fixture_describe_order(const struct fixture_run *it, struct buf *out);

/* What is published to somebody: as in his order, and of each three texts the label of the fixture that they are of. */
struct fixture_published {
    struct message_list texts;
    const char *const *of;
};
void fixtures_published(const struct fixtures *f, size_t i, struct arena *arena, struct fixture_published *ret);
void fixture_published(const struct fixture_run *it, struct arena *arena, struct fixture_published *ret);

#endif
