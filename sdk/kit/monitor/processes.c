/* SPDX-License-Identifier: Apache-2.0 */
/* What processes use, from /proc. */
#include "source.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

long monitor_read_text(const char *path, char *out, size_t size)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return -errno;
    size_t n = 0;
    ssize_t got = 1;
    while (n < size - 1 && (got = read(fd, out + n, size - 1 - n)) != 0) {
        if (got < 0 && errno != EINTR)
            break;
        n += got > 0 ? (size_t)got : 0;
    }
    long r = got < 0 ? -errno : (long)n;
    close(fd);
    out[r < 0 ? 0 : n] = '\0';
    return r;
}

struct stat_line {
    char state;
    int parent;
    unsigned long long user, system, children_user, children_system, started; /* ticks */
    long threads, pages;
};

/* The name before it may hold anything, parentheses and blanks too: the last one ends it. */
static int read_stat(pid_t pid, struct stat_line *ret)
{
    char path[64], text[2048];
    snprintf(path, sizeof path, "/proc/%d/stat", (int)pid);
    long n = monitor_read_text(path, text, sizeof text);
    const char *behind = n < 0 ? NULL : strrchr(text, ')');
    if (n < 0)
        return (int)-n;
    if (!behind || sscanf(behind + 1,
                          " %c %d %*d %*d %*d %*d %*u %*u %*u %*u %*u %llu %llu %llu %llu %*d %*d %ld %*d %llu %*u %ld",
                          &ret->state, &ret->parent, &ret->user, &ret->system, &ret->children_user,
                          &ret->children_system, &ret->threads, &ret->started, &ret->pages) != 9)
        return EPROTO;
    return 0;
}

static bool is_over(const struct stat_line *s)
{
    return s->state == 'Z' || s->state == 'X';
}

static double ticks_ms(unsigned long long ticks)
{
    return (double)ticks * 1000 / (double)sysconf(_SC_CLK_TCK);
}

/* Of a process that has ended in between nothing is missing: it is no longer part of what is looked at. */
static bool is_gone(long error)
{
    return error == ENOENT || error == ESRCH;
}

/* Of a text of lines "Name: 123 kB"; -1: there is none. */
static double field(const char *text, const char *name)
{
    size_t length = strlen(name);
    for (const char *line = text; line; line = (line = strchr(line, '\n')) ? line + 1 : NULL)
        if (strncmp(line, name, length) == 0 && line[length] == ':')
            return strtod(line + length + 1, NULL);
    return -1;
}

/* Where the rollup can't be read, its sum of all pages that are mapped can: by the kernel's own, less exact count. */
static void add_memory(struct reading *r, pid_t pid, const struct stat_line *s)
{
    char path[64], text[4096];
    snprintf(path, sizeof path, "/proc/%d/smaps_rollup", (int)pid);
    long n = monitor_read_text(path, text, sizeof text);
    double rss = n < 0 ? -1 : field(text, "Rss"), pss = n < 0 ? -1 : field(text, "Pss");
    reading_add(r, Q_rss, rss < 0 ? (double)s->pages * (double)sysconf(_SC_PAGESIZE) : rss * 1024);
    if (pss >= 0)
        reading_add(r, Q_pss, pss * 1024);
    else if (n < 0 && !is_gone(-n))
        reading_fail(r, Q_pss, (int)-n);
}

static void add_descriptors(struct reading *r, pid_t pid)
{
    char path[64];
    snprintf(path, sizeof path, "/proc/%d/fd", (int)pid);
    DIR *all = opendir(path);
    if (!all) {
        if (!is_gone(errno))
            reading_fail(r, Q_fds, errno);
        return;
    }
    /* An own list has the descriptor that it is read by in it. */
    int n = pid == getpid() ? -1 : 0;
    for (const struct dirent *e; (e = readdir(all)) != NULL;)
        n += e->d_name[0] != '.';
    closedir(all);
    reading_add(r, Q_fds, n);
}

static void add_disk(struct reading *r, pid_t pid)
{
    char path[64], text[1024];
    snprintf(path, sizeof path, "/proc/%d/io", (int)pid);
    long n = monitor_read_text(path, text, sizeof text);
    if (n < 0) {
        if (is_gone(-n))
            return;
        reading_fail(r, Q_read_bytes, (int)-n);
        reading_fail(r, Q_written_bytes, (int)-n);
        return;
    }
    reading_add(r, Q_read_bytes, field(text, "read_bytes"));
    reading_add(r, Q_written_bytes, field(text, "write_bytes"));
}

static void add_shape(struct reading *r, pid_t pid, const struct stat_line *s)
{
    if (is_over(s))
        return;
    reading_add(r, Q_processes, 1);
    reading_add(r, Q_threads, (double)s->threads);
    add_memory(r, pid, s);
    add_descriptors(r, pid);
}

void monitor_process_add(struct reading *r, pid_t pid)
{
    struct stat_line s;
    if (read_stat(pid, &s) == 0)
        add_shape(r, pid, &s);
}

/* Two lines of heads, then "  eth0: received-bytes 7 more sent-bytes ...". */
void monitor_process_network(struct reading *r, pid_t pid, bool loopback)
{
    char path[64], text[16384];
    snprintf(path, sizeof path, "/proc/%d/net/dev", (int)pid);
    long n = monitor_read_text(path, text, sizeof text);
    if (n < 0) {
        reading_fail(r, Q_received_bytes, (int)-n);
        reading_fail(r, Q_sent_bytes, (int)-n);
        return;
    }
    reading_add(r, Q_received_bytes, 0);
    reading_add(r, Q_sent_bytes, 0);
    char *rest = NULL;
    for (char *line = strtok_r(text, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest)) {
        unsigned long long received, sent;
        char name[64];
        if (sscanf(line, " %63[^:]: %llu %*u %*u %*u %*u %*u %*u %*u %llu", name, &received, &sent) != 3 ||
            (!loopback && strcmp(name, "lo") == 0))
            continue;
        reading_add(r, Q_received_bytes, (double)received);
        reading_add(r, Q_sent_bytes, (double)sent);
    }
}

/* ---- a process ---- */

static bool read_one(struct source *s, struct reading *r)
{
    struct stat_line line;
    if (read_stat(s->pid, &line) != 0 || line.started != s->started)
        return false;
    reading_add(r, Q_cpu_ms, ticks_ms(line.user + line.system));
    add_disk(r, s->pid);
    if (is_over(&line))
        return false;
    add_shape(r, s->pid, &line);
    monitor_process_network(r, s->pid, s->loopback);
    return true;
}

/* ---- a tree ---- */

struct member {
    pid_t pid;
    bool inside;
    struct stat_line stat;
};

struct members {
    struct member *all;
    size_t n, room;
};

/* false: no memory. */
static bool list_processes(struct members *m)
{
    DIR *all = opendir("/proc");
    bool fits = true;
    for (const struct dirent *e; all && fits && (e = readdir(all)) != NULL;) {
        struct member one = {.pid = (pid_t)strtol(e->d_name, NULL, 10)};
        if (one.pid <= 0 || read_stat(one.pid, &one.stat) != 0)
            continue;
        if (m->n == m->room) {
            size_t room = m->room ? 2 * m->room : 256;
            struct member *more = reallocarray(m->all, room, sizeof *more);
            fits = more != NULL;
            m->all = fits ? more : m->all;
            m->room = fits ? room : m->room;
        }
        if (fits)
            m->all[m->n++] = one;
    }
    if (all)
        closedir(all);
    return all && fits;
}

/* Numbers of processes begin again, so a parent may stand behind its child: until nobody joins. */
static void mark_inside(struct members *m, pid_t root)
{
    for (size_t i = 0; i < m->n; i++)
        m->all[i].inside = m->all[i].pid == root;
    for (bool joined = true; joined;) {
        joined = false;
        for (size_t i = 0; i < m->n; i++)
            for (size_t k = 0; k < m->n && !m->all[i].inside; k++)
                if (m->all[k].inside && m->all[k].pid == m->all[i].stat.parent)
                    m->all[i].inside = joined = true;
    }
}

/* Processor time and disk bytes of whoever has ended and was waited for are its parent's: so the sums only grow. */
static bool read_tree(struct source *s, struct reading *r)
{
    struct members m = {0};
    struct stat_line root;
    if (read_stat(s->pid, &root) != 0 || root.started != s->started)
        return false;
    bool listed = list_processes(&m);
    if (listed)
        mark_inside(&m, s->pid);
    for (size_t i = 0; listed && i < m.n; i++) {
        const struct stat_line *one = &m.all[i].stat;
        if (!m.all[i].inside)
            continue;
        reading_add(r, Q_cpu_ms, ticks_ms(one->user + one->system + one->children_user + one->children_system));
        add_disk(r, m.all[i].pid);
        add_shape(r, m.all[i].pid, one);
    }
    free(m.all);
    if (!is_over(&root))
        monitor_process_network(r, s->pid, s->loopback);
    return !is_over(&root);
}

int monitor_source_processes(struct source *s, pid_t pid, bool tree)
{
    struct stat_line line;
    int error = read_stat(pid, &line);
    if (error)
        return error;
    *s = (struct source){.read = tree ? read_tree : read_one, .pid = pid, .tree = tree, .started = line.started};
    return is_over(&line) ? ESRCH : 0;
}
