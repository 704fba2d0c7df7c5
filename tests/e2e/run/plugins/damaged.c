/* SPDX-License-Identifier: Apache-2.0 */
/* Scenarios that leave their process unfit for a cleanup, each in a way of its own; and a cleanup that minds. */
#include <muster/muster.h>

#include <fcntl.h>
#include <grp.h>
#include <linux/capability.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

static const char *in_dir(struct muster_ctx *t, const char *name)
{
    static char path[512];
    snprintf(path, sizeof path, "%s/%s", m_target(t, "dir"), name);
    return path;
}

/* As `rm -r` and its like would be run. */
static int exit_status_of_true(void)
{
    pid_t pid = fork();
    if (pid == 0) {
        execl("/bin/true", "true", (char *)NULL);
        _exit(127);
    }
    int status = -1;
    return pid > 0 && waitpid(pid, &status, 0) == pid && WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static int descriptors(void)
{
    int fds[12], n = 0;
    while (n < 12 && (fds[n] = open("/dev/null", O_RDONLY | O_CLOEXEC)) >= 0)
        n++;
    for (int i = 0; i < n; i++)
        close(fds[i]);
    return n;
}

/* The user, what he may, and whether he has given up to get more. */
static void who(char *ret, size_t size)
{
    struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
    struct __user_cap_data_struct caps[2] = {{0}};
    syscall(SYS_capget, &header, caps);
    snprintf(ret, size, "%d %x %x %d", (int)geteuid(), caps[0].effective, caps[1].effective,
             prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0));
}

/* Wants its process as it was at the beginning: payload is who() of that time. Writes a line in the end. */
CLEANUP(undo, "undo")
{
    struct rlimit size;
    sigset_t mask;
    char cwd[512], now[64];
    mode_t was = umask(0);
    umask(was);
    sigprocmask(SIG_BLOCK, NULL, &mask);
    getrlimit(RLIMIT_FSIZE, &size);
    who(now, sizeof now);
    REQUIRE_STR(now, ==, payload);
    REQUIRE_INT(size.rlim_cur == RLIM_INFINITY, ==, 1);
    REQUIRE_INT(descriptors(), ==, 12);
    REQUIRE_INT(exit_status_of_true(), ==, 0);
    REQUIRE_INT(was, ==, 022);
    REQUIRE_INT(sigismember(&mask, SIGTERM), ==, 0);
    REQUIRE_STR(getcwd(cwd, sizeof cwd), ==, getenv("TMPDIR"));
    int fd = open(in_dir(t, "words"), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
    REQUIRE_INT(fd, >=, 0);
    REQUIRE_INT(write(fd, "undone\n", 7), ==, 7);
    close(fd);
}

/* In its own attempt it can't; payload is that attempt's process. */
CLEANUP(undo_elsewhere, "undo.elsewhere")
{
    char now[64];
    REQUIRE_INT(getpid() == atoi(payload), ==, 0);
    who(now, sizeof now);
    undo(t, now);
}

static void defer_it(struct muster_ctx *t)
{
    char now[64];
    who(now, sizeof now);
    DEFER("undo", now);
}

#define DAMAGES(name_, ...) SCENARIO(name_, .markers = MARKERS("damages", __VA_ARGS__))

DAMAGES(nothing, "any")
{
    defer_it(t);
}

DAMAGES(folder, "any")
{
    defer_it(t);
    REQUIRE_INT(chdir("/"), ==, 0);
}

DAMAGES(masks, "any")
{
    defer_it(t);
    sigset_t all;
    sigfillset(&all);
    umask(0777);
    REQUIRE_INT(sigprocmask(SIG_BLOCK, &all, NULL), ==, 0);
}

DAMAGES(signals, "any")
{
    defer_it(t);
    signal(SIGCHLD, SIG_IGN); /* waitpid() finds nobody then */
    struct itimerval soon = {.it_interval = {0, 1000}, .it_value = {0, 1000}};
    signal(SIGALRM, SIG_IGN);
    REQUIRE_INT(setitimer(ITIMER_REAL, &soon, NULL), ==, 0);
}

DAMAGES(descriptors_used_up, "any")
{
    defer_it(t);
    while (dup(STDOUT_FILENO) >= 0)
        ;
}

DAMAGES(limit_of_files, "any")
{
    defer_it(t);
    struct rlimit l = {0, 0};
    REQUIRE_INT(setrlimit(RLIMIT_FSIZE, &l), ==, 0);
}

DAMAGES(limit_of_descriptors, "any")
{
    struct rlimit l = {8, 8};
    defer_it(t);
    REQUIRE_INT(setrlimit(RLIMIT_NOFILE, &l), ==, 0);
}

DAMAGES(no_new_privileges, "any")
{
    defer_it(t);
    REQUIRE_INT(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), ==, 0);
}

/* Before it deferred anything. */
DAMAGES(early, "any")
{
    struct rlimit l = {0, 0};
    REQUIRE_INT(setrlimit(RLIMIT_FSIZE, &l), ==, 0);
    defer_it(t);
}

DAMAGES(what_only_the_cleanup_sees, "any")
{
    char text[16];
    snprintf(text, sizeof text, "%d", (int)getpid());
    DEFER("undo.elsewhere", text);
}

DAMAGES(root_dropped, "root")
{
    defer_it(t);
    REQUIRE_INT(setgroups(0, NULL), ==, 0);
    REQUIRE_INT(setresgid(65534, 65534, 65534), ==, 0);
    REQUIRE_INT(setresuid(65534, 65534, 65534), ==, 0);
}

DAMAGES(root_changed, "root")
{
    defer_it(t);
    REQUIRE_INT(mkdir("jail", 0700), ==, 0);
    REQUIRE_INT(chroot("jail"), ==, 0);
    REQUIRE_INT(chdir("/"), ==, 0);
}

/* What is left of it can't make a process as it was. */
DAMAGES(capabilities_dropped, "root")
{
    defer_it(t);
    struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
    struct __user_cap_data_struct none[2] = {{0}};
    REQUIRE_INT(syscall(SYS_capset, &header, none), ==, 0);
}

MUSTER_PLUGIN("e2e.damaged", "1.0.0")
