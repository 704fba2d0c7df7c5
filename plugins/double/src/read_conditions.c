/* SPDX-License-Identifier: Apache-2.0 */
/* What a rule asks of a request's query, headers and body. */
#include "rules.h"

#include <string.h>

static const char *const tests[] = {"is", "not", "like", "present", NULL};

/* `{is: x}` and its like, as opposed to an object that the body is compared with. */
static bool is_test(const struct node *n, enum subject subject)
{
    if (n->kind != NODE_MAP)
        return false;
    if (subject != SUBJECT_BODY)
        return true;
    for (size_t k = 0; n->n == 1 && tests[k]; k++)
        if (strcmp(n->keys[0].name, tests[k]) == 0)
            return true;
    return false;
}

static void read_test(struct reading *r, const struct node *n, struct condition *c)
{
    keys_are_known(n, "a condition", tests, r->mistakes);
    if (n->n != 1) {
        mistake(r->mistakes, n->at, "a condition is one of {is: ...}, {not: ...}, {like: ...}, {present: true}");
        return;
    }
    const char *test = n->keys[0].name;
    const struct node *value = n->items[0];
    if (strcmp(test, "present") == 0) {
        bool yes = value->kind == NODE_TEXT && strcmp(value->text, "true") == 0;
        if (!yes && (value->kind != NODE_TEXT || strcmp(value->text, "false") != 0))
            mistake(r->mistakes, value->at, "`present` has to be true or false");
        c->test = yes ? TEST_PRESENT : TEST_ABSENT;
        return;
    }
    c->test = strcmp(test, "not") == 0 ? TEST_NOT : strcmp(test, "like") == 0 ? TEST_LIKE : TEST_IS;
    if (c->test == TEST_LIKE && value->kind != NODE_TEXT)
        mistake(r->mistakes, value->at, "`like` has to be a text, with * and ? in it");
    else
        c->value = value_parse(r->pool, value, &r->words, r->mistakes);
}

static void read_condition(struct reading *r, const struct key *key, const struct node *n, enum subject subject,
                           struct condition *c)
{
    *c = (struct condition){.subject = subject, .name = key->name, .test = TEST_IS};
    if (subject == SUBJECT_BODY && *key->name && *key->name != '/')
        mistake(r->mistakes, key->at, "a body is asked by JSON pointers: /%s", key->name);
    if (is_test(n, subject))
        read_test(r, n, c);
    else if (subject != SUBJECT_BODY && n->kind != NODE_TEXT)
        mistake(r->mistakes, n->at, "this has to be a text, or a condition: {like: \"*\"}");
    else
        c->value = value_parse(r->pool, n, &r->words, r->mistakes);
}

struct condition *conditions_parse(struct reading *r, const struct node *request, size_t *ret_n)
{
    static const char *const keys[] = {"query", "headers", "body"};
    size_t n = 0;
    for (size_t k = 0; k < 3; k++)
        n += node_get(request, keys[k]) ? node_get(request, keys[k])->n : 0;
    struct condition *conditions = pool_alloc(r->pool, (n + 1) * sizeof *conditions);
    *ret_n = 0;
    for (size_t k = 0; k < 3; k++) {
        const struct node *part = node_get(request, keys[k]);
        if (!part || !is_map(r, part, keys[k], NULL))
            continue;
        for (size_t i = 0; i < part->n; i++)
            read_condition(r, &part->keys[i], part->items[i], (enum subject)k, &conditions[(*ret_n)++]);
    }
    return conditions;
}
