/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Scenarios for the tests of `muster run`, each good for one question. They meet the test, and each other, through
 * files and FIFOs in the folder that `--set dir=` names; nothing waits for time.
 */
#include "work.h"

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

extern char **environ;

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

SCENARIO(looks_at_nothing)
{
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

SCENARIO(ignores_sigterm, .timeout_ms = 1000)
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

static void leave_last_words(struct muster_ctx *t)
{
    CHECK_INT(m_attach(t, "on-failure/last.txt", "text/plain", "last words", 10), ==, 0);
}

SCENARIO(last_words_of_a_pass)
{
    leave_last_words(t);
}

SCENARIO(last_words_of_a_skip)
{
    leave_last_words(t);
    SKIP("not here");
}

SCENARIO(last_words_of_a_failure)
{
    leave_last_words(t);
    FAIL("after writing");
}

SCENARIO(last_words_of_a_crash)
{
    leave_last_words(t);
    raise(SIGSEGV);
}

SCENARIO(last_words_of_a_hang, .timeout_ms = 1000)
{
    leave_last_words(t);
    for (;;)
        pause();
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

MUSTER_PLUGIN("e2e.work", "1.0.0")
