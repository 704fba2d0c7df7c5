/* SPDX-License-Identifier: Apache-2.0 */
/* What a runner that was killed left behind. */
#include "exec/crash_recovery.h"

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/pids.h"
#include "contain/group_tree.h"
#include "slotdir/slotdir.h"
#include "slotdir/temp_base.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/magic.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/vfs.h>
#include <time.h>

enum { END_MS = 2000 };
static const int64_t limit_ns = 10 * NS_PER_S; /* for what forks faster than it is ended */

/* Ends a process that is still the one that was looked at, and waits for it. */
static void end_process(int pidfd)
{
    syscall(SYS_pidfd_send_signal, pidfd, SIGKILL, NULL, 0);
    poll(&(struct pollfd){.fd = pidfd, .events = POLLIN}, 1, END_MS);
}

/* What a process has that is the run's: a variable, or a group; the other is NULL. */
struct mark {
    const char *variable, *group;
};

static bool has_mark(int proc, pid_t pid, const struct mark *mark)
{
    return mark->variable ? pid_has_variable(proc, pid, mark->variable) : pid_is_in_group(proc, pid, mark->group);
}

/* Returns how many there were. A number may be somebody else's by now: what is looked at is who the pidfd is of. */
static size_t end_all_of(int proc, const struct pids *pids, const struct mark *mark)
{
    size_t found = 0;
    for (size_t i = 0; i < pids->n; i++) {
        if (pids->items[i] == getpid())
            continue;
        autoclose int pidfd = (int)syscall(SYS_pidfd_open, pids->items[i], 0);
        if (pidfd < 0 || !has_mark(proc, pids->items[i], mark))
            continue;
        found++;
        end_process(pidfd);
    }
    return found;
}

static size_t end_processes_of(int proc, const char *variable)
{
    autopids struct pids all = {0};
    pids_all(proc, &all);
    return end_all_of(proc, &all, &(struct mark){.variable = variable});
}

/* The run's group has one for each slot; scenarios may have made more below. */
static size_t clear_group(int proc, const char *path)
{
    autopids struct pids all = {0};
    group_thaw(AT_FDCWD, path); /* a scenario may have frozen one, and a runner may be killed while it had */
    group_list(AT_FDCWD, path, &all);
    size_t found = end_all_of(proc, &all, &(struct mark){.group = strrchr(path, '/') + 1});
    group_remove(AT_FDCWD, path);
    return found;
}

/* What is where it should be, of our user, named for the run, and whose runner has let go of it: a state can name what
 * it likes. */
static bool is_abandoned_group(const char *path, const char *run_id)
{
    struct statfs fs;
    struct stat st;
    int pid, end = 0;
    const char *name = strrchr(path, '/');
    if (!name || *path != '/' || sscanf(name, "/muster-%d-%n", &pid, &end) != 1 || end == 0 || !*run_id ||
        strcmp(name + end, run_id) != 0)
        return false;
    autoclose int fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    return fd >= 0 && fstatfs(fd, &fs) == 0 && (fs.f_type == CGROUP_SUPER_MAGIC || fs.f_type == CGROUP2_SUPER_MAGIC) &&
           fstat(fd, &st) == 0 && st.st_uid == geteuid() && flock(fd, LOCK_EX | LOCK_NB) == 0;
}

static void end_all(const struct run_state *f)
{
    const int64_t until = clock_mono() + limit_ns;
    const char *own = getenv("MUSTER_RUN_ID");
    autofree char *variable = xasprintf("MUSTER_RUN_ID=%s", f->run_id);
    /* Called from within that run, we would end our own parents. */
    bool by_variable = *f->run_id && !(own && strcmp(own, f->run_id) == 0);
    autoclose int proc = pids_open_proc();
    for (size_t found = 1; found > 0 && clock_mono() < until;) {
        found = by_variable ? end_processes_of(proc, variable) : 0;
        for (size_t i = 0; i < f->n_groups; i++)
            if (is_abandoned_group(f->groups[i], f->run_id))
                found += clear_group(proc, f->groups[i]);
    }
}

static int check_gone(const char *group, struct err *err)
{
    if (access(group, F_OK) < 0)
        return 0;
    return err_set(err, -EBUSY, "%s: this cgroup has processes, or is not the run's: it was not removed", group);
}

/* Processes are known by the run's id, and any file can name any: it has to be the name of the folder. */
static bool is_folder_of(int run_dir, const char *run_id)
{
    char link[32], path[PATH_MAX];
    snprintf(link, sizeof link, "/proc/self/fd/%d", run_dir);
    ssize_t n = readlink(link, path, sizeof path - 1);
    if (n <= 0)
        return false;
    path[n] = '\0';
    const char *slash = strrchr(path, '/');
    return slash && strcmp(slash + 1, run_id) == 0;
}

/* Those that nobody is in, waited for while the last are on their way out. */
static void remove_groups(const struct run_state *f)
{
    const struct timespec pause = {.tv_nsec = 10 * NS_PER_MS};
    const int64_t until = clock_mono() + END_MS * NS_PER_MS;
    for (bool any = true; any && clock_mono() < until;) {
        any = false;
        for (size_t i = 0; i < f->n_groups; i++) {
            if (!is_abandoned_group(f->groups[i], f->run_id))
                continue; /* gone, or not the run's: no wait makes it so */
            group_remove(AT_FDCWD, f->groups[i]);
            any = any || access(f->groups[i], F_OK) == 0;
        }
        if (any)
            nanosleep(&pause, NULL);
    }
}

static int clear_outside(const struct run_state *f, int run_dir, bool ended, const struct removal_bound *bound,
                         struct err *err)
{
    bool names_some = f->n_groups > 0 || f->n_temps > 0;
    if (!f->in_place && !names_some)
        return 0; /* the runner was killed before it had anything */
    if (!f->in_place)
        return err_set(err, -EPERM,
                       "its " RUN_STATE_NAME
                       " was written for another folder, of which this may be a copy: nothing that "
                       "it names was touched");
    bool is_its_name = is_folder_of(run_dir, f->run_id);
    if (!ended && !is_its_name)
        return err_set(
            err, -EPERM,
            "its " RUN_STATE_NAME
            " is of run %s, but the folder has another name: nothing that it names was touched; rename the folder "
            "to %s and try again",
            f->run_id, f->run_id);
    if (is_its_name)
        end_all(f);
    remove_groups(f); /* the kernel may count a process to its group for a moment after its pidfd has told its end */
    int first = 0;
    for (size_t i = 0; i < f->n_groups && first == 0; i++)
        first = check_gone(f->groups[i], err);
    for (size_t i = 0; i < f->n_temps; i++) {
        int r = temp_base_remove(f->temps[i], run_dir, bound, first == 0 ? err : NULL);
        first = first < 0 ? first : r;
    }
    return first;
}

static int recover(const struct run_state *facts, int run_dir, bool ended, const struct removal_bound *bound,
                   struct err *err)
{
    int first = clear_outside(facts, run_dir, ended, bound, err);
    int r = workspace_remove_slots(run_dir, bound, first < 0 ? NULL : err);
    return first < 0 ? first : r;
}

int crash_recover(const struct run_state *facts, int run_dir, const struct removal_bound *bound, struct err *err)
{
    return recover(facts, run_dir, false, bound, err);
}

int crash_recover_ended(const struct run_state *facts, int run_dir, const struct removal_bound *bound, struct err *err)
{
    return recover(facts, run_dir, true, bound, err);
}
