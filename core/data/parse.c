/* SPDX-License-Identifier: Apache-2.0 */
/* From libfyaml's document to our tree. */
#include "base/cleanup.h"
#include "base/io.h"
#include "base/text.h"
#include "data/measure.h"
#include "data/node.h"

#include <fcntl.h>
#include <libfyaml.h>
#include <stdlib.h>
#include <string.h>

struct parsing {
    const char *file, *text;
    struct arena *arena;
    struct diagnostics *diagnostics;
    size_t n_nodes;
};

static struct place place_of(const struct parsing *p, struct fy_node *n, struct place otherwise)
{
    struct fy_token *token = fy_node_get_scalar_token(n);
    const struct fy_mark *mark = token ? fy_token_start_mark(token) : NULL;
    enum fy_node_style style = fy_node_get_style(n);
    /* The mark of a text in quotes stands behind the first of them. */
    bool quoted = (style == FYNS_SINGLE_QUOTED || style == FYNS_DOUBLE_QUOTED) && mark && mark->column > 0;
    return mark ? (struct place){p->file, (uint32_t)mark->line + 1, (uint32_t)mark->column + !quoted} : otherwise;
}

static const struct node *convert(struct parsing *p, struct fy_node *n, struct place from, unsigned depth);

/* What a key looks like does not matter: it is a text. */
static const struct node *convert_scalar(const struct parsing *p, struct fy_node *n, struct place at, bool key)
{
    struct scalar_source from = {.plain = true, .text = ""};
    enum fy_node_style style = n ? fy_node_get_style(n) : FYNS_PLAIN;
    if (n) {
        const char *text = fy_node_get_scalar(n, &from.len);
        from.text = text ? text : "";
        from.tag = fy_node_get_tag(n, &from.tag_len);
        from.plain = style == FYNS_PLAIN || style == FYNS_ANY;
    }
    autobuf struct buf value = {0};
    struct node *node = arena_alloc(p->arena, sizeof *node);
    *node = (struct node){.kind = NODE_SCALAR, .at = at};
    struct scalar_source read = from;
    read.plain = from.plain && !key;
    autofree char *fault = scalar_read(&read, &value, &node->scalar);
    if (fault) {
        mistake(p->diagnostics, at, "%s", fault);
        return NULL;
    }
    node->plain = from.tag ? node->scalar != SCALAR_TEXT : from.plain;
    node->value = arena_strndup(p->arena, buf_str(&value), value.len);
    node->text = node->scalar == SCALAR_TEXT ? node->value : arena_strndup(p->arena, from.text, from.len);
    return node;
}

static const struct node *convert_list(struct parsing *p, struct fy_node *n, struct place from, unsigned depth)
{
    int count = fy_node_sequence_item_count(n);
    struct node *node = arena_alloc(p->arena, sizeof *node);
    *node = (struct node){.kind = NODE_LIST, .at = from};
    node->items = arena_alloc(p->arena, ((size_t)count + 1) * sizeof(void *));
    void *iterator = NULL;
    for (struct fy_node *item; node->n < (uint32_t)count && (item = fy_node_sequence_iterate(n, &iterator));) {
        const struct node *converted = convert(p, item, from, depth + 1);
        if (!converted)
            return NULL;
        node->items[node->n++] = converted;
    }
    if (node->n > 0)
        node->at = node->items[0]->at;
    return node;
}

/* A map while it grows. */
struct entries {
    struct key *keys;
    const struct node **values;
    uint32_t n;
    size_t cap_keys, cap_values;
};

static void add_entry(struct entries *e, struct key key, const struct node *value)
{
    size_t n = e->n;
    GROW(e->keys, n, e->cap_keys);
    GROW(e->values, n, e->cap_values);
    e->keys[n] = key;
    e->values[n] = value;
    e->n++;
}

static const struct key *find_key(const struct entries *e, uint32_t n, const char *name)
{
    for (uint32_t i = 0; i < n; i++)
        if (strcmp(e->keys[i].name, name) == 0)
            return &e->keys[i];
    return NULL;
}

static bool merge(struct parsing *p, struct entries *e, uint32_t n_own, const struct node *from, struct place at)
{
    if (from->kind == NODE_LIST) {
        bool ok = true;
        for (uint32_t i = 0; i < from->n && ok; i++)
            ok = from->items[i]->kind == NODE_MAP && merge(p, e, e->n, from->items[i], at);
        if (ok)
            return true;
    } else if (from->kind == NODE_MAP) {
        for (uint32_t i = 0; i < from->n; i++)
            if (!find_key(e, n_own, from->keys[i].name))
                add_entry(e, from->keys[i], from->items[i]);
        return true;
    }
    mistake(p->diagnostics, at, "<< wants a map, or a list of maps, to merge");
    return false;
}

static bool convert_pair(struct parsing *p, struct fy_node_pair *pair, struct place from, unsigned depth,
                         struct entries *e, const struct node **merged, struct place *ret_merged_at)
{
    struct fy_node *key = fy_node_pair_key(pair);
    if (key && fy_node_is_alias(key))
        key = fy_node_resolve_alias(key);
    if (!key || !fy_node_is_scalar(key)) {
        mistake(p->diagnostics, from, "a key is a text here, not a list or a map");
        return false;
    }
    struct place at = place_of(p, key, from);
    const struct node *name = convert_scalar(p, key, at, true);
    const struct node *value = name ? convert(p, fy_node_pair_value(pair), at, depth + 1) : NULL;
    if (!value)
        return false;
    if (name->plain && strcmp(name->text, "<<") == 0) {
        *merged = value;
        *ret_merged_at = at;
        return true;
    }
    const struct key *before = find_key(e, e->n, name->text);
    if (before)
        mistake(p->diagnostics, at, "%s stands here a second time; the first is in line %u", name->text,
                before->at.line);
    else
        add_entry(e, (struct key){name->text, at}, value);
    return true;
}

static const struct node *convert_map(struct parsing *p, struct fy_node *n, struct place from, unsigned depth)
{
    enum { MOST_KEYS = 5000 };
    struct entries e = {0};
    const struct node *merged = NULL;
    struct place merged_at = from;
    bool ok = fy_node_mapping_item_count(n) <= MOST_KEYS;
    if (!ok)
        mistake(p->diagnostics, from, "a map has more than %d keys", MOST_KEYS);
    void *iterator = NULL;
    for (struct fy_node_pair *pair; ok && (pair = fy_node_mapping_iterate(n, &iterator));)
        ok = convert_pair(p, pair, from, depth, &e, &merged, &merged_at);
    if (ok && merged)
        ok = merge(p, &e, e.n, merged, merged_at);
    struct node *node = NULL;
    if (ok) {
        struct key *keys = arena_alloc(p->arena, (e.n + 1) * sizeof *keys);
        node = arena_alloc(p->arena, sizeof *node);
        *node = (struct node){.kind = NODE_MAP, .n = e.n, .at = e.n ? e.keys[0].at : from, .keys = keys};
        node->items = arena_alloc(p->arena, (e.n + 1) * sizeof(void *));
        for (uint32_t i = 0; i < e.n; i++) {
            keys[i] = e.keys[i];
            node->items[i] = e.values[i];
        }
    }
    free(e.keys);
    free(e.values);
    return node;
}

static const struct node *convert(struct parsing *p, struct fy_node *n, struct place from, unsigned depth)
{
    struct place at = n ? place_of(p, n, from) : from;
    size_t tag_len = 0;
    if (depth > NODE_DEPTH) {
        mistake(p->diagnostics, at, "nested more than %d deep", NODE_DEPTH);
        return NULL;
    }
    if (++p->n_nodes > NODE_MOST) {
        mistake(p->diagnostics, at, "more than %d values, aliases resolved", NODE_MOST);
        return NULL;
    }
    if (n && fy_node_is_alias(n)) {
        struct fy_node *anchored = fy_node_resolve_alias(n);
        if (anchored)
            return convert(p, anchored, at, depth + 1);
        size_t len = 0;
        const char *name = fy_node_get_scalar(n, &len);
        mistake(p->diagnostics, at, "*%.*s: no anchor &%.*s before it", (int)len, name ? name : "", (int)len,
                name ? name : "");
        return NULL;
    }
    enum fy_node_type type = n ? fy_node_get_type(n) : FYNT_SCALAR;
    const char *tag = n ? fy_node_get_tag(n, &tag_len) : NULL;
    autofree char *fault = type != FYNT_SCALAR ? scalar_collection_fault(tag, tag_len, type == FYNT_MAPPING) : NULL;
    if (fault) {
        mistake(p->diagnostics, at, "%s", fault);
        return NULL;
    }
    switch (type) {
    case FYNT_SEQUENCE:
        return convert_list(p, n, at, depth);
    case FYNT_MAPPING:
        return convert_map(p, n, at, depth);
    default:
        return convert_scalar(p, n, at, false);
    }
}

/* The line has a ${ in it. */
static bool has_reference(const char *text, int line)
{
    for (; line > 1 && text; line--) {
        text = strchr(text, '\n');
        text = text ? text + 1 : NULL;
    }
    const char *found = text ? strstr(text, "${") : NULL;
    return found && (size_t)(found - text) < strcspn(text, "\n");
}

/* What libfyaml's message means for a file of scenarios, where that is likely. */
static const char *hint(const struct parsing *p, const struct fy_diag_error *e)
{
    if (strstr(e->msg, "multiline plain key"))
        return ": more lines belong to this one, so it has to end in a colon";
    if (strstr(e->msg, "flow") && has_reference(p->text, e->line))
        return ": between { } and [ ], ${...} has to stand in quotes";
    return "";
}

/* The first alone: what follows from it is noise. */
static void take_diagnostics(const struct parsing *p, struct fy_diag *diag)
{
    void *iterator = NULL;
    struct fy_diag_error *e = fy_diag_errors_iterate(diag, &iterator);
    if (e)
        mistake(p->diagnostics,
                (struct place){p->file, e->line > 0 ? (uint32_t)e->line : 1, e->column > 0 ? (uint32_t)e->column : 1},
                "%s%s", e->msg, hint(p, e));
    else
        mistake(p->diagnostics, (struct place){p->file, 1, 1}, "this is not YAML");
}

static const struct node *load(struct parsing *p, struct fy_parser *parser, struct fy_diag *diag)
{
    struct place top = {p->file, 1, 1};
    struct fy_document *doc = fy_parse_load_document(parser);
    if (!doc) {
        if (fy_diag_got_error(diag))
            take_diagnostics(p, diag);
        else
            mistake(p->diagnostics, top, "the file is empty");
        return NULL;
    }
    struct fy_node *root = fy_document_root(doc);
    const struct node *node = convert(p, root, top, 0);
    fy_parse_document_destroy(parser, doc);
    struct fy_document *second = node ? fy_parse_load_document(parser) : NULL;
    if (second) {
        struct fy_node *second_root = fy_document_root(second);
        mistake(p->diagnostics, second_root ? place_of(p, second_root, top) : top,
                "a second document (after ---): one file holds one");
        fy_parse_document_destroy(parser, second);
        return NULL;
    }
    if (node && fy_diag_got_error(diag)) {
        take_diagnostics(p, diag);
        return NULL;
    }
    return node;
}

const struct node *node_parse(const char *file, const char *text, size_t len, struct arena *arena,
                              struct diagnostics *m)
{
    struct parsing p = {.file = file, .text = text, .arena = arena, .diagnostics = m};
    if (memchr(text, '\0', len) || !utf8_valid(text, len)) {
        mistake(m, (struct place){file, 1, 1}, "the file is not UTF-8 text");
        return NULL;
    }
    const struct yaml_bounds most = {.values = NODE_MOST, .anchors = YAML_ANCHORS_MAX, .depth = NODE_DEPTH + 1};
    struct yaml_excess excess;
    if (yaml_measure(text, len, false, &most, &excess) == -E2BIG) {
        mistake(m, (struct place){file, excess.line, excess.column}, "%s", excess.text);
        return NULL;
    }
    struct fy_diag_cfg quiet;
    fy_diag_cfg_default(&quiet);
    quiet.fp = NULL;
    quiet.level = FYET_ERROR;
    struct fy_diag *diag = fy_diag_create(&quiet);
    if (!diag)
        abort();
    fy_diag_set_collect_errors(diag, true);
    const struct fy_parse_cfg cfg = {.flags = FYPCF_COLLECT_DIAG | FYPCF_ALLOW_DUPLICATE_KEYS, .diag = diag};
    struct fy_parser *parser = fy_parser_create(&cfg);
    const struct node *node = NULL;
    if (parser && fy_parser_set_string(parser, text, len) == 0)
        node = load(&p, parser, diag);
    fy_parser_destroy(parser);
    fy_diag_destroy(diag);
    return node;
}

int node_read_text(const char *path, struct buf *text, struct err *err)
{
    const char *what;
    autoclose int fd = io_open_regular(AT_FDCWD, path, &what);
    int r = fd < 0 ? fd : io_read_fd(fd, NODE_FILE_MAX, text);
    if (r < 0 && what)
        return err_set(err, r, "%s: it is %s, not a regular file", path, what);
    return r < 0 ? err_set(err, r, "%s: %s", path, r == -EFBIG ? "larger than 4 MiB" : strerror(-r)) : 0;
}

const struct node *node_read(const char *path, struct place from, struct arena *arena, struct diagnostics *m)
{
    autobuf struct buf text = {0};
    autoerr struct err err = {0};
    if (node_read_text(path, &text, &err) < 0) {
        mistake(m, from, "%s", err_text(&err));
        return NULL;
    }
    return node_parse(arena_strdup(arena, path), buf_str(&text), text.len, arena, m);
}
