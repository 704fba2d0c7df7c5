/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Signals as events. What would kill the process is blocked, and read from a descriptor instead, so that everything
 * ends in order: every signal whose default is death, but for SIGKILL, and for those of a crash (SEGV, BUS, ILL, FPE,
 * ABRT, TRAP, SYS), behind which nothing can be relied on.
 *
 * A signal that is ignored when the descriptor is opened stays so (nohup's SIGHUP; SIGPIPE, since a reader that has
 * gone ends nothing). SIGINT and SIGTERM are always heard: shells have commands ignore SIGINT that they put into the
 * background, and who sends it means it all the same.
 *
 * For a process with one thread. Programs that it spawns need a mask of their own.
 */
#ifndef MUSTER_BASE_SIGNALS_H
#define MUSTER_BASE_SIGNALS_H

#include <stdbool.h>
#include <stdint.h>

struct signal_news {
    int signo;
    int32_t sender; /* 0: the kernel or a terminal */
};

/* A non-blocking descriptor of those that end a run. SIGUSR1 and SIGCONT, which ask something of one, are no longer
 * deadly either, and wait for signals_take_questions(). Or a negative errno. */
int signals_open(void);
/* From now on the descriptor gives SIGUSR1 and SIGCONT too. */
void signals_take_questions(int fd);
/* The next one; false when there is none. What the process has brought on itself by a write is none: the write has
 * failed, and says more (SIGXFSZ). */
bool signals_read(int fd, struct signal_news *ret);

#endif
