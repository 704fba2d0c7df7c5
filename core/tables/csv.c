/* SPDX-License-Identifier: Apache-2.0 */
/*
 * CSV as RFC 4180 has it: a header, commas, CRLF or LF, quotes with "" for a quote in them; a BOM may stand before it.
 * Strict: what a spreadsheet would guess at is an error with its place. (libcsv was looked at: it has no places.)
 */
#include "tables/table.h"

#include "base/text.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct csv {
    const char *p, *end;
    struct mark at; /* of p */
    struct builder *builder;
    struct buf text; /* of the field in hand */
    bool quoted;     /* it is */
    struct mark from;
    uint32_t *params; /* of each column */
    uint32_t n_columns, cap_columns;
};

static void step(struct csv *c)
{
    uint32_t code;
    size_t n = utf8_decode(c->p, c->end, &code);
    c->at.column++;
    if (*c->p == '\n') {
        c->at.line++;
        c->at.column = 1;
    }
    c->p += n;
}

/* The length of a line's end at p; 0 when there is none. */
static size_t line_end(const struct csv *c)
{
    if (c->p < c->end && *c->p == '\n')
        return 1;
    return c->end - c->p >= 2 && c->p[0] == '\r' && c->p[1] == '\n' ? 2 : 0;
}

static void skip_line_end(struct csv *c)
{
    for (size_t n = line_end(c); n > 0; n--)
        step(c);
}

static int read_quoted(struct csv *c)
{
    step(c);
    for (;;) {
        const char *from = c->p;
        if (c->p == c->end)
            return builder_error(c->builder, c->from, "this quote is not closed");
        if (!*c->p)
            return builder_error(c->builder, c->at, "a NUL byte");
        if (*c->p == '"') {
            step(c);
            if (c->p == c->end || *c->p != '"')
                return 0;
            from = c->p;
        }
        step(c);
        buf_add(&c->text, from, (size_t)(c->p - from));
    }
}

static int read_plain(struct csv *c)
{
    while (c->p < c->end && *c->p != ',' && line_end(c) == 0) {
        const char *from = c->p;
        if (*c->p == '"')
            return builder_error(c->builder, c->at, "a quote in a field that does not begin with one");
        if (*c->p == '\r' || !*c->p)
            return builder_error(c->builder, c->at, "%s", *c->p ? "a CR without its LF" : "a NUL byte");
        step(c);
        buf_add(&c->text, from, (size_t)(c->p - from));
    }
    return 0;
}

/* Reads a field, up to the comma or line's end behind it. */
static int read_field(struct csv *c)
{
    buf_clear(&c->text);
    c->from = c->at;
    c->quoted = c->p < c->end && *c->p == '"';
    int e = c->quoted ? read_quoted(c) : read_plain(c);
    if (e == 0 && c->p < c->end && *c->p != ',' && line_end(c) == 0)
        e = builder_error(c->builder, c->at, "something stands behind the closing quote");
    return e;
}

/* Whether another field follows in this record; its comma is passed over. */
static bool more_fields(struct csv *c)
{
    if (c->p == c->end || *c->p != ',') {
        skip_line_end(c);
        return false;
    }
    step(c);
    return true;
}

static int read_header(struct csv *c)
{
    do {
        int e = read_field(c);
        if (e < 0)
            return e;
        if (c->n_columns == c->cap_columns) {
            c->cap_columns = c->cap_columns ? 2 * c->cap_columns : 8;
            c->params = xreallocarray(c->params, c->cap_columns, sizeof *c->params);
        }
        uint32_t before = c->builder->n_columns;
        e = builder_column(c->builder, buf_str(&c->text), c->from, &c->params[c->n_columns++]);
        if (e == 0 && c->builder->n_columns == before)
            e = builder_error(c->builder, c->from, "column %s is there twice", buf_str(&c->text));
        if (e < 0)
            return e;
    } while (more_fields(c));
    return 0;
}

static int read_record(struct csv *c)
{
    struct mark start = c->at;
    uint32_t n = 0;
    builder_row(c->builder, start.line);
    do {
        int e = read_field(c);
        /* Nothing is no value; "" is an empty one. */
        if (e == 0 && n < c->n_columns && (c->text.len > 0 || c->quoted))
            e = builder_cell(c->builder, c->params[n], buf_str(&c->text), c->from);
        if (e < 0)
            return e;
        n++;
    } while (more_fields(c));
    if (n != c->n_columns)
        return builder_error(c->builder, start, "this row has %u fields, and the header %u", n, c->n_columns);
    return 0;
}

static void skip_empty_lines(struct csv *c)
{
    while (line_end(c) > 0)
        skip_line_end(c);
}

int csv_read(struct builder *builder, const char *bytes, size_t len)
{
    static const char bom[] = "\xef\xbb\xbf";
    struct csv c = {.p = bytes, .end = bytes + len, .at = {1, 1}, .builder = builder};
    if (len >= 3 && memcmp(bytes, bom, 3) == 0)
        c.p += 3;
    int e = 0;
    skip_empty_lines(&c);
    if (c.p < c.end)
        e = read_header(&c);
    for (skip_empty_lines(&c); e == 0 && c.p < c.end; skip_empty_lines(&c))
        e = read_record(&c);
    buf_free(&c.text);
    free(c.params);
    return e;
}
