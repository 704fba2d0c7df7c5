/* SPDX-License-Identifier: Apache-2.0 */
/* Who asks: a bearer token, or a request signed with an API key. */
#ifndef TESTBED_AUTH_H
#define TESTBED_AUTH_H

#include "server/router.h"

/* Fills r->who; false after a 401. */
bool auth_request(struct request *r);

/* Whether r->who, who is known by now, may come from where the request does. */
bool auth_network_fits(struct request *r);

/* Who opens a WebSocket, by a token in the header or in the query: NULL with r->who filled, or the refusal's code. */
const char *auth_handshake(struct request *r);

/* /v1/auth and /v1/tokens; /v1/api-keys */
extern const struct route auth_routes[], api_key_routes[];

/*
 * Failed logins by user name, known or not: more than 10 within 10 s are refused. Kept in memory; names that were quiet
 * for that long are forgotten.
 */
int64_t login_limit_wait_ms(struct testbed *tb, const char *username); /* 0 when another attempt is welcome */
void login_limit_failed(struct testbed *tb, const char *username);
void login_limit_forget(struct testbed *tb, const char *username);
void login_limits_free(struct testbed *tb);

#endif
