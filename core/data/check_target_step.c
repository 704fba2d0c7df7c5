/* SPDX-License-Identifier: Apache-2.0 */
/* Operations of the run's target as steps. */
#include "data/check_target_step.h"

#include "base/cleanup.h"
#include "data/type.h"
#include "load/loaded.h"

#include <exact.h>
#include <string.h>

static const char *const modifiers[] = {"by", "refused", "wait", NULL};

/* ---- names ---- */

bool is_operation_name(const char *name)
{
    static const char first[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_";
    static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_0123456789";
    unsigned parts = 0;
    for (;; name++, parts++) {
        if (!*name || !strchr(first, *name))
            return false;
        name += strspn(name, letters);
        if (*name != '.')
            return !*name && parts > 0;
    }
}

bool mentions_operations(const struct node *n)
{
    for (uint32_t i = 0; n->kind != NODE_SCALAR && i < n->n; i++) {
        const struct node *item = n->items[i];
        const char *text = n->kind == NODE_MAP ? n->keys[i].name : item->kind == NODE_SCALAR ? item->text : "";
        if (is_operation_name(text) || mentions_operations(item))
            return true;
    }
    return false;
}

bool is_operation_modifier(const char *name)
{
    for (const char *const *m = modifiers; *m; m++)
        if (strcmp(*m, name) == 0)
            return true;
    return false;
}

void operation_modifiers_offer(struct suggestion *s)
{
    for (const char *const *m = modifiers; *m; m++)
        suggest_offer(s, *m);
}

static const char *nearest(const json_t *map, const char *name)
{
    const char *key;
    json_t *value;
    struct suggestion s = suggest_start(name);
    json_object_foreach((json_t *)(uintptr_t)map, key, value) suggest_offer(&s, key);
    return s.best;
}

static const char *target_name(const struct checker *c)
{
    return json_string_value(json_object_get(c->library->target, "target"));
}

static const json_t *target_part(const struct checker *c, const char *part, const char *name)
{
    return json_object_get(json_object_get(c->library->target, part), name);
}

/* ---- the step that is called ---- */

static const struct step_function *find_step(struct checker *c, const char *step, const struct key *name)
{
    const struct step_function *f, *other;
    const char *near;
    autofree char *full = xasprintf(OPERATIONS_PLUGIN "/%s", step);
    if (library_find(c->library, full, &f, &other, &near) == LIBRARY_FOUND)
        return f;
    if (!c->library->incomplete)
        mistake(c->diagnostics, name->at,
                "%s is an operation of the target, which the plugin " OPERATIONS_PLUGIN
                " calls: it is neither among the PATHs nor in MUSTER_PLUGIN_PATH or the installation's folders",
                name->name);
    return NULL;
}

static void give(const struct step *s, const struct value **args, const char *param, const struct value *value)
{
    for (uint32_t i = 0; s->function && i < s->function->n_params; i++)
        if (strcmp(s->function->step->params[i]->name, param) == 0)
            args[i] = value;
}

static const struct value **begin_call(struct checker *c, struct step *s, const char *step, const struct key *name)
{
    s->kind = STEP_CALL;
    s->function = find_step(c, step, name);
    if (!s->title)
        s->title = check_literal(c, name->name, name->at);
    const struct value **args = arena_alloc(c->arena, ((s->function ? s->function->n_params : 0) + 1) * sizeof *args);
    s->args = args;
    autofree char *at = xasprintf("%s:%u", s->at.file, s->at.line);
    give(s, args, "at", check_literal(c, at, s->at));
    return args;
}

/* ---- needs ---- */

/* Whether `needs` of the scenario declares the argument: "operation:workload.create(limits)". */
static bool is_declared(const struct checker *c, const char *operation, const char *argument)
{
    size_t n = strlen(OPERATION_NEED), len = strlen(operation);
    for (size_t i = 0; i < c->n_needs; i++) {
        const char *need = c->needs[i];
        if (strncmp(need, OPERATION_NEED, n) != 0 || strncmp(need + n, operation, len) != 0 ||
            !strchr("( ", need[n + len]))
            continue;
        if (!argument)
            return true;
        for (const char *p = need + n + len; *(p += strspn(p, "(, )")); p += strcspn(p, "(, )"))
            if (strcspn(p, "(, )") == strlen(argument) && strncmp(p, argument, strlen(argument)) == 0)
                return true;
    }
    return false;
}

static void declare(struct checker *c, const char *operation)
{
    if (is_declared(c, operation, NULL))
        return;
    autofree char *need = xasprintf(OPERATION_NEED "%s", operation);
    GROW(c->needs, c->n_needs, c->cap_needs);
    c->needs[c->n_needs++] = arena_strdup(c->arena, need);
}

/* ---- arguments ---- */

static uint32_t type_of_taken(const json_t *taken)
{
    static const struct {
        const char *name;
        uint32_t type;
    } types[] = {
        {"str", MUSTER_TYPE_STR}, {"int", MUSTER_TYPE_I64}, {"float", MUSTER_TYPE_F64}, {"bool", MUSTER_TYPE_BOOL}};
    const char *name = json_string_value(json_object_get(taken, "type"));
    for (size_t i = 0; name && i < ARRAY_LEN(types); i++)
        if (strcmp(types[i].name, name) == 0)
            return types[i].type;
    return MUSTER_TYPE_JSON;
}

static bool is_required(const json_t *taken)
{
    return !json_object_get(taken, "default") && !json_is_true(json_object_get(taken, "optional"));
}

/* What is called, for messages, and what it takes; `takes` is NULL where nothing is known of it. */
struct callee {
    const char *what, *operation; /* operation: NULL of a login */
    const json_t *takes;
};

static void complain_of_argument(struct checker *c, const struct callee *to, const struct key *key)
{
    const char *near = nearest(to->takes, key->name);
    if (to->operation && is_declared(c, to->operation, key->name))
        return; /* the scenario is skipped on this target */
    if (json_object_size(to->takes) == 0)
        mistake(c->diagnostics, key->at, "%s takes no arguments on the target %s", to->what, target_name(c));
    else
        mistake(c->diagnostics, key->at, "%s has no argument %s on the target %s%s%s%s", to->what, key->name,
                target_name(c), near ? "; did you mean " : "", near ? near : "", near ? "?" : "");
}

/* A text is wanted: what a variable holds is put in as one. */
static const struct value *as_text(struct checker *c, const struct value *v)
{
    if (v->kind != VALUE_REFERENCE)
        return v;
    struct piece *piece = arena_alloc(c->arena, sizeof *piece);
    struct value *text = arena_alloc(c->arena, sizeof *text);
    *piece = (struct piece){.reference = v->reference};
    *text = (struct value){.kind = VALUE_TEXT, .at = v->at, .pieces = piece, .n = 1};
    return text;
}

static const struct value *take_argument(struct checker *c, const struct callee *to, const struct key *key,
                                         const struct node *n)
{
    const struct value *v = check_value(c, n);
    const json_t *taken = json_object_get(to->takes, key->name);
    uint32_t type = type_of_taken(taken);
    autofree char *what = xasprintf("%s: %s", to->what, key->name);
    if (to->takes && !taken)
        complain_of_argument(c, to, key);
    else if (taken)
        check_type(c, v, type, what);
    return taken && type == MUSTER_TYPE_STR ? as_text(c, v) : v;
}

static void check_missing(struct checker *c, const struct callee *to, const struct node *n, const char *passed_over,
                          struct place at)
{
    const char *name;
    json_t *taken;
    json_object_foreach((json_t *)(uintptr_t)to->takes, name, taken)
    {
        if (is_required(taken) && strcmp(name, passed_over) != 0 && !(n && node_get(n, name)))
            mistake(c->diagnostics, at, "%s lacks its argument %s (%s), which the target %s wants", to->what, name,
                    json_string_value(json_object_get(taken, "type")), target_name(c));
    }
}

/* The one argument that a bare value is for: the only one, or the only one that is required. */
static const char *single_argument(const json_t *takes)
{
    const char *name, *single = NULL;
    json_t *taken;
    unsigned required = 0;
    json_object_foreach((json_t *)(uintptr_t)takes, name, taken)
    {
        if (is_required(taken) || json_object_size(takes) == 1) {
            required++;
            single = name;
        }
    }
    return required == 1 ? single : NULL;
}

static const struct value *map_of(struct checker *c, struct place at, const struct key *keys,
                                  const struct value *const *items, uint32_t n)
{
    const char **names = arena_alloc(c->arena, (n + 1) * sizeof *names);
    struct value *map = arena_alloc(c->arena, sizeof *map);
    for (uint32_t i = 0; i < n; i++)
        names[i] = keys[i].name;
    *map = (struct value){.kind = VALUE_MAP, .at = at, .items = items, .keys = names, .n = n};
    return map;
}

static const struct value *take_bare(struct checker *c, const struct callee *to, const struct node *n)
{
    const char *name = to->takes ? single_argument(to->takes) : NULL;
    const struct key key = {name, n->at};
    const struct value **items = arena_alloc(c->arena, sizeof *items);
    if (!name) {
        check_value(c, n); /* its references */
        if (to->takes && json_object_size(to->takes) > 0)
            mistake(c->diagnostics, n->at, "%s has several arguments: give them by name, as a map", to->what);
        else if (to->takes)
            mistake(c->diagnostics, n->at, "%s takes no arguments on the target %s", to->what, target_name(c));
        return NULL;
    }
    items[0] = take_argument(c, to, &key, n);
    return map_of(c, n->at, &key, items, 1);
}

/* `passed_over`: a key that is no argument. */
static const struct value *take_arguments(struct checker *c, const struct callee *to, const struct node *n,
                                          const char *passed_over, struct place at)
{
    if (n && !node_is_null(n) && n->kind != NODE_MAP)
        return take_bare(c, to, n);
    const struct node *given = n && n->kind == NODE_MAP ? n : NULL;
    uint32_t most = given ? given->n : 0, taken = 0;
    const struct value **items = arena_alloc(c->arena, (most + 1) * sizeof *items);
    struct key *keys = arena_alloc(c->arena, (most + 1) * sizeof *keys);
    for (uint32_t i = 0; i < most; i++) {
        if (strcmp(given->keys[i].name, passed_over) == 0)
            continue;
        items[taken] = take_argument(c, to, &given->keys[i], given->items[i]);
        keys[taken++] = given->keys[i];
    }
    check_missing(c, to, given, passed_over, at);
    return map_of(c, n ? n->at : at, keys, items, taken);
}

/* ---- modifiers ---- */

static const struct value *variable(struct checker *c, const char *name, struct place at)
{
    autofree char *text = xasprintf("${%s}", name);
    const char *kept = arena_strdup(c->arena, text);
    const struct node reference = {.kind = NODE_SCALAR, .at = at, .text = kept, .value = kept};
    return check_value(c, &reference);
}

static void complain_of_identity(struct checker *c, const struct node *by)
{
    const json_t *identities = json_object_get(c->library->target, "identities");
    struct suggestion s = suggest_start(by->text);
    const char *key;
    json_t *value;
    json_object_foreach((json_t *)(uintptr_t)identities, key, value) suggest_offer(&s, key);
    for (size_t i = 0; i < c->n_names; i++)
        if (!c->names[i].hidden)
            suggest_offer(&s, c->names[i].name);
    mistake(c->diagnostics, by->at, "by: the target %s has no identity %s, and no session is saved as %s%s%s%s",
            target_name(c), by->text, by->text, s.best ? "; did you mean " : "", s.best ? s.best : "",
            s.best ? "?" : "");
}

/* A session that was saved, an identity of the target, or "nobody". */
static const struct value *check_by(struct checker *c, const struct node *by)
{
    if (by->kind != NODE_SCALAR || !*by->text) {
        mistake(c->diagnostics, by->at, "by: wants an identity of the target, or a session that log_in has saved");
        return NULL;
    }
    if (strstr(by->text, "${"))
        return check_value(c, by);
    if (name_find(c, by->text))
        return variable(c, by->text, by->at);
    if (c->library->target && strcmp(by->text, "nobody") != 0 && !target_part(c, "identities", by->text))
        complain_of_identity(c, by);
    return check_literal(c, by->text, by->at);
}

/* Whether the list of errors has one of the name; the nearest so far is kept. */
static bool has_error(const json_t *errors, const char *name, struct suggestion *s)
{
    size_t i;
    json_t *one;
    json_array_foreach((json_t *)(uintptr_t)errors, i, one)
    {
        const char *has = json_string_value(json_object_get(one, "name"));
        if (has && strcmp(has, name) == 0)
            return true;
        suggest_offer(s, has ? has : "");
    }
    return false;
}

static const struct value *check_refused(struct checker *c, const json_t *operation, const struct node *n)
{
    struct suggestion s = suggest_start(n->kind == NODE_SCALAR ? n->text : "");
    if (n->kind != NODE_SCALAR || !*n->text)
        mistake(c->diagnostics, n->at, "refused: wants the name of a refusal, as the target file has it");
    else if (!strstr(n->text, "${") && operation && !has_error(json_object_get(operation, "errors"), n->text, &s) &&
             !has_error(json_object_get(c->library->target, "errors"), n->text, &s))
        mistake(c->diagnostics, n->at, "refused: the target %s has no error %s%s%s%s", target_name(c), n->text,
                s.best ? "; did you mean " : "", s.best ? s.best : "", s.best ? "?" : "");
    return check_value(c, n);
}

static const struct value *check_wait(struct checker *c, const struct node *n)
{
    const struct value *v = check_value(c, n);
    check_type(c, v, MUSTER_TYPE_BOOL, "wait:");
    return v;
}

static void check_modifiers(struct checker *c, const struct step *s, const struct value **args, const json_t *operation,
                            const struct node *entry)
{
    static const char *const of_results[] = {"save", "expect", "wait"};
    const struct node *by = node_get(entry, "by"), *refused = node_get(entry, "refused"),
                      *wait = node_get(entry, "wait");
    if (by)
        give(s, args, "by", check_by(c, by));
    if (refused)
        give(s, args, "refused", check_refused(c, operation, refused));
    for (size_t i = 0; refused && i < ARRAY_LEN(of_results); i++)
        if (node_get(entry, of_results[i]))
            mistake(c->diagnostics, check_place(entry, of_results[i]), "%s: what is refused has no result",
                    of_results[i]);
    if (wait)
        give(s, args, "wait", check_wait(c, wait));
}

/* ---- the two steps ---- */

void check_operation(struct checker *c, struct step *s, const struct key *name, const struct node *args,
                     const struct node *entry)
{
    const struct value **given = begin_call(c, s, "operation", name);
    const json_t *operation = target_part(c, "operations", name->name);
    const struct callee to = {name->name, name->name, json_object_get(operation, "takes")};
    declare(c, name->name);
    give(s, given, "name", check_literal(c, name->name, name->at));
    give(s, given, "arguments", take_arguments(c, &to, args, "", name->at));
    if (entry)
        check_modifiers(c, s, given, operation, entry);
}

bool is_log_in(const struct step_function *f)
{
    return strcmp(f->plugin, OPERATIONS_PLUGIN) == 0 && strcmp(f->step->name, "log_in") == 0;
}

void check_log_in(struct checker *c, struct step *s, const struct key *name, const struct node *args)
{
    const struct value **given = begin_call(c, s, "log_in", name);
    const struct node *login = args && args->kind == NODE_MAP ? node_get(args, "login") : NULL;
    bool known = login && login->kind == NODE_SCALAR && !strstr(login->text, "${");
    const json_t *spec = known ? target_part(c, "logins", login->text) : NULL;
    if (!login) {
        mistake(c->diagnostics, name->at, "%s wants {login: NAME, ...}: a way to log in, and what that takes",
                name->name);
        return;
    }
    autofree char *what = xasprintf("the login %s", login->kind == NODE_SCALAR ? login->text : "");
    const struct callee to = {what, NULL, json_object_get(spec, "takes")};
    if (known && c->library->target && !spec) {
        const char *near = nearest(json_object_get(c->library->target, "logins"), login->text);
        mistake(c->diagnostics, login->at, "the target %s has no login %s%s%s%s", target_name(c), login->text,
                near ? "; did you mean " : "", near ? near : "", near ? "?" : "");
    }
    const struct value *by_name = check_value(c, login);
    check_type(c, by_name, MUSTER_TYPE_STR, "log_in: login");
    give(s, given, "login", by_name);
    give(s, given, "arguments", take_arguments(c, &to, args, "login", name->at));
}
