/* SPDX-License-Identifier: Apache-2.0 */
/* Where in a program a call came from. */
#ifndef FAULTS_MAPS_H
#define FAULTS_MAPS_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct range {
    uint64_t from, to;
};

/* What one exec() has mapped; who forks has the same. */
struct image {
    struct range loader, program;
    uint64_t base, entry; /* where the program begins in memory, and where it was started */
};

void image_read(pid_t pid, struct image *ret);

/* The nearest place in the program that the stack tells of, as addr2line takes it; 0: none. */
uint64_t image_site(const struct image *image, pid_t pid, uint64_t stack);

#endif
