/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The listening socket, which is the program's own and not libwebsockets': so that it outlasts a restart
 * (common/life.h), and clients that come meanwhile wait for the next life.
 */
#ifndef TESTBED_LISTENER_H
#define TESTBED_LISTENER_H

#include "common/testbed.h"

/* Once there is a vhost. 0, or -1 after a message on stderr. */
int listener_start(struct testbed *tb);
/* Takes no more connections; those that come wait, if another life takes the socket over. */
void listener_stop(struct testbed *tb);
int listener_port(const struct testbed *tb);

#endif
