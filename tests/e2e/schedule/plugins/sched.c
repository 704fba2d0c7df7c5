/* SPDX-License-Identifier: Apache-2.0 */
/* Scenarios for the tests of scheduling. They tell what they see through files in the folder that `--set dir=` names.
 */
#include <muster/muster.h>

#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
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

/* ---- plain: each fails unless a file "mend" is there ---------------------------------------------------------- */

static void fail_unless_mended(struct muster_ctx *t)
{
    if (access(in_dir(t, "mend"), F_OK) < 0)
        FAIL("not mended");
}

SCENARIO(a_passes, .markers = MARKERS("plain"))
{
    CHECK(1);
}

SCENARIO(b_fails, .markers = MARKERS("plain"))
{
    fail_unless_mended(t);
}

SCENARIO(fails_at_first)
{
    if (access(in_dir(t, "mend"), F_OK) == 0)
        return;
    close(open(in_dir(t, "mend"), O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
    FAIL("not mended");
}

SCENARIO(c_passes, .markers = MARKERS("plain"))
{
    CHECK(1);
}

SCENARIO(d_fails, .markers = MARKERS("plain"))
{
    fail_unless_mended(t);
}

SCENARIO(e_passes, .markers = MARKERS("plain"))
{
    CHECK(1);
}

SCENARIO(retries, .markers = MARKERS("retried"), .reruns = 3, .rerun_delay_ms = 60000)
{
    FAIL("attempt %u", m_attempt(t)->attempt);
}

SCENARIO(retries_then_fails, .markers = MARKERS("retried"))
{
    FAIL("at once");
}

/* Its retry is due while the next one runs. */
SCENARIO(retries_soon, .markers = MARKERS("soon"), .reruns = 3, .rerun_delay_ms = 200)
{
    FAIL("attempt %u", m_attempt(t)->attempt);
}

SCENARIO(fails_slowly, .markers = MARKERS("soon"))
{
    poll(NULL, 0, 1500);
    FAIL("at last");
}

/* ---- retried or not --------------------------------------------------------------------------------------------- */

SCENARIO(aborts, .markers = MARKERS("kinds"))
{
    abort();
}

SCENARIO(aborts_by_marker, .markers = MARKERS("kinds", "flaky(reruns=1, retry_on=\"crashed,error\")"))
{
    abort();
}

SCENARIO(fails_by_marker, .markers = MARKERS("kinds", "flaky(reruns=1, retry_on=\"crashed,error\")"))
{
    FAIL("as ever");
}

SCENARIO(class_failed, .markers = MARKERS("classes"))
{
    FAIL("as ever");
}

SCENARIO(class_error, .markers = MARKERS("classes"))
{
    ERROR("not the product");
}

SCENARIO(class_timeout, .timeout_ms = 100, .markers = MARKERS("classes"))
{
    for (;;)
        pause();
}

SCENARIO(class_crashed, .markers = MARKERS("classes"))
{
    abort();
}

SCENARIO(recovers, .markers = MARKERS("recovers"), .reruns = 1)
{
    CHECK_UINT(m_attempt(t)->attempt, ==, 2);
}

SCENARIO(known, .markers = MARKERS("recorded", "known_failure(reason=\"issue 4711\")"), .reruns = 2)
{
    fail_unless_mended(t);
}

SCENARIO(known_until, .markers = MARKERS("recorded", "known_failure(\"issue 4712\", until=\"2999-12-31\")"))
{
    fail_unless_mended(t);
}

SCENARIO(known_too_long, .markers = MARKERS("expired", "known_failure(\"issue 1\", until=\"2020-01-31\")"))
{
    fail_unless_mended(t);
}

/* ---- rounds ----------------------------------------------------------------------------------------------------- */

SCENARIO(third_time, .markers = MARKERS("rounds"), .reruns = 5)
{
    CHECK_UINT(m_attempt(t)->attempt, <, 3);
}

SCENARIO(every_time, .markers = MARKERS("rounds"))
{
    CHECK(1);
}

/* Each attempt writes a line. */
SCENARIO(tells)
{
    int fd = open(in_dir(t, "rounds"), O_WRONLY);
    REQUIRE(fd >= 0);
    REQUIRE_INT(write(fd, "x\n", 2), ==, 2);
    close(fd);
}

/* ---- time ------------------------------------------------------------------------------------------------------- */

SCENARIO(waits, .markers = MARKERS("time"))
{
    for (;;)
        pause();
}

SCENARIO(waits_known, .markers = MARKERS("time", "known_failure(\"issue 3\")"))
{
    for (;;)
        pause();
}

SCENARIO(after_waits, .markers = MARKERS("time"))
{
    CHECK(1);
}

/* ---- together: the log tells who ran with whom ------------------------------------------------------------------- */

static off_t size_of(const char *path)
{
    struct stat st;
    return stat(path, &st) < 0 ? 0 : st.st_size;
}

/* With `--set meet=N` nobody goes on before N have begun, so that the first N are together however slow we are. */
static void take_a_while(struct muster_ctx *t)
{
    const char *meet = m_target(t, "meet");
    if (!meet)
        return;
    const char *path = in_dir(t, "begun");
    int fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
    REQUIRE(fd >= 0);
    REQUIRE_INT(write(fd, "x", 1), ==, 1);
    while (size_of(path) < atoi(meet))
        poll(NULL, 0, 1);
    poll(NULL, 0, 30); /* a chance for the next ones to begin too early */
}

#define TOGETHER(name_, ...)                                                                                           \
    SCENARIO(name_, .markers = MARKERS("together", __VA_ARGS__))                                                       \
    {                                                                                                                  \
        take_a_while(t);                                                                                               \
    }

TOGETHER(lock_1, "lock(\"db\")")
TOGETHER(lock_2, "lock(\"db\")")
TOGETHER(lock_3, "lock(\"db\")")
TOGETHER(group_1, "group(\"api\", max=2)")
TOGETHER(group_2, "group(\"api\", max=2)")
TOGETHER(group_3, "group(\"api\", max=2)")
TOGETHER(group_4, "group(\"api\", max=2)")
TOGETHER(free_1, "free")
TOGETHER(free_2, "free")
TOGETHER(heavy, "weight(3)")
TOGETHER(serial, "serial")

/* ---- skewed: by how long they take ---------------------------------------------------------------------------------
 */

#define TAKES(name_, ms_)                                                                                              \
    SCENARIO(name_, .markers = MARKERS("skewed"))                                                                      \
    {                                                                                                                  \
        poll(NULL, 0, ms_);                                                                                            \
    }

TAKES(takes_50_1, 50)
TAKES(takes_50_2, 50)
TAKES(takes_50_3, 50)
TAKES(takes_50_4, 50)
TAKES(takes_100_1, 100)
TAKES(takes_100_2, 100)
TAKES(takes_200, 200)
TAKES(takes_400, 400)
TAKES(takes_600, 600)

MUSTER_PLUGIN("e2e.sched", "1.0.0")
