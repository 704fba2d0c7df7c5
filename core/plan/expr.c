/* SPDX-License-Identifier: Apache-2.0 */
/* Parsing the expressions of -m and -k: recursive descent with one token in hand, as pytest's does. */
#include "plan/expr.h"

#include "plan/expr_node.h"
#include "plan/syntax.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_DEPTH = 200 };

enum token {
    TOKEN_END,
    TOKEN_OPEN,
    TOKEN_CLOSE,
    TOKEN_EQUAL,
    TOKEN_COMMA,
    TOKEN_STRING,
    TOKEN_WORD,
    TOKEN_OR,
    TOKEN_AND,
    TOKEN_NOT
};

struct parser {
    const char *text; /* all of it, for errors */
    const char *end;  /* of the text */
    const char *at;   /* the token in hand */
    size_t len;
    enum token token;
    bool calls; /* -m: names take arguments */
    unsigned depth;
    struct arena *arena;
    struct err *err;
};

static int parse_or(struct parser *p, struct node **ret_node);

static enum token word_token(const char *word, size_t len)
{
    static const struct {
        const char *word;
        enum token token;
    } operators[] = {{"or", TOKEN_OR}, {"and", TOKEN_AND}, {"not", TOKEN_NOT}};
    for (size_t i = 0; i < ARRAY_LEN(operators); i++)
        if (strlen(operators[i].word) == len && memcmp(operators[i].word, word, len) == 0)
            return operators[i].token;
    return TOKEN_WORD;
}

static int lex_string(struct parser *p)
{
    const char *close = memchr(p->at + 1, *p->at, (size_t)(p->end - p->at - 1));
    if (!close)
        return syntax_error(p->err, p->text, p->at, "closing quote %c is missing", *p->at);
    p->len = (size_t)(close + 1 - p->at);
    p->token = TOKEN_STRING;
    const char *escape = memchr(p->at, '\\', p->len);
    if (escape)
        return syntax_error(p->err, p->text, escape, "a string in an expression cannot have escapes");
    return 0;
}

static int lex_word(struct parser *p)
{
    p->len = syntax_word(p->at);
    if (p->len == 0)
        return syntax_unexpected(p->err, p->text, p->at);
    p->token = word_token(p->at, p->len);
    return 0;
}

/*
 * Takes the next token in hand. Looks at no byte behind that token, here and in what it calls: one token more must cost
 * the same wherever it stands. str...() functions do look there under a sanitizer that checks strings strictly.
 */
static int advance(struct parser *p)
{
    p->at += p->len;
    while (*p->at == ' ' || *p->at == '\t')
        p->at++;
    p->len = *p->at ? 1 : 0;
    switch (*p->at) {
    case '\0':
        p->token = TOKEN_END;
        return 0;
    case '(':
        p->token = TOKEN_OPEN;
        return 0;
    case ')':
        p->token = TOKEN_CLOSE;
        return 0;
    case '=':
        p->token = TOKEN_EQUAL;
        return 0;
    case ',':
        p->token = TOKEN_COMMA;
        return 0;
    case '"':
    case '\'':
        return lex_string(p);
    default:
        return lex_word(p);
    }
}

/* How much of the token in hand a message quotes; the excerpt below the message shows the rest. */
static int quoted_len(const struct parser *p)
{
    enum { LONGEST = 60 };
    size_t len = p->len < LONGEST ? p->len : LONGEST;
    while (len && len < p->len && (p->at[len] & 0xc0) == 0x80)
        len--;
    return (int)len;
}

static int expected(struct parser *p, const char *what)
{
    if (p->token == TOKEN_END)
        return syntax_error(p->err, p->text, p->at, "expected %s, but the expression ends here", what);
    if (p->token == TOKEN_STRING)
        return syntax_error(p->err, p->text, p->at, "expected %s, not a string", what);
    return syntax_error(p->err, p->text, p->at, "expected %s, not \"%.*s\"", what, quoted_len(p), p->at);
}

static int expect(struct parser *p, enum token token, const char *what)
{
    return p->token == token ? advance(p) : expected(p, what);
}

static int integer_value(struct parser *p, struct marker_value *ret)
{
    const char *digits = arena_strndup(p->arena, p->at, p->len);
    errno = 0;
    *ret = (struct marker_value){.type = MARKER_INT, .integer = strtoll(digits, NULL, 10)};
    return errno ? syntax_error(p->err, p->text, p->at, "%.*s does not fit into 64 bits", quoted_len(p), p->at) : 0;
}

static bool is_word(const struct parser *p, const char *word)
{
    return strlen(word) == p->len && memcmp(p->at, word, p->len) == 0;
}

static int parse_value(struct parser *p, struct marker_value *ret)
{
    static const char what[] = "a value (a number, a quoted string, True, False or None)";
    int e = 0;
    if (p->token == TOKEN_STRING)
        *ret = (struct marker_value){.type = MARKER_STR, .text = arena_strndup(p->arena, p->at + 1, p->len - 2)};
    else if (p->token != TOKEN_WORD)
        return expected(p, what);
    else if (syntax_is_integer(p->at, p->len, false))
        e = integer_value(p, ret);
    else if (is_word(p, "True") || is_word(p, "False"))
        *ret = (struct marker_value){.type = MARKER_BOOL, .boolean = *p->at == 'T'};
    else if (is_word(p, "None"))
        *ret = (struct marker_value){.type = MARKER_NONE};
    else
        return expected(p, what);
    return e < 0 ? e : advance(p);
}

static int parse_argument(struct parser *p, struct argument *arg)
{
    if (p->token != TOKEN_WORD)
        return expected(p, "an argument's name");
    if (!syntax_is_argument_name(p->at, p->len))
        return syntax_error(p->err, p->text, p->at, "\"%.*s\" cannot name an argument: write name=value", quoted_len(p),
                            p->at);
    arg->key = arena_strndup(p->arena, p->at, p->len);
    int e = advance(p);
    if (e == 0)
        e = expect(p, TOKEN_EQUAL, "\"=\" and a value");
    return e < 0 ? e : parse_value(p, &arg->value);
}

/* The arguments after "(": at least one, as in pytest. */
static int parse_arguments(struct parser *p, struct argument **link)
{
    int e;
    do {
        e = advance(p);
        *link = arena_alloc(p->arena, sizeof **link);
        if (e == 0)
            e = parse_argument(p, *link);
        link = &(*link)->next;
    } while (e == 0 && p->token == TOKEN_COMMA);
    return e < 0 ? e : expect(p, TOKEN_CLOSE, "\",\" or \")\"");
}

static int parse_name(struct parser *p, struct node **ret_node)
{
    struct node *n = arena_alloc(p->arena, sizeof *n);
    *n = (struct node){.kind = NODE_NAME, .name = arena_strndup(p->arena, p->at, p->len)};
    int e = advance(p);
    if (e == 0 && p->token == TOKEN_OPEN) {
        if (!p->calls)
            return syntax_error(p->err, p->text, p->at, "-k matches names only: arguments are for -m");
        e = parse_arguments(p, &n->args);
    }
    *ret_node = n;
    return e;
}

static int parse_group(struct parser *p, struct node **ret_node)
{
    if (p->depth == MAX_DEPTH)
        return syntax_error(p->err, p->text, p->at, "parentheses are nested deeper than %d", MAX_DEPTH);
    p->depth++;
    int e = advance(p);
    if (e == 0)
        e = parse_or(p, ret_node);
    if (e == 0)
        e = expect(p, TOKEN_CLOSE, "\"and\", \"or\" or \")\"");
    p->depth--;
    return e;
}

static int parse_not(struct parser *p, struct node **ret_node)
{
    bool negate = false;
    int e = 0;
    while (e == 0 && p->token == TOKEN_NOT) {
        negate = !negate;
        e = advance(p);
    }
    if (e < 0)
        return e;
    if (p->token == TOKEN_OPEN)
        e = parse_group(p, ret_node);
    else if (p->token == TOKEN_WORD)
        e = parse_name(p, ret_node);
    else
        return expected(p, p->calls ? "a marker, \"not\" or \"(\"" : "a name, \"not\" or \"(\"");
    if (e == 0)
        (*ret_node)->negated ^= negate;
    return e;
}

/* One operand, or a node over several that stand between `operator`s. */
static int parse_operands(struct parser *p, enum token operator, enum node_kind kind,
                          int (*operand)(struct parser *, struct node **), struct node **ret_node)
{
    struct node *first;
    int e = operand(p, &first);
    if (e < 0 || p->token != operator) {
        *ret_node = first;
        return e;
    }
    struct node *n = arena_alloc(p->arena, sizeof *n);
    *n = (struct node){.kind = kind, .operands = first};
    for (struct node **link = &first->next; e == 0 && p->token == operator; link = &(*link)->next) {
        e = advance(p);
        if (e == 0)
            e = operand(p, link);
        if (e < 0)
            break;
    }
    *ret_node = n;
    return e;
}

static int parse_and(struct parser *p, struct node **ret_node)
{
    return parse_operands(p, TOKEN_AND, NODE_ALL, parse_not, ret_node);
}

static int parse_or(struct parser *p, struct node **ret_node)
{
    return parse_operands(p, TOKEN_OR, NODE_ANY, parse_and, ret_node);
}

static int parse_all(struct parser *p, struct node **ret_root)
{
    int e = syntax_check_utf8(p->err, p->text);
    if (e == 0)
        e = advance(p);
    if (e < 0 || p->token == TOKEN_END)
        return e;
    e = parse_or(p, ret_root);
    return e < 0 || p->token == TOKEN_END ? e : expected(p, "\"and\", \"or\" or the end");
}

static int parse(const char *text, bool calls, struct expr **ret_expr, struct err *err)
{
    struct expr *x = xcalloc(1, sizeof *x);
    struct parser p = {
        .text = text, .end = text + strlen(text), .at = text, .calls = calls, .arena = &x->arena, .err = err};
    int e = parse_all(&p, &x->root);
    if (e < 0) {
        expr_free(x);
        return e;
    }
    assert(p.depth == 0);
    *ret_expr = x;
    return 0;
}

int expr_parse(const char *text, struct expr **ret_expr, struct err *err)
{
    return parse(text, true, ret_expr, err);
}

int expr_parse_keyword(const char *text, struct expr **ret_expr, struct err *err)
{
    return parse(text, false, ret_expr, err);
}

void expr_free(struct expr *x)
{
    if (!x)
        return;
    arena_free(&x->arena);
    free(x);
}
