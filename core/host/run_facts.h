/* SPDX-License-Identifier: Apache-2.0 */
/* Constant facts of the run, told to the zygote once and inherited by every process below it. */
#ifndef MUSTER_HOST_RUN_FACTS_H
#define MUSTER_HOST_RUN_FACTS_H

#include <stddef.h>
#include <stdint.h>

struct run_facts {
    const char *run_id;
    uint64_t seed;
    const char *const *target; /* "key=value" */
    size_t n_target;
};

#endif
