/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Patterns for ids. An id is a plugin's name, a dot, a scenario's name, and for a case its parameters:
 * `acme.payments.refund_twice[plan=pro]`. A pattern selects an id in one of three ways:
 *
 *     literally       it is the id, or the id up to one of its dots or up to its `[`: so that
 *                     `acme.payments` selects all that the plugin has, and a scenario all of its cases
 *     as a glob       `*` any run of characters, dots included; `?` one character; `[abc]`, `[a-z]`,
 *                     `[!a-z]` one of a set; `\` takes the meaning from the next character. It has to
 *                     fit the whole id, or the whole of it before its `[`
 *     with parameters a `[` whose bracket has an `=` in it starts no set but a case's parameters:
 *                     `acme.*.refund[plan=*]` is a glob in which only `*` is special
 *
 * Pure functions on UTF-8; a character is a code point. Time is at most the product of both lengths.
 */
#ifndef MUSTER_PLAN_GLOB_H
#define MUSTER_PLAN_GLOB_H

#include <stdbool.h>
#include <stddef.h>

/* Whether a pattern can be more than literal. */
bool glob_is_glob(const char *pattern);
/* Whether the glob fits the whole of text[0 .. len). */
bool glob_match(const char *pattern, const char *text, size_t len);
/* Whether the glob fits an id, or the id without its parameters. */
bool glob_match_id(const char *pattern, const char *id);
/* The next longer part of an id that selects it literally, after the one of `len` bytes (start with 0):
 * up to a dot, up to the `[`, all of it; 0 after that. */
size_t id_next_prefix(const char *id, size_t len);

#endif
