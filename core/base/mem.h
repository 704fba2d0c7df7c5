/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Memory that is always there: these end the process with a message and status 3 ("the runner
 * itself failed") when memory runs out. What a run has recorded so far is already in its event
 * log, from which every report can be made.
 */
#ifndef MUSTER_BASE_MEM_H
#define MUSTER_BASE_MEM_H

#include <stdarg.h>
#include <stddef.h>

void *xmalloc(size_t size) __attribute__((malloc, returns_nonnull));
void *xcalloc(size_t count, size_t size) __attribute__((malloc, returns_nonnull));
void *xreallocarray(void *p, size_t count, size_t size) __attribute__((returns_nonnull));
char *xstrdup(const char *s) __attribute__((malloc, returns_nonnull));
char *xstrndup(const char *s, size_t n) __attribute__((malloc, returns_nonnull));
char *xasprintf(const char *fmt, ...) __attribute__((format(printf, 1, 2), returns_nonnull));
char *xvasprintf(const char *fmt, va_list ap) __attribute__((format(printf, 1, 0), returns_nonnull));

/* Makes room for one more element in a growing array of (count, cap): GROW(v, n, cap); v[n++] = x; */
#define GROW(array, count, cap)                                                                                        \
    do {                                                                                                               \
        if ((count) == (cap)) {                                                                                        \
            (cap) = (cap) ? (cap)*2 : 8;                                                                               \
            (array) = xreallocarray((array), (cap), sizeof *(array));                                                  \
        }                                                                                                              \
    } while (0)

#define ARRAY_LEN(a) (sizeof(a) / sizeof *(a))

/*
 * An arena: many small strings and structs with one end. Nothing is freed singly; arena_free()
 * frees all. Not for use by more than one thread.
 */
struct arena {
    struct arena_block *blocks;
    size_t left; /* bytes free in the newest block */
};

void *arena_alloc(struct arena *a, size_t size) __attribute__((returns_nonnull)); /* zeroed, 8-byte aligned */
char *arena_strdup(struct arena *a, const char *s) __attribute__((returns_nonnull));
char *arena_strndup(struct arena *a, const char *s, size_t n) __attribute__((returns_nonnull));
/* Forgets what was allocated and keeps one block for the next use. */
void arena_reset(struct arena *a);
void arena_free(struct arena *a);

#endif
