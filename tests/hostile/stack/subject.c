/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A program that comes to grief in known functions, for stack_test.c to look at from outside.
 *
 *     subject WAY [OBJECT]
 *
 * Like an attempt of the runner it handles its crash on an alternate stack: it writes "TID\n" to standard
 * output and waits to be killed. A way that hangs writes the line before it does. Lines that the test names
 * carry a mark: MARK(x) is where the process stands then.
 */
#include <dlfcn.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#define NOINLINE __attribute__((noinline))
/* Keeps a call from becoming a jump: its frame is one that the test looks for. */
#define STAY()   __asm__ volatile("" ::: "memory")

static void report(void)
{
    char line[16];
    int n = snprintf(line, sizeof line, "%d\n", (int)syscall(SYS_gettid));
    if (write(STDOUT_FILENO, line, (size_t)n) != n)
        _exit(9);
}

static void wait_for_the_end(void)
{
    for (;;)
        pause();
}

static void on_crash(int signal)
{
    (void)signal;
    prctl(PR_SET_PTRACER, PR_SET_PTRACER_ANY, 0, 0, 0);
    report();
    wait_for_the_end();
}

static void handle_crashes(void)
{
    static char memory[65536];
    static const int crashes[] = {SIGSEGV, SIGBUS, SIGABRT, SIGILL, SIGFPE};
    stack_t stack = {.ss_sp = memory, .ss_size = sizeof memory};
    struct sigaction action = {.sa_handler = on_crash, .sa_flags = SA_ONSTACK};
    sigaltstack(&stack, NULL);
    for (size_t i = 0; i < sizeof crashes / sizeof *crashes; i++)
        sigaction(crashes[i], &action, NULL);
}

/* ---- ways to crash ---------------------------------------------------------------------------------- */

static NOINLINE void store(volatile int *where)
{
    *where = 1; /* MARK(store) */
}

static NOINLINE void refund(void)
{
    store(NULL); /* MARK(refund) */
    STAY();
}

static inline __attribute__((always_inline)) void inlined_store(volatile int *where)
{
    *where = 2; /* MARK(inlined) */
}

static NOINLINE void pay(int *where)
{
    inlined_store(where); /* MARK(pay) */
    STAY();
}

static void (*volatile nowhere)(void);

static NOINLINE void call_nowhere(void)
{
    nowhere(); /* MARK(nowhere) */
    STAY();
}

static NOINLINE int recurse(volatile char *previous)
{
    volatile char here[2048]; /* some thousand frames: all of them are counted, however slow the machine is */
    here[0] = previous[0];
    int n = recurse(here); /* MARK(recurse) */
    STAY();
    return n + here[0];
}

static NOINLINE void give_up(void)
{
    abort(); /* MARK(abort) */
}

static NOINLINE void crash_in_object(const char *path)
{
    void *object = dlopen(path, RTLD_NOW);
    void (*crash)(void);
    *(void **)&crash = object ? dlsym(object, "object_crash") : NULL;
    if (!crash)
        exit(8);
    crash();
    STAY();
}

/* ---- ways to hang ------------------------------------------------------------------------------------- */

static pthread_mutex_t first = PTHREAD_MUTEX_INITIALIZER, second = PTHREAD_MUTEX_INITIALIZER;
static pthread_barrier_t both;

static NOINLINE void lock_in_order(pthread_mutex_t *one, pthread_mutex_t *other)
{
    pthread_mutex_lock(one);
    pthread_barrier_wait(&both);
    pthread_mutex_lock(other); /* MARK(lock) */
    STAY();
}

static void *other_thread(void *data)
{
    pthread_setname_np(pthread_self(), "locker");
    lock_in_order(&second, &first);
    return data;
}

static void deadlock(void)
{
    pthread_t thread;
    pthread_barrier_init(&both, NULL, 2);
    if (pthread_create(&thread, NULL, other_thread, NULL) != 0)
        exit(8);
    report();
    lock_in_order(&first, &second);
}

static NOINLINE void spin(void)
{
    report();
    for (volatile unsigned long i = 0;; i++)
        ; /* MARK(spin) */
}

static void thread_crash(void)
{
    pthread_t thread;
    pthread_create(&thread, NULL, (void *(*)(void *))(void (*)(void))refund, NULL);
    pthread_join(thread, NULL);
}

int main(int argc, char **argv)
{
    const char *way = argc > 1 ? argv[1] : "";
    setenv("SUBJECT_SET_LATER", "also-a-secret", 1);
    unsetenv("SUBJECT_TAKEN_AWAY");
    handle_crashes();
    if (strcmp(way, "segv") == 0)
        refund(); /* MARK(main-segv) */
    else if (strcmp(way, "inlined") == 0)
        pay(NULL);
    else if (strcmp(way, "nowhere") == 0)
        call_nowhere();
    else if (strcmp(way, "garbage") == 0) {
        *(uintptr_t *)&nowhere = 0x10;
        call_nowhere();
    } else if (strcmp(way, "overflow") == 0)
        return recurse(""); /* MARK(main-overflow) */
    else if (strcmp(way, "abort") == 0)
        give_up();
    else if (strcmp(way, "object") == 0 && argc > 2)
        crash_in_object(argv[2]);
    else if (strcmp(way, "deadlock") == 0)
        deadlock();
    else if (strcmp(way, "spin") == 0)
        spin();
    else if (strcmp(way, "no-environment") == 0) {
        environ = (char **)16; /* where no memory is */
        spin();
    } else if (strcmp(way, "thread") == 0)
        thread_crash();
    else if (strcmp(way, "stopped") == 0) {
        report();
        raise(SIGSTOP);
        report();
        wait_for_the_end();
    }
    return 4;
}
