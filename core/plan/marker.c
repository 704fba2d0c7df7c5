/* SPDX-License-Identifier: Apache-2.0 */
/* Reading markers: `name`, or `name(value, key=value)`. */
#include "plan/marker.h"

#include "base/buf.h"
#include "base/number.h"
#include "plan/syntax.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_ARGS = 64 };

struct reader {
    const char *text; /* all of it, for errors */
    const char *p;
    struct arena *arena;
    struct err *err;
};

static void skip_blanks(struct reader *r)
{
    while (*r->p == ' ' || *r->p == '\t')
        r->p++;
}

static bool accept(struct reader *r, char c)
{
    if (*r->p != c)
        return false;
    r->p++;
    skip_blanks(r);
    return true;
}

/* Python's float, but with digits on at least one side and no infinities: 1.5, .5, 2., 1e3 */
static bool is_float(const char *word, size_t len)
{
    size_t i = len && (word[0] == '-' || word[0] == '+');
    size_t digits = strspn(word + i, "0123456789");
    i += digits;
    bool fraction = i < len && word[i] == '.';
    if (fraction) {
        size_t more = strspn(word + i + 1, "0123456789");
        digits += more;
        i += 1 + more;
    }
    if (digits == 0)
        return false;
    if (i < len && (word[i] == 'e' || word[i] == 'E'))
        return syntax_is_integer(word + i + 1, len - i - 1, true);
    return fraction && i == len;
}

static int word_value(struct reader *r, const char *word, size_t len, struct marker_value *ret)
{
    char *text = arena_strndup(r->arena, word, len);
    if (syntax_is_integer(word, len, true)) {
        errno = 0;
        *ret = (struct marker_value){.type = MARKER_INT, .integer = strtoll(text, NULL, 10)};
        return errno ? syntax_error(r->err, r->text, word, "%s does not fit into 64 bits", text) : 0;
    }
    double real;
    if (is_float(text, len) && number_parse(text, &real))
        *ret = (struct marker_value){.type = MARKER_FLOAT, .real = real};
    else if (strcmp(text, "True") == 0 || strcmp(text, "true") == 0)
        *ret = (struct marker_value){.type = MARKER_BOOL, .boolean = true};
    else if (strcmp(text, "False") == 0 || strcmp(text, "false") == 0)
        *ret = (struct marker_value){.type = MARKER_BOOL, .boolean = false};
    else if (strcmp(text, "None") == 0)
        *ret = (struct marker_value){.type = MARKER_NONE};
    else
        *ret = (struct marker_value){.type = MARKER_STR, .text = text};
    return 0;
}

static int quoted_value(struct reader *r, struct marker_value *ret)
{
    const char *open = r->p++;
    autobuf struct buf out = {0};
    while (*r->p != *open) {
        if (!*r->p)
            return syntax_error(r->err, r->text, open, "closing quote %c is missing", *open);
        if (*r->p != '\\') {
            buf_addc(&out, *r->p++);
            continue;
        }
        int e = syntax_escape(r->err, r->text, &r->p, &out);
        if (e < 0)
            return e;
    }
    r->p++;
    *ret = (struct marker_value){.type = MARKER_STR, .text = arena_strdup(r->arena, buf_str(&out))};
    return 0;
}

static int parse_value(struct reader *r, struct marker_value *ret)
{
    int e;
    if (*r->p == '"' || *r->p == '\'') {
        e = quoted_value(r, ret);
    } else {
        size_t len = syntax_word(r->p);
        if (len == 0)
            return *r->p && !strchr(",)", *r->p) ? syntax_unexpected(r->err, r->text, r->p)
                                                 : syntax_error(r->err, r->text, r->p, "a value is missing");
        e = word_value(r, r->p, len, ret);
        r->p += len;
    }
    skip_blanks(r);
    return e;
}

/* The length of the word at the reader's place if an '=' follows: then it names an argument. */
static size_t key_length(const struct reader *r)
{
    size_t len = syntax_word(r->p);
    const char *after = r->p + len;
    after += strspn(after, " \t");
    return *after == '=' ? len : 0;
}

static int parse_key(struct reader *r, const struct marker_arg *args, uint32_t n, const char **ret_key)
{
    size_t len = key_length(r);
    if (len == 0) {
        *ret_key = NULL;
        if (n && args[n - 1].key)
            return syntax_error(r->err, r->text, r->p, "an argument without a name after one with a name");
        return 0;
    }
    if (!syntax_is_argument_name(r->p, len))
        return syntax_error(r->err, r->text, r->p, "\"%.*s\" cannot name an argument", (int)len, r->p);
    const char *key = arena_strndup(r->arena, r->p, len);
    for (uint32_t i = 0; i < n; i++)
        if (args[i].key && strcmp(args[i].key, key) == 0)
            return syntax_error(r->err, r->text, r->p, "argument %s is there twice", key);
    r->p += len;
    skip_blanks(r);
    accept(r, '=');
    *ret_key = key;
    return 0;
}

static int parse_args(struct reader *r, const struct marker_arg **ret_args, uint32_t *ret_n)
{
    struct marker_arg args[MAX_ARGS];
    uint32_t n = 0;
    while (!accept(r, ')')) {
        if (n == MAX_ARGS)
            return syntax_error(r->err, r->text, r->p, "more than %d arguments", MAX_ARGS);
        int e = parse_key(r, args, n, &args[n].key);
        if (e == 0)
            e = parse_value(r, &args[n].value);
        if (e < 0)
            return e;
        n++;
        if (!accept(r, ',') && *r->p != ')')
            return syntax_error(r->err, r->text, r->p, *r->p ? "expected \",\" or \")\"" : "\")\" is missing");
    }
    struct marker_arg *copy = arena_alloc(r->arena, (n ? n : 1) * sizeof *copy);
    memcpy(copy, args, n * sizeof *copy);
    *ret_args = copy;
    *ret_n = n;
    return 0;
}

static bool is_operator(const char *name)
{
    return strcmp(name, "and") == 0 || strcmp(name, "or") == 0 || strcmp(name, "not") == 0;
}

static int parse_name(struct reader *r, const char **ret_name)
{
    skip_blanks(r);
    size_t len = syntax_word(r->p);
    if (len == 0)
        return *r->p && *r->p != '(' ? syntax_unexpected(r->err, r->text, r->p)
                                     : syntax_error(r->err, r->text, r->p, "a marker needs a name");
    const char *name = arena_strndup(r->arena, r->p, len);
    if (is_operator(name))
        return syntax_error(r->err, r->text, r->p, "\"%s\" is an operator of -m and cannot name a marker", name);
    r->p += len;
    skip_blanks(r);
    *ret_name = name;
    return 0;
}

int marker_parse(const char *text, struct arena *arena, struct marker *ret_marker, struct err *err)
{
    struct reader r = {.text = text, .p = text, .arena = arena, .err = err};
    struct marker m = {.text = arena_strdup(arena, text)};
    int e = syntax_check_utf8(err, text);
    if (e == 0)
        e = parse_name(&r, &m.name);
    if (e == 0 && accept(&r, '('))
        e = parse_args(&r, &m.args, &m.n_args);
    if (e < 0)
        return e;
    if (*r.p)
        return syntax_word(r.p) || strchr("'\"(),=", *r.p)
                   ? syntax_error(err, text, r.p, "expected nothing more after the marker")
                   : syntax_unexpected(err, text, r.p);
    *ret_marker = m;
    return 0;
}

const struct marker_value *marker_arg(const struct marker *m, const char *key, int position)
{
    int at = 0;
    for (uint32_t i = 0; i < m->n_args; i++) {
        const struct marker_arg *arg = &m->args[i];
        if (arg->key ? key && strcmp(arg->key, key) == 0 : at++ == position)
            return &arg->value;
    }
    return NULL;
}

const struct marker *marker_find(const struct marker *markers, uint32_t n, const char *name)
{
    for (uint32_t i = 0; i < n; i++)
        if (strcmp(markers[i].name, name) == 0)
            return &markers[i];
    return NULL;
}

static bool is_number(const struct marker_value *v)
{
    return v->type == MARKER_BOOL || v->type == MARKER_INT || v->type == MARKER_FLOAT;
}

static int64_t whole(const struct marker_value *v)
{
    return v->type == MARKER_BOOL ? v->boolean : v->integer;
}

/* Exact, as Python compares: no rounding of a large integer to the nearest double. */
static bool real_equals(double real, int64_t integer)
{
    return real >= -0x1p63 && real < 0x1p63 && (double)(int64_t)real == real && (int64_t)real == integer;
}

bool marker_value_equal(const struct marker_value *a, const struct marker_value *b)
{
    if (is_number(a) && is_number(b)) {
        if (a->type == MARKER_FLOAT && b->type == MARKER_FLOAT)
            return a->real == b->real;
        if (a->type == MARKER_FLOAT)
            return real_equals(a->real, whole(b));
        return b->type == MARKER_FLOAT ? real_equals(b->real, whole(a)) : whole(a) == whole(b);
    }
    if (a->type != b->type)
        return false;
    return a->type == MARKER_NONE || strcmp(a->text, b->text) == 0;
}
