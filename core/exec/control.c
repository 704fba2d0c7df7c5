/* SPDX-License-Identifier: Apache-2.0 */
/* Questions to a run that goes on. */
#include "exec/control.h"

#include "exec/pause.h"
#include "exec/slot_shared.h"
#include "exec/status_dump.h"

#include <signal.h>
#include <sys/epoll.h>
#include <unistd.h>

static void go_on(struct control *a)
{
    for (unsigned k = 0; k < a->shared->n_slots; k++)
        pause_end(a->shared->slots[k]);
}

static bool is_in_foreground(void)
{
    return tcgetpgrp(STDIN_FILENO) == getpgrp();
}

static void on_key(struct source *source, uint32_t events)
{
    struct control *a = source->data;
    char key;
    if ((events & EPOLLHUP) || !is_in_foreground() || read(source->fd, &key, 1) != 1)
        loop_mute(a->shared->loop, source); /* reading in the background would stop the run */
    else if (key == 't')
        status_dump_show(a->shared);
    else if (key == '\n' || key == '\r')
        go_on(a);
}

static void take_terminal(struct control *a)
{
    if (!a->wants_keys || !isatty(STDIN_FILENO) || !is_in_foreground())
        return;
    if (!a->has_terminal && tcgetattr(STDIN_FILENO, &a->saved) < 0)
        return;
    struct termios keys = a->saved;
    keys.c_lflag &= ~(tcflag_t)(ICANON | ECHO);
    keys.c_cc[VMIN] = 1;
    keys.c_cc[VTIME] = 0;
    a->has_terminal = tcsetattr(STDIN_FILENO, TCSANOW, &keys) == 0;
    if (!a->keys.watched)
        loop_add(a->shared->loop, &a->keys, STDIN_FILENO, EPOLLIN, on_key, a);
}

void control_open(struct control *a, struct slot_shared *shared, bool keys)
{
    *a = (struct control){.shared = shared, .wants_keys = keys, .keys = SOURCE_INIT};
    take_terminal(a);
}

bool control_signal(struct control *a, int signo)
{
    if (signo == SIGUSR1) {
        status_dump_show(a->shared);
    } else if (signo == SIGCONT) {
        take_terminal(a); /* back from ^Z: the shell has set its own */
        go_on(a);
    } else {
        return signo == SIGINT && a->shared->debugger; /* ^C is the debugger's */
    }
    return true;
}

void control_close(struct control *a)
{
    if (!a->shared)
        return;
    loop_part(a->shared->loop, &a->keys);
    if (a->has_terminal && is_in_foreground())
        tcsetattr(STDIN_FILENO, TCSANOW, &a->saved);
    a->has_terminal = false;
}
