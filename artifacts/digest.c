/* SPDX-License-Identifier: Apache-2.0 */
/* SHA-256 through OpenSSL's EVP, set up once and reused. */
#include "artifacts/digest.h"

#include "base/cleanup.h"
#include "base/mem.h"

#include <fcntl.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <stdbool.h>
#include <string.h>

enum { READ_CHUNK = 128 * 1024 };

struct digest {
    EVP_MD_CTX *ctx;
};

/* OpenSSL fails here only when memory ran out or its default provider was built without SHA-256. No evidence can be
 * written then, and abort() leaves a core that says which. */
static void must(bool fine)
{
    if (!fine)
        abort();
}

/* Fetched once: a fetch takes longer than hashing an event does. It lives as long as the process. */
static const EVP_MD *sha256(void)
{
    static EVP_MD *md;
    if (!md) {
        /* The user's openssl.cnf may load engines and providers; a hash needs none, and reading it costs time. Nor
         * does a hash need OpenSSL's tear-down at exit. */
        OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG | OPENSSL_INIT_NO_ATEXIT, NULL);
        md = EVP_MD_fetch(NULL, "SHA2-256", NULL);
        must(md);
    }
    return md;
}

struct digest *digest_new(void)
{
    struct digest *d = xmalloc(sizeof *d);
    d->ctx = EVP_MD_CTX_new();
    must(d->ctx && EVP_DigestInit_ex2(d->ctx, sha256(), NULL) == 1);
    return d;
}

void digest_add(struct digest *d, const void *data, size_t len)
{
    must(EVP_DigestUpdate(d->ctx, data, len) == 1);
}

void digest_end(struct digest *d, char ret_hex[DIGEST_HEX])
{
    static const char digits[] = "0123456789abcdef";
    unsigned char raw[32];
    must(EVP_DigestFinal_ex(d->ctx, raw, NULL) == 1);
    for (size_t i = 0; i < sizeof raw; i++) {
        ret_hex[2 * i] = digits[raw[i] >> 4];
        ret_hex[2 * i + 1] = digits[raw[i] & 15];
    }
    ret_hex[2 * sizeof raw] = '\0';
    must(EVP_DigestInit_ex2(d->ctx, NULL, NULL) == 1);
}

void digest_free(struct digest *d)
{
    if (!d)
        return;
    EVP_MD_CTX_free(d->ctx);
    free(d);
}

void digest_cleanup(struct digest **d)
{
    digest_free(*d);
}

int digest_fd(struct digest *d, int fd, char ret_hex[DIGEST_HEX], int64_t *ret_size)
{
    autofree char *chunk = xmalloc(READ_CHUNK);
    char hex[DIGEST_HEX];
    int64_t size = 0;
    int r = 0;
    for (;;) {
        ssize_t n = read(fd, chunk, READ_CHUNK);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            r = -errno;
        if (n <= 0)
            break;
        digest_add(d, chunk, (size_t)n);
        size += n;
    }
    /* Ended on failure too, so that the digest is ready for the next message. */
    digest_end(d, hex);
    if (r < 0)
        return r;
    memcpy(ret_hex, hex, sizeof hex);
    *ret_size = size;
    return 0;
}
