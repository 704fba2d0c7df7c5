/* SPDX-License-Identifier: Apache-2.0 */
/*
 * JSON whose numbers stay what was written. jansson holds an integer in an int64_t and everything else in a double: it
 * refuses 18446744073709551615, and 19.990 becomes 19.989999999999998 on the way out. Here a number that jansson would
 * change is kept as its text, inside a string that no parser makes: it begins with a byte that is never UTF-8. All else
 * is jansson's own. So: read with exact_loads(), write with exact_dumps(), and ask exact_is_number() and its like
 * before json_is_string().
 *
 * Integers go from -2^63 to 2^64-1; one beyond is an error. An integer is compared digit by digit, also with a decimal,
 * never by way of a double. Two decimals are compared as doubles, since the same double is written in more than one
 * way: 0.1 and 0.10000000000000001.
 *
 * For the kit's `json` and for scenarios as data; plugins don't see this header.
 */
#ifndef MUSTER_KIT_EXACT_H
#define MUSTER_KIT_EXACT_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

/* As json_loads() does; duplicate keys are always an error. */
json_t *exact_loads(const char *text, size_t flags, json_error_t *ret_why);
/* Compact; keys in the order of the file, or sorted. malloc'd; NULL when a string is not UTF-8. */
char *exact_dumps(const json_t *value, bool sorted);

/* The number that is written so: an integer (-?[0-9]+) or a decimal, in JSON's grammar. NULL: it is neither, an integer
 * beyond 64 bits, or beyond a double. New reference. */
json_t *exact_number(const char *text);
/* Why exact_number() took none: a sentence without its end. */
const char *exact_fault(const char *text);

bool exact_is_number(const json_t *value);
bool exact_is_integer(const json_t *value);
bool exact_is_string(const json_t *value);
/* The text of a number. `room` has EXACT_TEXT bytes, for numbers that jansson holds. */
enum { EXACT_TEXT = 48 };
const char *exact_text(const json_t *number, char *room);
double exact_double(const json_t *number);
/* False when it is no integer from 0 to 2^64-1. */
bool exact_u64(const json_t *number, uint64_t *ret_value);

/* -1, 0, 1: two numbers by their values; 5 is 5.0. */
int exact_order(const json_t *a, const json_t *b);
/* Whole values. `loose`: 5 is 5.0, otherwise an integer and a decimal differ. */
bool exact_equal(const json_t *a, const json_t *b, bool loose);

#endif
