/* SPDX-License-Identifier: Apache-2.0 */
/* A reader that waits is the one that reads; one that was lost meanwhile is replaced. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "forensics/stack_reader.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static pid_t begin_subject(void)
{
    pid_t pid = fork();
    if (pid == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL); /* a failed assertion leaves it behind */
        for (;;)
            pause();
    }
    return pid;
}

static void end(pid_t pid)
{
    kill(pid, SIGKILL);
    assert_int_equal(waitpid(pid, NULL, 0), pid);
}

/* Asks for the stacks of a process of ours, and holds what is told against it. Returns the reader. */
static pid_t ask(struct stack_reader *r)
{
    pid_t subject = begin_subject(), helper = 0;
    int output = -1, status;
    const struct stacks_of of = {.pid = subject, .max_frames = 4};
    assert_int_equal(stack_reader_ask(r, &of, &helper, &output), 0);
    autobuf struct buf text = {0};
    for (ssize_t n = 1; n > 0;) {
        assert_int_equal(poll(&(struct pollfd){.fd = output, .events = POLLIN}, 1, -1), 1);
        n = read(output, buf_reserve(&text, 4096), 4096);
        text.len += n > 0 ? (size_t)n : 0;
    }
    close(output);
    assert_int_equal(waitpid(helper, &status, 0), helper);
    assert_int_equal(status, 0);
    char heading[32];
    snprintf(heading, sizeof heading, "thread %d ", (int)subject);
    assert_int_equal(strncmp(buf_str(&text), heading, strlen(heading)), 0);
    end(subject);
    return helper;
}

/* It has come so far that it only waits, and does that for a while. */
static void let_it_wait(pid_t pid)
{
    enum { LOOKS = 20, LOOK_MS = 10 };
    int pidfd = (int)syscall(SYS_pidfd_open, pid, 0);
    assert_true(pidfd >= 0);
    for (int asleep = 0; asleep < LOOKS;) {
        char path[32], name[32], state = '?';
        snprintf(path, sizeof path, "/proc/%d/stat", (int)pid);
        FILE *stat = fopen(path, "re");
        assert_non_null(stat);
        assert_int_equal(fscanf(stat, "%*d (%31[^)]) %c", name, &state), 2);
        fclose(stat);
        asleep = state == 'S' && strcmp(name, "muster-stack") == 0 ? asleep + 1 : 0;
        assert_int_equal(poll(&(struct pollfd){.fd = pidfd, .events = POLLIN}, 1, LOOK_MS), 0); /* it has not ended */
    }
    close(pidfd);
}

static void one_that_waits_reads(void **state)
{
    (void)state;
    struct stack_reader r = {0};
    stack_reader_prepare(&r);
    pid_t first = r.pid;
    assert_true(first > 0);
    stack_reader_prepare(&r); /* one is enough */
    assert_int_equal(r.pid, first);
    let_it_wait(first);
    assert_int_equal(ask(&r), first);
    assert_int_equal(r.pid, 0);
    assert_true(ask(&r) != first);
    assert_true(ask(NULL) > 0);
}

static void one_that_was_killed_is_replaced(void **state)
{
    (void)state;
    signal(SIGPIPE, SIG_IGN); /* as the runner does */
    struct stack_reader r = {0};
    stack_reader_prepare(&r);
    pid_t killed = r.pid;
    kill(killed, SIGKILL);
    siginfo_t info;
    assert_int_equal(waitid(P_PID, (id_t)killed, &info, WEXITED | WNOWAIT), 0);
    assert_true(ask(&r) != killed);
    assert_int_equal(waitpid(killed, NULL, 0), -1); /* it was waited for */
}

static void one_that_is_not_needed_leaves_nothing(void **state)
{
    (void)state;
    int before = open("/dev/null", O_RDONLY | O_CLOEXEC);
    close(before);
    struct stack_reader r = {0};
    stack_reader_prepare(&r);
    stack_reader_close(&r);
    stack_reader_close(&r);
    assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
    int after = open("/dev/null", O_RDONLY | O_CLOEXEC);
    close(after);
    assert_int_equal(after, before);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_that_waits_reads),
        cmocka_unit_test(one_that_was_killed_is_replaced),
        cmocka_unit_test(one_that_is_not_needed_leaves_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
