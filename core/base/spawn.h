/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Starting a program.
 *
 * The program gets the descriptors that it is given, by number, and no other one: what our caller left open is not for
 * it. It begins with no signal blocked, ignored or caught. The call returns once the program runs, or could not be
 * started.
 */
#ifndef MUSTER_BASE_SPAWN_H
#define MUSTER_BASE_SPAWN_H

#include <sys/types.h>

/* Who gets what the terminal sends: ^C is the supervisor's to judge, and no helper's. */
enum spawn_terminal {
    SPAWN_IN_OUR_GROUP, /* it gets ^C as we do */
    SPAWN_OWN_GROUP,
    SPAWN_OWN_SESSION,
};

enum {
    SPAWN_NULL = -1, /* /dev/null */
    SPAWN_OURS = -2, /* what has this number here, unless it is closed in exec(), or not open */
    SPAWN_FDS = 4,
};

struct spawn {
    const char *program; /* one without a slash is looked for in PATH */
    char *const *argv;
    char *const *envp;  /* NULL: ours */
    int fds[SPAWN_FDS]; /* the K-th becomes its descriptor K; they stay ours. In any order: none overwrites another. */
    int n_fds;          /* 3 or more: its standard descriptors are always told */
    enum spawn_terminal terminal;
};

/* A negative errno, that of the call which failed: -ENOENT and -EACCES are the program's. *ret_pid is a child that
 * somebody has to wait for; on failure it is not touched. */
int spawn(const struct spawn *what, pid_t *ret_pid);

#endif
