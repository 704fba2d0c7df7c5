/* SPDX-License-Identifier: Apache-2.0 */
/* Groups, and all groups below them. */
#include "contain/group_tree.h"

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/io.h"

#include <errno.h>
#include <fcntl.h>
#include <mntent.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>

enum { SMALL_FILE = 1024 * 1024 };

/* ---- where we are --------------------------------------------------------------------------------------------- */

/* Our own group in a hierarchy: /proc/self/cgroup has "0::/path" for v2 and "N:freezer:/path" for v1. */
static char *own_path(const char *controller)
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

char *group_own(const char *controller)
{
    autofree char *group = own_path(controller);
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

/* ---- the run's group ------------------------------------------------------------------------------------------ */

static void remove_abandoned(const char *own)
{
    autoclosedir DIR *dir = opendir(own);
    for (struct dirent *e; dir && (e = readdir(dir));) {
        if (strncmp(e->d_name, "muster-", 7) != 0)
            continue;
        autoclose int fd = openat(dirfd(dir), e->d_name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
        if (fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) == 0)
            group_remove(dirfd(dir), e->d_name);
    }
}

int group_open_run(const char *own, const char *run_id, char **ret_path, int *ret_base)
{
    enum { TRIES = 8 };
    remove_abandoned(own);
    autofree char *path = xasprintf("%s/muster-%d-%s", own, (int)getpid(), run_id);
    for (int i = 0; i < TRIES; i++) { /* another runner may take it for abandoned before it is locked */
        if (mkdir(path, 0755) < 0)
            return -errno;
        autoclose int base = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        struct stat st;
        if (base >= 0 && flock(base, LOCK_EX) == 0 && stat(path, &st) == 0) {
            *ret_path = steal_ptr(&path);
            *ret_base = steal_fd(&base);
            return 0;
        }
        if (base < 0 && errno != ENOENT)
            return -errno;
    }
    return -EAGAIN;
}

/* Waits, for as long as a killed process may take to go, until the group has none. */
static void wait_until_empty(int base, unsigned slot)
{
    enum { LOOK_MS = 100, LOOKS = 20 };
    char path[GROUP_PATH];
    group_slot_path(slot, "cgroup.events", path);
    autoclose int fd = openat(base, path, O_RDONLY | O_CLOEXEC);
    for (int i = 0; fd >= 0 && i < LOOKS; i++) {
        char text[256];
        ssize_t n = pread(fd, text, sizeof text - 1, 0);
        text[n > 0 ? n : 0] = '\0';
        if (!strstr(text, "populated 1"))
            return;
        poll(&(struct pollfd){.fd = fd, .events = POLLPRI}, 1, LOOK_MS);
    }
}

/* What was killed a moment ago may still be on its way out: the kernel says EBUSY until it is gone, and v1 has no event
 * for that. */
static int remove_in_time(int parent, const char *name)
{
    enum { FIRST_MS = 1, MOST_MS = 64, ALL_MS = 5000 };
    int r = group_remove(parent, name);
    for (int ms = FIRST_MS, waited = 0; r == -EBUSY && waited < ALL_MS; ms = ms < MOST_MS ? 2 * ms : ms) {
        poll(NULL, 0, ms);
        waited += ms;
        r = group_remove(parent, name);
    }
    return r;
}

void group_close_slot(int base, unsigned slot)
{
    char path[GROUP_PATH];
    group_slot_path(slot, "", path);
    wait_until_empty(base, slot);
    remove_in_time(base, path);
}

void group_close_run(char *path, int base, unsigned slots)
{
    for (unsigned i = 0; base >= 0 && i < slots; i++)
        group_close_slot(base, i);
    if (path)
        remove_in_time(AT_FDCWD, path);
    close_fd(base);
    free(path);
}

/* ---- a slot's ------------------------------------------------------------------------------------------------- */

void group_slot_path(unsigned slot, const char *file, char ret_path[GROUP_PATH])
{
    snprintf(ret_path, GROUP_PATH, "%u%s%s", slot, *file ? "/" : "", file);
}

int group_open_slot(int base, unsigned slot)
{
    char path[GROUP_PATH];
    group_slot_path(slot, "", path);
    if (mkdirat(base, path, 0755) < 0 && errno != EEXIST)
        return -errno;
    int fd = openat(base, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    return fd < 0 ? -errno : fd;
}

int group_write(int dir, const char *path, const char *text)
{
    autoclose int fd = openat(dir, path, O_WRONLY | O_CLOEXEC);
    return fd < 0 ? -errno : io_write_all(fd, text, strlen(text));
}

/* ---- the tree ------------------------------------------------------------------------------------------------- */

bool group_has_more(int group)
{
    enum { OWN_LINKS = 2 };
    struct stat st;
    return fstat(group, &st) < 0 || st.st_nlink > OWN_LINKS;
}

struct paths {
    char **items;
    size_t n, cap;
};

static void add_path(struct paths *p, char *path)
{
    GROW(p->items, p->n, p->cap);
    p->items[p->n++] = path;
}

static void free_paths(struct paths *p)
{
    for (size_t i = 0; i < p->n; i++)
        free(p->items[i]);
    free(p->items);
}

static bool is_group(const struct dirent *e)
{
    return e->d_type == DT_DIR && strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0;
}

/* Paths of a group and of all below it, parents first. Of those whose path is longer than the kernel takes, none: what
 * is in them is ended by what ends the whole tree, and they are removed all the same. */
static void list_groups(int parent, const char *name, struct paths *out)
{
    add_path(out, xstrdup(name));
    for (size_t i = 0; i < out->n; i++) {
        int fd = openat(parent, out->items[i], O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        bool more = fd >= 0 && group_has_more(fd);
        autoclosedir DIR *dir = more ? fdopendir(fd) : NULL;
        if (!dir)
            close_fd(fd);
        for (struct dirent *e; dir && (e = readdir(dir));)
            if (is_group(e))
                add_path(out, xasprintf("%s/%s", out->items[i], e->d_name));
    }
}

void group_list(int parent, const char *name, struct pids *out)
{
    struct paths paths = {0};
    list_groups(parent, name, &paths);
    for (size_t i = 0; i < paths.n; i++) {
        autofree char *path = xasprintf("%s/cgroup.procs", paths.items[i]);
        pids_read(parent, path, out);
    }
    free_paths(&paths);
}

void group_write_all(int parent, const char *name, const char *file, const char *text)
{
    struct paths paths = {0};
    list_groups(parent, name, &paths);
    for (size_t i = paths.n; i-- > 0;) {
        autofree char *path = xasprintf("%s/%s", paths.items[i], file);
        group_write(parent, path, text);
    }
    free_paths(&paths);
}

void group_thaw(int parent, const char *name)
{
    group_write_all(parent, name, "freezer.state", "THAWED");
}

/* The name of one below; malloc'd, or NULL. */
static char *first_below(int group)
{
    int fd = openat(group, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    autoclosedir DIR *dir = fd < 0 ? NULL : fdopendir(fd);
    if (!dir)
        close_fd(fd);
    for (struct dirent *e; dir && (e = readdir(dir));)
        if (is_group(e))
            return xstrdup(e->d_name);
    return NULL;
}

/* Down to one that has none below it, up again removing: one descriptor, and a name for each level, no recursion. At
 * the first that has processes it goes no further. */
int group_remove_below(int group)
{
    struct paths way = {0};
    int at = openat(group, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    int r = at < 0 ? -errno : 0;
    while (r == 0) {
        char *below = group_has_more(at) ? first_below(at) : NULL;
        if (!below && way.n == 0)
            break;
        if (below)
            add_path(&way, below);
        int next = openat(at, below ? below : "..", O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
        if (next < 0)
            break;
        autofree char *done = below ? NULL : way.items[--way.n];
        if (done && unlinkat(next, done, AT_REMOVEDIR) < 0 && errno != ENOENT)
            r = -errno;
        close_fd(at);
        at = next;
    }
    close_fd(at);
    if (r == 0 && way.n > 0)
        r = -errno;
    free_paths(&way);
    return r;
}

int group_remove(int parent, const char *name)
{
    if (unlinkat(parent, name, AT_REMOVEDIR) == 0 || errno == ENOENT)
        return 0;
    autoclose int group = openat(parent, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
    int r = group < 0 ? -errno : group_remove_below(group);
    if (r == 0 && unlinkat(parent, name, AT_REMOVEDIR) < 0 && errno != ENOENT)
        r = -errno;
    return r;
}
