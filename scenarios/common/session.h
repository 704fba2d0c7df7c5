/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The platform, and somebody who is logged in to it.
 *
 * The run says where the platform is and who administers it:
 *
 *     muster run ... --set url=http://127.0.0.1:8080 --set ws=ws://127.0.0.1:8080/ws
 *                    --set admin_user=admin --set admin_password=...
 *
 * All strings hold until the attempt ends.
 */
#ifndef SCENARIOS_SESSION_H
#define SCENARIOS_SESSION_H

#include "common/answer.h"

struct session {
    struct m_http *api; /* sends the token with every request */
    const char *username, *password;
    const char *user_id, *token, *token_id;
};

/* A client that is nobody yet. Skips the scenario when the run names no platform. */
struct m_http *platform_open(struct muster_ctx *t);
/* A client of its own; a login that is refused ends the scenario. */
struct session login(struct muster_ctx *t, const char *username, const char *password);
/* The platform's administrator. */
struct session login_admin(struct muster_ctx *t);
/* One attempt to log in, whatever comes of it. */
struct m_http_reply login_try(struct muster_ctx *t, struct m_http *api, const char *username, const char *password);

#endif
