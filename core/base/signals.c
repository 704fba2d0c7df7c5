/* SPDX-License-Identifier: Apache-2.0 */
/* Signals as events. */
#include "base/signals.h"

#include <errno.h>
#include <signal.h>
#include <sys/signalfd.h>
#include <unistd.h>

static bool is_crash(int signo)
{
    return signo == SIGSEGV || signo == SIGBUS || signo == SIGILL || signo == SIGFPE || signo == SIGABRT ||
           signo == SIGTRAP || signo == SIGSYS;
}

static bool is_harmless(int signo)
{
    return signo == SIGCHLD || signo == SIGURG || signo == SIGWINCH || signo == SIGSTOP || signo == SIGTSTP ||
           signo == SIGTTIN || signo == SIGTTOU;
}

static bool is_question(int signo)
{
    return signo == SIGUSR1 || signo == SIGCONT;
}

/* One that is blocked is queued although it is ignored: so it is left alone. */
static bool stays_ignored(int signo)
{
    struct sigaction now;
    bool ignored = sigaction(signo, NULL, &now) == 0 && now.sa_handler == SIG_IGN;
    return ignored && signo != SIGINT && signo != SIGTERM;
}

static void add_ends(sigset_t *set)
{
    sigemptyset(set);
    for (int signo = 1; signo <= SIGRTMAX; signo++) /* the C library keeps two of them to itself, and refuses them */
        if (signo != SIGKILL && !is_crash(signo) && !is_harmless(signo) && !is_question(signo) && !stays_ignored(signo))
            sigaddset(set, signo);
}

static void add_questions(sigset_t *set)
{
    sigaddset(set, SIGUSR1);
    sigaddset(set, SIGCONT);
}

int signals_open(void)
{
    sigset_t ends, blocked;
    add_ends(&ends);
    blocked = ends;
    add_questions(&blocked);
    sigprocmask(SIG_BLOCK, &blocked, NULL);
    int fd = signalfd(-1, &ends, SFD_CLOEXEC | SFD_NONBLOCK);
    return fd < 0 ? -errno : fd;
}

void signals_take_questions(int fd)
{
    sigset_t set;
    add_ends(&set);
    add_questions(&set);
    signalfd(fd, &set, 0);
}

bool signals_read(int fd, struct signal_news *ret)
{
    struct signalfd_siginfo info;
    while (read(fd, &info, sizeof info) == sizeof info) {
        if (info.ssi_signo == SIGXFSZ && info.ssi_pid == (uint32_t)getpid())
            continue;
        *ret = (struct signal_news){(int)info.ssi_signo, (int32_t)info.ssi_pid};
        return true;
    }
    return false;
}
