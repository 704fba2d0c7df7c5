/* SPDX-License-Identifier: Apache-2.0 */
#include "template.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

enum variable {
    LITERAL,
    METHOD,
    PATH,
    PATH_NAME,
    QUERY_NAME,
    HEADER_NAME,
    BODY,
    BODY_POINTER,
    VALUE_NAME,
    SAVED_NAME,
    NEW_NAME,
    STATE,
    OF,
    COUNT,
    UUID,
    VARIABLES
};

static const struct {
    const char *root;
    bool has_name;
} variables[VARIABLES] = {
    [METHOD] = {"method", false},    [PATH] = {"path", false},         [PATH_NAME] = {"path", true},
    [QUERY_NAME] = {"query", true},  [HEADER_NAME] = {"header", true}, [BODY] = {"body", false},
    [BODY_POINTER] = {"body", true}, [VALUE_NAME] = {"value", true},   [SAVED_NAME] = {"saved", true},
    [NEW_NAME] = {"new", true},      [STATE] = {"state", false},       [OF] = {"of", false},
    [COUNT] = {"count", false},      [UUID] = {"uuid", false},
};

struct part {
    enum variable what;
    const char *name; /* or the literal text */
};

struct template
{
    size_t n;
    struct part *parts;
};

struct value {
    enum node_kind kind;
    size_t n;
    const char **keys;
    struct value **items;
    struct template *text;
    json_t *fixed; /* of a text without quotes that is none */
};

/* ---- reading ----------------------------------------------------------------------------------------------------- */

static bool is_in(const char *name, const char *const *names)
{
    for (; names && *names; names++)
        if (strcmp(*names, name) == 0)
            return true;
    return false;
}

static void unknown_name(const char *root, const char *name, const char *const *names, const char *why, struct place at,
                         struct mistakes *m)
{
    const char *near = nearest_name(name, names);
    mistake(m, at, "${%s.%s}: %s%s%s%s", root, name, why, near ? "; did you mean `" : "", near ? near : "",
            near ? "`?" : "");
}

static void check_name(enum variable what, const char *name, const struct vocabulary *v, struct place at,
                       struct mistakes *m)
{
    if (what == PATH_NAME && !is_in(name, v->path))
        unknown_name("path", name, v->path, "the rule's path has no {} of that name", at, m);
    else if (what == VALUE_NAME && !is_in(name, v->values))
        unknown_name("value", name, v->values, "there is no such one among `values`", at, m);
    else if (what == SAVED_NAME && !is_in(name, v->saved))
        unknown_name("saved", name, v->saved, "no `set` keeps that", at, m);
    else if (what == BODY_POINTER && *name != '/')
        mistake(m, at, "${body.%s}: a JSON pointer begins with /: ${body./%s}", name, name);
}

static void unknown_root(const char *whole, const char *root, bool has_name, struct place at, struct mistakes *m)
{
    const char *roots[VARIABLES + 1] = {0};
    size_t n = 0;
    for (int i = METHOD; i < VARIABLES; i++) {
        if (strcmp(variables[i].root, root) == 0) {
            mistake(m, at, has_name ? "${%s}: `%s` has no names" : "${%s}: of which? ${%s.NAME}", whole, root);
            return;
        }
        roots[n++] = variables[i].root;
    }
    const char *near = nearest_name(root, roots);
    mistake(m, at, "${%s}: there is no `%s`%s%s%s", whole, root, near ? "; did you mean `" : "", near ? near : "",
            near ? "`?" : "");
}

static void add(struct pool *pool, struct template *t, enum variable what, const char *name, size_t length)
{
    if (what == LITERAL && length == 0)
        return;
    t->parts[t->n++] = (struct part){what, pool_keep(pool, name, length)};
}

static void read_variable(struct pool *pool, struct template *t, const char *text, size_t length,
                          const struct vocabulary *v, struct place at, struct mistakes *m)
{
    const char *whole = pool_keep(pool, text, length);
    const char *dot = strchr(whole, '.'), *name = dot ? dot + 1 : "";
    const char *root = pool_keep(pool, whole, dot ? (size_t)(dot - whole) : length);
    for (int i = METHOD; i < VARIABLES; i++) {
        if (strcmp(variables[i].root, root) != 0 || variables[i].has_name != (*name != '\0'))
            continue;
        check_name((enum variable)i, name, v, at, m);
        add(pool, t, (enum variable)i, name, strlen(name));
        return;
    }
    unknown_root(whole, root, dot != NULL, at, m);
}

struct template *template_parse(struct pool *pool, const struct node *text, const struct vocabulary *v,
                                struct mistakes *m)
{
    if (text->kind != NODE_TEXT) {
        mistake(m, text->at, "this has to be a text");
        return NULL;
    }
    unsigned before = m->n;
    size_t most = 3;
    for (const char *p = text->text; (p = strstr(p, "${")); p += 2)
        most += 3;
    struct template *t = pool_alloc(pool, sizeof *t);
    t->parts = pool_alloc(pool, most * sizeof *t->parts);
    const char *from = text->text;
    for (const char *p; (p = strstr(from, "${"));) {
        if (p > from && p[-1] == '$') {
            add(pool, t, LITERAL, from, (size_t)(p - 1 - from));
            add(pool, t, LITERAL, "${", 2);
            from = p + 2;
            continue;
        }
        const char *end = strchr(p, '}');
        if (!end) {
            mistake(m, text->at, "the ${ has no }; for the characters themselves write $${");
            return NULL;
        }
        add(pool, t, LITERAL, from, (size_t)(p - from));
        read_variable(pool, t, p + 2, (size_t)(end - p - 2), v, text->at, m);
        from = end + 1;
    }
    add(pool, t, LITERAL, from, strlen(from));
    return m->n == before ? t : NULL;
}

/* What the text without quotes is, where it is no text. */
static json_t *plain_json(const char *text)
{
    char *end;
    if (!*text || strcmp(text, "null") == 0 || strcmp(text, "~") == 0)
        return json_null();
    if (strcmp(text, "true") == 0 || strcmp(text, "false") == 0)
        return json_boolean(*text == 't');
    if (strspn(text, "+-.0123456789eE") != strlen(text) || !strpbrk(text, "0123456789"))
        return NULL;
    errno = 0;
    long long whole = strtoll(text, &end, 10);
    if (!*end && errno == 0)
        return needed(json_integer(whole));
    double number = strtod(text, &end);
    return *end || !isfinite(number) ? NULL : needed(json_real(number));
}

static void let_go(void *value)
{
    json_decref(value);
}

struct value *value_parse(struct pool *pool, const struct node *node, const struct vocabulary *v, struct mistakes *m)
{
    struct value *value = pool_alloc(pool, sizeof *value);
    value->kind = node->kind;
    if (node->kind == NODE_TEXT) {
        value->fixed = node->plain ? plain_json(node->text) : NULL;
        if (value->fixed)
            pool_at_end(pool, let_go, value->fixed);
        value->text = value->fixed ? NULL : template_parse(pool, node, v, m);
        return value->fixed || value->text ? value : NULL;
    }
    bool good = true;
    value->n = node->n;
    value->items = pool_alloc(pool, (node->n + 1) * sizeof(void *));
    value->keys = pool_alloc(pool, (node->n + 1) * sizeof(void *));
    for (size_t i = 0; i < node->n; i++) {
        value->keys[i] = node->kind == NODE_MAP ? node->keys[i].name : NULL;
        value->items[i] = value_parse(pool, node->items[i], v, m);
        good = good && value->items[i];
    }
    return good ? value : NULL;
}

/* ---- filling in -------------------------------------------------------------------------------------------------- */

void make_uuid(char ret_text[37])
{
    unsigned char b[16];
    if (getrandom(b, sizeof b, 0) != (ssize_t)sizeof b)
        abort(); /* so few bytes are never given in part, nor waited for in vain */
    b[6] = (unsigned char)((b[6] & 0x0f) | 0x40);
    b[8] = (unsigned char)((b[8] & 0x3f) | 0x80);
    char *to = ret_text;
    for (size_t i = 0; i < sizeof b; i++)
        to += sprintf(to, i == 4 || i == 6 || i == 8 || i == 10 ? "-%02x" : "%02x", b[i]);
}

static json_t *new_uuid(void)
{
    char text[37];
    make_uuid(text);
    return needed(json_string(text));
}

static json_t *text_or_null(const char *text)
{
    return text ? needed(json_string(text)) : json_null();
}

static json_t *or_null(json_t *borrowed)
{
    return borrowed ? json_incref(borrowed) : json_null();
}

static json_t *made(const struct filling *f, const char *name)
{
    json_t *there = json_object_get(f->made, name);
    if (!there) {
        there = new_uuid();
        json_object_set_new(f->made, name, there);
    }
    return json_incref(there);
}

static json_t *body_of(const struct asked *a)
{
    if (a->json)
        return json_incref(a->json);
    json_t *text = a->body ? json_stringn(a->body, a->length) : NULL; /* NULL for what is not UTF-8 */
    return text ? text : json_null();
}

/* A new reference. */
static json_t *variable(const struct part *p, const struct filling *f)
{
    switch (p->what) {
    case METHOD:
        return text_or_null(f->asked->method);
    case PATH:
        return text_or_null(f->asked->path);
    case PATH_NAME:
        return or_null(json_object_get(f->path, p->name));
    case QUERY_NAME:
        return or_null(json_object_get(f->asked->query, p->name));
    case HEADER_NAME:
        return text_or_null(asked_header(f->asked, p->name));
    case BODY:
        return body_of(f->asked);
    case BODY_POINTER:
        return or_null(json_at(f->asked->json, p->name));
    case VALUE_NAME:
        return or_null(json_object_get(f->values, p->name));
    case SAVED_NAME:
        return or_null(json_object_get(f->saved, p->name));
    case NEW_NAME:
        return made(f, p->name);
    case STATE:
        return text_or_null(f->state);
    case OF:
        return text_or_null(f->of);
    case COUNT:
        return needed(json_integer(f->count));
    case UUID:
        return new_uuid();
    default:
        return text_or_null(p->name);
    }
}

char *json_as_text(const json_t *value)
{
    if (json_is_string(value))
        return needed(strdup(json_string_value(value)));
    if (!value || json_is_null(value))
        return needed(strdup(""));
    return needed(json_dumps(value, JSON_ENCODE_ANY | JSON_COMPACT));
}

char *template_fill(const struct template *t, const struct filling *f)
{
    char *text = NULL;
    size_t size = 0;
    FILE *to = needed(open_memstream(&text, &size));
    for (size_t i = 0; i < t->n; i++) {
        if (t->parts[i].what == LITERAL) {
            fputs(t->parts[i].name, to);
            continue;
        }
        json_t *value = variable(&t->parts[i], f);
        char *piece = json_as_text(value);
        fputs(piece, to);
        free(piece);
        json_decref(value);
    }
    if (fclose(to) != 0)
        needed(NULL);
    return needed(text);
}

static json_t *fill_text(const struct value *value, const struct filling *f)
{
    if (value->fixed)
        return json_incref(value->fixed);
    if (value->text->n == 1 && value->text->parts[0].what != LITERAL)
        return variable(&value->text->parts[0], f);
    char *text = template_fill(value->text, f);
    json_t *filled = json_string(text);
    free(text);
    return filled ? filled : json_null();
}

json_t *value_fill(const struct value *value, const struct filling *f)
{
    if (value->kind == NODE_TEXT)
        return fill_text(value, f);
    json_t *filled = needed(value->kind == NODE_MAP ? json_object() : json_array());
    for (size_t i = 0; i < value->n; i++) {
        json_t *item = value_fill(value->items[i], f);
        if (value->kind == NODE_MAP)
            json_object_set_new(filled, value->keys[i], item);
        else
            json_array_append_new(filled, item);
    }
    return filled;
}
