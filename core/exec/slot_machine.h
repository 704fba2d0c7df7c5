/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The machine of a slot: states by events, as a table (slot_machine.c). Pure: it is tested without a process.
 *
 * slot_event() (slot.c) looks a move up, sets the state, then runs the move's action; nothing else sets the state. An
 * action may raise the next event. An event that a process could cause by lying is ignored where it means nothing; any
 * other that has no place in a state is a mistake of ours: an assertion in debug builds, nothing in release.
 *
 * No attempt is waited for without end. Each state has an event that must come, or a deadline (EVENT_TIME):
 *
 *   IDLE       nothing; the runner gives it a task
 *   SWITCHING  the end of another plugin's monitor, which still uses folders and cgroup; 30 s
 *   PREPARING  the monitor says that it is ready, or its socket ends; 30 s
 *   RUNNING    the attempt's end; the budget of the running phase, or 2 s after its verdict. A phase without a budget
 *              waits for the end of a process whose pidfd, or whose monitor's socket, is watched
 *   PAUSED     a person, who was told; ^C; the process's end
 *   SETTLING   the monitor, which gives time to what it left and ends it; --leak-timeout and 8 s
 *   CRASHED    its stacks, then its end; 3 s, or 2 s after a pause
 *   DUMPING    its stacks; 3 s, or the grace
 *   ENDING     the end, after SIGTERM; the grace, from the deadline on
 *   KILLED     the end, after SIGKILL; 2 s: then its monitor is stuck as well
 *   FAILED     what was posted to the loop: its next turn
 *   SWEEPING   an empty containment; looked at again and again, for 10 s
 *   ENDED      what was posted to the loop: its next turn. Where nothing was, the move's action judges at once, unless
 *              what it stands on has ended as well and is about to say how: 200 ms
 */
#ifndef MUSTER_EXEC_SLOT_MACHINE_H
#define MUSTER_EXEC_SLOT_MACHINE_H

#include <stdbool.h>

enum slot_state {
    SLOT_IDLE,
    SLOT_SWITCHING,
    SLOT_PREPARING,
    SLOT_RUNNING,
    SLOT_PAUSED,
    SLOT_SETTLING,
    SLOT_CRASHED,
    SLOT_DUMPING,
    SLOT_ENDING,
    SLOT_KILLED,
    SLOT_FAILED,
    SLOT_SWEEPING,
    SLOT_ENDED,
    SLOT_STATES
};

enum slot_event {
    SLOT_WAIT_FOR_OLD, /* the monitor of another plugin has to end first */
    SLOT_MAKE,         /* a monitor is wanted */
    SLOT_ORDERED,      /* the order is out */
    SLOT_REFUSE,       /* it can't run, and nothing of it has begun */
    SLOT_FAIL,         /* it can't run or be watched, and something may have begun */
    SLOT_POSTED,       /* the loop's next turn */
    SLOT_CRASH,        /* it told of a crash; a pause over one has ended */
    SLOT_PAUSE,
    SLOT_GO_ON, /* a pause has ended */
    SLOT_STACKS_READ,
    SLOT_SETTLE, /* it has ended in time, and its monitor looks after what it left */
    SLOT_LATE,   /* it has not given its verdict in time */
    SLOT_STOP,   /* it is asked to end */
    SLOT_KILL,   /* it is made to */
    SLOT_TIME,   /* the state's deadline has come */
    SLOT_EXITED, /* its processes are gone */
    SLOT_GONE,   /* it has ended, or nobody is left who could tell; something may be there */
    SLOT_EMPTY,  /* nothing is, or it was looked for long enough */
    SLOT_DONE,   /* judged, and nothing is left to clean up */
    SLOT_EVENTS
};

enum slot_action {
    SLOT_NO_ACTION,
    SLOT_DO_WAIT_FOR_OLD,
    SLOT_DO_MAKE_MONITOR,
    SLOT_DO_LISTEN,
    SLOT_DO_POST,
    SLOT_DO_MONITOR_LATE,
    SLOT_DO_RUN_OUT,
    SLOT_DO_SETTLE,
    SLOT_DO_READ_CRASH,
    SLOT_DO_LET_CRASH,
    SLOT_DO_AFTER_CRASH,
    SLOT_DO_PAUSE,
    SLOT_DO_RESUME,
    SLOT_DO_READ_LATE,
    SLOT_DO_AFTER_LATE,
    SLOT_DO_TERM,
    SLOT_DO_KILL,
    SLOT_DO_GIVE_UP, /* the monitor, which should have told what the attempt left */
    SLOT_DO_BEGIN_SWEEP,
    SLOT_DO_SWEEP,
    SLOT_DO_FINISH,
    SLOT_DO_TELL,
    SLOT_ACTIONS
};

enum slot_legality { SLOT_WRONG, SLOT_IGNORED, SLOT_TAKEN };

struct slot_move {
    enum slot_legality legality;
    enum slot_state next;
    enum slot_action action;
};

struct slot_move slot_machine(enum slot_state state, enum slot_event event);
/* An attempt, or a janitor, is under way: it has its order, and its end has not been seen. */
static inline bool slot_state_is_live(enum slot_state state)
{
    return state >= SLOT_RUNNING && state <= SLOT_KILLED;
}
/* It is still waited for a monitor. */
static inline bool slot_state_is_early(enum slot_state state)
{
    return state == SLOT_SWITCHING || state == SLOT_PREPARING;
}

#endif
