/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Scenarios for the tests of `muster run`, each good for one question. They meet the test, and each other, through
 * files and FIFOs in the folder that `--set dir=` names; nothing waits for time.
 */
#include <muster/muster.h>

#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

extern char **environ;

static const char *in_dir(struct muster_ctx *t, const char *name)
{
    static char path[512];
    const char *dir = m_target(t, "dir");
    if (!dir)
        ERROR("--set dir=... is missing");
    snprintf(path, sizeof path, "%s/%s", dir, name);
    return path;
}

/* One write each, so that lines of several processes don't mix. */
static void say(struct muster_ctx *t, const char *file, const char *text)
{
    char line[256];
    int n = snprintf(line, sizeof line, "%s\n", text);
    int fd = open(in_dir(t, file), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
    if (fd < 0 || write(fd, line, (size_t)n) != n)
        ERROR("%s: cannot be written", file);
    close(fd);
}

/* ---- verdicts -------------------------------------------------------------------------------------------- */

SCENARIO(passes, .markers = MARKERS("verdict"))
{
    CHECK(1);
}

SCENARIO(fails)
{
    printf("a line of output\n");
    CHECK_INT(1, ==, 2);
}

SCENARIO(skips)
{
    SKIP("does not apply");
}

SCENARIO(exits_with_zero)
{
    exit(0);
}

SCENARIO(aborts)
{
    abort();
}

/* ---- together ----------------------------------------------------------------------------------------------- */

/* Opening a FIFO waits for the other side: neither ends unless both run at the same time. */
static void meet(struct muster_ctx *t, const char *first, int first_flags, const char *second, int second_flags)
{
    int a = open(in_dir(t, first), first_flags);
    int b = open(in_dir(t, second), second_flags);
    REQUIRE(a >= 0 && b >= 0);
}

SCENARIO(meets_left, .markers = MARKERS("meeting"))
{
    meet(t, "to-right", O_WRONLY, "to-left", O_RDONLY);
}

SCENARIO(meets_right, .markers = MARKERS("meeting"))
{
    meet(t, "to-right", O_RDONLY, "to-left", O_WRONLY);
}

/* ---- retries ------------------------------------------------------------------------------------------------ */

SCENARIO(recovers, .reruns = 3, .rerun_delay_ms = 200, .markers = MARKERS("retry"))
{
    printf("attempt %u\n", m_attempt(t)->attempt);
    CHECK_UINT(m_attempt(t)->attempt, >=, 3);
}

SCENARIO(recovers_by_marker, .markers = MARKERS("flaky(reruns=1)"))
{
    CHECK_UINT(m_attempt(t)->attempt, >=, 2);
}

SCENARIO(never_recovers, .reruns = 2, .rerun_delay_ms = 1)
{
    FAIL("attempt %u", m_attempt(t)->attempt);
}

SCENARIO(quick_1, .markers = MARKERS("retry"))
{
    CHECK(1);
}

SCENARIO(quick_2, .markers = MARKERS("retry"))
{
    CHECK(1);
}

/* ---- deadlines ------------------------------------------------------------------------------------------------ */

static void wait_for_ever(void)
{
    for (;;)
        pause();
}

SCENARIO(waits_by_marker, .timeout_ms = 60000, .markers = MARKERS("deadline", "timeout(0.2)"))
{
    wait_for_ever();
}

SCENARIO(waits_by_field, .timeout_ms = 300, .markers = MARKERS("deadline"))
{
    wait_for_ever();
}

SCENARIO(waits_by_option, .markers = MARKERS("deadline"))
{
    wait_for_ever();
}

SCENARIO(ignores_sigterm, .timeout_ms = 200)
{
    signal(SIGTERM, SIG_IGN);
    printf("ignoring\n");
    fflush(stdout);
    wait_for_ever();
}

static void wait_in_setup(struct muster_ctx *t)
{
    (void)t;
    wait_for_ever();
}

static void leave_word(struct muster_ctx *t)
{
    say(t, "words", "torn down");
}

SCENARIO(waits_in_setup, .setup = wait_in_setup, .setup_timeout_ms = 200)
{
    FAIL("the body ran");
}

SCENARIO(waits_in_teardown, .teardown = wait_in_setup, .teardown_timeout_ms = 200)
{
    CHECK(1);
}

static void fail_here(struct muster_ctx *t)
{
    FAIL("not the product's fault");
}

SCENARIO(fails_in_setup, .setup = fail_here, .teardown = leave_word)
{
    FAIL("the body ran");
}

/* ---- signals ---------------------------------------------------------------------------------------------------- */

static int told;

static void tell_of_sigterm(int signo)
{
    (void)signo;
    ssize_t n = write(told, "term\n", 5);
    (void)n;
}

/* Keeps the FIFO `alive` open while it lives: its reader sees the end when all of its processes are gone. */
SCENARIO(holds, .timeout_ms = 60000)
{
    told = open(in_dir(t, "alive"), O_WRONLY);
    REQUIRE(told >= 0);
    DEFER("tell", "held");
    REQUIRE_INT(write(told, "ready\n", 6), ==, 6);
    wait_for_ever();
}

SCENARIO(holds_on, .timeout_ms = 60000)
{
    told = open(in_dir(t, "alive"), O_WRONLY);
    REQUIRE(told >= 0);
    signal(SIGTERM, tell_of_sigterm);
    DEFER("tell", "held on");
    REQUIRE_INT(write(told, "ready\n", 6), ==, 6);
    wait_for_ever();
}

/* ---- surroundings ------------------------------------------------------------------------------------------------ */

SCENARIO(prints_environment)
{
    for (char **e = environ; *e; e++)
        puts(*e);
    char cwd[512];
    REQUIRE(getcwd(cwd, sizeof cwd) != NULL);
    CHECK_STR(cwd, ==, m_attempt(t)->temp_dir);
    CHECK_STR(getenv("MUSTER_TMPDIR"), ==, m_attempt(t)->temp_dir);
    CHECK_STR(getenv("MUSTER_CASE"), ==, m_attempt(t)->case_id);
    CHECK_STR(getenv("MUSTER_ARTIFACTS"), ==, m_attempt(t)->artifacts_dir);
}

/* What one does to its standard output is not the next one's. */
SCENARIO(spoils_stdout, .markers = MARKERS("heritage"))
{
    CHECK_INT(fcntl(STDOUT_FILENO, F_SETFL, O_NONBLOCK | O_APPEND), ==, 0);
    CHECK_INT(fcntl(STDERR_FILENO, F_SETFL, O_NONBLOCK), ==, 0);
    umask(0777);
    CHECK_INT(setenv("HERITAGE", "spoilt", 1), ==, 0);
}

SCENARIO(finds_all_as_new, .markers = MARKERS("heritage"))
{
    CHECK_INT(fcntl(STDOUT_FILENO, F_GETFL) & (O_NONBLOCK | O_APPEND), ==, 0);
    CHECK_INT(fcntl(STDERR_FILENO, F_GETFL) & O_NONBLOCK, ==, 0);
    CHECK_INT(umask(022), !=, 0777);
    CHECK_STR(getenv("HERITAGE"), ==, NULL);
}

/* The one between them may have had the other pair of pipes: this one has the first one's again. */
SCENARIO(finds_its_pipes_as_new, .markers = MARKERS("heritage"))
{
    CHECK_INT(fcntl(STDOUT_FILENO, F_GETFL) & (O_NONBLOCK | O_APPEND), ==, 0);
    CHECK_INT(fcntl(STDERR_FILENO, F_GETFL) & O_NONBLOCK, ==, 0);
}

SCENARIO(knows_the_target)
{
    CHECK_STR(m_target(t, "url"), ==, "http://127.0.0.1:1/?a=b");
    CHECK_STR(m_target(t, "empty"), ==, "");
    CHECK_STR(m_target(t, "missing"), ==, NULL);
}

SCENARIO(attaches)
{
    CHECK_INT(m_attach(t, "note.txt", "text/plain", "kept", 4), ==, 0);
    printf("some output\n");
}

SCENARIO(attaches_and_fails)
{
    CHECK_INT(m_attach(t, "note.txt", "text/plain", "kept", 4), ==, 0);
    FAIL("after attaching");
}

/* A title for the terminal, a cleared screen, a NUL, bytes that are no UTF-8, the ends of CDATA and of a script, and no
 * newline at the end. */
SCENARIO(prints_poison)
{
    static const char poison[] = "\x1b]0;owned\a\x1b[2J\r\n\0\xff\xc0\x80 ]]> </script> & end";
    fwrite(poison, 1, sizeof poison - 1, stdout);
    fwrite(poison, 1, sizeof poison - 1, stderr);
    CHECK_STR("\x1b[2J]]>\xff", ==, "");
}

SCENARIO(floods)
{
    static char block[1000];
    memset(block, 'm', sizeof block);
    printf("BEGIN\n");
    for (int i = 0; i < 1000; i++)
        fwrite(block, 1, sizeof block, stdout);
    printf("END");
}

SCENARIO(logs_a_lot)
{
    for (int i = 0; i < 5000; i++)
        LOG("line %d of many, which together are more than a small disk holds, or that is the idea of it at least", i);
}

/* ---- cleanups ------------------------------------------------------------------------------------------------------
 */

CLEANUP(tell, "tell")
{
    char line[256];
    snprintf(line, sizeof line, "%s in %s", payload, m_attempt(t)->case_id);
    say(t, "words", line);
}

CLEANUP(tell_process, "tell.process")
{
    char line[256];
    snprintf(line, sizeof line, "%s %s", payload, atoi(payload) == getpid() ? "same" : "other");
    say(t, "words", line);
}

CLEANUP(fail_to_undo, "fail")
{
    FAIL("cannot undo %s", payload);
}

CLEANUP(never_end, "hang", .timeout_ms = 200)
{
    (void)payload;
    wait_for_ever();
}

/* As long as it is allowed to. */
CLEANUP(never_end_either, "hang.on")
{
    (void)payload;
    wait_for_ever();
}

SCENARIO(undoes_as_long_as_it_may)
{
    DEFER("hang.on", "");
}

static void defer_three(struct muster_ctx *t)
{
    char pid[16];
    snprintf(pid, sizeof pid, "%d", (int)getpid());
    DEFER("tell.process", pid);
    DEFER("tell", "second");
    DEFER("tell", "third");
}

SCENARIO(undoes_after_pass, .markers = MARKERS("undo"), .teardown = leave_word)
{
    defer_three(t);
}

SCENARIO(undoes_after_require, .markers = MARKERS("undo"))
{
    defer_three(t);
    REQUIRE(0);
}

SCENARIO(undoes_after_crash, .markers = MARKERS("undo"))
{
    defer_three(t);
    abort();
}

SCENARIO(undoes_after_exit, .markers = MARKERS("undo"))
{
    defer_three(t);
    _exit(0);
}

SCENARIO(undoes_after_timeout, .timeout_ms = 200, .markers = MARKERS("undo"))
{
    defer_three(t);
    wait_for_ever();
}

SCENARIO(undoes_after_kill, .markers = MARKERS("undo"))
{
    defer_three(t);
    raise(SIGKILL);
}

/* What --keep-failed keeps, and what it does not. */
SCENARIO(undoes_after_skip)
{
    defer_three(t);
    SKIP("not today");
}

SCENARIO(undoes_after_error)
{
    defer_three(t);
    ERROR("not the product");
}

SCENARIO(undoes_after_retry, .reruns = 1)
{
    defer_three(t);
    CHECK_UINT(m_attempt(t)->attempt, ==, 2);
}

SCENARIO(cannot_undo)
{
    DEFER("tell", "before");
    DEFER("fail", "this");
}

SCENARIO(cannot_undo_after_crash)
{
    DEFER("tell", "before");
    DEFER("fail", "this");
    abort();
}

SCENARIO(undoes_without_end)
{
    DEFER("tell", "before");
    DEFER("hang", "");
}

static struct muster_ctx *shared;

static void *defer_on_thread(void *payload)
{
    struct muster_ctx *t = shared;
    for (int i = 0; i < 20; i++)
        DEFER("tell.process", payload);
    return NULL;
}

SCENARIO(undoes_what_threads_defer)
{
    enum { THREADS = 4 };
    static char pid[16];
    pthread_t threads[THREADS];
    shared = t;
    snprintf(pid, sizeof pid, "%d", (int)getpid());
    for (int i = 0; i < THREADS; i++)
        REQUIRE_INT(pthread_create(&threads[i], NULL, defer_on_thread, pid), ==, 0);
    for (int i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
}

SCENARIO(defers_the_unknown)
{
    DEFER("no.such.cleanup", "x");
}

/* ---- too much ----------------------------------------------------------------------------------------------- */

CLEANUP(count, "count")
{
    say(t, "counted", payload);
}

SCENARIO(crashes_with_many_cleanups)
{
    char payload[64];
    for (int i = 0; i < 3000; i++) {
        snprintf(payload, sizeof payload, "%04d of what is some forty bytes long each", i);
        DEFER("count", payload);
    }
    abort();
}

SCENARIO(defers_without_end)
{
    for (;;)
        DEFER("tell_nobody", "again");
}

CLEANUP(tell_nobody, "tell_nobody")
{
    (void)t;
    (void)payload;
}

/* A log's text is a length: what lies behind it belongs to others. */
SCENARIO(logs_without_end_mark)
{
    long page = sysconf(_SC_PAGESIZE);
    char *two = mmap(NULL, (size_t)page * 2, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    REQUIRE(two != MAP_FAILED);
    REQUIRE_INT(mprotect(two + page, (size_t)page, PROT_NONE), ==, 0);
    memcpy(two + page - 8, "the last", 8);
    t->host->log(t, MUSTER_LOG_INFO, __FILE__, __LINE__, two + page - 8, 8);
}

SCENARIO(checks_long_texts)
{
    static char text[40 * 1024];
    memset(text, 'l', sizeof text - 1);
    const struct muster_check check = {.size = sizeof check,
                                       .line = __LINE__,
                                       .expression = text,
                                       .actual = text,
                                       .expected = text,
                                       .message = text,
                                       .file = __FILE__};
    t->host->check(t, &check);
}

static volatile sig_atomic_t told_to_end;

static void note_end(int signo)
{
    told_to_end = signo;
}

/* Told to end, since it is late, it says that it has passed. */
SCENARIO(passes_when_told_to_end, .timeout_ms = 200)
{
    struct sigaction note = {.sa_handler = note_end};
    CHECK_INT(sigaction(SIGTERM, &note, NULL), ==, 0);
    sigset_t term, before;
    sigemptyset(&term);
    sigaddset(&term, SIGTERM);
    sigprocmask(SIG_BLOCK, &term, &before);
    while (!told_to_end)
        sigsuspend(&before);
    sigprocmask(SIG_SETMASK, &before, NULL);
}

/* Its number in `pid`; it passes when somebody writes to the FIFO `go`. */
SCENARIO(passes_when_let, .timeout_ms = 4000)
{
    char pid[16];
    snprintf(pid, sizeof pid, "%d", (int)getpid());
    say(t, "pid", pid);
    int fd = open(in_dir(t, "go"), O_RDONLY | O_CLOEXEC);
    REQUIRE(fd >= 0);
    close(fd);
}

MUSTER_PLUGIN("e2e.work", "1.0.0")
