/* SPDX-License-Identifier: Apache-2.0 */
/* Templates of a target file. */
#include "template.h"

#include <exact.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool is_unreserved(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || (c && strchr("-._~", c));
}

static void put_percent(FILE *out, const char *text)
{
    for (; *text; text++)
        fprintf(out, is_unreserved(*text) ? "%c" : "%%%02X", (unsigned char)*text);
}

/* Closes a stream in memory: its text, or NULL. */
static char *text_of(FILE *out, char **text)
{
    int failed = ferror(out);
    if (fclose(out) == 0 && !failed)
        return *text;
    free(*text);
    return NULL;
}

char *target_template_percent(const char *text)
{
    char *made = NULL;
    size_t n;
    FILE *out = open_memstream(&made, &n);
    if (!out)
        return NULL;
    put_percent(out, text);
    return text_of(out, &made);
}

char *target_template_value_text(const json_t *value)
{
    char room[EXACT_TEXT];
    if (exact_is_string(value))
        return strdup(json_string_value(value));
    if (exact_is_number(value))
        return strdup(exact_text(value, room));
    return exact_dumps(value, false);
}

/* The name of a text that is "${name}" and nothing else; NULL: it is more. */
static const char *only_name(const char *text, size_t *ret_length)
{
    size_t n = strlen(text);
    if (n < 4 || strncmp(text, "${", 2) != 0 || strchr(text, '}') != text + n - 1)
        return NULL;
    *ret_length = n - 3;
    return text + 2;
}

static void put_value(FILE *out, const json_t *value, enum template_escape escape)
{
    char *text = value ? target_template_value_text(value) : NULL;
    if (text && escape == TEMPLATE_PERCENT)
        put_percent(out, text);
    else if (text)
        fputs(text, out);
    free(text);
}

static void put_text(FILE *out, const char *text, enum template_escape escape, struct template_names names)
{
    while (*text) {
        const char *end = strchr(text, '}');
        if (strncmp(text, "$${", 3) == 0) {
            fputs("${", out);
            text += 3;
        } else if (strncmp(text, "${", 2) == 0 && end) {
            put_value(out, names.find(names.user, text + 2, (size_t)(end - text - 2)), escape);
            text = end + 1;
        } else {
            fputc(*text++, out);
        }
    }
}

char *target_template_text(const char *text, enum template_escape escape, struct template_names names,
                           bool *ret_left_out)
{
    size_t length = 0, n;
    const char *name = ret_left_out ? only_name(text, &length) : NULL;
    char *made = NULL;
    if (ret_left_out)
        *ret_left_out = name && !names.find(names.user, name, length);
    if (ret_left_out && *ret_left_out)
        return NULL;
    FILE *out = open_memstream(&made, &n);
    if (!out)
        return NULL;
    put_text(out, text, escape, names);
    return text_of(out, &made);
}

static json_t *json_of_text(const json_t *value, struct template_names names)
{
    size_t length;
    const char *text = json_string_value(value), *name = only_name(text, &length);
    if (name)
        return json_incref(names.find(names.user, name, length));
    char *made = target_template_text(text, TEMPLATE_PLAIN, names, NULL);
    json_t *string = made ? json_string(made) : NULL;
    free(made);
    return string;
}

static json_t *json_of_object(const json_t *value, struct template_names names)
{
    json_t *made = json_object(), *member;
    const char *key;
    json_object_foreach((json_t *)value, key, member)
    {
        json_t *filled = target_template_json(member, names);
        if (filled)
            json_object_set_new(made, key, filled);
    }
    if (json_object_size(value) && !json_object_size(made)) {
        json_decref(made);
        return NULL;
    }
    return made;
}

static json_t *json_of_array(const json_t *value, struct template_names names)
{
    json_t *made = json_array();
    for (size_t i = 0; i < json_array_size(value); i++) {
        json_t *filled = target_template_json(json_array_get(value, i), names);
        if (filled)
            json_array_append_new(made, filled);
    }
    return made;
}

json_t *target_template_json(const json_t *value, struct template_names names)
{
    if (json_is_object(value))
        return json_of_object(value, names);
    if (json_is_array(value))
        return json_of_array(value, names);
    if (exact_is_string(value))
        return json_of_text(value, names);
    return json_incref((json_t *)value);
}
