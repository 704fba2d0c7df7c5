/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The threads of a process, held still while they are looked at.
 *
 * Threads are seized (PTRACE_SEIZE), never attached to: nothing is sent to the process, so that one
 * that stopped itself stays stopped, and one that ran goes on. What is read from /proc (state, wait
 * channel) is read before the thread is held, since being held changes it.
 *
 * Holding is bounded in time: a thread that sleeps uninterruptibly can't be held and is reported as
 * such. When this program dies, the kernel lets go of all that it holds. One thread only: ptrace
 * belongs to the thread that called it. SIGCHLD must be blocked.
 */
#ifndef MUSTER_STACK_TASKS_H
#define MUSTER_STACK_TASKS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct task {
    pid_t tid;      /* as this program sees it */
    pid_t own_tid;  /* as the thread sees itself: another number in a PID namespace */
    char name[32];  /* printable */
    char state;     /* of /proc/TID/stat: 'R', 'S', 'D', 'T', 'Z' ...; '?' when unknown */
    char wchan[64]; /* "" when it waits for nothing, or the kernel does not say */
    bool seized;
    bool held;  /* stopped under ptrace: registers and memory may be read */
    int signal; /* it was about to get this one when it was held; handed back on release */
    int error;  /* positive errno of the failed ptrace call, or 0 */
};

enum { TASKS_MAX = 256 };

struct tasks {
    struct task *items;
    size_t n;
    size_t more; /* threads beyond TASKS_MAX: not looked at */
};

/* Lists and holds all threads of `pid` within `timeout_ms`. 0, or -ESRCH when there is no such process. */
int tasks_hold(pid_t pid, int timeout_ms, struct tasks *ret_tasks);
/* Lets them go as they were, and frees the list. */
void tasks_release(struct tasks *tasks);

#endif
