/* SPDX-License-Identifier: Apache-2.0 */
/* Memory that is let go of as a whole. When there is none left the program ends, and says so. */
#ifndef DOUBLE_POOL_H
#define DOUBLE_POOL_H

#include <stddef.h>

struct pool;

struct pool *pool_new(void);
/* NULL is allowed. */
void pool_free(struct pool *pool);
/* Zeroed. */
void *pool_alloc(struct pool *pool, size_t size);
char *pool_keep(struct pool *pool, const char *text, size_t length);
char *pool_format(struct pool *pool, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* Calls that when the pool is let go of. */
void pool_at_end(struct pool *pool, void (*fn)(void *data), void *data);

/* What malloc() or a library returned, if anything. */
void *needed(void *memory);

#endif
