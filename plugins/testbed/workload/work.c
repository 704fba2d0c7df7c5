/* SPDX-License-Identifier: Apache-2.0 */
/* Memory, descriptors, processes and CPU, used up on request. */
#include "work.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <time.h>
#include <unistd.h>

bool work_named(const char *name, enum work *ret_work)
{
    static const char *const names[] = {
        [WORK_WAIT] = "wait",           [WORK_CPU] = "cpu",     [WORK_MEMORY] = "memory", [WORK_FILES] = "files",
        [WORK_PROCESSES] = "processes", [WORK_BYTES] = "bytes", [WORK_SICK] = "sick",     [WORK_HANG] = "hang",
        [WORK_EXIT] = "exit",
    };

    for (int i = WORK_WAIT; i <= WORK_EXIT; i++) {
        if (strcmp(names[i], name) == 0) {
            *ret_work = (enum work)i;
            return true;
        }
    }
    return false;
}

/* Written to, so that it is really there. */
static int take_memory(int64_t mib)
{
    size_t size = (size_t)mib * 1024 * 1024;
    char *memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    if (memory == MAP_FAILED)
        return errno;
    for (size_t at = 0; at < size; at += 4096)
        memory[at] = 1;
    return 0;
}

static int take_files(int64_t n)
{
    for (; n > 0; n--)
        if (open("/dev/null", O_RDONLY | O_CLOEXEC) < 0)
            return errno;
    return 0;
}

static int take_processes(int64_t n)
{
    for (; n > 0; n--) {
        pid_t parent = getpid(), pid = fork();
        if (pid < 0)
            return errno;
        if (pid > 0)
            continue;
        signal(SIGTERM, SIG_DFL);
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        close_range(0, ~0U, 0); /* connections are their parent's */
        while (getppid() == parent)
            pause();
        _exit(0);
    }
    return 0;
}

int work_take(enum work work, int64_t amount)
{
    switch (work) {
    case WORK_MEMORY:
        return take_memory(amount);
    case WORK_FILES:
        return take_files(amount);
    case WORK_PROCESSES:
        return take_processes(amount);
    default:
        return 0;
    }
}

static int64_t cpu_us(void)
{
    struct timespec t;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

int64_t work_burn(int64_t slice_us)
{
    int64_t start = cpu_us(), used;

    while ((used = cpu_us() - start) < slice_us)
        ;
    return used;
}
