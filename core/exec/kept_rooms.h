/* SPDX-License-Identifier: Apache-2.0 */
/* What of a run has become its keeper's (exec/keeper.h): the runner neither ends nor removes it. */
#ifndef MUSTER_EXEC_KEPT_ROOMS_H
#define MUSTER_EXEC_KEPT_ROOMS_H

#include <stddef.h>

struct kept_rooms {
    char *names;     /* of the services: "testbed, db(version=15)"; owned */
    unsigned *slots; /* whose groups and folders are in use; owned */
    size_t n;        /* 0: nothing is kept */
};

void kept_rooms_free(struct kept_rooms *rooms);

#endif
