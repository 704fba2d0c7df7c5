/* SPDX-License-Identifier: Apache-2.0 */
/* What migrations need of a store beside its interface. Of this room alone. */
#ifndef TESTBED_SESSION_H
#define TESTBED_SESSION_H

#include "store/backend.h"
#include "store/store.h"

const struct backend *store_backend(const struct store *s);
struct store_scope store_enter_owner(struct store *s, const char *tenant_id); /* NULL: the platform's own tables */
int store_script(struct store *s, const char *sql);
const char *store_error(struct store *s);

/* A savepoint in the transaction that is open, or one of its own: undone, what failed in it has never been. */
struct store_point {
    bool nested, failed;
};
int store_point_set(struct store *s, struct store_point *ret_point);
int store_point_keep(struct store *s, const struct store_point *point);
void store_point_undo(struct store *s, const struct store_point *point);

#endif
