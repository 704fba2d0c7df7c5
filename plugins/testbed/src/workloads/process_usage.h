/* SPDX-License-Identifier: Apache-2.0 */
/* What a process of this machine uses, from the kernel. */
#ifndef TESTBED_PROCESS_USAGE_H
#define TESTBED_PROCESS_USAGE_H

#include "workloads/driver.h"

#include <sys/types.h>

/* The CPU that it has used since its start; 0 when it is not there. */
int64_t process_cpu_us(pid_t pid);

/* -1 when it is not there. Memory is what is resident, of it and of its children; so are processes; files are its own.
 */
int process_usage(pid_t pid, struct instance_usage *ret_usage);

#endif
