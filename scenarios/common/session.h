/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The platform, and somebody who is logged in to it.
 *
 * Scenarios use the fixture `testbed`. It starts the reference platform, once for the run; or, when the run says where
 * a platform is and who administers it, it is that one:
 *
 *     muster run ... --set url=http://127.0.0.1:8080 --set ws=ws://127.0.0.1:8080/ws
 *                    --set admin_user=admin --set admin_password=@FILE
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

/* What is known of the platform: url, ws, admin_user, admin_password. Skips the scenario when it isn't. */
const char *platform_value(struct muster_ctx *t, const char *key);
/* In a cleanup: it was started for the run, and has ended with it, with all that was on it. */
int platform_is_gone(struct muster_ctx *t);
/* A client that is nobody yet. */
struct m_http *platform_open(struct muster_ctx *t);
/* A client of its own; a login that is refused ends the scenario. */
struct session login(struct muster_ctx *t, const char *username, const char *password);
/* The platform's administrator. */
struct session login_admin(struct muster_ctx *t);
/* One attempt to log in, whatever comes of it. */
struct m_http_reply login_try(struct muster_ctx *t, struct m_http *api, const char *username, const char *password);

#endif
