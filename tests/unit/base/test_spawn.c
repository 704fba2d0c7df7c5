/* SPDX-License-Identifier: Apache-2.0 */
/* Starting a program: what it gets from us, and what not. A shell looks around, and its status is the answer. */
#include "testing.h"

#include "base/cleanup.h"
#include "base/io.h"
#include "base/mem.h"
#include "base/spawn.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>

static const struct spawn plain = {.fds = {SPAWN_NULL, SPAWN_OURS, SPAWN_OURS}, .n_fds = 3};

static int status_of(struct spawn what, const char *script)
{
    char *const argv[] = {(char *)"sh", (char *)"-c", (char *)(uintptr_t)script, NULL};
    what.program = "sh";
    what.argv = argv;
    pid_t pid;
    int status;
    assert_int_equal(spawn(&what, &pid), 0);
    assert_int_equal(waitpid(pid, &status, 0), pid);
    return status;
}

static int file_with(const char *text)
{
    int fd = memfd_create("test", MFD_CLOEXEC);
    assert_int_equal(io_write_all(fd, text, strlen(text)), 0);
    assert_int_equal(lseek(fd, 0, SEEK_SET), 0);
    return fd;
}

static void descriptors_arrive_by_number(void **state)
{
    (void)state;
    autoclose int in = file_with("in\n"), more = file_with("more\n");
    const struct spawn what = {.fds = {in, SPAWN_OURS, SPAWN_OURS, more}, .n_fds = 4};
    assert_int_equal(status_of(what, "read a; read b <&3; [ \"$a $b\" = 'in more' ]"), 0);
    assert_int_equal(status_of(plain, "[ /proc/self/fd/0 -ef /dev/null ]"), 0);
}

/* 0 is to become 3, and 3 to become 0. */
static void none_overwrites_another(void **state)
{
    (void)state;
    autoclose int zero = file_with("zero\n"), three = file_with("three\n");
    autoclose int kept_zero = fcntl(0, F_DUPFD_CLOEXEC, 30), kept_three = fcntl(3, F_DUPFD_CLOEXEC, 30);
    dup2(zero, 0);
    dup3(three, 3, O_CLOEXEC);
    const struct spawn what = {.fds = {3, SPAWN_OURS, SPAWN_OURS, 0}, .n_fds = 4};
    int status = status_of(what, "read a; read b <&3; [ \"$a $b\" = 'three zero' ]");
    if (kept_zero >= 0)
        dup2(kept_zero, 0);
    if (kept_three >= 0)
        dup3(kept_three, 3, O_CLOEXEC);
    assert_int_equal(status, 0);
}

static void what_else_is_open_does_not_arrive(void **state)
{
    (void)state;
    autoclose int left_open = fcntl(STDIN_FILENO, F_DUPFD, 40);
    autofree char *script = xasprintf("[ ! -e /proc/self/fd/%d ]", left_open);
    assert_true(left_open >= 40);
    assert_int_equal(status_of(plain, script), 0);
}

/* But for 32 and 33, which glibc keeps to itself and hands on ignored. */
static void signals_are_as_by_default(void **state)
{
    (void)state;
    sigset_t blocked, before;
    sigemptyset(&blocked);
    sigaddset(&blocked, SIGUSR1);
    sigprocmask(SIG_BLOCK, &blocked, &before);
    void (*handler)(int) = signal(SIGPIPE, SIG_IGN);
    int status =
        status_of(plain, "[ $(grep -Ec '^Sig(Blk|Ign):[[:space:]]*0{7}[01][08]0{7}$' /proc/self/status) = 2 ]");
    signal(SIGPIPE, handler);
    sigprocmask(SIG_SETMASK, &before, NULL);
    assert_int_equal(status, 0);
}

static void it_is_as_far_from_the_terminal_as_wished(void **state)
{
    (void)state;
#define READ_STAT "read -r pid name state parent group session rest </proc/self/stat; "
    struct spawn what = plain;
    assert_int_equal(status_of(what, READ_STAT "[ $group != $$ ] && [ $session != $$ ]"), 0);
    what.terminal = SPAWN_OWN_GROUP;
    assert_int_equal(status_of(what, READ_STAT "[ $group = $$ ] && [ $session != $$ ]"), 0);
    what.terminal = SPAWN_OWN_SESSION;
    assert_int_equal(status_of(what, READ_STAT "[ $group = $$ ] && [ $session = $$ ]"), 0);
}

static void an_environment_replaces_ours(void **state)
{
    (void)state;
    setenv("MUSTER_TEST_OURS", "1", 1);
    char *const envp[] = {(char *)"ANSWER=42", NULL};
    struct spawn what = plain;
    assert_int_equal(status_of(what, "[ $MUSTER_TEST_OURS = 1 ]"), 0);
    what.envp = envp;
    assert_int_equal(status_of(what, "[ \"$ANSWER$MUSTER_TEST_OURS\" = 42 ]"), 0);
}

static void the_error_is_that_of_the_call(void **state)
{
    (void)state;
    char *const argv[] = {(char *)"x", NULL};
    pid_t pid = -7;
    struct spawn what = plain;
    what.argv = argv;
    what.program = "/no/such/program";
    assert_int_equal(spawn(&what, &pid), -ENOENT);
    what.program = "/dev/null";
    assert_int_equal(spawn(&what, &pid), -EACCES);
    what.program = "/bin/true";
    what.fds[1] = 999; /* not open */
    assert_int_equal(spawn(&what, &pid), -EBADF);
    assert_int_equal(pid, -7);
    assert_int_equal(waitpid(-1, NULL, WNOHANG), -1); /* and no child was left */
    assert_int_equal(errno, ECHILD);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(descriptors_arrive_by_number),
        cmocka_unit_test(none_overwrites_another),
        cmocka_unit_test(what_else_is_open_does_not_arrive),
        cmocka_unit_test(signals_are_as_by_default),
        cmocka_unit_test(it_is_as_far_from_the_terminal_as_wished),
        cmocka_unit_test(an_environment_replaces_ours),
        cmocka_unit_test(the_error_is_that_of_the_call),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
