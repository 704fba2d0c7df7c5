/* SPDX-License-Identifier: Apache-2.0 */
/* Statements and values for a reader. */
#include "hide.h"

#include "secret.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static int is_word_byte(char c)
{
    return isalnum((unsigned char)c) || c == '_';
}

/* The literal behind the word PASSWORD, from quote to quote; NULL: there is none from here on. */
static const char *find_password(const char *text, const char *from, const char **ret_end)
{
    for (const char *at = from; (at = strcasestr(at, "password")); at++) {
        const char *value = at + strlen("password");
        if ((at > text && is_word_byte(at[-1])) || is_word_byte(*value))
            continue;
        value += strspn(value, " \t\r\n=");
        if (*value != '\'' && *value != 'E' && *value != 'e')
            continue;
        value += *value != '\'';
        if (*value != '\'')
            continue;
        const char *end = value + 1;
        while (*end && (*end != '\'' || end[1] == '\''))
            end += *end == '\'' || (*end == '\\' && end[1]) ? 2 : 1;
        *ret_end = *end ? end + 1 : end;
        return value;
    }
    return NULL;
}

static char *hide_passwords(char *text)
{
    const char *from = text, *value, *end;
    char *hidden = NULL;
    size_t size = 0;
    if (!find_password(text, text, &end))
        return text;
    FILE *out = open_memstream(&hidden, &size);
    for (; out && (value = find_password(text, from, &end)); from = end)
        fprintf(out, "%.*s'***'", (int)(value - from), from);
    if (out)
        fputs(from, out);
    free(text);
    if (!out || fclose(out) != 0) {
        free(hidden);
        return NULL;
    }
    return hidden;
}

char *sql_hide(char *text)
{
    text = hide_passwords(text);
    if (text)
        text[data_secret_hide(text, strlen(text))] = '\0';
    return text;
}
