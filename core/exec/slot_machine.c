/* SPDX-License-Identifier: Apache-2.0 */
/* The table of the slot's machine. */
#include "exec/slot_machine.h"

/* clang-format off */
#define TO(next, action) {SLOT_TAKEN, SLOT_##next, action}
#define IGNORE           {.legality = SLOT_IGNORED}

/* A task, or a janitor's, is placed. */
#define PLACED                                                                     \
    [SLOT_WAIT_FOR_OLD] = TO(SWITCHING, SLOT_DO_WAIT_FOR_OLD),                     \
    [SLOT_MAKE]         = TO(PREPARING, SLOT_DO_MAKE_MONITOR)

/* Its order goes out, or can't. */
#define ORDERED                                                                    \
    [SLOT_ORDERED]      = TO(RUNNING, SLOT_DO_LISTEN),                             \
    [SLOT_REFUSE]       = TO(ENDED, SLOT_DO_POST)

/* Wherever a process of it lives: its end is seen, or nobody could see it. */
#define LIVE                                                                       \
    [SLOT_EXITED]       = TO(ENDED, SLOT_DO_FINISH),                               \
    [SLOT_GONE]         = TO(SWEEPING, SLOT_DO_BEGIN_SWEEP),                       \
    [SLOT_FAIL]         = TO(FAILED, SLOT_DO_POST)

static const struct slot_move table[SLOT_STATES][SLOT_EVENTS] = {
    [SLOT_IDLE] = {
        PLACED, ORDERED,
        [SLOT_EXITED]      = IGNORE, [SLOT_GONE] = IGNORE},
    [SLOT_SWITCHING] = {
        PLACED,
        [SLOT_FAIL]        = TO(FAILED, SLOT_DO_POST),
        [SLOT_TIME]        = TO(SWITCHING, SLOT_DO_MONITOR_LATE)},
    [SLOT_PREPARING] = {
        PLACED, ORDERED,
        [SLOT_FAIL]        = TO(FAILED, SLOT_DO_POST),
        [SLOT_TIME]        = TO(PREPARING, SLOT_DO_MONITOR_LATE),
        [SLOT_EXITED]      = IGNORE, [SLOT_GONE] = IGNORE},
    [SLOT_RUNNING] = {
        PLACED, LIVE, /* placed once more: its monitor died before it had taken the order */
        [SLOT_CRASH]       = TO(CRASHED, SLOT_DO_READ_CRASH),
        [SLOT_PAUSE]       = TO(PAUSED, SLOT_DO_PAUSE),
        [SLOT_SETTLE]      = TO(SETTLING, SLOT_DO_SETTLE),
        [SLOT_LATE]        = TO(DUMPING, SLOT_DO_READ_LATE),
        [SLOT_STOP]        = TO(ENDING, SLOT_DO_TERM),
        [SLOT_KILL]        = TO(KILLED, SLOT_DO_KILL),
        [SLOT_TIME]        = TO(RUNNING, SLOT_DO_RUN_OUT)},
    [SLOT_PAUSED] = {
        LIVE,
        [SLOT_CRASH]       = TO(CRASHED, SLOT_DO_LET_CRASH),
        [SLOT_GO_ON]       = TO(RUNNING, SLOT_DO_RESUME),
        [SLOT_STOP]        = TO(ENDING, SLOT_DO_TERM),
        [SLOT_KILL]        = TO(KILLED, SLOT_DO_KILL)},
    [SLOT_SETTLING] = {
        LIVE,
        [SLOT_STOP]        = IGNORE,
        [SLOT_KILL]        = TO(KILLED, SLOT_DO_KILL),
        [SLOT_TIME]        = TO(SWEEPING, SLOT_DO_GIVE_UP)},
    [SLOT_CRASHED] = {
        LIVE,
        [SLOT_STACKS_READ] = TO(CRASHED, SLOT_DO_AFTER_CRASH),
        [SLOT_PAUSE]       = TO(PAUSED, SLOT_DO_PAUSE),
        [SLOT_STOP]        = IGNORE, /* it ends anyway, and is to be judged for that */
        [SLOT_KILL]        = TO(KILLED, SLOT_DO_KILL),
        [SLOT_TIME]        = TO(KILLED, SLOT_DO_KILL)},
    [SLOT_DUMPING] = {
        LIVE,
        [SLOT_STACKS_READ] = TO(DUMPING, SLOT_DO_AFTER_LATE),
        [SLOT_PAUSE]       = TO(PAUSED, SLOT_DO_PAUSE),
        [SLOT_STOP]        = TO(ENDING, SLOT_DO_TERM),
        [SLOT_KILL]        = TO(KILLED, SLOT_DO_KILL),
        [SLOT_TIME]        = TO(DUMPING, SLOT_DO_AFTER_LATE)},
    [SLOT_ENDING] = {
        LIVE,
        [SLOT_STOP]        = IGNORE,
        [SLOT_KILL]        = TO(KILLED, SLOT_DO_KILL),
        [SLOT_TIME]        = TO(KILLED, SLOT_DO_KILL)},
    [SLOT_KILLED] = {
        LIVE,
        [SLOT_STOP]        = IGNORE,
        [SLOT_KILL]        = IGNORE,
        [SLOT_TIME]        = TO(SWEEPING, SLOT_DO_GIVE_UP)},
    [SLOT_FAILED] = {
        [SLOT_POSTED]      = TO(SWEEPING, SLOT_DO_BEGIN_SWEEP),
        [SLOT_FAIL]        = IGNORE, [SLOT_EXITED] = IGNORE, [SLOT_GONE] = IGNORE,
        [SLOT_STOP]        = IGNORE, [SLOT_KILL] = IGNORE},
    [SLOT_SWEEPING] = {
        [SLOT_TIME]        = TO(SWEEPING, SLOT_DO_SWEEP),
        [SLOT_EMPTY]       = TO(ENDED, SLOT_DO_FINISH),
        [SLOT_FAIL]        = IGNORE, [SLOT_EXITED] = IGNORE, [SLOT_GONE] = IGNORE,
        [SLOT_STOP]        = IGNORE, [SLOT_KILL] = IGNORE},
    [SLOT_ENDED] = {
        PLACED, ORDERED, /* a janitor */
        [SLOT_POSTED]      = TO(ENDED, SLOT_DO_FINISH),
        [SLOT_TIME]        = TO(ENDED, SLOT_DO_FINISH),
        [SLOT_DONE]        = TO(IDLE, SLOT_DO_TELL),
        [SLOT_EXITED]      = IGNORE, [SLOT_GONE] = IGNORE,
        [SLOT_STOP]        = IGNORE, [SLOT_KILL] = IGNORE},
};
/* clang-format on */

struct slot_move slot_machine(enum slot_state state, enum slot_event event)
{
    return table[state][event];
}
