/* SPDX-License-Identifier: Apache-2.0 */
/* Constant facts of the run, told to the zygote once and inherited by every process below it. */
#ifndef MUSTER_HOST_RUN_FACTS_H
#define MUSTER_HOST_RUN_FACTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct run_facts {
    const char *run_id;
    uint64_t seed;
    const char *const *target; /* "key=value" */
    size_t n_target;
    bool exit_handlers; /* attempts end by exit(3), and not by _exit(2) */
    bool log_checks;    /* checks that passed are logged */
    /* Told to each monitor, since a target may be known only when plugins are: */
    const char *document; /* the target file as canonical JSON; NULL: the run has none */
};

#endif
