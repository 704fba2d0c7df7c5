/* SPDX-License-Identifier: Apache-2.0 */
/* Scenarios that say too much, or too late. */
#include "work.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

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
SCENARIO(passes_when_told_to_end, .timeout_ms = 1000)
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
