/* SPDX-License-Identifier: Apache-2.0 */
/* Values: literals, and texts with ${...} in them. */
#include "base/buf.h"
#include "base/cleanup.h"
#include "base/suggest.h"
#include "data/check.h"
#include "data/pointer.h"
#include "data/type.h"

#include <exact.h>
#include <stdlib.h>
#include <string.h>

static const struct {
    const char *name;
    uint32_t type;
} runner_names[] = {
    {"uuid", MUSTER_TYPE_STR},   {"slot", MUSTER_TYPE_I64}, {"attempt", MUSTER_TYPE_I64}, {"run_id", MUSTER_TYPE_STR},
    {"tmpdir", MUSTER_TYPE_STR}, {"seed", MUSTER_TYPE_U64}, {"case", MUSTER_TYPE_STR},    {"here", MUSTER_TYPE_STR},
};

json_t *pool_keep(struct json_pool *pool, json_t *value)
{
    GROW(pool->items, pool->n, pool->cap);
    return pool->items[pool->n++] = value;
}

void pool_free(struct json_pool *pool)
{
    for (size_t i = 0; i < pool->n; i++)
        json_decref(pool->items[i]);
    for (size_t i = 0; i < pool->n_regexes; i++) {
        regfree(pool->regexes[i]);
        free(pool->regexes[i]);
    }
    free(pool->items);
    free(pool->regexes);
    *pool = (struct json_pool){0};
}

static size_t word(const char *s)
{
    size_t n = strspn(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_0123456789");
    return *s >= '0' && *s <= '9' ? 0 : n;
}

static const char *reserved(const char *name)
{
    static const char *const sources[] = {"env", "target"};
    for (size_t i = 0; i < ARRAY_LEN(sources); i++)
        if (strcmp(sources[i], name) == 0)
            return sources[i];
    for (size_t i = 0; i < ARRAY_LEN(runner_names); i++)
        if (strcmp(runner_names[i].name, name) == 0)
            return runner_names[i].name;
    return NULL;
}

static bool is_fixture(const struct checker *c, const char *name)
{
    for (size_t i = 0; i < c->n_fixtures; i++)
        if (strcmp(c->fixtures[i], name) == 0)
            return true;
    return false;
}

bool is_variable_name(const struct checker *c, const char *name)
{
    return *name && word(name) == strlen(name) && !reserved(name) && !is_fixture(c, name);
}

bool check_variable_name(struct checker *c, const char *name, struct place at)
{
    if (is_variable_name(c, name))
        return true;
    if (!*name || word(name) != strlen(name))
        mistake(c->diagnostics, at, "%s is not a name: A-Z, a-z, 0-9 and _, not beginning with a digit", name);
    else if (reserved(name))
        mistake(c->diagnostics, at, "%s is one of the runner's own names: take another", name);
    else
        mistake(c->diagnostics, at, "%s is a fixture that the scenario uses: take another name", name);
    return false;
}

uint32_t name_add(struct checker *c, const char *name, enum source source, uint32_t type)
{
    uint32_t slot = NO_SLOT;
    if (source == FROM_VARIABLE) {
        slot = (uint32_t)c->n_variables;
        GROW(c->variables, c->n_variables, c->cap_variables);
        c->variables[c->n_variables++] = (struct variable){.name = name};
    }
    GROW(c->names, c->n_names, c->cap_names);
    c->names[c->n_names++] = (struct name){name, source, slot, type, false};
    return slot;
}

const struct name *name_find(const struct checker *c, const char *name)
{
    for (size_t i = c->n_names; i-- > 0;) {
        bool known = i >= c->floor || i < c->n_shared;
        if (known && !c->names[i].hidden && strcmp(c->names[i].name, name) == 0)
            return &c->names[i];
    }
    return NULL;
}

void names_hide(struct checker *c, size_t first)
{
    for (size_t i = first; i < c->n_names; i++)
        c->names[i].hidden = true;
}

/* The line of a `save` of this name, somewhere below; 0 without one. */
static uint32_t line_of_save(const struct node *n, const char *name)
{
    uint32_t line = 0;
    for (uint32_t i = 0; n && n->kind != NODE_SCALAR && i < n->n && !line; i++) {
        const struct node *item = n->items[i];
        if (n->kind == NODE_MAP && strcmp(n->keys[i].name, "save") == 0 && item->kind == NODE_SCALAR &&
            strcmp(item->text, name) == 0)
            return item->at.line;
        line = line_of_save(item, name);
    }
    return line;
}

/* `rest`: what follows the name, as ".url". */
static void complain_of_unknown(struct checker *c, struct place at, const char *name, const char *rest)
{
    uint32_t line = line_of_save(c->body, name);
    struct suggestion s = suggest_start(name);
    for (size_t i = 0; i < c->n_names; i++)
        if (!c->names[i].hidden)
            suggest_offer(&s, c->names[i].name);
    for (size_t i = 0; i < ARRAY_LEN(runner_names); i++)
        suggest_offer(&s, runner_names[i].name);
    for (size_t i = 0; i < c->n_fixtures; i++)
        suggest_offer(&s, c->fixtures[i]);
    if (line >= at.line)
        mistake(c->diagnostics, at, "${%s}: it is not there yet, and saved only in line %u", name, line);
    else if (line)
        mistake(c->diagnostics, at, "${%s}: what was saved in line %u is known inside its own block alone", name, line);
    else if (s.best)
        mistake(c->diagnostics, at, "${%s}: no variable of this name; did you mean %s?", name, s.best);
    else if (*rest == '.')
        mistake(c->diagnostics, at,
                "${%s%s}: no variable of this name; where it is a fixture, the scenario has to say `uses: [%s]`", name,
                rest, name);
    else
        mistake(c->diagnostics, at, "${%s}: no variable of this name", name);
}

/* ".a.0" and "/a/0", behind a name, are both the pointer "/a/0". NULL after a mistake. */
static const char *take_pointer(struct checker *c, const char *rest, struct place at, const char *written)
{
    if (*rest == '/') {
        const char *fault = pointer_fault(rest);
        if (fault)
            mistake(c->diagnostics, at, "%s: bad pointer: %s", written, fault);
        return fault ? NULL : arena_strdup(c->arena, rest);
    }
    char *pointer = arena_strdup(c->arena, rest);
    for (char *p = pointer; *p; p++) {
        if (*p == '.' && (p[1] == '.' || p[1] == '\0')) {
            mistake(c->diagnostics, at, "%s: nothing stands behind a dot", written);
            return NULL;
        }
        if (*p == '.')
            *p = '/';
    }
    const char *fault = pointer_fault(pointer);
    if (fault)
        mistake(c->diagnostics, at, "%s: %s cannot follow a name: write ${name.field} or ${name/field}", written, rest);
    return fault ? NULL : pointer;
}

static void resolve_variable(struct checker *c, struct reference *r, const char *name, const char *rest)
{
    const struct name *found = name_find(c, name);
    if (!found) {
        complain_of_unknown(c, r->at, name, rest);
        return;
    }
    r->source = found->source;
    r->slot = found->slot;
    r->name = found->name;
    const char *pointer = take_pointer(c, rest, r->at, r->written);
    r->pointer = pointer ? pointer : "";
    bool whole = !*r->pointer;
    r->type = whole ? found->type : MUSTER_TYPE_JSON;
    if (!whole && found->type != MUSTER_TYPE_JSON)
        mistake(c->diagnostics, r->at, "%s: %s is %s, which has no fields", r->written, name,
                type_describe(found->type));
}

static void resolve_outside(struct checker *c, struct reference *r, enum source source, const char *first,
                            const char *rest)
{
    r->source = source;
    r->type = MUSTER_TYPE_STR;
    r->fixture = source == FROM_FIXTURE ? arena_strdup(c->arena, first) : NULL;
    r->name = *rest == '.' ? arena_strdup(c->arena, rest + 1) : "";
    if (!*r->name)
        mistake(c->diagnostics, r->at, "%s: write ${%s.NAME}", r->written, first);
    GROW(c->outside, c->n_outside, c->cap_outside);
    c->outside[c->n_outside++] = r;
}

/* Attempts have another working folder, so it is made absolute while the file is loaded. "" when that can't be. */
static const char *folder_of(struct checker *c, const char *file)
{
    const char *slash = strrchr(file, '/');
    autofree char *folder = !slash          ? xstrdup(".")
                            : slash == file ? xstrdup("/")
                                            : xstrndup(file, (size_t)(slash - file));
    autofree char *absolute = realpath(folder, NULL);
    return absolute ? arena_strdup(c->arena, absolute) : "";
}

static bool resolve_runner(struct checker *c, struct reference *r, const char *name, const char *rest)
{
    for (size_t i = 0; i < ARRAY_LEN(runner_names); i++) {
        if (strcmp(runner_names[i].name, name) != 0)
            continue;
        r->source = FROM_RUNNER;
        r->name = runner_names[i].name;
        r->type = runner_names[i].type;
        if (strcmp(name, "here") == 0) {
            r->source = FROM_FOLDER;
            r->name = folder_of(c, r->at.file);
        }
        if (*rest)
            mistake(c->diagnostics, r->at, "%s: %s has no fields", r->written, name);
        return true;
    }
    return false;
}

/* What is between the braces. */
static const struct reference *check_reference(struct checker *c, const char *inside, size_t len, struct place at)
{
    struct reference *r = arena_alloc(c->arena, sizeof *r);
    autofree char *text = xstrndup(inside, len);
    autofree char *written = xasprintf("${%s}", text);
    *r = (struct reference){.slot = NO_SLOT,
                            .type = MUSTER_TYPE_JSON,
                            .name = "",
                            .pointer = "",
                            .written = arena_strdup(c->arena, written),
                            .at = at};
    char *fallback = strstr(text, ":-");
    if (fallback) {
        *fallback = '\0';
        r->fallback = arena_strdup(c->arena, fallback + 2);
    }
    size_t n = word(text);
    if (n == 0) {
        mistake(c->diagnostics, at, "%s: a name has to stand there", written);
        return r;
    }
    autofree char *first = xstrndup(text, n);
    const char *rest = text + n;
    if (strcmp(first, "env") == 0)
        resolve_outside(c, r, FROM_ENV, first, rest);
    else if (strcmp(first, "target") == 0)
        resolve_outside(c, r, FROM_TARGET, first, rest);
    else if (is_fixture(c, first))
        resolve_outside(c, r, FROM_FIXTURE, first, rest);
    else if (!resolve_runner(c, r, first, rest))
        resolve_variable(c, r, first, rest);
    return r;
}

/* The end of what ${ opens: its brace. */
static const char *find_end(const char *inside)
{
    return strchr(inside, '}');
}

struct pieces {
    struct piece *items;
    size_t n, cap;
};

static void add_piece(struct pieces *p, const char *text, const struct reference *reference)
{
    GROW(p->items, p->n, p->cap);
    p->items[p->n++] = (struct piece){text, reference};
}

static void flush_text(struct checker *c, struct pieces *p, struct buf *text)
{
    if (text->len > 0)
        add_piece(p, arena_strndup(c->arena, text->data, text->len), NULL);
    buf_clear(text);
}

/* Splits at ${...}; $${ is a literal ${. */
static void split(struct checker *c, const struct node *n, struct pieces *pieces)
{
    autobuf struct buf text = {0};
    for (const char *p = n->text; *p;) {
        if (strncmp(p, "$${", 3) == 0) {
            buf_adds(&text, "${");
            p += 3;
        } else if (strncmp(p, "${", 2) == 0) {
            const char *end = find_end(p + 2);
            if (!end) {
                mistake(c->diagnostics, n->at, "${ without its }; write $${ for the characters themselves");
                break;
            }
            flush_text(c, pieces, &text);
            add_piece(pieces, NULL, check_reference(c, p + 2, (size_t)(end - p - 2), n->at));
            p = end + 1;
        } else {
            buf_addc(&text, *p++);
        }
    }
    flush_text(c, pieces, &text);
}

static void check_scalar(struct checker *c, const struct node *n, struct value *v)
{
    struct pieces pieces = {0};
    if (strstr(n->text, "${"))
        split(c, n, &pieces);
    if (pieces.n == 0 || (pieces.n == 1 && pieces.items[0].text)) {
        v->kind = VALUE_LITERAL;
        v->text = n->plain ? n->text : NULL;
        v->literal = pool_keep(c->pool, pieces.n ? json_string(pieces.items[0].text) : node_scalar_json(n));
    } else if (pieces.n == 1) {
        v->kind = VALUE_REFERENCE;
        v->reference = pieces.items[0].reference;
    } else {
        v->kind = VALUE_TEXT;
        v->n = (uint32_t)pieces.n;
        v->pieces = memcpy(arena_alloc(c->arena, pieces.n * sizeof *pieces.items), pieces.items,
                           pieces.n * sizeof *pieces.items);
    }
    free(pieces.items);
}

static bool all_literal(const struct value *const *items, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++)
        if (items[i]->kind != VALUE_LITERAL)
            return false;
    return true;
}

/* A list or map of literals is one literal. */
static void fold(struct checker *c, struct value *v)
{
    if (!all_literal(v->items, v->n))
        return;
    json_t *json = v->kind == VALUE_LIST ? json_array() : json_object();
    for (uint32_t i = 0; i < v->n; i++) {
        if (v->kind == VALUE_LIST)
            json_array_append(json, v->items[i]->literal);
        else
            json_object_set(json, v->keys[i], v->items[i]->literal);
    }
    v->kind = VALUE_LITERAL;
    v->literal = pool_keep(c->pool, json);
}

const struct value *check_value(struct checker *c, const struct node *n)
{
    struct value *v = arena_alloc(c->arena, sizeof *v);
    v->at = n->at;
    if (n->kind == NODE_SCALAR) {
        check_scalar(c, n, v);
        return v;
    }
    const struct value **items = arena_alloc(c->arena, (n->n + 1) * sizeof *items);
    const char **keys = arena_alloc(c->arena, (n->n + 1) * sizeof *keys);
    for (uint32_t i = 0; i < n->n; i++) {
        items[i] = check_value(c, n->items[i]);
        if (n->kind == NODE_LIST)
            continue;
        keys[i] = n->keys[i].name;
        if (strstr(keys[i], "${"))
            mistake(c->diagnostics, n->keys[i].at, "%s: keys are taken as they stand, without ${...}", keys[i]);
    }
    v->kind = n->kind == NODE_LIST ? VALUE_LIST : VALUE_MAP;
    v->items = items;
    v->keys = keys;
    v->n = n->n;
    fold(c, v);
    return v;
}

const struct value *check_literal(struct checker *c, const char *text, struct place at)
{
    struct value *v = arena_alloc(c->arena, sizeof *v);
    *v = (struct value){.kind = VALUE_LITERAL, .at = at, .literal = pool_keep(c->pool, json_string(text))};
    return v;
}

uint32_t value_type(const struct value *v)
{
    switch (v->kind) {
    case VALUE_LITERAL:
        return type_of(v->literal);
    case VALUE_REFERENCE:
        return v->reference->fallback ? MUSTER_TYPE_JSON : v->reference->type;
    case VALUE_TEXT:
        return MUSTER_TYPE_STR;
    default:
        return MUSTER_TYPE_JSON;
    }
}

static bool literal_fits(const struct value *v, uint32_t type)
{
    autofree char *text = type_text(v->literal, type, false);
    return text != NULL;
}

void check_type(struct checker *c, const struct value *v, uint32_t type, const char *what)
{
    bool fits;
    const char *is = NULL;
    switch (v->kind) {
    case VALUE_LITERAL:
        fits = literal_fits(v, type);
        is = json_describe(v->literal);
        break;
    case VALUE_REFERENCE:
        fits = type_may_become(value_type(v), type);
        is = type_describe(value_type(v));
        break;
    default:
        fits = type == MUSTER_TYPE_JSON || (v->kind == VALUE_TEXT && type == MUSTER_TYPE_STR);
        is = v->kind == VALUE_TEXT ? "a text" : v->kind == VALUE_LIST ? "a list" : "a map";
    }
    if (fits)
        return;
    bool scalar = v->kind == VALUE_LITERAL && (exact_is_number(v->literal) || json_is_boolean(v->literal));
    autofree char *shown = v->kind == VALUE_LITERAL ? json_dumped(v->literal, false) : xstrdup("");
    enum { LONGEST = 60 };
    if (scalar && type == MUSTER_TYPE_STR)
        mistake(c->diagnostics, v->at, "%s wants a text, not %s: put %s into quotes", what, is,
                v->text ? v->text : shown);
    else if (v->kind == VALUE_LITERAL && !json_is_null(v->literal) && strlen(shown) < LONGEST)
        mistake(c->diagnostics, v->at, "%s wants %s, not %s (%s)", what, type_describe(type), is, shown);
    else
        mistake(c->diagnostics, v->at, "%s wants %s, not %s", what, type_describe(type), is);
}
