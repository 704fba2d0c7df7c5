/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What markers and expressions have in common, so that whatever names a marker can also select it:
 * which characters make a word, which words can name an argument, and errors that point at their
 * column. Pure functions on NUL-terminated UTF-8 text that somebody else owns.
 */
#ifndef MUSTER_PLAN_SYNTAX_H
#define MUSTER_PLAN_SYNTAX_H

#include "base/buf.h"
#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>

/* The bytes of the word at `text`: letters and digits of any script, and any of `_:+-.[]\/`. */
size_t syntax_word(const char *text);
/* Whether a word can name an argument: an identifier of Python that isn't one of its keywords, since
 * pytest allows no other. */
bool syntax_is_argument_name(const char *word, size_t len);
/* Digits with an optional '-' before them (and '+', where `plus`). */
bool syntax_is_integer(const char *word, size_t len, bool plus);
/* Sets "column N: <message>", the text on a line of its own and a caret below the place, which points
 * into `text`. Always -EINVAL. A long text is cut around the place. */
int syntax_error(struct err *err, const char *text, const char *place, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));
/* syntax_error() for a character that cannot stand at `place`. */
int syntax_unexpected(struct err *err, const char *text, const char *place);
/* The escape at *place, a backslash, as the character that it stands for; *place is behind it then. */
int syntax_escape(struct err *err, const char *text, const char **place, struct buf *out);
/* -EINVAL with the place of the first byte that is not UTF-8, else 0. */
int syntax_check_utf8(struct err *err, const char *text);

#endif
