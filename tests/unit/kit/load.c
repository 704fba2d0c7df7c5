/* SPDX-License-Identifier: Apache-2.0 */
/* A child that does one thing when it is told to. */
#include "load.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static void be_load(int in, int out, void (*work)(void))
{
    char word;
    struct rusage usage;
    if (write(out, "r", 1) != 1 || read(in, &word, 1) != 1)
        _exit(1);
    work();
    getrusage(RUSAGE_SELF, &usage);
    if (write(out, &usage, sizeof usage) != (ssize_t)sizeof usage)
        _exit(1);
    _exit(read(in, &word, 1) == 1 ? 0 : 1);
}

struct load load_start(void (*work)(void))
{
    int in[2], out[2];
    if (pipe2(in, O_CLOEXEC) != 0 || pipe2(out, O_CLOEXEC) != 0)
        abort();
    pid_t pid = fork();
    if (pid < 0)
        abort();
    if (pid == 0) {
        close(in[1]);
        close(out[0]);
        be_load(in[0], out[1], work);
    }
    close(in[0]);
    close(out[1]);
    char ready; /* its descriptors are as they stay */
    if (read(out[0], &ready, 1) != 1)
        abort();
    return (struct load){pid, in[1], out[0]};
}

struct rusage load_work(struct load *l)
{
    struct rusage usage;
    if (write(l->to, "w", 1) != 1 || read(l->from, &usage, sizeof usage) != (ssize_t)sizeof usage)
        abort();
    return usage;
}

void load_end(struct load *l)
{
    /* By a word: a load that was started later holds these descriptors, too. */
    if (write(l->to, "e", 1) != 1)
        abort();
    close(l->to);
    close(l->from);
    waitpid(l->pid, NULL, 0);
}

void burn_ms(double ms)
{
    struct timespec began, now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &began);
    do
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    while ((double)(now.tv_sec - began.tv_sec) * 1e3 + (double)(now.tv_nsec - began.tv_nsec) / 1e6 < ms);
}
