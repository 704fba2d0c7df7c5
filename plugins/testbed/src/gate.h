/* SPDX-License-Identifier: Apache-2.0 */
/* Where the rooms meet: each is told of those above it here, by functions, and the server of the routes of all. */
#ifndef TESTBED_GATE_H
#define TESTBED_GATE_H

#include "common/testbed.h"

/* Ties the rooms together and listens. 0, or -1 after a message on stderr. */
int gate_open(struct testbed *tb);
void gate_close(void);

#endif
