/* SPDX-License-Identifier: Apache-2.0 */
/* Names that no other attempt makes. */
#include <muster/kit/data.h>

#include <stdlib.h>

/* FNV-1a, then a finishing mix: names need spread, not secrecy. */
static uint64_t hash_text(uint64_t hash, const char *text)
{
    for (; *text; text++)
        hash = (hash ^ (unsigned char)*text) * 0x100000001b3u;
    return (hash ^ 0xffu) * 0x100000001b3u; /* "ab","c" and "a","bc" differ */
}

static uint64_t hash_number(uint64_t hash, uint64_t number)
{
    for (int i = 0; i < 8; i++, number >>= 8)
        hash = (hash ^ (number & 0xffu)) * 0x100000001b3u;
    return hash;
}

static uint64_t mix(uint64_t x)
{
    x = (x ^ (x >> 33)) * 0xff51afd7ed558ccdu;
    x = (x ^ (x >> 33)) * 0xc4ceb9fe1a85ec53u;
    return x ^ (x >> 33);
}

const char *m_unique(struct muster_ctx *t, const char *prefix)
{
    static const char digits[] = "0123456789abcdefghijklmnopqrstuvwxyz";
    static uint32_t counter;
    const struct muster_attempt_info *a = m_attempt(t);
    uint64_t hash = hash_text(hash_text(0xcbf29ce484222325u, a->run_id), a->case_id);
    const char *image = getenv("MUSTER_IMAGE"); /* an attempt that goes on in a new image counts from 1 again */
    hash = image ? hash_text(hash, image) : hash;
    hash = mix(hash_number(hash_number(hash, a->attempt), a->slot));
    char word[11];
    for (int i = 0; i < 10; i++, hash /= 36)
        word[i] = digits[hash % 36];
    word[10] = '\0';
    return m_fmt(t, "%s-%s-%u", prefix, word, __atomic_add_fetch(&counter, 1, __ATOMIC_RELAXED));
}
