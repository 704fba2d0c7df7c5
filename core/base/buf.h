/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A growing run of bytes. `struct buf b = {0};` is an empty one; its data is not a C string until
 * buf_str() has ended it with a NUL (which is not counted in len). The owner calls buf_free().
 */
#ifndef MUSTER_BASE_BUF_H
#define MUSTER_BASE_BUF_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

struct buf {
    char *data;
    size_t len; /* bytes in use */
    size_t cap; /* bytes allocated */
};

#define autobuf __attribute__((cleanup(buf_free)))

void buf_free(struct buf *b);
static inline void buf_clear(struct buf *b)
{
    b->len = 0;
}
/* Room for `n` more bytes; returns where they go. The caller then adds to len what it wrote. */
char *buf_reserve(struct buf *b, size_t n);
void buf_add(struct buf *b, const void *data, size_t n);
void buf_addc(struct buf *b, char c);
void buf_adds(struct buf *b, const char *s);
void buf_addf(struct buf *b, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void buf_addu(struct buf *b, unsigned long long n); /* decimal */
/* Takes the first `n` bytes away. */
void buf_consume(struct buf *b, size_t n);
/* The bytes as a C string, valid until the next change. */
const char *buf_str(struct buf *b);
/* The bytes as a malloc'd C string; *b is empty afterwards. */
char *buf_steal(struct buf *b);

#endif
