/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How text looks on a console: colours, columns, the words of verdicts. Pure functions that append to a
 * buffer. All text from outside passes terminal_add() here, so that it can't steer the terminal.
 */
#ifndef MUSTER_REPORT_STYLE_H
#define MUSTER_REPORT_STYLE_H

#include "report/model.h"

struct style {
    bool color;
    bool utf8;    /* a mark for what is cut may be the character for it */
    size_t width; /* columns; 0: no terminal, where nothing is wrapped and nothing is cut */
};

enum colour { COLOUR_NONE, COLOUR_BOLD, COLOUR_GREEN, COLOUR_RED, COLOUR_YELLOW };

enum { STATUS_COLUMNS = 12 };

/* A terminal that has no room for columns: words, durations and names follow each other there, and details stand little
 * to the right. */
bool style_is_narrow(const struct style *style);
/* How far to the right lines stand below a status; a detail, in the account of a failure; its values, or output. */
size_t style_below(const struct style *style);
size_t style_detail(const struct style *style);
size_t style_value(const struct style *style);

/* `        PASS`: right-aligned in STATUS_COLUMNS, unless it is narrow. */
void style_status(struct buf *out, const struct style *style, enum colour colour, const char *word);
void style_coloured(struct buf *out, const struct style *style, enum colour colour, const char *text);
/* ` [   0.012s] `, or ` 0.012s ` where it is narrow; a negative duration leaves the place blank. */
void style_seconds(struct buf *out, const struct style *style, int64_t ns);
/* A case's id in `room` columns: its scenario is cut in the middle, and its parameters only when they alone have no
 * room: they are what its neighbours differ in. */
void style_id(struct buf *out, const struct style *style, const char *id, size_t room);
/* `00:01:12` */
void style_clock(struct buf *out, int64_t ns);
/* "12ms", "1.5s", "2m15s": what clock_parse_duration() reads. */
void style_duration(struct buf *out, int64_t ns);
/* Status, duration, id, newline: a case's line. The word is that of its verdict; leaks and retries are in it. `note`
 * stands in brackets behind it; NULL: none. */
void style_case_line(struct buf *out, const struct style *style, const struct model_case *c, const char *note);
/* The same for an attempt that will be retried: `  TRY 1 FAIL`. */
void style_try_line(struct buf *out, const struct style *style, const struct model_case *c,
                    const struct model_attempt *a);

/* Text from outside behind a status: further lines of it are indented, so that none can pass for a status of its own.
 */
void style_continued(struct buf *out, const struct style *style, const char *text);
/* Text from outside on lines of its own, indented, wrapped at spaces. */
void style_wrapped(struct buf *out, const struct style *style, size_t indent, const char *text);
/* The same behind what stands on the line already, in `column` columns. */
void style_wrapped_behind(struct buf *out, const struct style *style, size_t column, size_t indent, const char *text);
/* The same without wrapping: program output, stack frames. */
void style_indented(struct buf *out, size_t indent, const char *text, size_t len);

#endif
