/* SPDX-License-Identifier: Apache-2.0 */
/* What processes that an attempt left behind listen on. In the nanny, before it ends them. */
#ifndef MUSTER_HOST_LISTENING_H
#define MUSTER_HOST_LISTENING_H

#include "base/mem.h"
#include "base/message.h"

/* `names` are those of contain_leftovers(). Appends "tcp 127.0.0.1:8080 of 4711 server" for each listening socket, in
 * memory of the arena; of a socket that several hold, one. */
void listening_name(const struct message_list *names, struct arena *arena, struct message_list *ret_sockets);

#endif
