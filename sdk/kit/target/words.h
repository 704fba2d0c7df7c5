/* SPDX-License-Identifier: Apache-2.0 */
/* Types and words of a target file: what the platform says, as packs say it, and the other way round. Pure. */
#ifndef MUSTER_KIT_TARGET_WORDS_H
#define MUSTER_KIT_TARGET_WORDS_H

#include <jansson.h>

/* Ours for theirs, which may be a boolean or a number: a borrowed value; NULL: there is no such word. */
json_t *target_words_ours(const json_t *words, const json_t *theirs);
/* Theirs for ours: a new value; what is no word of ours goes as it is. */
json_t *target_words_theirs(const json_t *words, json_t *ours);
/* The value as the type (str, int, float, bool, json) has it: a new one. A text that is a number or true or false
 * becomes one; a number or boolean becomes a text. NULL: it can't be. */
json_t *target_words_as(const char *type, json_t *value);
/* The same without making texts of others: an argument's. */
json_t *target_words_as_argument(const char *type, json_t *value);

#endif
