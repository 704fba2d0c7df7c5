/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A cgroup that counts the CPU of a command and of all that comes of it: cpuacct, or version 2. Made beside the bench's
 * own; where none can be had, nothing is counted.
 */
#ifndef BENCH_CPU_GROUP_H
#define BENCH_CPU_GROUP_H

struct cpu_group {
    char path[256]; /* "" when there is none */
};

struct cpu_group cpu_group_open(void);
/* The calling process, and what it forks from now on. */
void cpu_group_enter(const struct cpu_group *group);
/* Removes it; the seconds that it counted, below 0 when there is none. */
double cpu_group_close(const struct cpu_group *group);

#endif
