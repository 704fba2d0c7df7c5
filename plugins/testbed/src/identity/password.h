/* SPDX-License-Identifier: Apache-2.0 */
/* Passwords: PBKDF2-HMAC-SHA256 with a salt each, as `pbkdf2-sha256$rounds$salt$hash`. */
#ifndef TESTBED_PASSWORD_H
#define TESTBED_PASSWORD_H

#include <stdbool.h>

#define PASSWORD_HASH_MAX 160

void password_hash(const char *password, char ret_hash[PASSWORD_HASH_MAX]);

/* With hash NULL it works as long as with one, and is false: an unknown user must not be told by time. */
bool password_check(const char *password, const char *hash);

#endif
