/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a run can be asked while it goes on: what runs right now (SIGUSR1, or the key `t` on a terminal), and to go on
 * with what stands still (SIGCONT, or Enter).
 *
 * The terminal gives single keys, without showing them, from open to close; only while the runner is in its
 * foreground.
 */
#ifndef MUSTER_EXEC_ATTENTION_H
#define MUSTER_EXEC_ATTENTION_H

#include "exec/loop.h"

#include <stdbool.h>
#include <termios.h>

struct slot_shared;

struct attention {
    struct slot_shared *shared;
    bool wants_keys;
    bool has_terminal; /* its settings are ours at present */
    struct source keys;
    struct termios saved;
};

/* `keys`: take keys from standard input when it is a terminal. */
void attention_open(struct attention *a, struct slot_shared *shared, bool keys);
/* True when the signal was such a question, and has been dealt with. */
bool attention_signal(struct attention *a, int signo);
void attention_close(struct attention *a);

#endif
