/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Values and the types of muster/plugin.h: which value may go where, and its text. At run time values are JSON; a value
 * of type str may stand for a number or for true and false, since what comes from outside (the environment, the target,
 * fixtures, tables) is text.
 */
#ifndef MUSTER_DATA_TYPE_H
#define MUSTER_DATA_TYPE_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

/* "str", "json"; "none" for MUSTER_TYPE_NONE. */
const char *type_name(uint32_t type);
/* The type of this name; false when there is none. */
bool type_find(const char *name, uint32_t *ret_type);
/* "an integer of 32 bits": what a value of this type is, for messages. */
const char *type_describe(uint32_t type);
/* "a text", "an integer": what the value is. */
const char *json_describe(const json_t *value);

/* Whether a variable of type `from` can be an argument of type `to`; false only where no value of it could. */
bool type_may_become(uint32_t from, uint32_t to);
/* The narrowest type that holds the value. */
uint32_t type_of(const json_t *value);
/* The type that holds values of both. */
uint32_t type_join(uint32_t a, uint32_t b);

/* The text that stands for the value as one of `type`, malloc'd; NULL when it is none. `lenient`: a text that reads as
 * the type will do, and for a text what is written of a number or of true and false. */
char *type_text(const json_t *value, uint32_t type, bool lenient);
/* The value behind a text of this type. NULL: it is none. New reference. */
json_t *type_value(const char *text, uint32_t type);
/* Why a text is no JSON, with line and column; NULL: it is. malloc'd. */
char *type_json_fault(const char *text);
/* For people: compact JSON, and a text without its quotes where `bare`. malloc'd. */
char *json_dumped(const json_t *value, bool bare);
/* The beginning of a text for a message, malloc'd: at most `most` bytes, no half character, with a mark where it is
 * cut.
 */
char *text_shown(const char *text, size_t most);

#endif
