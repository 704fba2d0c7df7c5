/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Scenarios that are under way when their runner is ended from outside. Each says so by a line into the fifo that the
 * driver gave (--set fifo=PATH), and would then stay for ever, with a daemon.
 */
#include <muster/muster.h>

#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#define LONG .timeout_ms = 600000

static void wait_for_ever(void)
{
    for (;;)
        pause();
}

static void linger(struct muster_ctx *t)
{
    const char *fifo = m_target(t, "fifo");
    REQUIRE(fifo != NULL);
    signal(SIGTERM, SIG_IGN);
    if (fork() == 0) {
        setsid();
        if (fork() == 0)
            wait_for_ever();
        _exit(0);
    }
    int fd = open(fifo, O_WRONLY);
    REQUIRE_INT(write(fd, "here\n", 5), ==, 5);
    close(fd);
    wait_for_ever();
}

SCENARIO(first, LONG)
{
    linger(t);
}

SCENARIO(second, LONG)
{
    linger(t);
}

SCENARIO(never_begins)
{
    CHECK(1);
}

MUSTER_PLUGIN("hostile.linger", "1.0")
