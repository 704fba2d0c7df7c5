/* SPDX-License-Identifier: Apache-2.0 */
/* Types and words of a target file. */
#include "words.h"

#include "template.h"

#include <exact.h>
#include <stdlib.h>
#include <string.h>

json_t *target_words_ours(const json_t *words, const json_t *theirs)
{
    char *text = target_template_value_text(theirs);
    json_t *ours = text ? json_object_get(words, text) : NULL;
    free(text);
    return ours;
}

json_t *target_words_theirs(const json_t *words, json_t *ours)
{
    const char *key;
    json_t *word;
    json_object_foreach((json_t *)words, key, word)
    {
        if (exact_equal(word, ours, true))
            return json_string(key);
    }
    return json_incref(ours);
}

static json_t *number_of(json_t *value, int whole)
{
    json_t *number = exact_is_string(value)   ? exact_number(json_string_value(value))
                     : exact_is_number(value) ? json_incref(value)
                                              : NULL;
    if (number && whole && !exact_is_integer(number)) {
        json_decref(number);
        return NULL;
    }
    return number;
}

static json_t *bool_of(json_t *value)
{
    const char *text = exact_is_string(value) ? json_string_value(value) : "";
    if (json_is_boolean(value))
        return json_incref(value);
    if (strcmp(text, "true") == 0 || strcmp(text, "false") == 0)
        return json_boolean(*text == 't');
    if (json_is_integer(value) && (json_integer_value(value) == 0 || json_integer_value(value) == 1))
        return json_boolean(json_integer_value(value));
    return NULL;
}

json_t *target_words_as_argument(const char *type, json_t *value)
{
    if (strcmp(type, "json") == 0)
        return json_incref(value);
    if (strcmp(type, "int") == 0)
        return number_of(value, 1);
    if (strcmp(type, "float") == 0)
        return number_of(value, 0);
    if (strcmp(type, "bool") == 0)
        return bool_of(value);
    return exact_is_string(value) ? json_incref(value) : NULL;
}

json_t *target_words_as(const char *type, json_t *value)
{
    if (strcmp(type, "str") != 0 || exact_is_string(value) || !(exact_is_number(value) || json_is_boolean(value)))
        return target_words_as_argument(type, value);
    char *text = target_template_value_text(value);
    json_t *string = text ? json_string(text) : NULL;
    free(text);
    return string;
}
