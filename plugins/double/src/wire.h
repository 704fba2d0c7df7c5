/* SPDX-License-Identifier: Apache-2.0 */
/* What no server library would send: answers that end in the middle, come in drops or lie about their length. */
#ifndef DOUBLE_WIRE_H
#define DOUBLE_WIRE_H

#include "player.h"

/* Waits; 0 when the connection ends before that: by the client, or since the server is being closed. */
bool wire_pause(int fd, uint32_t ms);
/* Whether it has to be sent by wire_send(). */
bool wire_is_odd(const struct outcome *o);
/* Head and body, as far as they are to come; the connection has to be closed behind it. */
void wire_send(int fd, const struct outcome *o, bool has_body);
/* Ends the connection by a reset (RST). */
void wire_reset(int fd);

#endif
