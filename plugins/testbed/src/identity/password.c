/* SPDX-License-Identifier: Apache-2.0 */
/* Hashing passwords. */
#include "identity/password.h"

#include "common/crypto.h"
#include "common/number.h"

#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Few rounds: logins are the most frequent thing that test scenarios do, and the passwords guard nothing. */
#define ROUNDS 10000

static void derive(const char *password, const char *salt, int rounds, char ret_hex[SHA256_HEX])
{
    unsigned char key[SHA256_LEN];

    if (PKCS5_PBKDF2_HMAC(password, (int)strlen(password), (const unsigned char *)salt, (int)strlen(salt), rounds,
                          EVP_sha256(), sizeof key, key) != 1)
        abort();
    crypto_hex(key, sizeof key, ret_hex);
}

void password_hash(const char *password, char ret_hash[PASSWORD_HASH_MAX])
{
    char salt[33], hex[SHA256_HEX];

    crypto_random_hex(16, salt);
    derive(password, salt, ROUNDS, hex);
    snprintf(ret_hash, PASSWORD_HASH_MAX, "pbkdf2-sha256$%d$%s$%s", ROUNDS, salt, hex);
}

bool password_check(const char *password, const char *hash)
{
    char copy[PASSWORD_HASH_MAX], hex[SHA256_HEX];
    char *rest = copy;
    int64_t rounds = ROUNDS;

    snprintf(copy, sizeof copy, "%s", hash ? hash : "pbkdf2-sha256$10000$none$none");
    strsep(&rest, "$");
    const char *number = strsep(&rest, "$"), *salt = strsep(&rest, "$"), *want = rest;
    if (!want || !number_parse(number, 1, INT32_MAX, &rounds))
        return false;
    derive(password, salt, (int)rounds, hex);
    return hash && strlen(want) == sizeof hex - 1 && crypto_equal(want, hex, sizeof hex - 1);
}
