/* SPDX-License-Identifier: Apache-2.0 */
/* The automaton: built by going through the prefixes in the order of their length. */
#include "secrets/matcher.h"

#include "base/cleanup.h"
#include "base/mem.h"

#include <string.h>

/* An entry of the table is the number of a row, and whether a pattern ends there. */
static const uint32_t ends_here = 1u << 31;

struct row {
    uint32_t depth;   /* length of the prefix */
    uint32_t longest; /* of the patterns that end here; 0: none */
    uint32_t owner;
};

struct matcher {
    uint16_t column[256]; /* 0: no pattern has this byte */
    uint32_t n_columns;
    uint32_t n_rows;
    uint32_t *next;  /* n_rows * n_columns */
    uint8_t *begins; /* a bit for each two bytes: whether a pattern begins so. Most of a stream is passed over by it */
    struct row *rows;
};

static void choose_columns(struct matcher *m, const struct pattern *patterns, size_t n)
{
    bool used[256] = {false};
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < patterns[i].len; k++)
            used[(unsigned char)patterns[i].bytes[k]] = true;
    m->n_columns = 1;
    for (size_t byte = 0; byte < 256; byte++)
        if (used[byte])
            m->column[byte] = (uint16_t)m->n_columns++;
}

static uint32_t *entry(const struct matcher *m, uint32_t row, char byte)
{
    return &m->next[(size_t)row * m->n_columns + m->column[(unsigned char)byte]];
}

static size_t pair(const char *bytes)
{
    return (size_t)(unsigned char)bytes[0] << 8 | (unsigned char)bytes[1];
}

static bool may_begin(const struct matcher *m, const char *bytes)
{
    return m->begins[pair(bytes) / 8] >> pair(bytes) % 8 & 1;
}

static void note_beginning(struct matcher *m, const struct pattern *p)
{
    const size_t first = (size_t)(unsigned char)p->bytes[0] << 8;
    if (p->len > 1)
        m->begins[pair(p->bytes) / 8] |= (uint8_t)(1u << pair(p->bytes) % 8);
    else
        memset(m->begins + first / 8, 0xff, 256 / 8);
}

static void add_pattern(struct matcher *m, const struct pattern *p)
{
    uint32_t row = 0;
    for (size_t k = 0; k < p->len; k++) {
        uint32_t *to = entry(m, row, p->bytes[k]);
        if (*to == 0) {
            *to = m->n_rows;
            m->rows[m->n_rows++].depth = (uint32_t)k + 1;
        }
        row = *to;
    }
    m->rows[row].longest = (uint32_t)p->len;
    m->rows[row].owner = p->owner;
}

/* Where a prefix can't go on, its longest end that is a prefix too goes on. Shorter ones are complete when a longer one
 * is come to. */
static void link_rows(struct matcher *m)
{
    autofree uint32_t *fallback = xcalloc(m->n_rows, sizeof *fallback);
    autofree uint32_t *queue = xcalloc(m->n_rows, sizeof *queue);
    uint32_t head = 0, tail = 1; /* row 0, the empty prefix */
    while (head < tail) {
        uint32_t row = queue[head++];
        for (uint32_t c = 0; c < m->n_columns; c++) {
            uint32_t *to = &m->next[(size_t)row * m->n_columns + c];
            uint32_t other = row == 0 ? 0 : m->next[(size_t)fallback[row] * m->n_columns + c];
            if (*to == 0) {
                *to = other;
                continue;
            }
            fallback[*to] = other;
            if (m->rows[*to].longest == 0) {
                m->rows[*to].longest = m->rows[other].longest;
                m->rows[*to].owner = m->rows[other].owner;
            }
            queue[tail++] = *to;
        }
    }
}

static void mark_ends(struct matcher *m)
{
    for (size_t i = 0; i < (size_t)m->n_rows * m->n_columns; i++)
        if (m->rows[m->next[i]].longest > 0)
            m->next[i] |= ends_here;
}

struct matcher *matcher_new(const struct pattern *patterns, size_t n)
{
    size_t bytes = 0;
    for (size_t i = 0; i < n; i++) {
        bytes += patterns[i].len;
        if (bytes > MATCHER_BYTES_MAX)
            return NULL;
    }
    struct matcher *m = xcalloc(1, sizeof *m);
    choose_columns(m, patterns, n);
    m->next = xcalloc((bytes + 1) * m->n_columns, sizeof *m->next);
    m->rows = xcalloc(bytes + 1, sizeof *m->rows);
    m->begins = xcalloc(256 * 256 / 8, 1);
    m->n_rows = 1;
    for (size_t i = 0; i < n; i++) {
        note_beginning(m, &patterns[i]);
        add_pattern(m, &patterns[i]);
    }
    link_rows(m);
    mark_ends(m);
    return m;
}

void matcher_free(struct matcher *m)
{
    if (!m)
        return;
    free(m->next);
    free(m->begins);
    free(m->rows);
    free(m);
}

bool matcher_next(const struct matcher *m, matcher_state *state, const char *piece, size_t n, size_t *at,
                  struct match *ret_match)
{
    const uint32_t *next = m->next;
    const uint32_t n_columns = m->n_columns;
    uint32_t row = *state;
    size_t i = *at;
    while (i < n) {
        while (row == 0 && i + 1 < n && !may_begin(m, piece + i))
            i++;
        uint32_t to = next[(size_t)row * n_columns + m->column[(unsigned char)piece[i++]]];
        row = to & ~ends_here;
        if (to & ends_here) {
            *ret_match = (struct match){i, m->rows[row].longest, m->rows[row].owner};
            *state = row;
            *at = i;
            return true;
        }
    }
    *state = row;
    *at = i;
    return false;
}

size_t matcher_pending(const struct matcher *m, matcher_state state)
{
    return m->rows[state].depth;
}
