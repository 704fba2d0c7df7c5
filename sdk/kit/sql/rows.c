/* SPDX-License-Identifier: Apache-2.0 */
/* Rows as text. */
#include "rows.h"

#include <stdlib.h>
#include <string.h>

static int needs_quotes(const char *text)
{
    size_t n = strlen(text);
    return n == 0 || strcmp(text, "NULL") == 0 || strpbrk(text, "|\n") || *text == '\'' || *text == ' ' ||
           text[n - 1] == ' ';
}

static void put_quoted(FILE *out, const char *text)
{
    fputc('\'', out);
    for (; *text; text++) {
        if (*text == '\'')
            fputc('\'', out);
        fputc(*text, out);
    }
    fputc('\'', out);
}

void sql_rows_put_cell(FILE *out, const char *text)
{
    if (!text)
        fputs("NULL", out);
    else if (needs_quotes(text))
        put_quoted(out, text);
    else
        fputs(text, out);
}

int sql_rows_add(struct sql_rows *rows, char *line)
{
    if (line && rows->n == rows->room) {
        size_t room = rows->room ? 2 * rows->room : 16;
        char **lines = realloc(rows->lines, room * sizeof *lines);
        if (!lines) {
            free(line);
            return -1;
        }
        rows->lines = lines;
        rows->room = room;
    }
    if (!line)
        return -1;
    rows->lines[rows->n++] = line;
    return 0;
}

/* ---- reading ---- */

/* The value of a quoted cell into `out`; behind its last quote, or NULL: it has none. */
static const char *unquote(const char *at, char *out)
{
    for (at++; *at; at++) {
        if (*at == '\'' && *++at != '\'') {
            *out = '\0';
            return at;
        }
        *out++ = *at;
    }
    return NULL;
}

/* One cell, written as it has to be; behind it, or NULL with the words for it. */
static const char *take_cell(const char *at, char *room, FILE *out, const char **ret_why)
{
    if (*at == '\'') {
        at = unquote(at, room);
        *ret_why = !at                                ? "a quote is not closed"
                   : *at && *at != '|' && *at != '\n' ? "something stands behind a quote"
                                                      : NULL;
        if (*ret_why)
            return NULL;
        sql_rows_put_cell(out, room);
        return at;
    }
    size_t n = strcspn(at, "|\n");
    while (n && *at == ' ')
        at++, n--;
    size_t shown = n;
    while (shown && at[shown - 1] == ' ')
        shown--;
    memcpy(room, at, shown);
    room[shown] = '\0';
    sql_rows_put_cell(out, strcmp(room, "NULL") == 0 ? NULL : room);
    return at + n;
}

static const char *take_row(const char **at, char *room, struct sql_rows *rows)
{
    char *line = NULL;
    size_t size = 0;
    const char *why = NULL;
    FILE *out = open_memstream(&line, &size);
    if (!out)
        return "out of memory";
    for (const char *cell = *at;; cell = *at + 1) {
        *at = take_cell(cell, room, out, &why);
        if (!*at || **at != '|')
            break;
        fputc('|', out);
    }
    int lost = fclose(out);
    if (why) {
        free(line);
        return why;
    }
    return lost || sql_rows_add(rows, line) < 0 ? "out of memory" : NULL;
}

const char *sql_rows_parse(const char *text, struct sql_rows *ret_rows)
{
    const char *why = NULL;
    char *room = malloc(strlen(text) + 1);
    *ret_rows = (struct sql_rows){0};
    if (!room)
        return "out of memory";
    while (!why && *text) {
        why = take_row(&text, room, ret_rows);
        text += !why && *text == '\n';
    }
    free(room);
    if (why)
        sql_rows_free(ret_rows);
    return why;
}

/* ---- comparing ---- */

static int compare(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

void sql_rows_sort(struct sql_rows *rows)
{
    if (rows->n)
        qsort(rows->lines, rows->n, sizeof *rows->lines, compare);
}

long sql_rows_differ(const struct sql_rows *a, const struct sql_rows *b)
{
    size_t i = 0;
    while (i < a->n && i < b->n && strcmp(a->lines[i], b->lines[i]) == 0)
        i++;
    return i == a->n && i == b->n ? -1 : (long)i;
}

void sql_rows_free(struct sql_rows *rows)
{
    for (size_t i = 0; i < rows->n; i++)
        free(rows->lines[i]);
    free(rows->lines);
    *rows = (struct sql_rows){0};
}
