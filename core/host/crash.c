/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A crash, told before it kills: the handler sends signal, address and thread to the supervisor, waits while its
 * helper reads the stacks of the stopped process, and then lets the signal do what it does. Only async-signal-safe
 * calls. A scenario that takes these signals for itself loses the details, not the verdict: how the process ended is
 * known from its wait status.
 */
#include "host/crash.h"

#include "host/attempt_state.h"
#include "ipc/sock.h"

#include <signal.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

static const int crash_signals[] = {SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT, SIGSYS, SIGTRAP};

enum { ALT_STACK = 64 * 1024 };

static bool address_is_known(const siginfo_t *info)
{
    bool from_fault = info->si_code > 0 && info->si_code != SI_KERNEL;
    return from_fault && (info->si_signo == SIGSEGV || info->si_signo == SIGBUS || info->si_signo == SIGILL ||
                          info->si_signo == SIGFPE);
}

static void tell(int signo, const siginfo_t *info)
{
    const struct message m = {.type = MSG_CRASH,
                              .crash = {.signal = (uint32_t)signo,
                                        .has_address = address_is_known(info),
                                        .tid = (uint32_t)syscall(SYS_gettid),
                                        .phase = attempt.phase,
                                        .address = (uint64_t)(uintptr_t)info->si_addr}};
    prctl(PR_SET_PTRACER, PR_SET_PTRACER_ANY, 0, 0, 0); /* Yama: the supervisor's helper is no ancestor of ours */
    if (sock_send_message(attempt.spec->sock, &m, NULL, 0) == 0) {
        char go[16];
        ssize_t n = read(attempt.spec->sock, go, sizeof go);
        (void)n;
    }
}

static void on_crash(int signo, siginfo_t *info, void *context)
{
    (void)context;
    if (attempt.spec && getpid() == attempt.pid)
        tell(signo, info);
    signal(signo, SIG_DFL);
    raise(signo); /* blocked until we return; a fault would also happen again by itself */
}

void crash_install(void)
{
    static char stack[ALT_STACK] __attribute__((aligned(16)));
    sigaltstack(&(stack_t){.ss_sp = stack, .ss_size = sizeof stack}, NULL);
    struct sigaction action = {.sa_sigaction = on_crash, .sa_flags = SA_SIGINFO | SA_ONSTACK};
    sigemptyset(&action.sa_mask);
    for (size_t i = 0; i < ARRAY_LEN(crash_signals); i++)
        sigaction(crash_signals[i], &action, NULL);
}
