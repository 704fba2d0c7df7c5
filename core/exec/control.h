/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a run can be asked while it goes on: what runs right now (SIGUSR1, or the key `t` on a terminal), and to go on
 * with what stands still (SIGCONT, or Enter).
 *
 * The terminal gives single keys, without showing them, from open to close; only while the runner is in its
 * foreground.
 */
#ifndef MUSTER_EXEC_CONTROL_H
#define MUSTER_EXEC_CONTROL_H

#include "base/loop.h"

#include <stdbool.h>
#include <termios.h>

struct slot_shared;

struct control {
    struct slot_shared *shared;
    bool wants_keys;
    bool has_terminal; /* its settings are ours at present */
    struct source keys;
    struct termios saved;
};

/* `keys`: take keys from standard input when it is a terminal. */
void control_open(struct control *a, struct slot_shared *shared, bool keys);
/* True when the signal was such a question, and has been dealt with. */
bool control_signal(struct control *a, int signo);
void control_close(struct control *a);

#endif
