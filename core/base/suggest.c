/* SPDX-License-Identifier: Apache-2.0 */
/* Edit distance (insert, delete, replace, swap neighbours), given up as soon as it is too large. */
#include "base/suggest.h"

#include <stdbool.h>
#include <string.h>

enum { LONGEST = 255 };

struct suggestion suggest_start(const char *meant)
{
    /* About one slip in four characters, and one in a shorter word; beyond that a suggestion is noise. */
    enum { SHORT = 5 };
    size_t len = strlen(meant);
    return (struct suggestion){.meant = meant, .distance = len > LONGEST ? 0 : len < SHORT ? 2 : len / 4 + 2};
}

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* One row of the table: what it costs to turn meant[0 .. i] into each beginning of `name`. */
static size_t next_row(const char *meant, size_t i, const char *name, size_t len, const size_t *before,
                       const size_t *above, size_t *row)
{
    bool star = meant[i] == '*';
    size_t lowest = row[0] = above[0] + !star;
    for (size_t j = 0; j < len; j++) {
        size_t replace = above[j] + (!star && meant[i] != name[j] && meant[i] != '?');
        row[j + 1] = least(replace, least(above[j + 1], row[j]) + !star);
        if (i && j && meant[i] == name[j - 1] && meant[i - 1] == name[j])
            row[j + 1] = least(row[j + 1], before[j - 1] + 1);
        lowest = least(lowest, row[j + 1]);
    }
    return lowest;
}

/* The distance, or any value from `limit` on if it isn't smaller. */
static size_t distance(const char *meant, const char *name, size_t limit)
{
    size_t rows[3][LONGEST + 1];
    /* Ids have long beginnings in common, which cost nothing. */
    for (; *meant && *meant == *name && *meant != '*'; meant++)
        name++;
    size_t rows_needed = strlen(meant), len = strlen(name);
    if (len > LONGEST || (!strchr(meant, '*') && (len > rows_needed ? len - rows_needed : rows_needed - len) >= limit))
        return limit;
    for (size_t j = 0; j <= len; j++)
        rows[0][j] = j;
    for (size_t i = 0; i < rows_needed; i++) {
        size_t *row = rows[(i + 1) % 3];
        if (next_row(meant, i, name, len, rows[(i + 2) % 3], rows[i % 3], row) >= limit)
            return limit;
    }
    return rows[rows_needed % 3][len];
}

/* Nearer than any slip is to have written only an id's last part, or only its beginning. */
static bool is_part_of(const char *meant, const char *name)
{
    const char *tail = strrchr(name, '.');
    return *meant && ((tail && strcmp(tail + 1, meant) == 0) || strncmp(name, meant, strlen(meant)) == 0);
}

static void offer(struct suggestion *s, const char *name, const char *whole)
{
    if (s->distance == 0)
        return;
    size_t d = is_part_of(s->meant, name) ? 0 : distance(s->meant, name, s->distance);
    if (d < s->distance) {
        s->best = whole;
        s->distance = d;
    }
}

void suggest_offer(struct suggestion *s, const char *name)
{
    offer(s, name, name);
}

void suggest_offer_id(struct suggestion *s, const char *id)
{
    for (const char *end = id; end; end = strchr(end, '.')) {
        end += end > id;
        offer(s, end, id);
    }
}

void suggest_within(struct suggestion *s, const char *const *names, size_t n)
{
    enum { SHORT = 5 };
    char around[LONGEST + 1];
    size_t len = strlen(s->meant);
    if (s->best || len < SHORT || len + 2 > LONGEST || strpbrk(s->meant, "*?["))
        return;
    around[0] = around[len + 1] = '*';
    memcpy(around + 1, s->meant, len);
    around[len + 2] = '\0';
    struct suggestion within = {.meant = around, .distance = len / 4 + 1};
    for (size_t i = 0; i < n; i++)
        suggest_offer(&within, names[i]);
    s->best = within.best;
}
