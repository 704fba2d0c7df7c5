/* SPDX-License-Identifier: Apache-2.0 */
#include "pool.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct piece {
    struct piece *next;
    void (*at_end)(void *data);
    void *data;
    max_align_t content[];
};

struct pool {
    struct piece *pieces;
};

void *needed(void *memory)
{
    if (!memory) {
        fputs("muster-double: out of memory\n", stderr);
        exit(3);
    }
    return memory;
}

struct pool *pool_new(void)
{
    return needed(calloc(1, sizeof(struct pool)));
}

void pool_free(struct pool *pool)
{
    struct piece *next;
    for (struct piece *p = pool ? pool->pieces : NULL; p; p = next) {
        next = p->next;
        if (p->at_end)
            p->at_end(p->data);
        free(p);
    }
    free(pool);
}

static struct piece *add(struct pool *pool, size_t size)
{
    struct piece *p = needed(calloc(1, sizeof *p + size));
    p->next = pool->pieces;
    pool->pieces = p;
    return p;
}

void *pool_alloc(struct pool *pool, size_t size)
{
    return add(pool, size)->content;
}

void pool_at_end(struct pool *pool, void (*fn)(void *data), void *data)
{
    struct piece *p = add(pool, 0);
    p->at_end = fn;
    p->data = data;
}

char *pool_keep(struct pool *pool, const char *text, size_t length)
{
    char *copy = pool_alloc(pool, length + 1);
    memcpy(copy, text, length);
    return copy;
}

char *pool_format(struct pool *pool, const char *format, ...)
{
    va_list values;
    char *text;
    va_start(values, format);
    int n = vasprintf(&text, format, values);
    va_end(values);
    if (n < 0)
        needed(NULL);
    char *kept = pool_keep(pool, text, (size_t)n);
    free(text);
    return kept;
}
