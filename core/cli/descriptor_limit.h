/* SPDX-License-Identifier: Apache-2.0 */
/* The limit of open files. */
#ifndef MUSTER_CLI_DESCRIPTOR_LIMIT_H
#define MUSTER_CLI_DESCRIPTOR_LIMIT_H

#include <stdint.h>

/* As far as it goes. */
void descriptor_limit_raise(void);
/* How many of the jobs it allows, beside so many fixtures; says so when they are fewer. */
int64_t descriptor_limit_jobs(int64_t jobs, uint32_t fixtures);

#endif
