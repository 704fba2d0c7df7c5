/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The process between the attempt and a program that it starts. It waits for the program, tells of an end that nobody
 * asked for, and ends the same way: so who watches the keeper learns of the program's end after the last lines are out.
 * Internal to the kit.
 */
#ifndef MUSTER_KIT_PROCESS_KEEPER_H
#define MUSTER_KIT_PROCESS_KEEPER_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* An end is news between "it can be used" and "it is being stopped". */
enum keeper_phase { KEEPER_STARTING, KEEPER_IN_USE, KEEPER_STOPPING, KEEPER_OVER };

/* Shared by both; each field but the phase has one writer. */
struct keeper_page {
    pid_t pid;  /* of the program, which leads a process group; 0: it was not started */
    int error;  /* an errno: why not */
    int ended;  /* set before the program is reaped: while it is 0, `pid` and its group are the program's */
    int status; /* when it has ended: as waitpid() has it */
    int phase;  /* enum keeper_phase, moved by process_keeper_enter() */
};

struct keeper {
    pid_t pid;
    int pidfd; /* readable when the keeper has ended */
    volatile struct keeper_page *page;
};

/* All but `log_fd` are NULL-terminated; `dir` may be NULL. The descriptor stays the caller's. */
struct keeper_order {
    const char *const *argv, *const *env;
    const char *dir, *name;
    int log_fd;
};

/* 0, or a negative errno: that of the program's start, too. Returns when the program has been started. */
int process_keeper_start(const struct keeper_order *order, struct keeper *ret_keeper);
/* Lets go of the descriptor and the page; the process is not ended by it. */
void process_keeper_close(struct keeper *keeper);
/* 1, or 0 when it was over already. */
int process_keeper_enter(const struct keeper *keeper, enum keeper_phase phase);
/* Waits for the keeper's end; 1, or 0 when the time was up. */
int process_keeper_wait(struct keeper *keeper, int timeout_ms);
/* What the keeper says on standard error of an end that is news. */
void process_keeper_tell_end(const char *name, int log_fd, int status);
/* A signal for the program, or for its whole group, if it has not ended. */
void process_keeper_signal(const struct keeper *keeper, int signo, int group);

#endif
