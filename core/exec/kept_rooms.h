/* SPDX-License-Identifier: Apache-2.0 */
/* What of a run has become its keeper's (exec/keeper.h): the runner neither ends nor removes it. */
#ifndef MUSTER_EXEC_KEPT_ROOMS_H
#define MUSTER_EXEC_KEPT_ROOMS_H

#include <stddef.h>

struct kept_rooms {
    char *names; /* of the services: "testbed, db(version=15)"; owned */
    char *shown; /* what is needed to use them, a line for each that has some: "testbed: url http://..."; owned */
    char **held; /* in twos, as struct run_state has it; owned */
    size_t n_held, cap_held;
    unsigned *slots; /* whose groups and folders are in use; owned */
    size_t n;        /* 0: nothing is kept */
};

void kept_rooms_free(struct kept_rooms *rooms);

#endif
