/* SPDX-License-Identifier: Apache-2.0 */
/* The migrations, in the order of their versions, which are 1, 2, 3 ... One that has been released is never changed. */
#ifndef TESTBED_MIGRATIONS_H
#define TESTBED_MIGRATIONS_H

#include "store/backend.h"

struct migration {
    const char *name;
    struct {
        const char *up, *down; /* statements; a tenant's tables as {table} */
    } in[DIALECT_COUNT];
};

struct migrations {
    const struct migration *all;
    int count;
};

extern const struct migrations migrations_shared, migrations_tenant;

#endif
