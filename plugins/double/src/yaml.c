/* SPDX-License-Identifier: Apache-2.0 */
/* From libfyaml's document to our tree. */
#include "yaml.h"

#include <libfyaml.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#define DEPTH_MOST 64

struct parsing {
    struct pool *pool;
    struct mistakes *mistakes;
};

void mistake(struct mistakes *m, struct place at, const char *format, ...)
{
    va_list values;
    char *text;
    va_start(values, format);
    int n = vasprintf(&text, format, values);
    va_end(values);
    if (n < 0)
        needed(NULL);
    fprintf(m->to, "%s:%u:%u: %s\n", m->file, at.line, at.column, text);
    free(text);
    m->n++;
}

static struct place place_of(struct fy_node *n, struct place otherwise)
{
    struct fy_token *token = n ? fy_node_get_scalar_token(n) : NULL;
    const struct fy_mark *mark = token ? fy_token_start_mark(token) : NULL;
    if (!mark)
        return otherwise;
    enum fy_node_style style = fy_node_get_style(n);
    /* The mark of a text in quotes stands behind the first of them. */
    bool quoted = (style == FYNS_SINGLE_QUOTED || style == FYNS_DOUBLE_QUOTED) && mark->column > 0;
    return (struct place){(unsigned)mark->line + 1, (unsigned)mark->column + !quoted};
}

static struct node *convert(struct parsing *p, struct fy_node *n, struct place from, unsigned depth);

static struct node *new_node(struct parsing *p, enum node_kind kind, struct place at, int count)
{
    struct node *node = pool_alloc(p->pool, sizeof *node);
    node->kind = kind;
    node->at = at;
    node->items = pool_alloc(p->pool, ((size_t)(count > 0 ? count : 0) + 1) * sizeof *node->items);
    return node;
}

static struct node *convert_text(struct parsing *p, struct fy_node *n, struct place at)
{
    size_t length = 0;
    const char *text = n ? fy_node_get_scalar(n, &length) : NULL;
    enum fy_node_style style = n ? fy_node_get_style(n) : FYNS_PLAIN;
    struct node *node = new_node(p, NODE_TEXT, at, 0);
    node->plain = style == FYNS_PLAIN || style == FYNS_ANY;
    node->text = pool_keep(p->pool, text ? text : "", text ? length : 0);
    if (strlen(node->text) != length)
        mistake(p->mistakes, at, "a text with a NUL in it");
    return node;
}

static struct node *convert_list(struct parsing *p, struct fy_node *n, struct place at, unsigned depth)
{
    int count = fy_node_sequence_item_count(n);
    struct node *node = new_node(p, NODE_LIST, at, count);
    void *iterator = NULL;
    for (struct fy_node *item; node->n < (size_t)count && (item = fy_node_sequence_iterate(n, &iterator));) {
        node->items[node->n] = convert(p, item, at, depth + 1);
        if (node->n++ == 0)
            node->at = node->items[0]->at;
    }
    return node;
}

static struct node *convert_map(struct parsing *p, struct fy_node *n, struct place at, unsigned depth)
{
    int count = fy_node_mapping_item_count(n);
    struct node *node = new_node(p, NODE_MAP, at, count);
    node->keys = pool_alloc(p->pool, ((size_t)count + 1) * sizeof *node->keys);
    void *iterator = NULL;
    for (struct fy_node_pair *pair; node->n < (size_t)count && (pair = fy_node_mapping_iterate(n, &iterator));) {
        struct fy_node *name = fy_node_pair_key(pair);
        struct place key_at = place_of(name, at);
        if (!name || fy_node_get_type(name) != FYNT_SCALAR) {
            mistake(p->mistakes, key_at, "a key is a text");
            continue;
        }
        const char *key = convert_text(p, name, key_at)->text;
        if (node_get(node, key))
            mistake(p->mistakes, key_at, "%s stands here twice", key);
        node->keys[node->n] = (struct key){key, key_at};
        node->items[node->n] = convert(p, fy_node_pair_value(pair), key_at, depth + 1);
        if (node->n++ == 0)
            node->at = key_at;
    }
    return node;
}

static struct node *convert(struct parsing *p, struct fy_node *n, struct place from, unsigned depth)
{
    struct place at = place_of(n, from);
    bool is_alias = n && fy_node_is_alias(n);
    if (is_alias)
        mistake(p->mistakes, at, "an alias: write the value out");
    else if (depth > DEPTH_MOST)
        mistake(p->mistakes, at, "nested more than %d deep", DEPTH_MOST);
    if (is_alias || depth > DEPTH_MOST)
        return convert_text(p, NULL, at);
    switch (n ? fy_node_get_type(n) : FYNT_SCALAR) {
    case FYNT_SEQUENCE:
        return convert_list(p, n, at, depth);
    case FYNT_MAPPING:
        return convert_map(p, n, at, depth);
    default:
        return convert_text(p, n, at);
    }
}

/* The first alone: what follows from it is noise. */
static void take_diagnostics(struct parsing *p, struct fy_diag *diag)
{
    void *iterator = NULL;
    struct fy_diag_error *e = fy_diag_errors_iterate(diag, &iterator);
    struct place at = {e && e->line > 0 ? (unsigned)e->line : 1, e && e->column > 0 ? (unsigned)e->column : 1};
    mistake(p->mistakes, at, "%s", e ? e->msg : "there is nothing in it");
}

struct node *yaml_parse(struct pool *pool, const char *text, size_t length, struct mistakes *m)
{
    struct parsing p = {pool, m};
    struct fy_diag_cfg quiet;
    fy_diag_cfg_default(&quiet);
    quiet.fp = NULL;
    quiet.level = FYET_ERROR;
    struct fy_diag *diag = needed(fy_diag_create(&quiet));
    fy_diag_set_collect_errors(diag, true);
    const struct fy_parse_cfg cfg = {.flags = FYPCF_COLLECT_DIAG | FYPCF_ALLOW_DUPLICATE_KEYS, .diag = diag};
    struct fy_parser *parser = needed(fy_parser_create(&cfg));
    struct node *node = NULL;
    struct fy_document *doc = fy_parser_set_string(parser, text, length) == 0 ? fy_parse_load_document(parser) : NULL;
    if (doc && !fy_diag_got_error(diag))
        node = convert(&p, fy_document_root(doc), (struct place){1, 1}, 0);
    else
        take_diagnostics(&p, diag);
    if (doc)
        fy_parse_document_destroy(parser, doc);
    fy_parser_destroy(parser);
    fy_diag_destroy(diag);
    return m->n == 0 ? node : NULL;
}

struct node *node_get(const struct node *map, const char *key)
{
    for (size_t i = 0; map && map->kind == NODE_MAP && i < map->n; i++)
        if (strcmp(map->keys[i].name, key) == 0)
            return map->items[i];
    return NULL;
}

/* ---- names ------------------------------------------------------------------------------------------------------- */

#define NAME_MOST 48

/* How many letters have to be changed, added or left out. */
static size_t distance(const char *a, const char *b)
{
    size_t row[NAME_MOST + 1], n = strlen(b);
    if (strlen(a) > NAME_MOST || n > NAME_MOST)
        return NAME_MOST;
    for (size_t j = 0; j <= n; j++)
        row[j] = j;
    for (size_t i = 1; a[i - 1]; i++) {
        size_t diagonal = row[0];
        row[0] = i;
        for (size_t j = 1; j <= n; j++) {
            size_t change = diagonal + (a[i - 1] != b[j - 1]);
            size_t step = (row[j] < row[j - 1] ? row[j] : row[j - 1]) + 1;
            diagonal = row[j];
            row[j] = change < step ? change : step;
        }
    }
    return row[n];
}

const char *nearest_name(const char *name, const char *const *names)
{
    const char *best = NULL;
    size_t least = strlen(name) / 3 + 2; /* below this it is near */
    for (; names && *names; names++) {
        size_t d = distance(name, *names);
        if (d < least) {
            least = d;
            best = *names;
        }
    }
    return best;
}

void keys_are_known(const struct node *map, const char *what, const char *const *known, struct mistakes *m)
{
    for (size_t i = 0; i < map->n; i++) {
        size_t k = 0;
        while (known[k] && strcmp(known[k], map->keys[i].name) != 0)
            k++;
        if (known[k])
            continue;
        const char *near = nearest_name(map->keys[i].name, known);
        mistake(m, map->keys[i].at, "%s has no `%s`%s%s%s", what, map->keys[i].name, near ? "; did you mean `" : "",
                near ? near : "", near ? "`?" : "");
    }
}
