/* SPDX-License-Identifier: Apache-2.0 */
/* A cgroup that counts CPU. */
#include "cpu_group.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { LINE = 512 };

/* Where we are in this hierarchy: the path behind "N:CONTROLLER:", or "0::" for version 2. */
static bool own_path(const char *marker, char ret_path[LINE])
{
    char line[LINE];
    bool found = false;
    FILE *cgroup = fopen("/proc/self/cgroup", "re");
    while (cgroup && !found && fgets(line, sizeof(line), cgroup)) {
        const char *at = strstr(line, marker);
        found = at != NULL;
        if (found)
            snprintf(ret_path, LINE, "%.*s", (int)strcspn(at + strlen(marker), "\n"), at + strlen(marker));
    }
    if (cgroup)
        fclose(cgroup);
    return found;
}

static bool try_under(const char *mount, const char *marker, struct cpu_group *group)
{
    char own[LINE], path[2 * LINE];
    if (access(mount, W_OK) < 0 || !own_path(marker, own))
        return false;
    int n = snprintf(path, sizeof(path), "%s%s/bench-%d", mount, strcmp(own, "/") == 0 ? "" : own, (int)getpid());
    if (n < 0 || (size_t)n >= sizeof(group->path) || mkdir(path, 0755) < 0)
        return false;
    memcpy(group->path, path, (size_t)n + 1);
    return true;
}

struct cpu_group cpu_group_open(void)
{
    struct cpu_group group = {.path = ""};
    (void)(try_under("/sys/fs/cgroup/cpuacct", ":cpuacct:", &group) ||
           try_under("/sys/fs/cgroup/cpu,cpuacct", ":cpu,cpuacct:", &group) ||
           try_under("/sys/fs/cgroup", "0::", &group));
    return group;
}

void cpu_group_enter(const struct cpu_group *group)
{
    char path[LINE];
    snprintf(path, sizeof(path), "%s/cgroup.procs", group->path);
    FILE *procs = *group->path ? fopen(path, "we") : NULL;
    if (!procs)
        return;
    fputs("0", procs);
    fclose(procs);
}

/* "cpuacct.usage" is a number of nanoseconds; "cpu.stat" has a line "usage_usec N". */
static double usage(const struct cpu_group *group, const char *file, const char *key, double unit)
{
    char path[LINE], line[LINE];
    double seconds = -1;
    snprintf(path, sizeof(path), "%s/%s", group->path, file);
    FILE *stat = fopen(path, "re");
    while (stat && seconds < 0 && fgets(line, sizeof(line), stat))
        if (strncmp(line, key, strlen(key)) == 0)
            seconds = strtod(line + strlen(key), NULL) * unit;
    if (stat)
        fclose(stat);
    return seconds;
}

double cpu_group_close(const struct cpu_group *group)
{
    if (!*group->path)
        return -1;
    double seconds = usage(group, "cpuacct.usage", "", 1e-9);
    if (seconds < 0)
        seconds = usage(group, "cpu.stat", "usage_usec ", 1e-6);
    rmdir(group->path);
    return seconds;
}
