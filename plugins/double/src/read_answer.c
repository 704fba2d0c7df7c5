/* SPDX-License-Identifier: Apache-2.0 */
/* Answers, and what they change, as they stand in the file. */
#include "rules.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#define DELAY_MOST_MS 600000

bool is_map(struct reading *r, const struct node *n, const char *what, const char *const *keys)
{
    if (n->kind != NODE_MAP) {
        mistake(r->mistakes, n->at, "%s has to be a map", what);
        return false;
    }
    if (keys)
        keys_are_known(n, what, keys, r->mistakes);
    return true;
}

const char **names_parse(struct reading *r, const struct node *n, const char *what)
{
    const struct node *const one[] = {n};
    const struct node *const *items = n->kind == NODE_LIST ? (const struct node *const *)n->items : one;
    size_t count = n->kind == NODE_LIST ? n->n : 1;
    const char **names = pool_alloc(r->pool, (count + 1) * sizeof *names);
    for (size_t i = 0; i < count; i++) {
        if (items[i]->kind != NODE_TEXT || !*items[i]->text) {
            mistake(r->mistakes, items[i]->at, "%s has to be a name, or a list of them", what);
            return NULL;
        }
        names[i] = items[i]->text;
    }
    return names;
}

static int64_t whole(struct reading *r, const struct node *n, const char *what, int64_t least, int64_t most)
{
    char *end = NULL;
    long long value = n->kind == NODE_TEXT && isdigit((unsigned char)*n->text) ? strtoll(n->text, &end, 10) : -1;
    if (end && !*end && value >= least && value <= most)
        return value;
    mistake(r->mistakes, n->at, "%s has to be a whole number from %lld to %lld", what, (long long)least,
            (long long)most);
    return least;
}

/* 200ms, 2s, 1m. */
static uint32_t duration(struct reading *r, const struct node *n, const char *what)
{
    static const struct {
        const char *unit;
        long long ms;
    } units[] = {{"ms", 1}, {"s", 1000}, {"m", 60000}};
    char *end = NULL;
    long long value = n->kind == NODE_TEXT && isdigit((unsigned char)*n->text) ? strtoll(n->text, &end, 10) : -1;
    for (size_t i = 0; value >= 0 && value <= DELAY_MOST_MS && i < sizeof units / sizeof *units; i++)
        if (strcmp(end, units[i].unit) == 0 && value * units[i].ms <= DELAY_MOST_MS)
            return (uint32_t)(value * units[i].ms);
    mistake(r->mistakes, n->at, "%s has to be a time with its unit, at most 10m: 200ms, 2s", what);
    return 0;
}

static bool is_token(const char *name)
{
    return *name && strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789!#$%&'*+-.^_`|~") ==
                        strlen(name);
}

struct template **headers_parse(struct reading *r, const struct node *n, const char ***ret_names, size_t *ret_n)
{
    if (!is_map(r, n, "headers", NULL))
        return NULL;
    struct template **headers = pool_alloc(r->pool, (n->n + 1) * sizeof(void *));
    *ret_names = pool_alloc(r->pool, (n->n + 1) * sizeof(void *));
    for (size_t i = 0; i < n->n; i++) {
        if (!is_token(n->keys[i].name))
            mistake(r->mistakes, n->keys[i].at, "`%s` can't be the name of a header", n->keys[i].name);
        if (strcasecmp(n->keys[i].name, "Content-Length") == 0)
            mistake(r->mistakes, n->keys[i].at, "the double counts by itself; `length` says a wrong one");
        (*ret_names)[i] = n->keys[i].name;
        headers[i] = template_parse(r->pool, n->items[i], &r->words, r->mistakes);
    }
    *ret_n = n->n;
    return headers;
}

static void check_state(struct reading *r, const struct node *n)
{
    if (n->kind != NODE_TEXT || !*n->text)
        mistake(r->mistakes, n->at, "a state has a name");
}

static void change_parse(struct reading *r, const struct node *n, struct change *ret_change)
{
    static const char *const keys[] = {"of", "state", "set", NULL};
    if (!is_map(r, n, "`then`", keys))
        return;
    const struct node *of = node_get(n, "of"), *state = node_get(n, "state"), *set = node_get(n, "set");
    ret_change->of = of ? template_parse(r->pool, of, &r->words, r->mistakes) : NULL;
    if (state)
        check_state(r, state);
    ret_change->state = state ? template_parse(r->pool, state, &r->words, r->mistakes) : NULL;
    if (!set || !is_map(r, set, "`set`", NULL))
        return;
    ret_change->names = pool_alloc(r->pool, (set->n + 1) * sizeof(void *));
    ret_change->values = pool_alloc(r->pool, (set->n + 1) * sizeof(void *));
    for (size_t i = 0; i < set->n; i++) {
        ret_change->names[i] = set->keys[i].name;
        ret_change->values[i] = value_parse(r->pool, set->items[i], &r->words, r->mistakes);
    }
    ret_change->n = set->n;
}

struct change *changes_parse(struct reading *r, const struct node *n, size_t *ret_n)
{
    size_t count = n->kind == NODE_LIST ? n->n : 1;
    struct change *changes = pool_alloc(r->pool, (count + 1) * sizeof *changes);
    for (size_t i = 0; i < count; i++)
        change_parse(r, n->kind == NODE_LIST ? n->items[i] : n, &changes[i]);
    *ret_n = count;
    return changes;
}

static void slow_parse(struct reading *r, const struct node *n, struct answer *a)
{
    static const char *const keys[] = {"bytes", "every", NULL};
    if (!is_map(r, n, "`slow`", keys))
        return;
    const struct node *bytes = node_get(n, "bytes"), *every = node_get(n, "every");
    if (!every)
        mistake(r->mistakes, n->at, "`slow` wants `every`: slow: {bytes: 1, every: 100ms}");
    a->slow_bytes = bytes ? (size_t)whole(r, bytes, "`bytes`", 1, 1 << 24) : 1;
    a->slow_ms = every ? duration(r, every, "`every`") : 0;
}

static void length_parse(struct reading *r, const struct node *n, struct answer *a)
{
    if (n->kind == NODE_TEXT && strcmp(n->text, "none") == 0)
        a->length = LENGTH_LEFT_OUT;
    else
        a->length = whole(r, n, "`length`", 0, INT64_C(1) << 40);
}

static void body_parse(struct reading *r, const struct node *n, struct answer *a)
{
    const struct node *body = node_get(n, "body"), *text = node_get(n, "text");
    if (body && text)
        mistake(r->mistakes, text->at, "an answer has a `body`, which is JSON, or a `text`, not both");
    else if (body)
        a->json = value_parse(r->pool, body, &r->words, r->mistakes);
    else if (text)
        a->text = template_parse(r->pool, text, &r->words, r->mistakes);
}

static void way_parse(struct reading *r, const struct node *n, struct answer *a)
{
    const struct node *delay = node_get(n, "delay"), *slow = node_get(n, "slow"), *cut = node_get(n, "cut"),
                      *length = node_get(n, "length"), *reset = node_get(n, "reset");
    a->delay_ms = delay ? duration(r, delay, "`delay`") : 0;
    a->cut = cut ? whole(r, cut, "`cut`", 0, INT64_C(1) << 40) : -1;
    a->length = LENGTH_RIGHT;
    if (slow)
        slow_parse(r, slow, a);
    if (length)
        length_parse(r, length, a);
    if (reset && (reset->kind != NODE_TEXT || strcmp(reset->text, "true") != 0))
        mistake(r->mistakes, reset->at, "`reset` can only be true");
    a->reset = reset != NULL;
}

bool answer_parse(struct reading *r, const struct node *n, struct answer *ret_answer)
{
    static const char *const keys[] = {"status", "headers", "body",   "text", "delay", "reset",
                                       "cut",    "slow",    "length", "then", NULL};
    unsigned before = r->mistakes->n;
    if (!is_map(r, n, "an answer", keys))
        return false;
    const struct node *status = node_get(n, "status"), *headers = node_get(n, "headers"), *then = node_get(n, "then");
    ret_answer->status = status ? (unsigned)whole(r, status, "`status`", 200, 599) : 200;
    if (headers)
        ret_answer->headers = headers_parse(r, headers, &ret_answer->names, &ret_answer->n_headers);
    body_parse(r, n, ret_answer);
    way_parse(r, n, ret_answer);
    if (then)
        ret_answer->changes = changes_parse(r, then, &ret_answer->n_changes);
    return r->mistakes->n == before;
}
