/* SPDX-License-Identifier: Apache-2.0 */
/* Scenarios that say what is wrong, and then come to grief in another way before they can give a verdict; or that say
 * it in a process of their own; or in another attempt. */
#undef NDEBUG
#include <muster/muster.h>

#include <assert.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static void crash(struct muster_ctx *t)
{
    (void)t;
    raise(SIGSEGV);
}

static void hang(struct muster_ctx *t)
{
    (void)t;
    for (;;)
        pause();
}

static void leave(struct muster_ctx *t)
{
    (void)t;
    _exit(3);
}

SCENARIO(fails_then_crashes, .teardown = crash)
{
    FAIL("lost 3 rows");
}

SCENARIO(fails_then_hangs, .teardown = hang, .teardown_timeout_ms = 200)
{
    FAIL("lost 3 rows");
}

SCENARIO(fails_then_exits, .teardown = leave)
{
    FAIL("lost 3 rows");
}

SCENARIO(checks_then_crashes)
{
    CHECK_INT(1, ==, 2);
    raise(SIGSEGV);
}

static void set_up_badly(struct muster_ctx *t)
{
    CHECK_INT(3, ==, 4);
    raise(SIGSEGV);
}

SCENARIO(crashes_in_setup, .setup = set_up_badly)
{
}

CLEANUP(die, "causes.die")
{
    raise(SIGKILL);
}

SCENARIO(fails_then_dies_cleaning)
{
    DEFER("causes.die", "1");
    FAIL("lost 3 rows");
}

static volatile sig_atomic_t told;

SCENARIO(asserts)
{
    fprintf(stderr, "a line of no interest\n");
    assert(getpid() == 0);
}

SCENARIO(aborts_without_a_word)
{
    printf("nothing on stderr\n");
    abort();
}

/* It is asked to end, and goes on in its own way. */
static void on_term(int signo)
{
    (void)signo;
    told = 1;
}

SCENARIO(is_late_then_tears_down, .timeout_ms = 1000, .teardown = crash)
{
    struct sigaction action = {.sa_handler = on_term};
    sigaction(SIGTERM, &action, NULL);
    while (!told)
        pause();
}

static void in_child(struct muster_ctx *t, void (*what)(struct muster_ctx *t))
{
    int status;
    pid_t child = fork();
    if (child == 0) {
        what(t);
        _exit(0);
    }
    REQUIRE_INT(waitpid(child, &status, 0), ==, child);
}

static void check(struct muster_ctx *t)
{
    for (int i = 0; i < 5; i++)
        CHECK_INT(i, ==, -1);
}

static void fail(struct muster_ctx *t)
{
    FAIL("the child lost 3 rows");
}

static void cannot(struct muster_ctx *t)
{
    ERROR("the child has no server");
}

SCENARIO(child_checks)
{
    in_child(t, check);
}

/* As a daemon does, and with another file in the place of what it has closed. */
static void check_without_descriptors(struct muster_ctx *t)
{
    close_range(0, ~0U, 0);
    for (int i = 0; i < 32; i++)
        open("/dev/null", O_RDWR);
    CHECK_INT(7, ==, 8);
}

SCENARIO(child_checks_without_descriptors)
{
    in_child(t, check_without_descriptors);
}

static void pass(struct muster_ctx *t)
{
    for (int i = 0; i < 5; i++)
        CHECK_INT(i, ==, i);
}

/* No check of its own. */
SCENARIO(child_passes)
{
    pid_t child = fork();
    if (child == 0) {
        pass(t);
        _exit(0);
    }
    waitpid(child, NULL, 0);
}

CLEANUP(undo_nothing, "causes.nothing")
{
    (void)t, (void)payload;
}

static _Atomic int has_enough;

static void *defer_on_and_on(void *data)
{
    struct muster_ctx *t = data;
    for (int n = 0; n < 5000 && !has_enough; n++)
        DEFER("causes.nothing", "");
    return NULL;
}

/* While the supervisor is asked by a thread, which is not in the child. */
SCENARIO(child_passes_beside_a_thread, .timeout_ms = 30000)
{
    pthread_t thread;
    REQUIRE_INT(pthread_create(&thread, NULL, defer_on_and_on, t), ==, 0);
    for (int i = 0; i < 20; i++) {
        int status = -1;
        pid_t child = fork();
        if (child == 0) {
            pass(t);
            _exit(0);
        }
        CHECK_INT(waitpid(child, &status, 0), ==, child);
        CHECK_INT(status, ==, 0);
    }
    has_enough = 1;
    pthread_join(thread, NULL);
}

SCENARIO(child_fails)
{
    in_child(t, fail);
}

SCENARIO(child_cannot)
{
    in_child(t, cannot);
}

SCENARIO(child_fails_then_it_skips)
{
    in_child(t, fail);
    SKIP("no reason");
}

SCENARIO(fails_as_its_child_does)
{
    in_child(t, fail);
    FAIL("and so does it");
}

static bool first_attempt(void)
{
    return strcmp(getenv("MUSTER_ATTEMPT"), "1") == 0;
}

SCENARIO(fails_then_skips, .reruns = 1)
{
    if (first_attempt())
        FAIL("lost 3 rows");
    SKIP("nothing to see here");
}

SCENARIO(crashes_then_skips, .reruns = 1)
{
    if (first_attempt())
        raise(SIGKILL);
    SKIP("nothing to see here");
}

SCENARIO(fails_then_passes, .reruns = 1)
{
    if (first_attempt())
        FAIL("lost 3 rows");
}

static int go_on[2] = {-1, -1};
static pid_t left;

/* What it forked is still there when it has returned, and finds something only then. */
CLEANUP(leave_a_child, "leave.child")
{
    if (pipe2(go_on, O_CLOEXEC) < 0)
        ERROR("no pipe for %s", payload);
    left = fork();
    if (left == 0) {
        char none;
        close(go_on[1]);
        if (read(go_on[0], &none, 1) == 0)
            CHECK_INT(9, ==, 10);
        _exit(0);
    }
}

CLEANUP(wait_for_the_child, "wait.for.child")
{
    (void)t;
    (void)payload;
    if (go_on[1] < 0) /* in a process of its own */
        return;
    close(go_on[1]);
    waitpid(left, NULL, 0);
}

SCENARIO(cleanup_leaves_child)
{
    DEFER("wait.for.child", "it"); /* undone last */
    DEFER("leave.child", "it");
    CHECK_INT(1, ==, 1);
}

static int thread_goes_on[2] = {-1, -1}, thread_is_done[2] = {-1, -1};

static void *find_late(void *context)
{
    struct muster_ctx *t = context;
    char none;
    if (read(thread_goes_on[0], &none, 1) == 0)
        CHECK_INT(11, ==, 12);
    close(thread_is_done[1]);
    return NULL;
}

CLEANUP(wait_for_the_thread, "wait.for.thread")
{
    char none;
    (void)payload;
    if (thread_goes_on[1] < 0) /* in a process of its own */
        return;
    close(thread_goes_on[1]);
    CHECK_INT(read(thread_is_done[0], &none, 1), ==, 0);
}

/* The thread is the scenario's, whoever runs when it finds something. */
SCENARIO(leaves_thread_to_cleanup)
{
    pthread_t thread;
    REQUIRE_INT(pipe2(thread_goes_on, O_CLOEXEC), ==, 0);
    REQUIRE_INT(pipe2(thread_is_done, O_CLOEXEC), ==, 0);
    DEFER("wait.for.thread", "it");
    REQUIRE_INT(pthread_create(&thread, NULL, find_late, t), ==, 0);
    pthread_detach(thread);
}

MUSTER_PLUGIN("e2e.causes", "1.0")
