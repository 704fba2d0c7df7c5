/* SPDX-License-Identifier: Apache-2.0 */
/* Open addressing with linear probing, at most half full. */
#include "plan/idmap.h"

#include "base/hash.h"
#include "base/mem.h"

#include <assert.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

struct idmap_slot {
    const char *key; /* NULL: free */
    uint32_t len;
    uint32_t hash;
    uint32_t value;
};

/* FNV-1a, then folded: ids differ mostly at their ends. */
static uint32_t hash_of(const char *key, size_t len)
{
    uint64_t h = hash_add(HASH_START, key, len);
    return (uint32_t)(h ^ h >> 32);
}

/* The key's slot, or the free one where it would go. */
static struct idmap_slot *find(const struct idmap *m, const char *key, size_t len, uint32_t hash)
{
    for (size_t i = hash;; i++) {
        struct idmap_slot *s = &m->slots[i & (m->cap - 1)];
        if (!s->key || (s->hash == hash && s->len == len && memcmp(s->key, key, len) == 0))
            return s;
    }
}

static void grow(struct idmap *m, size_t cap)
{
    struct idmap old = *m;
    m->slots = xcalloc(cap, sizeof *m->slots);
    m->cap = cap;
    for (size_t i = 0; i < old.cap; i++)
        if (old.slots[i].key)
            *find(m, old.slots[i].key, old.slots[i].len, old.slots[i].hash) = old.slots[i];
    free(old.slots);
}

void idmap_reserve(struct idmap *m, size_t n)
{
    size_t cap = m->cap ? m->cap : 16;
    while (cap / 2 < m->count + n)
        cap *= 2;
    if (cap != m->cap)
        grow(m, cap);
}

uint32_t idmap_put(struct idmap *m, const char *key, size_t len, uint32_t value)
{
    assert(value != IDMAP_NONE && len < UINT32_MAX);
    idmap_reserve(m, 1);
    uint32_t hash = hash_of(key, len);
    struct idmap_slot *s = find(m, key, len, hash);
    if (s->key)
        return s->value;
    *s = (struct idmap_slot){.key = key, .len = (uint32_t)len, .hash = hash, .value = value};
    m->count++;
    return IDMAP_NONE;
}

uint32_t idmap_get(const struct idmap *m, const char *key, size_t len)
{
    if (m->count == 0)
        return IDMAP_NONE;
    const struct idmap_slot *s = find(m, key, len, hash_of(key, len));
    return s->key ? s->value : IDMAP_NONE;
}

void idmap_undo(struct idmap *m, const char *key, size_t len)
{
    struct idmap_slot *s = find(m, key, len, hash_of(key, len));
    assert(s->key);
    *s = (struct idmap_slot){0};
    m->count--;
}

void idmap_free(struct idmap *m)
{
    free(m->slots);
    *m = (struct idmap){0};
}
