/* SPDX-License-Identifier: Apache-2.0 */
/* One scenario: what the runner has to know of it, and its program. */
#include "data/check_scenario.h"

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/clock.h"
#include "plan/marker.h"

#include <exact.h>
#include <stdlib.h>
#include <string.h>

struct texts {
    const char **items;
    size_t n, cap;
};

static void add_text(struct texts *t, const char *text)
{
    GROW(t->items, t->n, t->cap);
    t->items[t->n++] = text;
}

static const char *const *end_texts(struct checker *c, struct texts *t)
{
    const char **list = arena_alloc(c->arena, (t->n + 1) * sizeof *list);
    if (t->n > 0)
        memcpy(list, t->items, t->n * sizeof *list);
    free(t->items);
    return list;
}

/* A text or a list of texts; each is given to `take`. */
static void each_text(struct checker *c, const struct node *map, const char *name, struct texts *t,
                      void (*take)(struct checker *c, const struct node *n, struct texts *t))
{
    const struct node *n = node_get(map, name);
    const struct node *const single[] = {n};
    uint32_t count = n && n->kind == NODE_LIST ? n->n : n != NULL;
    for (uint32_t i = 0; i < count; i++) {
        const struct node *item = n->kind == NODE_LIST ? n->items[i] : single[i];
        if (item->kind == NODE_SCALAR && *item->text)
            take(c, item, t);
        else
            mistake(c->diagnostics, item->at, "%s: wants a text, not %s", name, node_describe(item));
    }
}

/* ---- markers ---- */

static void take_marker(struct checker *c, const struct node *n, struct texts *t)
{
    struct marker m;
    autoerr struct err err = {0};
    if (marker_parse(n->text, c->arena, &m, &err) < 0)
        mistake(c->diagnostics, n->at, "marker %s: %.*s", n->text, (int)strcspn(err_text(&err), "\n"), err_text(&err));
    else
        add_text(t, n->text);
}

static void add_quoted(struct buf *out, const char *key, const char *text)
{
    buf_addf(out, "%s=\"", key);
    for (; *text; text++) {
        if (*text == '"' || *text == '\\')
            buf_addc(out, '\\');
        if (*text == '\n')
            buf_adds(out, "\\n");
        else
            buf_addc(out, *text);
    }
    buf_addc(out, '"');
}

/* `skip: true`, `skip: "until #12 is done"`. */
static void take_skip(struct checker *c, const struct node *scenario, struct texts *t)
{
    const struct node *n = node_get(scenario, "skip");
    if (!n)
        return;
    autobuf struct buf out = {0};
    json_t *json = n->kind == NODE_SCALAR ? node_scalar_json(n) : NULL;
    if (json_is_true(json)) {
        add_text(t, "skip");
    } else if (exact_is_string(json)) {
        buf_adds(&out, "skip(");
        add_quoted(&out, "reason", n->text);
        buf_addc(&out, ')');
        add_text(t, arena_strdup(c->arena, buf_str(&out)));
    } else if (!json_is_false(json)) {
        mistake(c->diagnostics, n->at, "skip: wants a reason, as a text, or true or false");
    }
    json_decref(json);
}

static void take_known_failure(struct checker *c, const struct node *scenario, struct texts *t)
{
    static const char *const known[] = {"reason", "until", NULL};
    const struct node *n = node_get(scenario, "known_failure");
    if (!n)
        return;
    if (n->kind == NODE_MAP)
        check_keys(c, n, "known_failure", known);
    const char *reason = n->kind == NODE_MAP ? check_text(c, n, "reason") : check_text(c, scenario, "known_failure");
    const char *until = n->kind == NODE_MAP ? check_text(c, n, "until") : NULL;
    autobuf struct buf out = {0};
    buf_adds(&out, "known_failure(");
    add_quoted(&out, "reason", reason ? reason : "");
    if (until) {
        buf_adds(&out, ", ");
        add_quoted(&out, "until", until);
    }
    buf_addc(&out, ')');
    add_text(t, arena_strdup(c->arena, buf_str(&out)));
    if (n->kind == NODE_MAP && !node_get(n, "reason"))
        mistake(c->diagnostics, n->at, "known_failure: wants a reason");
}

/* ---- fixtures ---- */

/* The name under which "acme.postgres(version=15, as=old)" is used: old; postgres without its `as`. */
static const char *name_of_use(struct checker *c, const char *use)
{
    size_t n = strcspn(use, "( ");
    const char *dot = memrchr(use, '.', n);
    const char *args = strchr(use, '(');
    for (const char *p = args; p; p = strchr(p, ',')) {
        p++;
        p += strspn(p, " ");
        if (strncmp(p, "as=", 3) == 0)
            return arena_strndup(c->arena, p + 3, strcspn(p + 3, ",) "));
    }
    const char *name = dot ? dot + 1 : use;
    return arena_strndup(c->arena, name, (size_t)(use + n - name));
}

static void take_use(struct checker *c, const struct node *n, struct texts *t)
{
    add_text(t, n->text);
    GROW(c->fixtures, c->n_fixtures, c->cap_fixtures);
    c->fixtures[c->n_fixtures++] = name_of_use(c, n->text);
}

static bool has_name(struct checker *c, const char *name, size_t n)
{
    for (size_t i = 0; i < c->n_fixtures; i++)
        if (strcmp(c->fixtures[i], name) == 0)
            return true;
    for (size_t i = 0; i < n; i++)
        if (strcmp(name_of_use(c, c->step_uses[i]), name) == 0)
            return true;
    return false;
}

/* As it is meant for the step's plugin, whose own fixture comes first: "acme.db" for "db". The scenario has another
 * plugin, to which all of them are others. */
static const char *complete_use(struct checker *c, const struct step_function *function, const char *use)
{
    size_t n = strcspn(use, "( ");
    for (size_t i = 0; i < function->n_fixtures; i++) {
        const char *name = function->fixtures[i].name;
        if (strlen(name) != n || memcmp(name, use, n) != 0)
            continue;
        autobuf struct buf full = {0};
        buf_addf(&full, "%s.%s", function->plugin, use);
        return arena_strdup(c->arena, buf_str(&full));
    }
    return use;
}

void check_step_uses(struct checker *c, const struct step_function *function)
{
    for (const char *const *use = function->step->uses; use && *use; use++) {
        if (has_name(c, name_of_use(c, *use), c->n_step_uses))
            continue;
        GROW(c->step_uses, c->n_step_uses, c->cap_step_uses);
        c->step_uses[c->n_step_uses++] = complete_use(c, function, *use);
    }
}

static bool is_needed(const struct checker *c, const char *need)
{
    for (size_t i = 0; i < c->n_needs; i++)
        if (strcmp(c->needs[i], need) == 0)
            return true;
    return false;
}

void check_step_needs(struct checker *c, const struct step_function *function)
{
    for (const char *const *need = function->step->needs; need && *need; need++) {
        if (is_needed(c, *need))
            continue;
        GROW(c->needs, c->n_needs, c->cap_needs);
        c->needs[c->n_needs++] = *need;
    }
}

/* Those that the file says, and then those of its steps. */
static const char *const *all_uses(struct checker *c, const char *const *own)
{
    struct texts t = {0};
    for (; *own; own++)
        add_text(&t, *own);
    for (size_t i = 0; i < c->n_step_uses; i++)
        add_text(&t, c->step_uses[i]);
    return end_texts(c, &t);
}

void check_uses(struct checker *c, const struct node *map, const char *const **ret_uses)
{
    struct texts t = {0};
    each_text(c, map, "uses", &t, take_use);
    const char *const *uses = end_texts(c, &t);
    if (ret_uses)
        *ret_uses = uses;
}

/* ---- the rest ---- */

static const struct node no_defaults = {.kind = NODE_MAP};

/* The scenario's own value, or the file's. */
static const struct node *who_says(const struct node *scenario, const struct node *defaults, const char *name)
{
    return node_get(scenario, name) ? scenario : defaults;
}

static uint32_t as_ms(int64_t ns)
{
    return (uint32_t)((ns + NS_PER_MS - 1) / NS_PER_MS);
}

static void take_limits(struct checker *c, const struct node *n, const struct node *defaults, struct muster_scenario *s)
{
    enum { MOST_RETRIES = 100 };
    s->timeout_ms = as_ms(check_duration(c, who_says(n, defaults, "timeout"), "timeout"));
    s->teardown_timeout_ms = as_ms(check_duration(c, who_says(n, defaults, "finally_timeout"), "finally_timeout"));
    s->reruns = check_count(c, who_says(n, defaults, "retries"), "retries", MOST_RETRIES);
    s->rerun_delay_ms = as_ms(check_duration(c, who_says(n, defaults, "retry_delay"), "retry_delay"));
}

static void take_need(struct checker *c, const struct node *n, struct texts *t)
{
    (void)t;
    GROW(c->needs, c->n_needs, c->cap_needs);
    c->needs[c->n_needs++] = n->text;
}

static const char *const *all_needs(struct checker *c)
{
    struct texts t = {0};
    for (size_t i = 0; i < c->n_needs; i++)
        add_text(&t, c->needs[i]);
    return end_texts(c, &t);
}

static void take_lists(struct checker *c, const struct node *n, const struct node *defaults, struct muster_scenario *s)
{
    struct texts markers = {0}, uses = {0};
    each_text(c, defaults, "markers", &markers, take_marker);
    each_text(c, n, "markers", &markers, take_marker);
    take_skip(c, n, &markers);
    take_known_failure(c, n, &markers);
    each_text(c, defaults, "uses", &uses, take_use);
    each_text(c, n, "uses", &uses, take_use);
    each_text(c, n, "needs", NULL, take_need);
    s->markers = end_texts(c, &markers);
    s->uses = end_texts(c, &uses);
}

void check_variables(struct checker *c, const struct node *vars)
{
    if (vars->kind != NODE_MAP) {
        mistake(c->diagnostics, vars->at, "vars: wants a map of names to values");
        return;
    }
    for (uint32_t i = 0; i < vars->n; i++) {
        const struct value *value = check_value(c, vars->items[i]);
        if (!check_variable_name(c, vars->keys[i].name, vars->keys[i].at))
            continue;
        uint32_t slot = name_add(c, vars->keys[i].name, FROM_VARIABLE, value_type(value));
        c->variables[slot].value = value;
    }
}

static struct program *end_program(struct checker *c, const struct key *key, const struct muster_scenario *s)
{
    struct program *p = arena_alloc(c->arena, sizeof *p);
    struct variable *variables = arena_alloc(c->arena, (c->n_variables + 1) * sizeof *variables);
    const struct reference **outside = arena_alloc(c->arena, (c->n_outside + 1) * sizeof *outside);
    if (c->n_variables > 0)
        memcpy(variables, c->variables, c->n_variables * sizeof *variables);
    if (c->n_outside > 0)
        memcpy(outside, c->outside, c->n_outside * sizeof *outside);
    *p = (struct program){.file = key->at.file,
                          .at = key->at,
                          .id = key->name,
                          .variables = variables,
                          .n_variables = (uint32_t)c->n_variables,
                          .outside = outside,
                          .n_outside = (uint32_t)c->n_outside,
                          .params = s->params};
    return p;
}

static bool is_id(const char *s)
{
    static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_", others[] = "0123456789-";
    if (!*s || !strchr(letters, *s))
        return false;
    for (; *s; s++)
        if (!strchr(letters, *s) && !strchr(others, *s))
            return false;
    return true;
}

void scenario_begin(struct checker *c)
{
    c->n_names = c->n_variables = c->n_fixtures = c->n_step_uses = c->n_needs = c->n_outside = 0;
    c->floor = c->n_shared = 0;
    c->depth = 0;
    c->body = NULL;
}

void check_scenario(struct checker *c, const struct key *key, const struct node *n, const struct scenario_context *in,
                    struct checked_scenario *ret)
{
    static const char *const known[] = {
        "description", "markers", "timeout", "finally_timeout", "retries", "retry_delay", "skip",    "known_failure",
        "uses",        "needs",   "matrix",  "parameters",      "vars",    "steps",       "finally", NULL};
    struct muster_scenario *s = &ret->scenario;
    *s = (struct muster_scenario){
        .size = sizeof *s, .id = key->name, .summary = "", .file = key->at.file, .line = key->at.line};
    if (!is_id(key->name))
        mistake(c->diagnostics, key->at,
                "%s: a scenario's name is made of A-Z, a-z, 0-9, _ and -, and begins with a letter", key->name);
    if (!check_keys(c, n, "a scenario", known) && n->kind != NODE_MAP)
        return;
    const struct node *defaults = in->defaults ? in->defaults : &no_defaults;
    const char *summary = check_text(c, n, "description");
    s->summary = summary ? summary : "";
    scenario_begin(c);
    take_limits(c, n, defaults, s);
    take_lists(c, n, defaults, s);
    for (size_t i = 0; i < in->n_vars; i++)
        check_variables(c, in->vars[i]);
    c->n_shared = c->n_names;
    c->body = n;
    check_params(c, n, s);
    if (node_get(n, "vars"))
        check_variables(c, node_get(n, "vars"));
    const struct node *steps = node_get(n, "steps"), *finally = node_get(n, "finally");
    struct step_list body = {0}, end = {0};
    if (steps)
        body = check_steps(c, steps, "steps");
    else
        mistake(c->diagnostics, key->at, "%s has no steps", key->name);
    if (finally)
        end = check_steps(c, finally, "finally");
    s->uses = all_uses(c, s->uses);
    s->needs = all_needs(c);
    ret->program = end_program(c, key, s);
    ret->program->steps = body;
    ret->program->finally = end;
}
