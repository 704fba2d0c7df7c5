/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Scenarios for the tests of finding out what happened. They meet the test through files and FIFOs in the folder that
 * `--set dir=` names; nothing waits for time.
 */
#include <muster/muster.h>

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

static const char *in_dir(struct muster_ctx *t, const char *name)
{
    static char path[512];
    const char *dir = m_target(t, "dir");
    if (!dir)
        ERROR("--set dir=... is missing");
    snprintf(path, sizeof path, "%s/%s", dir, name);
    return path;
}

static void say(struct muster_ctx *t, const char *file, const char *text)
{
    int fd = open(in_dir(t, file), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
    if (fd < 0 || write(fd, text, strlen(text)) != (ssize_t)strlen(text))
        ERROR("%s: cannot be written", file);
    close(fd);
}

static void wait_for_ever(void)
{
    for (;;)
        pause();
}

SCENARIO(passes)
{
    CHECK(1);
}

/* ---- leaks ------------------------------------------------------------------------------------------------ */

static int listen_here(struct muster_ctx *t)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof address;
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    REQUIRE_INT(bind(fd, (struct sockaddr *)&address, size), ==, 0);
    REQUIRE_INT(listen(fd, 1), ==, 0);
    REQUIRE_INT(getsockname(fd, (struct sockaddr *)&address, &size), ==, 0);
    char line[32];
    snprintf(line, sizeof line, "%d\n", ntohs(address.sin_port));
    say(t, "port", line);
    return fd;
}

/* Its parent waits until it stands: what it is must not depend on who is faster. */
static void leave_process(void)
{
    int ready[2];
    char byte;
    if (pipe(ready) != 0)
        _exit(9);
    if (fork() == 0) {
        setsid();
        ssize_t n = write(ready[1], "r", 1);
        (void)n;
        wait_for_ever();
    }
    ssize_t n = read(ready[0], &byte, 1);
    (void)n;
    close(ready[0]);
    close(ready[1]);
}

SCENARIO(leaves_listener, .markers = MARKERS("leak"))
{
    int fd = listen_here(t);
    leave_process();
    close(fd);
}

/* Whoever should tell what is left can't. */
SCENARIO(stops_its_monitor)
{
    CHECK_INT(kill(getppid(), SIGSTOP), ==, 0);
}

/* A traced process does not go while its tracer, here a child of its own in another session, lets it stand at its exit.
 */
SCENARIO(is_traced_by_its_child)
{
    int held[2];
    char byte;
    pid_t parent = getpid();
    REQUIRE_INT(pipe2(held, O_CLOEXEC), ==, 0);
    prctl(PR_SET_PTRACER, PR_SET_PTRACER_ANY, 0, 0, 0);
    if (fork() == 0) {
        setsid();
        if (ptrace(PTRACE_SEIZE, parent, NULL, PTRACE_O_TRACEEXIT) < 0 || write(held[1], "!", 1) != 1)
            _exit(1);
        for (;;)
            pause();
    }
    close(held[1]);
    if (read(held[0], &byte, 1) != 1)
        SKIP("no process may trace another one here");
}

SCENARIO(leaves_nothing, .markers = MARKERS("leak"))
{
    int fd = listen_here(t); /* its own, which ends with it */
    CHECK(fd >= 0);
}

/* Its child ends when it has seen its parent's end: never before it, and never long after. */
SCENARIO(leaves_for_a_moment)
{
    int alive[2];
    char nothing;
    REQUIRE_INT(pipe(alive), ==, 0);
    if (fork() == 0) {
        setsid();
        close(alive[1]);
        ssize_t n = read(alive[0], &nothing, 1);
        (void)n;
        poll(NULL, 0, 20); /* the time of whoever puts things in order before he goes */
        _exit(0);
    }
    close(alive[0]);
}

/* ---- containment -------------------------------------------------------------------------------------------- */

/* A namespace shows by its number. */
static void say_namespace(struct muster_ctx *t, const char *kind)
{
    char path[64], text[80];
    snprintf(path, sizeof path, "/proc/self/ns/%s", kind);
    ssize_t n = readlink(path, text, sizeof text - 2);
    REQUIRE_INT(n, >, 0);
    text[n] = '\n';
    text[n + 1] = '\0';
    say(t, kind, text);
}

/* Its orphans come to the runner. */
SCENARIO(kills_its_monitor)
{
    leave_process();
    kill(getppid(), SIGKILL);
}

SCENARIO(asks_for_nothing, .markers = MARKERS("spaces"))
{
    say_namespace(t, "pid");
    say_namespace(t, "user");
}

SCENARIO(asks_for_a_namespace, .markers = MARKERS("spaces", "containment(pidns)"))
{
    say_namespace(t, "pid");
    CHECK_INT(getppid(), ==, 1);
    /* An unmount, where it is possible, brings no other /proc to light, in which we have another number. */
    char self[16] = "";
    umount2("/proc", MNT_DETACH);
    if (readlink("/proc/self", self, sizeof self - 1) > 0)
        CHECK_INT(atoi(self), ==, getpid());
}

SCENARIO(refuses_a_namespace, .markers = MARKERS("spaces", "containment(auto)"))
{
    say_namespace(t, "pid");
    say_namespace(t, "user");
}

SCENARIO(leaves_files)
{
    REQUIRE_INT(mkdir("below", 0700), ==, 0);
    int fd = open("below/left.txt", O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    CHECK(fd >= 0);
}

SCENARIO(leaves_and_fails)
{
    leave_process();
    FAIL("for a reason of its own");
}

/* ---- what runs ---------------------------------------------------------------------------------------------- */

/* Its word comes from where it stands: who has heard it finds this function in every stack, however slow we are. */
static __attribute__((noinline)) void stand_in_here(struct muster_ctx *t)
{
    say(t, "alive", "ready\n");
    wait_for_ever();
}

SCENARIO(stands, .timeout_ms = 60000)
{
    STEP("outer step")
    {
        STEP("inner step")
        {
            stand_in_here(t);
        }
    }
}

/* ---- out of time ------------------------------------------------------------------------------------------------ */

static void *wait_in_thread(void *data)
{
    pthread_mutex_t *mutex = data;
    pthread_setname_np(pthread_self(), "waiter");
    pthread_mutex_lock(mutex);
    return data;
}

SCENARIO(hangs_with_much, .timeout_ms = 2000)
{
    static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
    pthread_t thread;
    listen_here(t);
    REQUIRE(open(in_dir(t, "kept-open"), O_WRONLY | O_CREAT | O_CLOEXEC, 0600) >= 0);
    REQUIRE_INT(setenv("FIND_SECRET", "hunter2", 1), ==, 0);
    pthread_mutex_lock(&mutex);
    REQUIRE_INT(pthread_create(&thread, NULL, wait_in_thread, &mutex), ==, 0);
    wait_for_ever();
}

SCENARIO(waits_for_its_retry, .reruns = 1, .rerun_delay_ms = 60000)
{
    FAIL("for now");
}

/* ---- standing still -------------------------------------------------------------------------------------------- */

CLEANUP(tell, "tell")
{
    say(t, "words", payload);
}

static void leave_word(struct muster_ctx *t)
{
    say(t, "words", "torn down\n");
}

/* Its reader sees the end when all of the attempt's processes are gone. */
static void hold_alive(struct muster_ctx *t)
{
    int fd = open(in_dir(t, "alive"), O_WRONLY);
    REQUIRE(fd >= 0);
}

SCENARIO(fails_held, .teardown = leave_word, .timeout_ms = 1000, .markers = MARKERS("held"))
{
    DEFER("tell", "undone\n");
    hold_alive(t);
    REQUIRE_INT(6 * 7, ==, 54);
}

SCENARIO(crashes_held, .timeout_ms = 1000, .markers = MARKERS("held"))
{
    DEFER("tell", "undone\n");
    hold_alive(t);
    abort(); /* a sanitizer in the runner's own programs would take SIGSEGV */
}

SCENARIO(hangs_held, .timeout_ms = 1000, .markers = MARKERS("held"))
{
    DEFER("tell", "undone\n");
    hold_alive(t);
    wait_for_ever();
}

/* Longer than the time that fails_held has. */
SCENARIO(lasts, .markers = MARKERS("lasting"))
{
    poll(NULL, 0, 1500);
}

/* ---- the terminal ------------------------------------------------------------------------------------------------ */

static __attribute__((noinline)) int the_answer(int six)
{
    return six * 7;
}

SCENARIO(stands_with_a_name_that_few_terminals_have_room_for, PARAMS((str, plan)),
         .tables = TABLES(TABLE(COLUMNS("plan"), ROW("pro"))))
{
    (void)t;
    (void)plan;
    wait_for_ever();
}

SCENARIO(says_much)
{
    (void)t;
    FAIL(
        "a sentence that is longer than forty columns, and longer than eighty as well, is a line of its own in a file");
}

SCENARIO(prints)
{
    printf("printed by %s\n", m_attempt(t)->case_id);
    fprintf(stderr, "complained by %s\n", m_attempt(t)->case_id);
    CHECK_INT(the_answer(6), ==, 42);
}

/* ---- limits ------------------------------------------------------------------------------------------------ */

/* Touched page by page, so that it is really there. */
static int eat(size_t bytes)
{
    char *memory = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED)
        return -1;
    for (size_t i = 0; i < bytes; i += 4096)
        memory[i] = 1;
    return munmap(memory, bytes);
}

SCENARIO(eats_too_much, .markers = MARKERS("limit", "memory('32M')"))
{
    DEFER("tell", "undone\n");
    CHECK_INT(eat(256 << 20), ==, 0);
}

SCENARIO(eats_little, .markers = MARKERS("limit", "memory('64M')"))
{
    CHECK_INT(eat(8 << 20), ==, 0);
}

SCENARIO(eats_freely, .markers = MARKERS("limit"))
{
    CHECK_INT(eat(256 << 20), ==, 0);
}

/* How many processes it can have beside itself, at most `most`. They wait for the end of a pipe. */
static int crowd(int most)
{
    int ends[2], n = 0;
    char byte;
    if (pipe(ends) != 0)
        return -1;
    for (; n < most; n++) {
        pid_t pid = fork();
        if (pid < 0)
            break;
        if (pid == 0) {
            close(ends[1]);
            ssize_t got = read(ends[0], &byte, 1);
            _exit(got == 0 ? 0 : 1);
        }
    }
    close(ends[0]);
    close(ends[1]);
    while (wait(NULL) > 0)
        ;
    return n;
}

SCENARIO(crowds, .markers = MARKERS("limit", "pids(10)"))
{
    CHECK_INT(crowd(50), ==, 9);
}

SCENARIO(stands_limited, .markers = MARKERS("memory('64M')", "pids(20)"))
{
    int fd = open(in_dir(t, "alive"), O_WRONLY); /* its reader sees its end */
    REQUIRE(fd >= 0);
    REQUIRE_INT(write(fd, "ready\n", 6), ==, 6);
    wait_for_ever();
}

/* In the same place, after one that was refused some. */
SCENARIO(crowds_a_little, .markers = MARKERS("limit", "pids(10)"))
{
    CHECK_INT(crowd(5), ==, 5);
}

SCENARIO(crowds_freely, .markers = MARKERS("limit"))
{
    CHECK_INT(crowd(50), ==, 50);
}

SCENARIO(writes)
{
    static const char block[4096] = "x";
    int fd = open(in_dir(t, "written"), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    REQUIRE(fd >= 0);
    for (int i = 0; i < 256; i++)
        REQUIRE_INT(write(fd, block, sizeof block), ==, sizeof block);
    CHECK_INT(fsync(fd), ==, 0);
}

MUSTER_PLUGIN("e2e.find", "1.0.0")
