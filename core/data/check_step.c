/* SPDX-License-Identifier: Apache-2.0 */
/* Steps: calls with their modifiers, and blocks of steps. */
#include "base/cleanup.h"
#include "base/clock.h"
#include "base/suggest.h"
#include "data/check_target_step.h"
#include "data/type.h"

#include <exact.h>
#include <stdlib.h>
#include <string.h>

static const char *const modifiers[] = {"name",    "save",     "expect", "until", "within",   "timeout", "interval",
                                        "retries", "for_each", "as",     "if",    "parallel", "steps",   NULL};

enum { MOST_RETRIES = 1000, MOST_NESTED_GROUPS = 16 };

static const int64_t default_within_ns = 30 * NS_PER_S, default_interval_ns = 500 * NS_PER_MS;

static bool is_modifier(const char *name)
{
    for (const char *const *m = modifiers; *m; m++)
        if (strcmp(*m, name) == 0)
            return true;
    return false;
}

static struct defined *find_defined(const struct checker *c, const char *name)
{
    for (size_t i = 0; i < c->n_defined; i++)
        if (strcmp(c->defined[i].name, name) == 0)
            return &c->defined[i];
    return NULL;
}

/* ---- arguments ---- */

/* What is called: a step function or a defined group. */
struct callee {
    const char *name;
    const struct muster_param *const *params;
    uint32_t n_params;
};

static uint32_t find_param(const struct callee *to, const char *name)
{
    uint32_t i = 0;
    while (i < to->n_params && strcmp(to->params[i]->name, name) != 0)
        i++;
    return i;
}

static void take_arg(struct checker *c, const struct callee *to, uint32_t i, const struct node *n,
                     const struct value **args)
{
    autofree char *what = xasprintf("%s: %s", to->name, to->params[i]->name);
    args[i] = check_value(c, n);
    check_type(c, args[i], to->params[i]->type, what);
}

static void complain_of_argument(struct checker *c, const struct callee *to, const struct key *key)
{
    struct suggestion s = suggest_start(key->name);
    for (uint32_t i = 0; i < to->n_params; i++)
        suggest_offer(&s, to->params[i]->name);
    if (s.best)
        mistake(c->diagnostics, key->at, "%s has no argument %s; did you mean %s?", to->name, key->name, s.best);
    else if (to->n_params == 0)
        mistake(c->diagnostics, key->at, "%s takes no arguments", to->name);
    else
        mistake(c->diagnostics, key->at, "%s has no argument %s", to->name, key->name);
}

/* The one parameter that a bare value is for: the only one, or the only one without a fallback. */
static uint32_t single_param(const struct callee *to)
{
    uint32_t required = 0, which = to->n_params;
    for (uint32_t i = 0; i < to->n_params; i++) {
        if (to->params[i]->fallback)
            continue;
        required++;
        which = i;
    }
    return to->n_params == 1 ? 0 : required == 1 ? which : to->n_params;
}

static const struct value *const *check_args(struct checker *c, const struct callee *to, const struct node *n,
                                             struct place at)
{
    const struct value **args = arena_alloc(c->arena, (to->n_params + 1) * sizeof *args);
    bool none = !n || node_is_null(n);
    if (!none && n->kind != NODE_MAP) {
        uint32_t i = single_param(to);
        if (i < to->n_params)
            take_arg(c, to, i, n, args);
        else if (to->n_params == 0)
            mistake(c->diagnostics, n->at, "%s takes no arguments", to->name);
        else
            mistake(c->diagnostics, n->at, "%s has several arguments: give them by name, as a map", to->name);
        return args;
    }
    for (uint32_t k = 0; !none && k < n->n; k++) {
        uint32_t i = find_param(to, n->keys[k].name);
        if (i < to->n_params)
            take_arg(c, to, i, n->items[k], args);
        else
            complain_of_argument(c, to, &n->keys[k]);
    }
    for (uint32_t i = 0; i < to->n_params; i++)
        if (!args[i] && !to->params[i]->fallback)
            mistake(c->diagnostics, at, "%s lacks its argument %s (%s)", to->name, to->params[i]->name,
                    type_name(to->params[i]->type));
    return args;
}

/* ---- what is called ---- */

static const struct step_function *find_function(struct checker *c, const char *name, struct place at)
{
    const struct step_function *f, *other;
    const char *nearest;
    switch (library_find(c->library, name, &f, &other, &nearest)) {
    case LIBRARY_FOUND:
        return f;
    case LIBRARY_AMBIGUOUS:
        mistake(c->diagnostics, at, "%s is a step of %s and of %s: write %s/%s or %s/%s", name, f->plugin,
                other->plugin, f->plugin, f->step->name, other->plugin, f->step->name);
        return NULL;
    default:
        break;
    }
    if (c->library->incomplete)
        return NULL;
    struct suggestion s = suggest_start(name);
    for (const char *const *m = modifiers; *m; m++)
        suggest_offer(&s, *m);
    for (size_t i = 0; i < c->n_defined; i++)
        suggest_offer(&s, c->defined[i].name);
    if (nearest || s.best)
        mistake(c->diagnostics, at, "unknown step %s; did you mean %s?", name, nearest ? nearest : s.best);
    else if (!c->library->searched || !*c->library->searched)
        mistake(c->diagnostics, at,
                "unknown step %s: no plugin with steps was found among the PATHs, in MUSTER_PLUGIN_PATH or in the "
                "installation's folders; name one that is elsewhere by its path under `plugins`",
                name);
    else
        mistake(c->diagnostics, at,
                "unknown step %s: none of the plugins with steps has it: %s; name one that is elsewhere by its path "
                "under `plugins`",
                name, c->library->searched);
    return NULL;
}

static void check_call(struct checker *c, struct step *s, const char *name, struct place at, const struct node *args)
{
    s->kind = STEP_CALL;
    s->function = find_function(c, name, at);
    if (!s->title)
        s->title = check_literal(c, name, at);
    if (!s->function) {
        if (args)
            check_value(c, args); /* its references */
        return;
    }
    check_step_uses(c, s->function);
    check_step_needs(c, s->function);
    if (is_log_in(s->function)) {
        check_log_in(c, s, &(struct key){name, at}, args);
        return;
    }
    const struct callee to = {name, s->function->step->params, s->function->n_params};
    s->args = check_args(c, &to, args, at);
    if (s->timeout_ns == 0)
        s->timeout_ns = s->function->step->timeout_ms * NS_PER_MS;
}

/* The group's steps as they run here: with names of their own, bound to these arguments. */
static void check_group(struct checker *c, struct step *s, struct defined *d, struct place at, const struct node *args)
{
    struct callee to = {d->name, d->params, 0};
    while (d->params[to.n_params])
        to.n_params++;
    d->used = true;
    s->kind = STEP_GROUP;
    if (!s->title)
        s->title = check_literal(c, d->name, at);
    s->bound = check_args(c, &to, args, at);
    s->n_bound = to.n_params;
    s->defaults = d->params;
    if (c->depth >= MOST_NESTED_GROUPS) {
        mistake(c->diagnostics, d->at, "%s uses itself, or groups are nested more than %d deep", d->name,
                MOST_NESTED_GROUPS);
        return;
    }
    size_t floor = c->floor, first = c->n_names;
    const struct node *body = c->body;
    uint32_t *slots = arena_alloc(c->arena, (to.n_params + 1) * sizeof *slots);
    c->floor = first;
    c->body = d->steps;
    c->depth++;
    for (uint32_t i = 0; i < to.n_params; i++)
        slots[i] = name_add(c, d->params[i]->name, FROM_VARIABLE, d->params[i]->type);
    s->bound_to = slots;
    if (d->steps)
        s->body = check_steps(c, d->steps, d->name);
    names_hide(c, first);
    c->floor = floor;
    c->body = body;
    c->depth--;
}

/* ---- modifiers ---- */

static void check_save(struct checker *c, struct step *s, const struct node *n)
{
    const char *name = check_text(c, n, "save");
    struct place at = node_get(n, "save")->at;
    if (!name || !check_variable_name(c, name, at))
        return;
    if (s->kind != STEP_CALL)
        mistake(c->diagnostics, at, "save: only a step function has a value to save");
    uint32_t type = s->function ? s->function->step->returns : MUSTER_TYPE_JSON;
    if (type == MUSTER_TYPE_NONE) {
        mistake(c->diagnostics, at, "save: %s returns nothing", s->function->step->name);
        type = MUSTER_TYPE_JSON;
    }
    s->save = name_add(c, name, FROM_VARIABLE, type);
}

static void check_until(struct checker *c, struct step *s, const struct node *n)
{
    const struct node *until = node_get(n, "until");
    s->polls = true;
    if (until->kind == NODE_SCALAR && until->plain && strcmp(until->text, "passed") == 0)
        return; /* until its own checks hold */
    if (s->function && s->function->step->returns == MUSTER_TYPE_NONE)
        mistake(c->diagnostics, until->at,
                "until: %s returns nothing to compare; `until: passed` waits for its own checks",
                s->function->step->name);
    else
        s->until = check_expect(c, until, s->function ? s->function->step->returns : MUSTER_TYPE_JSON,
                                s->function ? s->function->step->name : "it");
}

static void forbid(struct checker *c, const struct node *n, const char *name, const char *why)
{
    if (node_get(n, name))
        mistake(c->diagnostics, check_place(n, name), "%s: %s", name, why);
}

/* Those of a call; a block has none of them. */
static void check_call_modifiers(struct checker *c, struct step *s, const struct node *n)
{
    const struct node *expect = node_get(n, "expect");
    const char *const of_calls[] = {"expect", "until", "within", "interval", "retries", "timeout"};
    if (s->kind != STEP_CALL) {
        for (size_t i = 0; i < ARRAY_LEN(of_calls); i++)
            forbid(c, n, of_calls[i], "only for a step function");
    } else {
        if (expect)
            s->expect = check_expect(c, expect, s->function ? s->function->step->returns : MUSTER_TYPE_JSON,
                                     s->function ? s->function->step->name : "it");
        if (node_get(n, "until"))
            check_until(c, s, n);
    }
    int64_t within = check_duration(c, n, "within"), timeout = check_duration(c, n, "timeout");
    int64_t interval = check_duration(c, n, "interval");
    s->retries = check_count(c, n, "retries", MOST_RETRIES);
    s->interval_ns = node_get(n, "interval") ? interval : default_interval_ns;
    if (timeout)
        s->timeout_ns = timeout;
    if (s->polls)
        s->timeout_ns = within ? within : timeout ? timeout : default_within_ns;
    else
        forbid(c, n, "within", "stands with until; `timeout` limits a step");
    if (s->polls)
        forbid(c, n, "retries", "until tries again by itself");
    if (!s->polls && !node_get(n, "retries"))
        forbid(c, n, "interval", "stands with until or retries");
    if (within)
        forbid(c, n, "timeout", "stands in place of within, not beside it");
    if (node_get(n, "save"))
        check_save(c, s, n);
}

/* ---- blocks ---- */

static struct step *new_step(struct checker *c, struct place at)
{
    struct step *s = arena_alloc(c->arena, sizeof *s);
    *s = (struct step){.at = at, .save = NO_SLOT, .item = NO_SLOT};
    return s;
}

/* A branch is a step, or a list of steps. What it saves is known after the block, and not in the other branches. */
static void check_parallel(struct checker *c, struct step *s, const struct node *n)
{
    s->kind = STEP_PARALLEL;
    if (n->kind != NODE_LIST || n->n == 0) {
        mistake(c->diagnostics, n->at, "parallel: wants a list of branches, each a step or a list of steps");
        return;
    }
    struct step_list *branches = arena_alloc(c->arena, n->n * sizeof *branches);
    size_t first = c->n_names;
    for (uint32_t i = 0; i < n->n; i++) {
        size_t begin = c->n_names;
        const struct node *one = n->items[i];
        const struct node *const single[] = {one};
        struct node list = {.kind = NODE_LIST, .n = 1, .at = one->at, .items = (const struct node **)single};
        branches[i] = check_steps(c, one->kind == NODE_LIST ? one : &list, "a branch");
        names_hide(c, begin);
    }
    for (size_t i = first; i < c->n_names; i++)
        c->names[i].hidden = false;
    s->branches = branches;
    s->n_branches = n->n;
}

static const struct value *check_each(struct checker *c, const struct node *n)
{
    enum { MOST = 1000 * 1000 };
    const struct value *each = check_value(c, n);
    if (each->kind == VALUE_LITERAL && exact_is_integer(each->literal)) {
        if (!json_is_integer(each->literal) || json_integer_value(each->literal) < 0 ||
            json_integer_value(each->literal) > MOST)
            mistake(c->diagnostics, n->at, "for_each: a number of rounds is from 0 to %d", MOST);
    } else if ((each->kind == VALUE_LITERAL && !json_is_array(each->literal)) || each->kind == VALUE_MAP ||
               each->kind == VALUE_TEXT) {
        mistake(c->diagnostics, n->at, "for_each: wants a list, or a number of rounds");
    }
    return each;
}

static uint32_t item_type(const struct value *each)
{
    uint32_t type = MUSTER_TYPE_NONE;
    if (each->kind != VALUE_LITERAL)
        return MUSTER_TYPE_JSON;
    if (exact_is_integer(each->literal))
        return MUSTER_TYPE_I64;
    for (size_t i = 0; i < json_array_size(each->literal); i++)
        type = type_join(type, type_of(json_array_get(each->literal, i)));
    return type == MUSTER_TYPE_NONE ? MUSTER_TYPE_JSON : type;
}

static bool has_operation(const struct node *n)
{
    for (uint32_t i = 0; i < n->n; i++)
        if (is_operation_name(n->keys[i].name))
            return true;
    return false;
}

/* The step's one entry that is no modifier. NULL with *ret_block false: there is none, or two, which was said. */
static const struct key *find_call(struct checker *c, const struct node *n, bool block, uint32_t *ret_index)
{
    const struct key *call = NULL;
    bool operation = has_operation(n);
    for (uint32_t i = 0; i < n->n; i++) {
        const struct key *key = &n->keys[i];
        const struct step_function *f, *other;
        const char *nearest;
        if (is_modifier(key->name) || (operation && is_operation_modifier(key->name)))
            continue;
        if (!call && !block) {
            call = key;
            *ret_index = i;
            continue;
        }
        struct suggestion s = suggest_start(key->name);
        for (const char *const *m = modifiers; *m; m++)
            suggest_offer(&s, *m);
        if (operation)
            operation_modifiers_offer(&s);
        const char *ours = check_foreign(key->name, modifiers);
        if (library_find(c->library, key->name, &f, &other, &nearest) != LIBRARY_UNKNOWN)
            ours = s.best = NULL;
        if (ours)
            mistake(c->diagnostics, key->at, "unknown key %s; here it is %s", key->name, ours);
        else if (s.best)
            mistake(c->diagnostics, key->at, "unknown key %s; did you mean %s?", key->name, s.best);
        else if (block)
            mistake(c->diagnostics, key->at, "%s beside a block of steps: an entry is one or the other", key->name);
        else
            mistake(c->diagnostics, key->at, "%s and %s in one entry: give each a dash of its own", call->name,
                    key->name);
    }
    return call;
}

/* `entry`: with its modifiers; NULL: a bare name. */
static void check_call_or_group(struct checker *c, struct step *s, const struct key *key, const struct node *args,
                                const struct node *entry)
{
    struct defined *d = find_defined(c, key->name);
    if (is_operation_name(key->name))
        check_operation(c, s, key, args, entry);
    else if (d)
        check_group(c, s, d, key->at, args);
    else
        check_call(c, s, key->name, key->at, args);
}

/* What the entry does, apart from its `for_each` and its `if`. */
static void check_action(struct checker *c, struct step *s, const struct node *n)
{
    const struct node *parallel = node_get(n, "parallel"), *steps = node_get(n, "steps"), *title = node_get(n, "name");
    uint32_t index = 0;
    const struct key *call = find_call(c, n, parallel || steps, &index);
    if (title) {
        s->title = check_value(c, title);
        check_type(c, s->title, MUSTER_TYPE_STR, "name:");
    }
    if (parallel && steps)
        mistake(c->diagnostics, check_place(n, "steps"), "steps: beside parallel: an entry is one or the other");
    if (parallel) {
        check_parallel(c, s, parallel);
    } else if (steps) {
        s->kind = STEP_GROUP;
        s->body = check_steps(c, steps, "steps");
    } else if (call) {
        check_call_or_group(c, s, call, n->items[index], n);
    } else {
        mistake(c->diagnostics, n->at, "no step in this entry");
    }
    if (!s->title)
        s->title = check_literal(c, parallel ? "parallel" : "steps", n->at);
    check_call_modifiers(c, s, n);
}

static struct step *check_loop(struct checker *c, const struct node *n, const struct node *each_node)
{
    struct step *loop = new_step(c, n->at);
    const char *as = check_text(c, n, "as");
    size_t first = c->n_names;
    loop->kind = STEP_EACH;
    loop->each = check_each(c, each_node);
    if (as && !check_variable_name(c, as, check_place(n, "as")))
        as = NULL;
    loop->item = name_add(c, as ? as : "item", FROM_VARIABLE, item_type(loop->each));
    struct step *inner = new_step(c, n->at);
    check_action(c, inner, n);
    names_hide(c, first);
    const struct step **body = arena_alloc(c->arena, sizeof *body);
    body[0] = inner;
    loop->body = inner->kind == STEP_GROUP && inner->n_bound == 0 ? inner->body : (struct step_list){body, 1};
    loop->title = node_get(n, "name") && inner->kind == STEP_GROUP ? inner->title : check_literal(c, "for_each", n->at);
    return loop;
}

static const struct step *check_step(struct checker *c, const struct node *n)
{
    struct step *s = new_step(c, n->at);
    if (n->kind == NODE_LIST) {
        mistake(c->diagnostics, n->at, "a list where a step should be: `steps:` makes a block");
        return s;
    }
    if (n->kind == NODE_SCALAR) {
        const struct key key = {n->text, n->at};
        if (*n->text)
            check_call_or_group(c, s, &key, NULL, NULL);
        else
            mistake(c->diagnostics, n->at, "no step in this entry");
        return s;
    }
    const struct node *condition = node_get(n, "if"), *each = node_get(n, "for_each");
    struct expectations holds = condition ? check_condition(c, condition) : (struct expectations){0};
    if (each) {
        struct step *loop = check_loop(c, n, each);
        loop->condition = holds;
        return loop;
    }
    forbid(c, n, "as", "stands with for_each");
    check_action(c, s, n);
    s->condition = holds;
    return s;
}

struct step_list check_steps(struct checker *c, const struct node *n, const char *what)
{
    if (n->kind != NODE_LIST || n->n == 0) {
        mistake(c->diagnostics, n->at, "%s: wants a list of steps", what);
        return (struct step_list){0};
    }
    const struct step **items = arena_alloc(c->arena, n->n * sizeof *items);
    for (uint32_t i = 0; i < n->n; i++)
        items[i] = check_step(c, n->items[i]);
    return (struct step_list){items, n->n};
}
