/* SPDX-License-Identifier: Apache-2.0 */
/* What processes that an attempt left behind listen on. In the monitor, before it ends them. */
#ifndef MUSTER_CONTAIN_LISTENING_H
#define MUSTER_CONTAIN_LISTENING_H

#include "base/mem.h"
#include "ipc/message.h"

/* `names` are those of contain_clear(). Appends "tcp 127.0.0.1:8080 of 4711 server" for each listening socket, in
 * memory of the arena; of a socket that several hold, one. */
void listening_name(const struct message_list *names, struct arena *arena, struct message_list *ret_sockets);

#endif
