/* SPDX-License-Identifier: Apache-2.0 */
/* Users as the API shows them, and making one (provisioning makes a tenant's administrator). */
#ifndef TESTBED_USERS_H
#define TESTBED_USERS_H

#include "server/router.h"

#define USERNAME_PATTERN "[a-z][a-z0-9._-]{2,63}"

struct new_user {
    const char *username, *password, *email, *role, *tenant_id; /* tenant_id NULL for platform roles */
};

/* 0, STORE_UNIQUE when the name is taken, STORE_ERROR. */
int user_create(struct testbed *tb, const struct new_user *user, char ret_id[ID_MAX]);

/* What the API shows; NULL when there is none. */
json_t *user_view(struct testbed *tb, const char *id);

/* /v1/users */
extern const struct route users_routes[];

/* The first administrator, unless there is one; sets the password in any case. */
int user_ensure_admin(struct testbed *tb, const char *password);

#endif
