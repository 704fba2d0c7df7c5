/* SPDX-License-Identifier: Apache-2.0 */
/* Fixtures of attempt scope: they live in the attempt, set up before its scenario, torn down after it. */
#ifndef MUSTER_HOST_FIXTURE_LOCAL_H
#define MUSTER_HOST_FIXTURE_LOCAL_H

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

/* Reads the order's local fixtures. False when it names what the plugin doesn't have. */
bool local_read(const struct message_list *list);
/* Sets them up in their order. One that fails ends the attempt. */
void local_set_up(void);
/* Tears down those that were begun, the last first. */
void local_tear_down(void);

#endif
