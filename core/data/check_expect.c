/* SPDX-License-Identifier: Apache-2.0 */
/* `expect`, `until` and `if`: what values have to be. */
#include "base/cleanup.h"
#include "base/suggest.h"
#include "data/check.h"
#include "data/pointer.h"
#include "data/type.h"

#include <exact.h>
#include <stdlib.h>
#include <string.h>

struct growing {
    struct expectation *items;
    size_t n, cap;
};

/* What is being compared. */
struct subject {
    const char *what; /* "create_workload", "${plan}": for messages */
    const struct value *value;
    const char *pointer;
    uint32_t type;
};

static const regex_t *compile(struct checker *c, const char *pattern)
{
    regex_t *regex = xcalloc(1, sizeof *regex);
    if (regcomp(regex, pattern, REG_EXTENDED | REG_NOSUB) != 0) {
        free(regex); /* match_fault() has said so */
        return NULL;
    }
    GROW(c->pool->regexes, c->pool->n_regexes, c->pool->cap_regexes);
    return c->pool->regexes[c->pool->n_regexes++] = regex;
}

static bool is_number_type(uint32_t type)
{
    return type >= MUSTER_TYPE_I32 && type <= MUSTER_TYPE_F64;
}

/* An equality, or an order, that no value of the type could meet. */
static void check_possible(struct checker *c, const struct subject *s, const struct expectation *e)
{
    bool orders = e->op >= MATCH_LT && e->op <= MATCH_GE;
    if ((e->op != MATCH_EQ && !orders) || e->expected->kind != VALUE_LITERAL || s->type == MUSTER_TYPE_JSON ||
        *s->pointer)
        return;
    const json_t *value = e->expected->literal;
    if (orders && match_fault(e->op, value)) /* which has been told */
        return;
    bool possible = s->type == MUSTER_TYPE_STR    ? exact_is_string(value)
                    : s->type == MUSTER_TYPE_BOOL ? json_is_boolean(value)
                                                  : is_number_type(s->type) && exact_is_number(value);
    if (!possible && orders)
        mistake(c->diagnostics, e->at, "%s: %s is %s, which has no order with %s%s", match_name(e->op), s->what,
                type_describe(s->type), json_describe(value),
                is_number_type(s->type) && exact_is_string(value) ? ": write the number without quotes" : "");
    else if (!possible)
        mistake(c->diagnostics, e->at, "%s is %s, and never equal to %s", s->what, type_describe(s->type),
                json_describe(value));
}

static void add_comparison(struct checker *c, const struct subject *s, enum match_op op, const struct node *n,
                           struct place at, struct growing *out)
{
    struct expectation e = {
        .at = at, .subject = s->value, .pointer = s->pointer, .op = op, .expected = check_value(c, n)};
    const json_t *literal = e.expected->kind == VALUE_LITERAL ? e.expected->literal : NULL;
    const char *fault = literal ? match_fault(op, literal) : NULL;
    if (fault)
        mistake(c->diagnostics, n->at, "%s: %s", match_name(op), fault);
    else if (literal && op == MATCH_MATCHES)
        e.regex = compile(c, json_string_value(literal));
    check_possible(c, s, &e);
    GROW(out->items, out->n, out->cap);
    out->items[out->n++] = e;
}

static uint32_t count_operators(const struct node *n)
{
    uint32_t operators = 0;
    for (uint32_t i = 0; n->kind == NODE_MAP && i < n->n; i++)
        operators += match_find(n->keys[i].name) != MATCH_N;
    return operators;
}

/* A map whose keys all look like slips of operators would be compared as a map, and differ for ever. */
static bool complain_of_slips(struct checker *c, const struct node *n)
{
    for (uint32_t i = 0; n->kind == NODE_MAP && i < n->n; i++)
        if (match_meant(n->keys[i].name) == MATCH_N)
            return false;
    for (uint32_t i = 0; n->kind == NODE_MAP && i < n->n; i++)
        mistake(c->diagnostics, n->keys[i].at,
                "%s is no operator; did you mean %s? (to compare with a map write eq: {...})", n->keys[i].name,
                match_name(match_meant(n->keys[i].name)));
    return n->kind == NODE_MAP && n->n > 0;
}

/* All keys are operators: 1; none is: 0; some are, a mistake: -1. */
static int has_operators(struct checker *c, const struct node *n)
{
    uint32_t operators = count_operators(n);
    const struct key *other = NULL;
    for (uint32_t i = 0; n->kind == NODE_MAP && i < n->n; i++)
        other = match_find(n->keys[i].name) != MATCH_N ? other : &n->keys[i];
    if (operators == 0)
        return complain_of_slips(c, n) ? -1 : 0;
    if (!other)
        return 1;
    mistake(c->diagnostics, other->at, "%s is no operator, but others here are: to compare with a map write eq: {...}",
            other->name);
    return -1;
}

/* What one subject has to be: a value, or operators. */
static void add_subject(struct checker *c, const struct subject *s, const struct node *n, struct place at,
                        struct growing *out)
{
    int operators = has_operators(c, n);
    if (operators == 0)
        add_comparison(c, s, MATCH_EQ, n, at, out);
    for (uint32_t i = 0; operators > 0 && i < n->n; i++)
        add_comparison(c, s, match_find(n->keys[i].name), n->items[i], n->keys[i].at, out);
}

static bool has_pointers(const struct node *n)
{
    for (uint32_t i = 0; n->kind == NODE_MAP && i < n->n; i++)
        if (n->keys[i].name[0] == '/' || n->keys[i].name[0] == '\0')
            return true;
    return false;
}

static void add_pointers(struct checker *c, const struct subject *whole, const struct node *n, struct growing *out)
{
    for (uint32_t i = 0; i < n->n; i++) {
        const struct key *key = &n->keys[i];
        const char *fault = pointer_fault(key->name);
        if (fault) {
            mistake(c->diagnostics, key->at, "%s: bad pointer: %s", key->name, fault);
            continue;
        }
        if (*key->name && whole->type != MUSTER_TYPE_JSON) {
            mistake(c->diagnostics, key->at, "%s: %s is %s, which has no fields", key->name, whole->what,
                    type_describe(whole->type));
            continue;
        }
        struct subject part = *whole;
        part.pointer = key->name;
        add_subject(c, &part, n->items[i], key->at, out);
    }
}

static struct expectations finish(struct checker *c, struct growing *g)
{
    struct expectation *items = arena_alloc(c->arena, (g->n + 1) * sizeof *items);
    if (g->n > 0)
        memcpy(items, g->items, g->n * sizeof *items);
    free(g->items);
    return (struct expectations){items, (uint32_t)g->n};
}

/* A map of neither pointers nor operators: meant as what? A name is a field's, where the answer has fields. */
static void complain_of_map(struct checker *c, const struct node *n, const struct subject *s)
{
    const struct key *key = &n->keys[0];
    struct suggestion near = suggest_start(key->name);
    for (enum match_op op = 0; op < MATCH_N && strlen(key->name) > 1; op++)
        suggest_offer(&near, match_name(op));
    const char * or = near.best ? "; did you mean " : "", *mark = near.best ? "?" : "";
    const char *op = near.best ? near.best : "";
    if (s->type != MUSTER_TYPE_JSON)
        mistake(c->diagnostics, key->at,
                "%s is no operator, and %s returns %s, which has no fields: write the value, or an operator as {gt: "
                "3}%s%s%s",
                key->name, s->what, type_describe(s->type), or, op, mark);
    else
        mistake(
            c->diagnostics, key->at,
            "%s is neither a pointer nor an operator: a field is /%s, and the whole map is compared by eq: {...}%s%s%s",
            key->name, key->name, or, op, mark);
}

struct expectations check_expect(struct checker *c, const struct node *n, uint32_t returns, const char *step)
{
    struct growing g = {0};
    struct subject s = {.what = step, .pointer = "", .type = returns};
    if (returns == MUSTER_TYPE_NONE)
        mistake(c->diagnostics, n->at, "%s returns nothing that could be compared", step);
    else if (has_pointers(n))
        add_pointers(c, &s, n, &g);
    else if (n->kind == NODE_MAP && n->n > 0 && count_operators(n) == 0)
        complain_of_map(c, n, &s);
    else
        add_subject(c, &s, n, n->at, &g);
    return finish(c, &g);
}

struct expectations check_condition(struct checker *c, const struct node *n)
{
    struct growing g = {0};
    if (n->kind == NODE_SCALAR) {
        struct node yes = {
            .kind = NODE_SCALAR, .scalar = SCALAR_TRUE, .plain = true, .at = n->at, .text = "true", .value = "true"};
        struct subject s = {.what = "if", .value = check_value(c, n), .pointer = "", .type = MUSTER_TYPE_JSON};
        check_type(c, s.value, MUSTER_TYPE_BOOL, "if");
        add_comparison(c, &s, MATCH_EQ, &yes, n->at, &g);
        return finish(c, &g);
    }
    if (n->kind == NODE_LIST || n->n == 0)
        mistake(c->diagnostics, n->at, "if: wants true or false, or a map like {\"${plan}\": pro}");
    for (uint32_t i = 0; n->kind == NODE_MAP && i < n->n; i++) {
        struct node subject = {
            .kind = NODE_SCALAR, .at = n->keys[i].at, .text = n->keys[i].name, .value = n->keys[i].name};
        struct subject s = {.what = n->keys[i].name, .value = check_value(c, &subject), .pointer = ""};
        s.type = value_type(s.value);
        if (s.value->kind == VALUE_LITERAL)
            mistake(c->diagnostics, subject.at, "if: %s is always the same: a ${...} has to be in it", subject.text);
        add_subject(c, &s, n->items[i], n->keys[i].at, &g);
    }
    return finish(c, &g);
}
