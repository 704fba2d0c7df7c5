/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Fixtures, from the inside. One of plugin or run scope is a process of its own, which is made like an attempt and
 * shares its state and its words (attempt_state.h):
 *
 *   set-up -> asked whether it is ready, until it is -> READY -> waits -> STOP -> tear-down -> cleanups -> verdict
 *
 * One of attempt scope, a *local* one, lives in the attempt: set up before the scenario, torn down after it.
 */
#ifndef MUSTER_HOST_FIXTURE_H
#define MUSTER_HOST_FIXTURE_H

#include "ipc/message.h"
#include "load/plugin.h"

struct published {
    struct published *next;
    char *key, *value;
};

struct local_fixture {
    const struct plugin_fixture *entry;
    const char *const *values;
    uint64_t setup_ns, teardown_ns;
    struct published *published;
    void *pointer;
};

/* In a fixture's process: all of its life, and the end of the process. */
_Noreturn void fixture_main(void);

/* Reads the order's local fixtures. False when it names what the plugin doesn't have. */
bool local_read(const struct message_list *list);
/* Sets them up in their order. One that fails ends the attempt. */
void local_set_up(void);
/* Tears down those that were begun, the last first. */
void local_tear_down(void);

#endif
