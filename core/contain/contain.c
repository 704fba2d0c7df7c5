/* SPDX-License-Identifier: Apache-2.0 */
/* The outer side of containment. */
#include "contain/contain.h"

#include "base/cleanup.h"
#include "base/io.h"
#include "base/mem.h"

#include <errno.h>
#include <fcntl.h>
#include <mntent.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

enum { SMALL_FILE = 4 * 1024 * 1024 };

const char *containment_name(const struct containment_set *set)
{
    if (set->kind == CONTAIN_CGROUP)
        return set->version == 2 ? "cgroup v2" : "cgroup v1";
    return set->kind == CONTAIN_PIDNS ? "PID namespace" : "sub-reaper";
}

int containment_parse(const char *name, int *ret_kind)
{
    static const struct {
        const char *name;
        int kind;
    } names[] = {{"auto", -1}, {"cgroup", CONTAIN_CGROUP}, {"pidns", CONTAIN_PIDNS}, {"reaper", CONTAIN_REAPER}};
    for (size_t i = 0; i < ARRAY_LEN(names); i++) {
        if (strcmp(names[i].name, name) == 0) {
            *ret_kind = names[i].kind;
            return 0;
        }
    }
    return -EINVAL;
}

/* Our own group in a hierarchy: /proc/self/cgroup has "0::/path" for v2 and "N:freezer:/path" for v1. */
static char *own_group(const char *controller)
{
    autobuf struct buf text = {0};
    if (io_read_file(AT_FDCWD, "/proc/self/cgroup", SMALL_FILE, &text) < 0)
        return NULL;
    autofree char *copy = buf_steal(&text);
    char *state = NULL;
    for (char *line = strtok_r(copy, "\n", &state); line; line = strtok_r(NULL, "\n", &state)) {
        char *name = strchr(line, ':');
        char *path = name ? strchr(name + 1, ':') : NULL;
        if (!path)
            continue;
        *path++ = '\0';
        if (strcmp(name + 1, controller) == 0)
            return xstrdup(path);
    }
    return NULL;
}

/* Where a hierarchy is mounted, with our own group below it. `controller` is "" for v2. */
char *containment_own_group(const char *controller)
{
    autofree char *group = own_group(controller);
    FILE *mounts = group ? setmntent("/proc/self/mounts", "re") : NULL;
    if (!mounts)
        return NULL;
    char *found = NULL;
    struct mntent m;
    char line[4096];
    while (!found && getmntent_r(mounts, &m, line, sizeof line)) {
        bool fits = *controller ? strcmp(m.mnt_type, "cgroup") == 0 && hasmntopt(&m, controller)
                                : strcmp(m.mnt_type, "cgroup2") == 0;
        if (fits)
            found = xasprintf("%s%s", m.mnt_dir, strcmp(group, "/") == 0 ? "" : group);
    }
    endmntent(mounts);
    return found;
}

static void remove_groups(int dirfd, const char *name)
{
    autoclose int fd = openat(dirfd, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    autoclosedir DIR *dir = fd < 0 ? NULL : fdopendir(dup(fd));
    for (struct dirent *e; dir && (e = readdir(dir));)
        if (e->d_type == DT_DIR && e->d_name[0] != '.')
            unlinkat(fd, e->d_name, AT_REMOVEDIR);
    unlinkat(dirfd, name, AT_REMOVEDIR); /* fails while a process is in it, as it should */
}

void containment_remove_abandoned(const char *own)
{
    autoclosedir DIR *dir = opendir(own);
    for (struct dirent *e; dir && (e = readdir(dir));) {
        int pid;
        if (sscanf(e->d_name, "muster-%d-", &pid) == 1 && pid > 0 && kill(pid, 0) < 0 && errno == ESRCH)
            remove_groups(dirfd(dir), e->d_name);
    }
}

static int open_cgroup_in(struct containment_set *set, const char *controller, const char *run_id, struct err *err)
{
    autofree char *own = containment_own_group(controller);
    const char *which = *controller ? "v1 (freezer)" : "v2";
    if (!own)
        return err_set(err, -ENOENT, "no cgroup %s is mounted", which);
    autofree char *procs = xasprintf("%s/cgroup.procs", own);
    if (access(procs, W_OK) < 0) /* moving a process needs this right on the common ancestor */
        return err_errno(err, -errno, "cgroup %s: %s", which, procs);
    containment_remove_abandoned(own);
    autofree char *path = xasprintf("%s/muster-%d-%s", own, (int)getpid(), run_id);
    if (mkdir(path, 0755) < 0)
        return err_errno(err, -errno, "cgroup %s: making %s", which, path);
    autofree char *kill_file = xasprintf("%s/cgroup.kill", path);
    if (!*controller && access(kill_file, W_OK) < 0) {
        rmdir(path);
        return err_set(err, -ENOTSUP, "cgroup v2 without cgroup.kill: Linux 5.14 or newer has it");
    }
    set->kind = CONTAIN_CGROUP;
    set->version = *controller ? 1 : 2;
    set->base_path = steal_ptr(&path);
    set->base = open(set->base_path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    return set->base < 0 ? err_errno(err, -errno, "%s", set->base_path) : 0;
}

static int open_cgroup(struct containment_set *set, const char *run_id, struct err *err)
{
    int r = open_cgroup_in(set, "", run_id, err);
    return r < 0 ? open_cgroup_in(set, "freezer", run_id, NULL) < 0 ? r : 0 : 0;
}

static int open_rung(struct containment_set *set, enum containment kind, const char *run_id, containment_probe probe,
                     void *data, struct err *err)
{
    if (kind == CONTAIN_CGROUP)
        return open_cgroup(set, run_id, err);
    int r = kind == CONTAIN_PIDNS ? probe(data, kind, err) : 0;
    if (r == 0)
        set->kind = kind;
    return r;
}

int containment_open(struct containment_set *set, int wanted, const char *run_id, containment_probe probe, void *data,
                     struct err *err)
{
    *set = (struct containment_set){.base = -1};
    if (wanted >= 0)
        return open_rung(set, (enum containment)wanted, run_id, probe, data, err);
    for (int kind = CONTAIN_CGROUP; kind <= CONTAIN_REAPER; kind++)
        if (open_rung(set, (enum containment)kind, run_id, probe, data, NULL) == 0)
            return 0;
    return 0; /* the last rung can't fail */
}

/* Waits, for as long as a killed process may take to go, until the cgroup has none. */
static void wait_until_empty(int dirfd, const char *name)
{
    enum { LOOK_MS = 100, LOOKS = 20 };
    autofree char *path = xasprintf("%s/cgroup.events", name);
    autoclose int fd = openat(dirfd, path, O_RDONLY | O_CLOEXEC);
    for (int i = 0; fd >= 0 && i < LOOKS; i++) {
        char text[256];
        ssize_t n = pread(fd, text, sizeof text - 1, 0);
        text[n > 0 ? n : 0] = '\0';
        if (!strstr(text, "populated 1"))
            return;
        poll(&(struct pollfd){.fd = fd, .events = POLLPRI}, 1, LOOK_MS);
    }
}

static void slot_path(unsigned slot, const char *file, char ret_path[48])
{
    snprintf(ret_path, 48, "%u%s%s", slot, *file ? "/" : "", file);
}

void containment_close(struct containment_set *set, unsigned slots)
{
    for (unsigned i = 0; set->base >= 0 && i < slots; i++) {
        char path[48];
        slot_path(i, "", path);
        wait_until_empty(set->base, path);
        unlinkat(set->base, path, AT_REMOVEDIR);
    }
    if (set->base >= 0) {
        close(set->base);
        rmdir(set->base_path);
    }
    free(set->base_path);
    *set = (struct containment_set){.base = -1};
}

int containment_slot_dir(const struct containment_set *set, unsigned slot)
{
    if (set->kind != CONTAIN_CGROUP)
        return -1;
    char path[48];
    slot_path(slot, "", path);
    if (mkdirat(set->base, path, 0755) < 0 && errno != EEXIST)
        return -errno;
    int fd = openat(set->base, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    return fd < 0 ? -errno : fd;
}

static void write_slot_file(const struct containment_set *set, unsigned slot, const char *file, const char *text)
{
    char path[48];
    slot_path(slot, file, path);
    autoclose int fd = openat(set->base, path, O_WRONLY | O_CLOEXEC);
    if (fd >= 0)
        io_write_all(fd, text, strlen(text));
}

static void kill_listed(const struct containment_set *set, unsigned slot)
{
    char path[48];
    slot_path(slot, "cgroup.procs", path);
    autobuf struct buf pids = {0};
    io_read_file(set->base, path, SMALL_FILE, &pids);
    const char *text = buf_str(&pids);
    for (char *end; *text; text = end) {
        long pid = strtol(text, &end, 10);
        if (end == text)
            break;
        kill((pid_t)pid, SIGKILL);
        while (*end == '\n')
            end++;
    }
}

void containment_kill(const struct containment_set *set, unsigned slot)
{
    if (set->kind != CONTAIN_CGROUP)
        return;
    if (set->version == 2) {
        write_slot_file(set, slot, "cgroup.kill", "1");
        return;
    }
    write_slot_file(set, slot, "freezer.state", "FROZEN"); /* so that nothing forks while we kill */
    kill_listed(set, slot);
    write_slot_file(set, slot, "freezer.state", "THAWED"); /* a frozen process dies when it thaws */
}

void containment_renew(const struct containment_set *set, unsigned slot)
{
    /* Recent kernels end whatever is born by CLONE_INTO_CGROUP in a cgroup that was ever told to kill (seen on 6.18:
     * they count the kills of a cgroup, and compare the new one's count with that of the parent's cgroup). */
    char path[48];
    slot_path(slot, "", path);
    if (set->kind == CONTAIN_CGROUP)
        unlinkat(set->base, path, AT_REMOVEDIR);
}

bool containment_is_empty(const struct containment_set *set, unsigned slot)
{
    if (set->kind != CONTAIN_CGROUP)
        return true;
    char path[48];
    slot_path(slot, "cgroup.procs", path);
    autobuf struct buf pids = {0};
    int r = io_read_file(set->base, path, SMALL_FILE, &pids);
    return r == -ENOENT || pids.len == 0;
}

static bool is_kept(pid_t pid, const pid_t *keep, size_t n_keep)
{
    for (size_t i = 0; i < n_keep; i++)
        if (keep[i] == pid)
            return true;
    return false;
}

void containment_end_orphans(const pid_t *keep, size_t n_keep)
{
    for (bool found = true; found;) {
        found = false;
        autofree char *path = xasprintf("/proc/self/task/%d/children", (int)syscall(SYS_gettid));
        autobuf struct buf pids = {0};
        io_read_file(AT_FDCWD, path, SMALL_FILE, &pids);
        const char *text = buf_str(&pids);
        for (char *end; *text; text = end) {
            pid_t pid = (pid_t)strtol(text, &end, 10);
            if (end == text)
                break;
            if (is_kept(pid, keep, n_keep))
                continue;
            found = true;
            kill(pid, SIGKILL);
            waitpid(pid, NULL, __WALL);
        }
    }
}
