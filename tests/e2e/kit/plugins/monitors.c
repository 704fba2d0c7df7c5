/* SPDX-License-Identifier: Apache-2.0 */
/* Scenarios that are looked at while they run: by a monitor that they stop, that their cleanup stops, that a failure
 * ends. */
#include <muster/kit/data.h>
#include <muster/kit/monitor.h>
#include <muster/muster.h>

#include <fcntl.h>
#include <poll.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { FILES = 5, BYTES = 32 << 20 };

static volatile char bytes[BYTES]; /* used from when it is written to until the process ends */

/* Of this process, in ms. */
static double cpu_ms(void)
{
    struct timespec ts;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &ts);
    return (double)ts.tv_sec * 1e3 + (double)ts.tv_nsec / 1e6;
}

static void work_for(double ms)
{
    for (double end = cpu_ms() + ms; cpu_ms() < end;)
        ;
}

static void open_files(struct muster_ctx *t)
{
    for (int i = 0; i < FILES; i++)
        REQUIRE(open("/dev/null", O_RDONLY | O_CLOEXEC) >= 0);
}

/* A cleanup of the scenario's own, which comes before the monitor's: what it opens is seen, too. */
CLEANUP(open_more, "monitors.open_more")
{
    (void)payload;
    open_files(t);
}

SCENARIO(leaves_its_monitor)
{
    M_MONITOR(t, .name = "left", .pid = getpid(), .interval_ms = 5);
    DEFER("monitors.open_more", "");
    for (int i = 0; i < BYTES; i += 1024)
        bytes[i] = 1;
    open_files(t);
    work_for(50);
}

SCENARIO(times_a_block)
{
    struct m_monitor *own = M_MONITOR(t, .name = "own", .pid = getpid());
    PERFORMANCE("busy work", .max_ms = 600000, .monitor = own)
    {
        work_for(120);
        STEP("within")
        {
            CHECK(1);
        }
    }
    CHECK_USAGE(own, cpu_ms.growth, >=, 60);
    m_monitor_stop(own);
}

SCENARIO(is_too_slow)
{
    PERFORMANCE("slow work", .max_ms = 20, .fails = 1)
    {
        poll(NULL, 0, 40);
    }
}

SCENARIO(fails_in_a_block)
{
    struct m_monitor *own = M_MONITOR(t, .name = "cut", .pid = getpid());
    PERFORMANCE("cut short", .max_ms = 600000, .monitor = own)
    {
        REQUIRE(0);
    }
}

SCENARIO(uses_too_much)
{
    struct m_monitor *own = M_MONITOR(t, .name = "own", .pid = getpid());
    open_files(t);
    CHECK_USAGE(own, fds.growth, <, FILES, "after %d files", FILES);
}

/* What has ended can't be measured any more, and is not waited for. */
SCENARIO(sees_an_end)
{
    int ready[2];
    REQUIRE(pipe2(ready, O_CLOEXEC) == 0);
    pid_t child = fork();
    if (child == 0) {
        char byte;
        close(ready[1]);
        _exit(read(ready[0], &byte, 1) != 0);
    }
    close(ready[0]);
    struct m_monitor *other = M_MONITOR(t, .name = "child", .pid = child, .tree = 1);
    CHECK_INT(m_monitor_usage(other).ended, ==, 0);
    close(ready[1]);
    REQUIRE_INT(waitpid(child, NULL, 0), ==, child);
    CHECK_INT(m_monitor_usage(other).ended, ==, 1);
}

MUSTER_PLUGIN("monitors", "1.0.0")
