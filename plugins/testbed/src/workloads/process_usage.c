/* SPDX-License-Identifier: Apache-2.0 */
/* Reading clocks and /proc. */
#include "workloads/process_usage.h"

#include <dirent.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#define DEEP 8 /* generations of children that are followed */

int64_t process_cpu_us(pid_t pid)
{
    struct timespec t;
    clockid_t clock;

    if (clock_getcpuclockid(pid, &clock) != 0 || clock_gettime(clock, &t) != 0)
        return 0;
    return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

static int64_t resident_bytes(pid_t pid)
{
    long long pages = 0;
    char path[64];

    snprintf(path, sizeof path, "/proc/%d/statm", (int)pid);
    FILE *f = fopen(path, "re");
    if (!f)
        return 0;
    if (fscanf(f, "%*d %lld", &pages) != 1)
        pages = 0;
    fclose(f);
    return pages * sysconf(_SC_PAGESIZE);
}

static int count_files(pid_t pid)
{
    char path[64];
    int n = 0;

    snprintf(path, sizeof path, "/proc/%d/fd", (int)pid);
    DIR *folder = opendir(path);
    if (!folder)
        return 0;
    for (const struct dirent *entry; (entry = readdir(folder));)
        n += entry->d_name[0] != '.';
    closedir(folder);
    return n;
}

/* One process and all below it. */
static void add_family(pid_t pid, int depth, struct instance_usage *usage)
{
    char path[64];
    int child;

    snprintf(path, sizeof path, "/proc/%d/task/%d/children", (int)pid, (int)pid);
    FILE *children = depth < DEEP ? fopen(path, "re") : NULL;
    usage->processes++;
    usage->memory_bytes += resident_bytes(pid);
    usage->cpu_us += process_cpu_us(pid);
    while (children && fscanf(children, "%d", &child) == 1)
        add_family(child, depth + 1, usage);
    if (children)
        fclose(children);
}

int process_usage(pid_t pid, struct instance_usage *ret_usage)
{
    struct instance_usage usage = {.open_files = count_files(pid)};

    if (usage.open_files == 0)
        return -1;
    add_family(pid, 0, &usage);
    *ret_usage = usage;
    return 0;
}
