/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Text from strangers. Plugin output, messages and names may hold anything; before they reach a
 * terminal, a JSON or an XML file they pass through one of these. Pure functions.
 */
#ifndef MUSTER_BASE_TEXT_H
#define MUSTER_BASE_TEXT_H

#include "base/buf.h"

#include <stdint.h>

/* Decodes one UTF-8 sequence of [p, end): its length, and the code point; an invalid byte gives
 * length 1 and U+FFFD. Overlong forms, surrogates and values above U+10FFFF are invalid. */
size_t utf8_decode(const char *p, const char *end, uint32_t *ret_code);
void utf8_encode(struct buf *out, uint32_t code);
/* What no reader should meet as it is: C0, DEL and C1 (U+009B begins an escape sequence, too), U+2028 and U+2029, which
 * end a line for some, and the bidirectional overrides. */
bool text_is_control(uint32_t code);
/* Appends a code point for people: a control but newline and tab as \xNN or \uNNNN. */
void text_add_visible(struct buf *out, uint32_t code);
/* Appends `text` as a JSON string with its quotes: always valid UTF-8, controls (see above) escaped. */
void json_add_string(struct buf *out, const char *text, size_t len);
/* Appends `text` for a terminal: controls but newline and tab shown as \xNN or \uNNNN, invalid UTF-8
 * as U+FFFD, so that no output can move the cursor, change colours or hide itself. */
void terminal_add(struct buf *out, const char *text, size_t len);
/* How many terminal columns `text` takes (wide and zero-width characters counted by wcwidth where
 * the locale knows them, else one each). */
size_t text_columns(const char *text, size_t len);
/* True if `text` is valid UTF-8 throughout. */
bool utf8_valid(const char *text, size_t len);

#endif
