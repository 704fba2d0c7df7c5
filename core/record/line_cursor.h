/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Inside the room: JSON as record/event_encode.c writes it, taken from left to right.
 *
 * The encoder has one spelling for each value: no white space, no leading zeros, a short escape wherever there is one.
 * Only that spelling is taken, so what was read encodes to the same bytes again, and no tree has to be built to find
 * out what a line holds. A call that returns false leaves the cursor anywhere in the value that it could not take.
 * Strings are copied into the arena; nothing else is allocated. One thread.
 */
#ifndef MUSTER_RECORD_LINE_CURSOR_H
#define MUSTER_RECORD_LINE_CURSOR_H

#include "record/event.h"

#include <string.h>

struct line_cursor {
    const char *at, *end;
};

/* Takes exactly these bytes, or nothing. */
static inline bool line_take(struct line_cursor *c, const char *literal, size_t len)
{
    if ((size_t)(c->end - c->at) < len || memcmp(c->at, literal, len) != 0)
        return false;
    c->at += len;
    return true;
}
#define LINE_TAKE(cursor, literal) line_take(cursor, literal, sizeof(literal) - 1)

bool line_int(struct line_cursor *c, int64_t *ret);
bool line_bool(struct line_cursor *c, bool *ret);
/* A double, or the word for what JSON has no number for. */
bool line_number(struct line_cursor *c, double *ret);
bool line_string(struct line_cursor *c, struct arena *arena, const char **ret);
bool line_list(struct line_cursor *c, struct arena *arena, struct string_list *ret);

/* A double as it stands in a line. */
void line_add_number(struct buf *out, double value);

#endif
