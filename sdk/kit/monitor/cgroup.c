/* SPDX-License-Identifier: Apache-2.0 */
/* What a control group uses: version 2, and version 1 with a hierarchy for each controller. */
#include "source.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { DEPTH_MOST = 32 };

static bool exists(const char *path)
{
    return access(path, F_OK) == 0;
}

static bool is_second(const struct source *s)
{
    char path[PATH_MAX];
    snprintf(path, sizeof path, "%s/cgroup.controllers", s->root);
    return exists(path);
}

/* ROOT/CONTROLLER/PATH/FILE, or ROOT/PATH/FILE where all are in one. */
static void path_of(const struct source *s, const char *controller, const char *file, char out[PATH_MAX])
{
    int n = is_second(s) ? snprintf(out, PATH_MAX, "%s/%s", s->root, s->path)
                         : snprintf(out, PATH_MAX, "%s/%s/%s", s->root, controller, s->path);
    if (*file && n >= 0 && n < PATH_MAX)
        snprintf(out + n, (size_t)(PATH_MAX - n), "/%s", file);
}

/* Text of a file of the group's; false: the quantity has failed. */
static bool text_of(const struct source *s, const char *controller, const char *file, char *out, size_t size,
                    struct reading *r, enum quantity q)
{
    char path[PATH_MAX];
    path_of(s, controller, file, path);
    long n = monitor_read_text(path, out, size);
    if (n < 0)
        reading_fail(r, q, (int)-n);
    return n >= 0;
}

static void read_cpu(const struct source *s, bool second, struct reading *r)
{
    char text[4096];
    if (!text_of(s, "cpuacct", second ? "cpu.stat" : "cpuacct.usage", text, sizeof text, r, Q_cpu_ms))
        return;
    const char *at = second ? strstr(text, "usage_usec ") : text;
    if (at)
        reading_add(r, Q_cpu_ms, second ? strtod(at + strlen("usage_usec "), NULL) / 1e3 : strtod(at, NULL) / 1e6);
}

static void read_memory(const struct source *s, bool second, struct reading *r)
{
    char text[64];
    if (text_of(s, "memory", second ? "memory.current" : "memory.usage_in_bytes", text, sizeof text, r, Q_memory))
        reading_add(r, Q_memory, strtod(text, NULL));
}

/* "8:0 rbytes=4096 wbytes=0 ..." */
static void add_devices_second(char *line, struct reading *r)
{
    const char *in = strstr(line, " rbytes="), *out = strstr(line, " wbytes=");
    reading_add(r, Q_read_bytes, in ? strtod(in + strlen(" rbytes="), NULL) : 0);
    reading_add(r, Q_written_bytes, out ? strtod(out + strlen(" wbytes="), NULL) : 0);
}

/* "8:0 Read 4096", and at the end a "Total" of all, whose line has no device */
static void add_devices_first(char *line, struct reading *r)
{
    unsigned major, minor;
    char what[16];
    double bytes;
    if (sscanf(line, "%u:%u %15s %lf", &major, &minor, what, &bytes) != 4)
        return;
    if (strcmp(what, "Read") == 0)
        reading_add(r, Q_read_bytes, bytes);
    if (strcmp(what, "Write") == 0)
        reading_add(r, Q_written_bytes, bytes);
}

/* A group that has done nothing yet has an empty file. */
static void read_disk(const struct source *s, bool second, struct reading *r)
{
    char path[PATH_MAX], text[16384];
    const char *file = second ? "io.stat" : "blkio.throttle.io_service_bytes_recursive";
    path_of(s, "blkio", file, path);
    if (!second && !exists(path))
        file = "blkio.throttle.io_service_bytes";
    if (!text_of(s, "blkio", file, text, sizeof text, r, Q_read_bytes)) {
        reading_fail(r, Q_written_bytes, r->error[Q_read_bytes]);
        return;
    }
    reading_add(r, Q_read_bytes, 0);
    reading_add(r, Q_written_bytes, 0);
    char *rest = NULL;
    for (char *line = strtok_r(text, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest))
        (second ? add_devices_second : add_devices_first)(line, r);
}

/* The group's processes and those of the groups below; *first is one of them. */
static void add_processes(struct reading *r, const char *dir, pid_t *first, int depth)
{
    char path[PATH_MAX];
    int n = snprintf(path, sizeof path, "%s/cgroup.procs", dir);
    FILE *in = n < PATH_MAX ? fopen(path, "re") : NULL;
    for (int pid; in && fscanf(in, "%d", &pid) == 1;) {
        monitor_process_add(r, pid);
        *first = *first ? *first : pid;
    }
    if (in)
        fclose(in);
    DIR *all = depth < DEPTH_MOST ? opendir(dir) : NULL;
    for (const struct dirent *e; all && (e = readdir(all)) != NULL;) {
        if (e->d_type != DT_DIR || e->d_name[0] == '.')
            continue;
        n = snprintf(path, sizeof path, "%s/%s", dir, e->d_name);
        if (n < PATH_MAX)
            add_processes(r, path, first, depth + 1);
    }
    if (all)
        closedir(all);
}

/* Of version 1 a group may be in some hierarchies alone. */
static bool find_group(const struct source *s, char dir[PATH_MAX])
{
    static const char *const controllers[] = {"memory", "cpuacct", "blkio", "pids"};
    for (size_t i = 0; i < sizeof controllers / sizeof controllers[0]; i++) {
        path_of(s, controllers[i], "", dir);
        if (exists(dir))
            return true;
    }
    return false;
}

static bool read_cgroup(struct source *s, struct reading *r)
{
    char dir[PATH_MAX];
    bool second = is_second(s);
    pid_t first = 0;
    if (!find_group(s, dir))
        return false;
    read_cpu(s, second, r);
    read_memory(s, second, r);
    read_disk(s, second, r);
    reading_add(r, Q_processes, 0);
    reading_add(r, Q_threads, 0);
    add_processes(r, dir, &first, 0);
    if (first)
        monitor_process_network(r, first, s->loopback);
    return true;
}

/* Without what a path may have at its ends: "/docker/3f/" as /proc/PID/cgroup has it, below ROOT. */
static char *trimmed(const char *path, bool leading)
{
    path += leading ? strspn(path, "/") : 0;
    size_t n = strlen(path);
    while (n > 0 && path[n - 1] == '/')
        n--;
    return strndup(path, n);
}

int monitor_source_cgroup(struct source *s, const char *root, const char *path)
{
    char dir[PATH_MAX];
    *s = (struct source){.read = read_cgroup, .root = trimmed(root, false), .path = trimmed(path, true)};
    int error = !s->root || !s->path ? ENOMEM : 0;
    if (!error && strlen(s->root) + strlen(s->path) > PATH_MAX - 256)
        error = ENAMETOOLONG;
    if (!error && !find_group(s, dir))
        error = ENOENT;
    if (error)
        monitor_source_free(s);
    return error;
}

void monitor_source_free(struct source *s)
{
    free(s->root);
    free(s->path);
    s->root = s->path = NULL;
}
