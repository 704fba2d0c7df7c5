/* SPDX-License-Identifier: Apache-2.0 */
/* How much a workload's replicas may use: each of them, or, where it says so, all of them together. */
#ifndef TESTBED_LIMITS_H
#define TESTBED_LIMITS_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

enum limit {
    LIMIT_MEMORY,      /* MiB */
    LIMIT_CPU,         /* percent of one core */
    LIMIT_OPEN_FILES,  /* descriptors */
    LIMIT_PROCESSES,   /* the replica's own one included */
    LIMIT_CONNECTIONS, /* of all replicas: requests that are being answered at a time */
    LIMIT_TRAFFIC,     /* of all replicas: bytes a second of answers; 0: no limit */
    LIMIT_STORAGE,     /* of all replicas: bytes of the workload's data; 0: the tenant's quota is all */
    LIMIT_COUNT
};

/* By enum limit. */
struct limits {
    int of[LIMIT_COUNT];
};

/* As the API calls it. */
const char *limit_name(enum limit limit);
/* Whether it is of each replica, so that the driver looks after it; else it is of the workload. */
bool limit_of_replica(enum limit limit);

/* What it may be set to, and what it is when nobody says. */
struct limit_range {
    int lowest, highest, usual;
};
struct limit_range limit_range(enum limit limit);
struct limits limits_usual(void);

/* {memory_mb: 256, ...}, a new one; and back: what is not named stays. */
json_t *limits_to_json(const struct limits *limits);
void limits_from_json(struct limits *limits, const json_t *from);

/* Whether both are the same for a replica. */
bool limits_same_for_replica(const struct limits *a, const struct limits *b);

#endif
