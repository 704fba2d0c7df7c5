/* SPDX-License-Identifier: Apache-2.0 */
/* Lists of processes, and what /proc tells of one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/cleanup.h"
#include "base/pids.h"

#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

static void lists_are_parsed(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        size_t n;
        pid_t last;
    } rows[] = {{"", 0, 0},          {"\n", 0, 0},          {"7\n", 1, 7},  {"7 8 9 ", 3, 9}, {"7\n8\n", 2, 8},
                {"0\n5\n0\n", 1, 5}, {"99999999999", 0, 0}, {"-4 6", 1, 6}, {"3 x 4", 1, 3}};
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        autopids struct pids pids = {0};
        pids_parse(rows[i].text, &pids);
        assert_int_equal(pids.n, rows[i].n);
        if (pids.n > 0)
            assert_int_equal(pids.items[pids.n - 1], rows[i].last);
    }
    autopids struct pids pids = {0};
    pids_add(&pids, 4);
    pids_add_new(&pids, 4);
    pids_add_new(&pids, 5);
    assert_int_equal(pids.n, 2);
    assert_true(pids_has(&pids, 5));
    assert_false(pids_has(&pids, 6));
}

/* A child that runs f() and says when; it is ended by end(). */
static pid_t begin(void (*f)(int ready))
{
    int ready[2];
    char byte;
    assert_int_equal(pipe2(ready, O_CLOEXEC), 0);
    pid_t pid = fork();
    if (pid == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        f(ready[1]);
        _exit(1);
    }
    close(ready[1]);
    assert_int_equal(read(ready[0], &byte, 1), 1);
    close(ready[0]);
    return pid;
}

static void end(pid_t pid)
{
    kill(pid, SIGKILL);
    assert_int_equal(waitpid(pid, NULL, 0), pid);
}

static void say(int ready)
{
    ssize_t n = write(ready, "r", 1);
    (void)n;
}

static void stay(int ready)
{
    prctl(PR_SET_NAME, "a (strange) name");
    say(ready);
    for (;;)
        pause();
}

static void stay_with_a_child(int ready)
{
    if (fork() == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        stay(ready);
    }
    for (;;)
        pause();
}

static void *second(void *ready)
{
    say(*(int *)ready);
    for (;;)
        pause();
    return NULL;
}

static void leave_it_to_another_thread(int ready)
{
    static int fd;
    pthread_t thread;
    fd = ready;
    if (pthread_create(&thread, NULL, second, &fd) == 0)
        pthread_exit(NULL);
}

static void children_and_theirs_are_found(void **state)
{
    (void)state;
    autoclose int proc = pids_open_proc();
    pid_t pid = begin(stay_with_a_child);
    autopids struct pids children = {0}, descendants = {0}, all = {0};
    pids_children(proc, getpid(), &children);
    pids_descendants(proc, getpid(), &descendants);
    pids_all(proc, &all);
    assert_int_equal(children.n, 1);
    assert_int_equal(children.items[0], pid);
    assert_int_equal(descendants.n, 2);
    assert_true(pids_has(&descendants, pid));
    for (size_t i = 0; i < descendants.n; i++)
        assert_true(pids_has(&all, descendants.items[i]));
    assert_true(pids_has(&all, getpid()));
    end(pid);
}

static void who_lives_is_told_from_zombies(void **state)
{
    (void)state;
    autoclose int proc = pids_open_proc();
    pid_t pid = begin(stay);
    assert_true(pid_is_alive(proc, pid));
    assert_false(pid_is_ending(proc, pid));
    kill(pid, SIGKILL);
    siginfo_t info;
    assert_int_equal(waitid(P_PID, (id_t)pid, &info, WEXITED | WNOWAIT), 0);
    assert_false(pid_is_alive(proc, pid)); /* a zombie */
    assert_true(pid_is_ending(proc, pid));
    assert_int_equal(waitpid(pid, NULL, 0), pid);
    assert_false(pid_is_alive(proc, pid)); /* nobody */
}

static bool is_called_zombie(pid_t pid)
{
    char path[64], text[512] = "";
    snprintf(path, sizeof path, "/proc/%d/stat", (int)pid);
    autoclose int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t n = fd < 0 ? 0 : read(fd, text, sizeof text - 1);
    (void)n;
    const char *p = strrchr(text, ')');
    return p && p[2] == 'Z';
}

static void one_without_a_first_thread_lives(void **state)
{
    (void)state;
    autoclose int proc = pids_open_proc();
    pid_t pid = begin(leave_it_to_another_thread);
    while (!is_called_zombie(pid)) /* its first thread is on its way; CTest's time limit bounds it */
        sched_yield();
    assert_true(pid_is_alive(proc, pid));
    end(pid);
}

static void processes_are_described(void **state)
{
    (void)state;
    autoclose int proc = pids_open_proc();
    struct arena arena = {0};
    int gone[2];
    assert_int_equal(pipe2(gone, O_CLOEXEC), 0);
    pid_t pid = fork();
    if (pid == 0) {
        char *const argv[] = {(char *)"sleep", (char *)"86399", NULL};
        char *const envp[] = {(char *)"A=1", (char *)"RUN=abc", NULL};
        execve("/bin/sleep", argv, envp);
        _exit(1);
    }
    char byte;
    close(gone[1]);
    assert_int_equal(read(gone[0], &byte, 1), 0);
    close(gone[0]);
    char expected[64];
    snprintf(expected, sizeof expected, "%d sleep 86399", (int)pid);
    assert_string_equal(pid_describe(proc, pid, &arena), expected);
    assert_true(pid_has_variable(proc, pid, "RUN=abc"));
    static const char *const others[] = {"RUN=ab", "RUN=abcd", "UN=abc", "RUN=", "RUN", ""};
    for (size_t i = 0; i < ARRAY_LEN(others); i++)
        assert_false(pid_has_variable(proc, pid, others[i]));
    end(pid);
    snprintf(expected, sizeof expected, "%d ", (int)pid);
    assert_string_equal(pid_describe(proc, pid, &arena), expected);
    assert_false(pid_has_variable(proc, pid, "RUN=abc"));
    arena_free(&arena);
}

/* A name that is whole. Ours, or the test has none to look at. */
static void groups_are_known_by_name(void **state)
{
    (void)state;
    char text[4096] = "", name[256];
    autoclose int proc = pids_open_proc(), fd = open("/proc/self/cgroup", O_RDONLY | O_CLOEXEC);
    assert_true(read(fd, text, sizeof text - 1) > 0);
    assert_false(pid_is_in_group(proc, getpid(), "no-such-group"));
    assert_false(pid_is_in_group(proc, 0, "no-such-group"));
    const char *slash = strstr(text, ":/"), *begin = slash ? slash + 2 : NULL;
    size_t len = begin ? strcspn(begin, "/\n") : 0;
    if (len < 2 || len >= sizeof name)
        skip();
    snprintf(name, sizeof name, "%.*s", (int)len, begin);
    assert_true(pid_is_in_group(proc, getpid(), name));
    name[len - 1] = '\0';
    assert_false(pid_is_in_group(proc, getpid(), name));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lists_are_parsed),
        cmocka_unit_test(children_and_theirs_are_found),
        cmocka_unit_test(who_lives_is_told_from_zombies),
        cmocka_unit_test(one_without_a_first_thread_lives),
        cmocka_unit_test(processes_are_described),
        cmocka_unit_test(groups_are_known_by_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
