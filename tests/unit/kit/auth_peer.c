/* SPDX-License-Identifier: Apache-2.0 */
/* The kit auth as a program, for auth_peers.sh: auth-peer make ALGORITHM | sign JWK ALGORITHM | verify JWK TOKEN | hmac
 * ALGORITHM KEY TEXT. */
#include "fake_host.h"

#include <muster/kit/auth.h>

#include <stdlib.h>

static struct fake_host h;
static struct muster_ctx *const t = &h.ctx;

/* Lines: the token, the public key as JWK (of a secret: the secret), as PEM. */
static void make(const char *algorithm)
{
    int secret = algorithm[0] == 'H';
    struct m_key *key = secret ? m_key_secret(t, m_random_hex(t, 32)) : m_key_make(t, algorithm);
    struct m_jwt_making making;
    memset(&making, 0, sizeof making);
    making.algorithm = algorithm;
    puts(m_jwt_make(t, "{\"sub\":\"ada\"}", key, &making));
    if (!secret)
        printf("%s\n%s", m_key_public_jwk(t, key), m_key_public_pem(t, key));
}

static struct m_key *key_of(const char *jwk)
{
    return m_key_jwk(t, m_json_parse(t, jwk));
}

static int verify(const char *jwk, const char *token)
{
    struct m_jwt_checking with;
    memset(&with, 0, sizeof with);
    with.key = key_of(jwk);
    struct m_jwt jwt = m_jwt_verify(t, token, &with);
    puts(jwt.refusal ? jwt.refusal : "good");
    return jwt.refusal != NULL;
}

static int run(int argc, char **argv)
{
    if (argc == 3 && strcmp(argv[1], "make") == 0)
        make(argv[2]);
    else if (argc == 4 && strcmp(argv[1], "sign") == 0)
        puts(m_jwt_make(t, "{\"sub\":\"ada\"}", key_of(argv[2]), &(struct m_jwt_making){.algorithm = argv[3]}));
    else if (argc == 4 && strcmp(argv[1], "verify") == 0)
        return verify(argv[2], argv[3]);
    else if (argc == 5 && strcmp(argv[1], "hmac") == 0)
        puts(m_hmac(t, argv[2], "hex", argv[3], argv[4]));
    else
        return 2;
    return 0;
}

int main(int argc, char **argv)
{
    volatile int status = 3;
    fake_host_init(&h);
    RUN(&h, status = run(argc, argv));
    if (h.stopped)
        fprintf(stderr, "%s\n", h.reason);
    return status;
}
