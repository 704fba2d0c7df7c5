/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Many byte strings sought at once, in one pass over a stream of any length: an automaton of Aho and Corasick
 * ("Efficient string matching", CACM 18, 1975), as a table with a row for each prefix of a pattern and a column for
 * each byte that patterns have. A pattern is found wherever it ends; how the stream was cut into pieces makes no
 * difference.
 *
 * The strings that are sought are not kept apart from the table. One thread; the owner calls matcher_free().
 */
#ifndef MUSTER_SECRETS_MATCHER_H
#define MUSTER_SECRETS_MATCHER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct pattern {
    const char *bytes;
    size_t len;     /* at least 1 */
    uint32_t owner; /* whatever the caller wants to be told */
};

enum { MATCHER_BYTES_MAX = 256 << 10 /* of all patterns */ };

struct matcher;

/* NULL: they are more than MATCHER_BYTES_MAX. */
struct matcher *matcher_new(const struct pattern *patterns, size_t n);
void matcher_free(struct matcher *m);

/* Where a stream stands: 0 at its beginning. */
typedef uint32_t matcher_state;

struct match {
    size_t end;     /* behind its last byte, from the start of the piece */
    size_t len;     /* of the longest pattern that ends there; it may have begun in an earlier piece */
    uint32_t owner; /* of that */
};

/* Goes on from *at until a match or the end of the piece, and moves *at there. True: a match, and the state behind it.
 */
bool matcher_next(const struct matcher *m, matcher_state *state, const char *piece, size_t n, size_t *at,
                  struct match *ret_match);
/* How many of the stream's last bytes may be the beginning of a pattern. */
size_t matcher_pending(const struct matcher *m, matcher_state state);

#endif
