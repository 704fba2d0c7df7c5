/* SPDX-License-Identifier: Apache-2.0 */
/* Lists of processes, and what /proc tells of one. */
#include "base/pids.h"

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/io.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { FILE_MAX = 4 * 1024 * 1024, COMMAND_MAX = 160, PATH_LEN = 64 };

void pids_free(struct pids *pids)
{
    int saved = errno;
    free(pids->items);
    *pids = (struct pids){0};
    errno = saved;
}

void pids_add(struct pids *pids, pid_t pid)
{
    GROW(pids->items, pids->n, pids->cap);
    pids->items[pids->n++] = pid;
}

bool pids_has(const struct pids *pids, pid_t pid)
{
    for (size_t i = 0; i < pids->n; i++)
        if (pids->items[i] == pid)
            return true;
    return false;
}

void pids_add_new(struct pids *pids, pid_t pid)
{
    if (!pids_has(pids, pid))
        pids_add(pids, pid);
}

void pids_parse(const char *text, struct pids *out)
{
    for (char *end; *text; text = end) {
        long pid = strtol(text, &end, 10);
        if (end == text)
            return;
        end += strspn(end, " \n");
        if (pid > 0 && pid <= INT32_MAX)
            pids_add(out, (pid_t)pid);
    }
}

int pids_read(int dirfd, const char *path, struct pids *out)
{
    autobuf struct buf text = {0};
    int r = io_read_file(dirfd, path, FILE_MAX, &text);
    if (r == 0)
        pids_parse(buf_str(&text), out);
    return r;
}

static DIR *open_dir(int proc, const char *path)
{
    int fd = openat(proc, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *dir = fd < 0 ? NULL : fdopendir(fd);
    if (!dir)
        close_fd(fd);
    return dir;
}

void pids_all(int proc, struct pids *out)
{
    autoclosedir DIR *dir = open_dir(proc, ".");
    for (struct dirent *e; dir && (e = readdir(dir));) {
        long pid = strtol(e->d_name, NULL, 10);
        if (pid > 0)
            pids_add(out, (pid_t)pid);
    }
}

void pids_children(int proc, pid_t pid, struct pids *out)
{
    char path[PATH_LEN];
    snprintf(path, sizeof path, "%d/task", (int)pid);
    autoclosedir DIR *tasks = open_dir(proc, path);
    for (struct dirent *e; tasks && (e = readdir(tasks));) {
        char children[PATH_LEN];
        snprintf(children, sizeof children, "%.20s/children", e->d_name);
        if (e->d_name[0] != '.')
            pids_read(dirfd(tasks), children, out);
    }
}

void pids_descendants(int proc, pid_t pid, struct pids *out)
{
    enum { MOST = 1 << 22 }; /* the kernel has no more: one that is adopted meanwhile is seen twice */
    size_t next = out->n;
    pids_children(proc, pid, out);
    for (; next < out->n && next < MOST; next++) /* the list grows: breadth first, however deep they stand */
        pids_children(proc, out->items[next], out);
}

int pids_open_proc(void)
{
    int fd = open("/proc", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    return fd < 0 ? -errno : fd;
}

static int read_of(int proc, pid_t pid, const char *name, struct buf *out)
{
    char path[PATH_LEN];
    snprintf(path, sizeof path, "%d/%s", (int)pid, name);
    return io_read_file(proc, path, FILE_MAX, out);
}

/* The fields of a stat file behind its name, which may hold anything: state, parent ... */
static bool is_dead(const char *stat)
{
    enum { FIELDS_TO_THREADS = 17 };
    const char *p = strrchr(stat, ')');
    if (!p || p[1] != ' ')
        return true;
    char state = p[2];
    if (state != 'Z' && state != 'X')
        return false;
    p += 2;
    for (int i = 0; i < FIELDS_TO_THREADS && p; i++)
        p = strchr(p + 1, ' ');
    return !p || strtol(p, NULL, 10) < 2; /* its first thread has ended; it counts until the others have */
}

bool pid_is_ending(int proc, pid_t pid)
{
    enum { FIELDS_TO_FLAGS = 6, PF_EXITING = 4 }; /* the latter: include/linux/sched.h */
    autobuf struct buf text = {0};
    const char *p = read_of(proc, pid, "stat", &text) == 0 ? strrchr(buf_str(&text), ')') : NULL;
    if (!p)
        return true;
    p++;
    for (int i = 0; i < FIELDS_TO_FLAGS && p; i++)
        p = strchr(p + 1, ' ');
    return p && strtoul(p, NULL, 10) & PF_EXITING;
}

bool pid_is_alive(int proc, pid_t pid)
{
    autobuf struct buf text = {0};
    return read_of(proc, pid, "stat", &text) == 0 && !is_dead(buf_str(&text));
}

bool pid_has_variable(int proc, pid_t pid, const char *variable)
{
    size_t len = strlen(variable);
    autobuf struct buf text = {0};
    if (read_of(proc, pid, "environ", &text) < 0 || text.len == 0)
        return false;
    for (const char *p = text.data, *end = p + text.len; p < end;) {
        size_t n = strnlen(p, (size_t)(end - p));
        if (n == len && memcmp(p, variable, len) == 0)
            return true;
        p += n + 1;
    }
    return false;
}

/* Lines of the form "4:memory:/a/b/c". */
bool pid_is_in_group(int proc, pid_t pid, const char *name)
{
    size_t len = strlen(name);
    autobuf struct buf text = {0};
    if (read_of(proc, pid, "cgroup", &text) < 0)
        return false;
    for (const char *p = buf_str(&text); (p = strchr(p, '/')) != NULL;) {
        p++;
        if (strncmp(p, name, len) == 0 && (p[len] == '/' || p[len] == '\n'))
            return true;
    }
    return false;
}

const char *pid_describe(int proc, pid_t pid, struct arena *arena)
{
    autobuf struct buf line = {0};
    if (read_of(proc, pid, "cmdline", &line) < 0 || line.len == 0) {
        buf_clear(&line);
        read_of(proc, pid, "comm", &line);
    }
    if (line.len > COMMAND_MAX)
        line.len = COMMAND_MAX;
    for (size_t i = 0; i < line.len; i++)
        if (line.data[i] == '\0' || line.data[i] == '\n')
            line.data[i] = ' ';
    while (line.len > 0 && line.data[line.len - 1] == ' ')
        line.len--;
    autofree char *text = xasprintf("%d %s", (int)pid, buf_str(&line));
    return arena_strdup(arena, text);
}

pid_t pidfd_pid(int pidfd)
{
    autofree char *path = xasprintf("/proc/self/fdinfo/%d", pidfd);
    autobuf struct buf text = {0};
    if (io_read_file(AT_FDCWD, path, 4096, &text) < 0)
        return -1;
    const char *pid = strstr(buf_str(&text), "\nPid:");
    long n = pid ? strtol(pid + 5, NULL, 10) : 0;
    return n > 0 ? (pid_t)n : 0;
}
