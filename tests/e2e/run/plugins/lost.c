/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Scenarios beside which processes of the runner's own are lost at the worst moment: the test, lost.sh, sees to that.
 */
#include <muster/muster.h>

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int in_dir(struct muster_ctx *t, const char *name, int flags)
{
    const char *dir = m_target(t, "dir");
    if (!dir)
        ERROR("--set dir=... is missing");
    char path[512];
    snprintf(path, sizeof path, "%s/%s", dir, name);
    int fd = open(path, flags | O_CLOEXEC, 0644);
    if (fd < 0)
        ERROR("%s: cannot be opened", name);
    return fd;
}

static void write_number(struct muster_ctx *t, const char *name, long number)
{
    int fd = in_dir(t, name, O_WRONLY | O_CREAT | O_TRUNC);
    dprintf(fd, "%ld\n", number);
    close(fd);
}

static void wait_for_end_of(struct muster_ctx *t, const char *fifo)
{
    char byte;
    int fd = in_dir(t, fifo, O_RDONLY);
    while (read(fd, &byte, 1) > 0)
        ;
    close(fd);
}

static long parent_of(long pid)
{
    char path[64], line[256];
    long parent = 0;
    snprintf(path, sizeof path, "/proc/%ld/status", pid);
    FILE *f = fopen(path, "re");
    while (f && !parent && fgets(line, sizeof line, f))
        if (sscanf(line, "PPid: %ld", &parent) == 1)
            break;
    if (f)
        fclose(f);
    return parent;
}

/* ---- a host with an order that it has not read ----------------------------------------------------------------- */

/* The next attempt needs a new monitor, and the host that is asked for it stands still. */
SCENARIO(stops_its_host, .markers = MARKERS("host"))
{
    long host = parent_of(getppid());
    REQUIRE_INT(host, >, 1);
    write_number(t, "host", host);
    kill((pid_t)host, SIGSTOP);
    kill(getppid(), SIGKILL);
}

SCENARIO(comes_after, .markers = MARKERS("host"))
{
    CHECK(1);
}

/* ---- a monitor of an idle slot
 * ---------------------------------------------------------------------------------------
 */

SCENARIO(leaves_its_slot_idle, .markers = MARKERS("monitor"))
{
    write_number(t, "monitor", getppid());
    wait_for_end_of(t, "begun");
}

SCENARIO(holds_the_lock, .markers = MARKERS("monitor", "lock('it')"))
{
    write_number(t, "holder", getpid());
    close(in_dir(t, "begun", O_WRONLY));
    wait_for_end_of(t, "go");
}

SCENARIO(wants_the_lock, .markers = MARKERS("monitor", "lock('it')"))
{
    CHECK(1);
}

MUSTER_PLUGIN("e2e.lost", "1.0.0")
