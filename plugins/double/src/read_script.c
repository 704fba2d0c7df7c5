/* SPDX-License-Identifier: Apache-2.0 */
/* The file as a whole, and its rules. */
#include "rules.h"

#include <stdlib.h>
#include <string.h>

/* ---- names that the file brings ---------------------------------------------------------------------------------- */

struct names {
    const char **list;
    size_t n;
};

static void add_name(struct pool *pool, struct names *names, const char *name)
{
    for (size_t i = 0; i < names->n; i++)
        if (strcmp(names->list[i], name) == 0)
            return;
    const char **longer = pool_alloc(pool, (names->n + 2) * sizeof *longer);
    if (names->n)
        memcpy(longer, names->list, names->n * sizeof *longer);
    longer[names->n++] = name;
    names->list = longer;
}

static void gather_change(struct pool *pool, const struct node *n, struct names *saved, struct names *states)
{
    const struct node *set = node_get(n, "set"), *state = node_get(n, "state");
    for (size_t i = 0; set && set->kind == NODE_MAP && i < set->n; i++)
        add_name(pool, saved, set->keys[i].name);
    if (state && state->kind == NODE_TEXT)
        add_name(pool, states, state->text);
}

/* Each `then` below, wherever it stands. */
static void gather(struct pool *pool, const struct node *n, struct names *saved, struct names *states)
{
    for (size_t i = 0; i < n->n; i++) {
        const struct node *item = n->items[i];
        if (n->kind == NODE_MAP && strcmp(n->keys[i].name, "then") == 0) {
            gather_change(pool, item, saved, states);
            for (size_t k = 0; item->kind == NODE_LIST && k < item->n; k++)
                gather_change(pool, item->items[k], saved, states);
        }
        gather(pool, item, saved, states);
    }
}

/* ---- rules ------------------------------------------------------------------------------------------------------- */

static void read_when(struct reading *r, const struct node *n, struct rule *rule)
{
    static const char *const keys[] = {"state", NULL};
    const struct node *state = is_map(r, n, "`when`", keys) ? node_get(n, "state") : NULL;
    rule->states = state ? names_parse(r, state, "`state`") : NULL;
    for (size_t i = 0; rule->states && rule->states[i]; i++) {
        size_t k = 0;
        while (r->states[k] && strcmp(r->states[k], rule->states[i]) != 0 && !strstr(r->states[k], "${"))
            k++;
        if (r->states[k])
            continue;
        const char *near = nearest_name(rule->states[i], r->states);
        mistake(r->mistakes, state->kind == NODE_LIST ? state->items[i]->at : state->at,
                "no `then` leads to the state `%s`%s%s%s", rule->states[i], near ? "; did you mean `" : "",
                near ? near : "", near ? "`?" : "");
    }
}

static bool is_method(const char *name)
{
    return *name && strspn(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZ-") == strlen(name);
}

static void read_request(struct reading *r, const struct node *n, struct rule *rule)
{
    static const char *const keys[] = {"method", "path", "query", "headers", "body", NULL};
    if (!is_map(r, n, "`request`", keys))
        return;
    const struct node *method = node_get(n, "method"), *path = node_get(n, "path");
    rule->methods = method ? names_parse(r, method, "`method`") : NULL;
    for (size_t i = 0; rule->methods && rule->methods[i]; i++)
        if (!is_method(rule->methods[i]))
            mistake(r->mistakes, method->at, "`%s` is no method: they are written in capitals", rule->methods[i]);
    if (!path || path->kind != NODE_TEXT || *path->text != '/' || strchr(path->text, '?')) {
        mistake(r->mistakes, path ? path->at : n->at,
                "a request has a `path` that begins with /; what follows a ? is asked by `query`");
        return;
    }
    rule->path = pattern_parse(r->pool, path->text);
    r->words.path = rule->path.names;
    rule->conditions = conditions_parse(r, n, &rule->n_conditions);
}

static void read_answers(struct reading *r, const struct node *n, struct rule *rule)
{
    const struct node *one = node_get(n, "answer"), *list = node_get(n, "answers");
    if (!one == !list || (list && (list->kind != NODE_LIST || list->n == 0))) {
        mistake(r->mistakes, n->at, "a rule has an `answer`, or a list of `answers`, the last of which stays");
        return;
    }
    rule->n_answers = one ? 1 : list->n;
    rule->answers = pool_alloc(r->pool, rule->n_answers * sizeof *rule->answers);
    for (size_t i = 0; i < rule->n_answers; i++)
        answer_parse(r, one ? one : list->items[i], &rule->answers[i]);
}

static void read_rule(struct reading *r, const struct node *n, struct rule *rule)
{
    static const char *const keys[] = {"name", "request", "of", "when", "answer", "answers", "then", NULL};
    static const char *const none[] = {NULL};
    r->words.path = none;
    if (!is_map(r, n, "a rule", keys))
        return;
    const struct node *name = node_get(n, "name"), *request = node_get(n, "request"), *of = node_get(n, "of"),
                      *when = node_get(n, "when"), *then = node_get(n, "then");
    if (name && name->kind != NODE_TEXT)
        mistake(r->mistakes, name->at, "a name is a text");
    rule->name = name && name->kind == NODE_TEXT ? name->text : pool_format(r->pool, "line %u", n->at.line);
    if (request)
        read_request(r, request, rule);
    else
        mistake(r->mistakes, n->at, "a rule has a `request`");
    rule->of = of ? template_parse(r->pool, of, &r->words, r->mistakes) : NULL;
    if (when)
        read_when(r, when, rule);
    read_answers(r, n, rule);
    if (then)
        rule->changes = changes_parse(r, then, &rule->n_changes);
}

/* ---- values ------------------------------------------------------------------------------------------------------ */

static const char *given_value(const char *const *given, const char *name)
{
    size_t length = strlen(name);
    for (; given && *given; given++)
        if (strncmp(*given, name, length) == 0 && (*given)[length] == '=')
            return *given + length + 1;
    return NULL;
}

static void check_given(struct reading *r, const char *const *given, const char *const *names)
{
    for (; given && *given; given++) {
        const char *equals = strchr(*given, '=');
        char *name = pool_keep(r->pool, *given, equals ? (size_t)(equals - *given) : strlen(*given));
        size_t k = 0;
        while (names[k] && strcmp(names[k], name) != 0)
            k++;
        const char *near = names[k] ? NULL : nearest_name(name, names);
        if (!names[k] || !equals)
            mistake(r->mistakes, (struct place){1, 1},
                    "the value \"%s\" was given, and `values` has no such name%s%s%s", name,
                    near ? "; did you mean `" : "", near ? near : "", near ? "`?" : "");
    }
}

/* values: {token: {default: "${uuid}", secret: true}, region: eu} */
static void read_value(struct reading *r, struct script *s, const struct key *key, const struct node *n,
                       const char *given, struct names *secrets)
{
    static const char *const keys[] = {"default", "secret", NULL};
    static const struct asked nothing;
    const struct node *otherwise = n;
    if (n->kind == NODE_MAP) {
        keys_are_known(n, "a value", keys, r->mistakes);
        otherwise = node_get(n, "default");
        const struct node *secret = node_get(n, "secret");
        if (secret && secret->kind == NODE_TEXT && strcmp(secret->text, "true") == 0)
            add_name(r->pool, secrets, key->name);
        else if (secret && (secret->kind != NODE_TEXT || strcmp(secret->text, "false") != 0))
            mistake(r->mistakes, secret->at, "`secret` has to be true or false");
    }
    if (!given && !otherwise) {
        mistake(r->mistakes, key->at, "`%s` has no default, and no value was given for it", key->name);
        return;
    }
    struct template *t = given ? NULL : template_parse(r->pool, otherwise, &r->words, r->mistakes);
    const struct filling f = {.asked = &nothing, .values = s->values};
    char *text = given ? needed(strdup(given)) : t ? template_fill(t, &f) : needed(strdup(""));
    json_object_set_new(s->values, key->name, needed(json_string(text)));
    free(text);
}

static void let_go(void *values)
{
    json_decref(values);
}

static void read_values(struct reading *r, struct script *s, const struct node *n, const char *const *given)
{
    struct names names = {0}, secrets = {0};
    s->values = needed(json_object());
    pool_at_end(r->pool, let_go, s->values);
    s->value_names = pool_alloc(r->pool, sizeof(void *));
    s->secrets = s->value_names;
    if (n && is_map(r, n, "`values`", NULL)) {
        for (size_t i = 0; i < n->n; i++) {
            read_value(r, s, &n->keys[i], n->items[i], given_value(given, n->keys[i].name), &secrets);
            add_name(r->pool, &names, n->keys[i].name);
            s->value_names = names.list;
            r->words.values = names.list;
        }
        s->secrets = secrets.n ? secrets.list : s->secrets;
    }
    check_given(r, given, s->value_names);
}

/* ---- the file ---------------------------------------------------------------------------------------------------- */

static struct reading begin(struct pool *pool, const struct node *root, const struct script *s, struct mistakes *m)
{
    struct names saved = {0}, states = {0};
    add_name(pool, &states, "none"); /* the state of what has none yet */
    for (size_t i = 0; s && s->saved && s->saved[i]; i++)
        add_name(pool, &saved, s->saved[i]);
    for (size_t i = 0; s && s->states && s->states[i]; i++)
        add_name(pool, &states, s->states[i]);
    gather(pool, root, &saved, &states);
    return (struct reading){.pool = pool,
                            .mistakes = m,
                            .states = states.list,
                            .words = {.saved = saved.list, .values = s ? s->value_names : NULL}};
}

static void read_rules(struct reading *r, struct script *s, const struct node *rules, struct place at)
{
    if (!rules || rules->kind != NODE_LIST || rules->n == 0) {
        mistake(r->mistakes, rules ? rules->at : at, "a double has a list of `rules`");
        return;
    }
    s->n_rules = rules->n;
    s->rules = pool_alloc(r->pool, rules->n * sizeof *s->rules);
    for (size_t i = 0; i < rules->n; i++)
        read_rule(r, rules->items[i], &s->rules[i]);
}

struct script *script_parse(struct pool *pool, const char *text, size_t length, const char *const *given,
                            struct mistakes *m)
{
    static const char *const keys[] = {"double", "summary", "values", "headers", "rules", NULL};
    const struct node *root = yaml_parse(pool, text, length, m);
    if (!root)
        return NULL;
    struct script *s = pool_alloc(pool, sizeof *s);
    struct reading r = begin(pool, root, NULL, m);
    if (!is_map(&r, root, "a file of a double", keys))
        return NULL;
    const struct node *name = node_get(root, "double"), *headers = node_get(root, "headers");
    if (!name || name->kind != NODE_TEXT || !*name->text)
        mistake(m, name ? name->at : root->at, "`double` is its name");
    else
        s->name = name->text;
    read_values(&r, s, node_get(root, "values"), given);
    if (headers)
        s->headers = headers_parse(&r, headers, &s->names, &s->n_headers);
    read_rules(&r, s, node_get(root, "rules"), root->at);
    s->saved = (const char **)r.words.saved;
    s->states = (const char **)r.states;
    return m->n == 0 ? s : NULL;
}

struct rule *rule_parse(struct pool *pool, const struct script *script, const char *text, size_t length,
                        struct mistakes *m)
{
    const struct node *root = yaml_parse(pool, text, length, m);
    if (!root)
        return NULL;
    struct reading r = begin(pool, root, script, m);
    struct rule *rule = pool_alloc(pool, sizeof *rule);
    read_rule(&r, root, rule);
    return m->n == 0 ? rule : NULL;
}
