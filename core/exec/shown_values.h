/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which of the values that a fixture has published may be shown to who looks for a service: addresses, ports, numbers
 * of processes. All others may be secrets, and are named alone. Pure.
 */
#ifndef MUSTER_EXEC_SHOWN_VALUES_H
#define MUSTER_EXEC_SHOWN_VALUES_H

#include "base/buf.h"

#include <stdbool.h>

/* Appends the value, without what may be secret in an address: who logs in, what is asked for. False: it is not to be
 * shown, and nothing was appended. */
bool shown_value_add(struct buf *out, const char *key, const char *value);

#endif
