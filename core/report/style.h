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
    size_t width; /* columns */
};

enum colour { COLOUR_NONE, COLOUR_BOLD, COLOUR_GREEN, COLOUR_RED, COLOUR_YELLOW };

enum { STATUS_COLUMNS = 12, DETAIL_INDENT = 4, VALUE_INDENT = 8 };

/* `        PASS`: right-aligned in STATUS_COLUMNS. */
void style_status(struct buf *out, const struct style *style, enum colour colour, const char *word);
void style_coloured(struct buf *out, const struct style *style, enum colour colour, const char *text);
/* ` [   0.012s] `; a negative duration leaves the place blank. */
void style_seconds(struct buf *out, int64_t ns);
/* `00:01:12` */
void style_clock(struct buf *out, int64_t ns);
/* "12ms", "1.5s", "2m15s": what clock_parse_duration() reads. */
void style_duration(struct buf *out, int64_t ns);
/* Status, duration, id, newline: a case's line. The word is that of its verdict; leaks and retries are in it. */
void style_case_line(struct buf *out, const struct style *style, const struct model_case *c);
/* The same for an attempt that will be retried: `  TRY 1 FAIL`. */
void style_try_line(struct buf *out, const struct style *style, const struct model_case *c,
                    const struct model_attempt *a);

/* Text from outside behind a status: further lines of it are indented, so that none can pass for a status of its own.
 */
void style_continued(struct buf *out, const char *text);
/* Text from outside on lines of its own, indented, wrapped at spaces. */
void style_wrapped(struct buf *out, const struct style *style, size_t indent, const char *text);
/* The same without wrapping: program output, stack frames. */
void style_indented(struct buf *out, size_t indent, const char *text, size_t len);

#endif
