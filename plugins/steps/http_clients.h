/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The clients of this attempt, by server and purpose. One is one thread's at a time, and steps may run beside each
 * other: so each step borrows one and gives it back. What stops in between never gives it back; its own thread may take
 * it again.
 */
#ifndef MUSTER_STEPS_HTTP_CLIENTS_H
#define MUSTER_STEPS_HTTP_CLIENTS_H

#include <muster/kit/http.h>

struct client;

/* `server`: "http://host:port". */
struct client *client_borrow(struct muster_ctx *t, struct m_site site, const char *server);
struct m_http *client_http(const struct client *client);
void client_give_back(struct client *client);

#endif
