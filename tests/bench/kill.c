/* SPDX-License-Identifier: Apache-2.0 */
/*
 * bench-kill ROUNDS THREADS: the median time from the end of a timer to the end of a process that a parent then kills:
 * fork, timerfd, pidfd, SIGKILL, wait, and nothing else. The process has so many threads besides its first one.
 */
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/timerfd.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { ROUNDS_MOST = 1000, STACK = 16 * 1024 };

static void die(const char *what)
{
    fprintf(stderr, "bench-kill: %s: %s\n", what, strerror(errno));
    exit(3);
}

static void *wait_for_ever(void *unused)
{
    for (;;)
        pause();
    return unused;
}

__attribute__((noreturn)) static void be_killed(unsigned threads, int ready)
{
    pthread_attr_t small;
    pthread_attr_init(&small);
    pthread_attr_setstacksize(&small, STACK);
    for (unsigned i = 0; i < threads; i++) {
        pthread_t thread;
        if (pthread_create(&thread, &small, wait_for_ever, NULL) != 0)
            _exit(3); /* which its parent sees: no byte comes */
    }
    if (write(ready, "!", 1) != 1)
        _exit(3);
    wait_for_ever(NULL);
    abort();
}

static double now_us(void)
{
    struct timespec ts;
    clock_gettime(CLOCK_MONOTONIC, &ts);
    return (double)ts.tv_sec * 1e6 + (double)ts.tv_nsec * 1e-3;
}

static void wait_for_deadline(void)
{
    const struct itimerspec soon = {.it_value.tv_nsec = 20 * 1000 * 1000};
    uint64_t times;
    int timer = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC);
    if (timer < 0 || timerfd_settime(timer, 0, &soon, NULL) < 0 || read(timer, &times, sizeof(times)) < 0)
        die("timerfd");
    close(timer);
}

static double kill_one(unsigned threads)
{
    int ready[2];
    char byte;
    if (pipe2(ready, 0) < 0)
        die("pipe2");
    pid_t pid = fork();
    if (pid < 0)
        die("fork");
    if (pid == 0)
        be_killed(threads, ready[1]);
    close(ready[1]);
    if (read(ready[0], &byte, 1) != 1)
        die("the process could not have its threads");
    close(ready[0]);
    struct pollfd end = {.fd = (int)syscall(SYS_pidfd_open, pid, 0), .events = POLLIN};
    wait_for_deadline();
    double start = now_us();
    if (syscall(SYS_pidfd_send_signal, end.fd, SIGKILL, NULL, 0) < 0 || poll(&end, 1, -1) != 1 ||
        waitpid(pid, NULL, 0) != pid)
        die("killing");
    double us = now_us() - start;
    close(end.fd);
    return us;
}

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a;
    double y = *(const double *)b;
    return (x > y) - (x < y);
}

int main(int argc, char **argv)
{
    double us[ROUNDS_MOST];
    unsigned long rounds = argc == 3 ? strtoul(argv[1], NULL, 10) : 0;
    if (rounds == 0 || rounds > ROUNDS_MOST) {
        fprintf(stderr, "usage: bench-kill ROUNDS THREADS\n");
        return 4;
    }
    for (unsigned long i = 0; i < rounds; i++)
        us[i] = kill_one((unsigned)strtoul(argv[2], NULL, 10));
    qsort(us, rounds, sizeof(us[0]), by_value);
    printf("median %.1f us\n", us[rounds / 2]);
    return 0;
}
