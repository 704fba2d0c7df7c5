/* SPDX-License-Identifier: Apache-2.0 */
/* Tables in YAML and JSON: libfyaml's document, walked. */
#include "tables/table.h"

#include "base/cleanup.h"
#include "base/text.h"
#include "data/measure.h"
#include "data/scalar.h"
#include "plan/idmap.h"
#include "plan/values.h"
#include "tables/yaml_json.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct yaml {
    struct builder *builder;
    bool json;       /* the file is JSON */
    struct buf text; /* of the value in hand */
};

/* Of a scalar; for a list or a mapping, of what stands `before` it. */
static struct mark mark_of(struct fy_node *node, struct mark before)
{
    struct fy_token *token = fy_node_get_scalar_token(node);
    const struct fy_mark *m = token ? fy_token_start_mark(token) : NULL;
    if (!m || m->line < 0 || m->column < 0)
        return before;
    enum fy_node_style style = fy_node_get_style(node);
    bool quoted = style == FYNS_SINGLE_QUOTED || style == FYNS_DOUBLE_QUOTED; /* its token begins behind the quote */
    return (struct mark){(uint32_t)m->line + 1, (uint32_t)m->column + !(quoted && m->column > 0)};
}

/* What libfyaml says first is what is wrong; what follows are consequences. */
static int refuse_syntax(const struct yaml *y, struct fy_diag *diag)
{
    void *iterator = NULL;
    const struct fy_diag_error *first = fy_diag_errors_iterate(diag, &iterator);
    if (!first)
        return err_set(y->builder->err, -EINVAL, "%s: it is not %s", y->builder->name, y->json ? "JSON" : "YAML");
    const struct mark at = {first->line > 0 ? (uint32_t)first->line : 1,
                            first->column > 0 ? (uint32_t)first->column : 1};
    return builder_error(y->builder, at, "%s", first->msg);
}

/* A copy of a scalar's text with its NUL; false when it has NULs of its own. */
static bool take_text(struct yaml *y, struct fy_node *node)
{
    size_t len = 0;
    const char *text = fy_node_get_scalar(node, &len);
    buf_clear(&y->text);
    buf_add(&y->text, text ? text : "", text ? len : 0);
    return !memchr(buf_str(&y->text), '\0', y->text.len);
}

static int refuse_conversion(struct yaml *y, int e, uint32_t param, struct mark at, const struct yaml_fault *fault)
{
    if (e == -EINVAL && fault->text)
        return builder_bad_cell(y->builder, param, fault->at.line ? fault->at : at, "%s", fault->text);
    if (e == -E2BIG)
        return builder_bad_cell(y->builder, param, at, "it is longer than %d bytes", VALUE_MAX - 1);
    if (e == -ELOOP)
        return builder_bad_cell(y->builder, param, at, "it is nested deeper than %d", YAML_DEPTH_MAX);
    return e;
}

static int take_json(struct yaml *y, struct fy_node *value, uint32_t param, struct mark at)
{
    buf_clear(&y->text);
    struct yaml_fault fault = {0};
    int e = yaml_to_json(value, VALUE_MAX - 1, &y->text, &fault);
    e = e < 0 ? refuse_conversion(y, e, param, at, &fault) : builder_cell(y->builder, param, buf_str(&y->text), at);
    free(fault.text);
    return e;
}

/* What the tag makes of the text in hand. */
static int apply_tag(struct yaml *y, struct fy_node *value, uint32_t param, struct mark at, enum scalar_kind *ret_kind)
{
    struct scalar_source from = {.len = y->text.len};
    autofree char *text = xstrndup(buf_str(&y->text), y->text.len);
    from.text = text;
    from.tag = fy_node_get_tag(value, &from.tag_len);
    buf_clear(&y->text);
    autofree char *fault = scalar_read(&from, &y->text, ret_kind);
    buf_str(&y->text);
    return fault ? builder_bad_cell(y->builder, param, at, "%s", fault) : 0;
}

static int take_scalar(struct yaml *y, struct fy_node *value, uint32_t param, struct mark at)
{
    const enum value_type type = y->builder->params->items[param].type;
    bool plain = fy_node_get_style(value) == FYNS_PLAIN;
    size_t len;
    if (!take_text(y, value))
        return builder_bad_cell(y->builder, param, at, "it has a NUL in it");
    if (fy_node_get_tag(value, &len)) {
        enum scalar_kind kind = SCALAR_TEXT;
        int e = apply_tag(y, value, param, at, &kind);
        if (e < 0)
            return e;
        plain = kind != SCALAR_TEXT;
    }
    if (plain && scalar_looks_null(buf_str(&y->text)))
        return 0;
    if (!plain && type != TYPE_STR)
        return builder_bad_cell(y->builder, param, at, "'%s' is a text, and not %s: write it without quotes",
                                buf_str(&y->text), value_type_name(type));
    return builder_cell(y->builder, param, buf_str(&y->text), at);
}

static int take_value(struct yaml *y, struct fy_node *value, uint32_t param, struct mark key)
{
    const enum value_type type = y->builder->params->items[param].type;
    struct mark at = mark_of(value, key);
    if (fy_node_get_style(value) == FYNS_ALIAS && !(value = fy_node_resolve_alias(value)))
        return builder_bad_cell(y->builder, param, at, "nothing has this anchor");
    if (type == TYPE_JSON)
        return take_json(y, value, param, at);
    if (fy_node_get_type(value) != FYNT_SCALAR)
        return builder_bad_cell(y->builder, param, at, "a %s is not %s: only json takes one",
                                fy_node_get_type(value) == FYNT_SEQUENCE ? "list" : "mapping", value_type_name(type));
    return take_scalar(y, value, param, at);
}

static int read_row(struct yaml *y, struct fy_node *row, size_t number, struct mark before)
{
    void *iterator = NULL;
    struct mark at = mark_of(row, before);
    bool alias = fy_node_get_style(row) == FYNS_ALIAS;
    if (alias && !(row = fy_node_resolve_alias(row)))
        return builder_error(y->builder, at, "nothing has this anchor");
    if (fy_node_get_type(row) != FYNT_MAPPING)
        return builder_error(y->builder, at, "row %zu is not a mapping of columns to values", number);
    bool begun = false;
    for (struct fy_node_pair *pair; (pair = fy_node_mapping_iterate(row, &iterator));) {
        struct fy_node *key = fy_node_pair_key(pair), *value = fy_node_pair_value(pair);
        struct mark key_at = key ? mark_of(key, at) : at;
        if (!begun)
            builder_row(y->builder, alias ? at.line : key_at.line);
        begun = true;
        uint32_t param;
        if (!key || fy_node_get_type(key) != FYNT_SCALAR || fy_node_get_style(key) == FYNS_ALIAS || !take_text(y, key))
            return builder_error(y->builder, key_at, "row %zu has a key that is no column's name", number);
        int e = builder_column(y->builder, buf_str(&y->text), key_at, &param);
        if (e == 0)
            e = builder_once(y->builder, param, key_at);
        if (e == 0 && value)
            e = take_value(y, value, param, key_at);
        if (e < 0)
            return e;
    }
    return begun ? 0 : builder_error(y->builder, at, "row %zu is empty", number);
}

static int read_rows(struct yaml *y, struct fy_node *rows)
{
    void *iterator = NULL;
    size_t number = 0;
    int e = 0;
    for (struct fy_node *row; e == 0 && (row = fy_node_sequence_iterate(rows, &iterator));) {
        size_t n = y->builder->n_rows;
        e = read_row(y, row, ++number, (struct mark){n ? y->builder->places[n - 1].line : 1, 1});
    }
    return e;
}

/* ---- pointers ---- */

/* A part of a JSON pointer, decoded: ~1 is a slash, ~0 a tilde. Returns where the next one begins. */
static const char *take_part(const char *p, struct buf *out)
{
    buf_clear(out);
    for (; *p && *p != '/'; p++) {
        if (p[0] == '~' && (p[1] == '0' || p[1] == '1'))
            buf_addc(out, *++p == '0' ? '~' : '/');
        else
            buf_addc(out, *p);
    }
    return p;
}

/* Of a mapping whose keys are all looked at: one that is there twice is an error. */
static int member_of(struct yaml *y, struct fy_node *mapping, const struct buf *part, struct fy_node **ret_node)
{
    void *iterator = NULL;
    struct idmap seen = {0};
    struct fy_node *found = NULL;
    int e = 0;
    for (struct fy_node_pair *pair; e == 0 && (pair = fy_node_mapping_iterate(mapping, &iterator));) {
        size_t len = 0;
        struct fy_node *key = fy_node_pair_key(pair);
        const char *text = key ? fy_node_get_scalar(key, &len) : NULL;
        if (!text)
            continue;
        if (idmap_put(&seen, text, len, 0) != IDMAP_NONE)
            e = builder_error(y->builder, mark_of(key, (struct mark){1, 1}), "%.*s is there twice", (int)len, text);
        if (len == part->len && memcmp(text, part->data, len) == 0)
            found = fy_node_pair_value(pair);
    }
    idmap_free(&seen);
    *ret_node = found;
    return e;
}

static struct fy_node *item_of(struct fy_node *sequence, const struct buf *part)
{
    void *iterator = NULL;
    bool number = part->len > 0 && strspn(part->data, "0123456789") == part->len;
    unsigned long wanted = strtoul(part->data, NULL, 10), at = 0;
    for (struct fy_node *item; number && (item = fy_node_sequence_iterate(sequence, &iterator)); at++)
        if (at == wanted)
            return item;
    return NULL;
}

static int follow(struct yaml *y, struct fy_node *root, const char *pointer, struct fy_node **ret_node)
{
    struct fy_node *node = root;
    autobuf struct buf part = {0};
    int e = 0;
    for (const char *p = pointer; *p && node;) {
        p = take_part(p + 1, &part);
        buf_str(&part);
        struct fy_node *parent = node;
        node = NULL;
        if (fy_node_get_type(parent) == FYNT_MAPPING)
            e = member_of(y, parent, &part, &node);
        else if (fy_node_get_type(parent) == FYNT_SEQUENCE)
            node = item_of(parent, &part);
        if (e < 0)
            return e;
        if (node && fy_node_get_style(node) == FYNS_ALIAS)
            node = fy_node_resolve_alias(node);
    }
    if (!node)
        return err_set(y->builder->err, -ENOENT, "%s: there is no %s in it", y->builder->name, pointer);
    *ret_node = node;
    return 0;
}

/* ---- documents ---- */

static int read_document(struct yaml *y, struct fy_document *document, const char *pointer)
{
    struct fy_node *rows = NULL, *root = fy_document_root(document);
    if (!root)
        return err_set(y->builder->err, -EINVAL, "%s: it is empty", y->builder->name);
    int e = follow(y, root, pointer, &rows);
    if (e < 0)
        return e;
    if (fy_node_get_type(rows) == FYNT_SEQUENCE)
        return read_rows(y, rows);
    if (fy_node_get_type(rows) == FYNT_MAPPING)
        return err_set(y->builder->err, -EINVAL,
                       "%s: %s is a mapping; a table is a list of rows: name the one that is meant, as in %s#%s/NAME",
                       y->builder->name, *pointer ? pointer : "the whole", y->builder->name, pointer);
    return err_set(y->builder->err, -EINVAL, "%s: %s is not a list of rows", y->builder->name,
                   *pointer ? pointer : "the whole");
}

static int read_stream(struct yaml *y, struct fy_parser *parser, struct fy_diag *diag, const char *pointer)
{
    struct fy_document *document = fy_parse_load_document(parser);
    void *iterator = NULL;
    if (!document && fy_diag_errors_iterate(diag, &iterator))
        return refuse_syntax(y, diag);
    if (!document)
        return err_set(y->builder->err, -EINVAL, "%s: it is empty", y->builder->name);
    int e = read_document(y, document, pointer);
    struct fy_document *second = e == 0 ? fy_parse_load_document(parser) : NULL;
    iterator = NULL;
    if (second)
        e = err_set(y->builder->err, -EINVAL, "%s: it has more than one document", y->builder->name);
    else if (e == 0 && fy_diag_errors_iterate(diag, &iterator))
        e = refuse_syntax(y, diag);
    fy_parse_document_destroy(parser, document);
    if (second)
        fy_parse_document_destroy(parser, second);
    return e;
}

/* libfyaml 0.7.12 never comes back from some directives that are cut off, such as "%x" at a file's end. No table needs
 * one: what looks like one is refused before the parser sees it. */
static int refuse_directives(const struct builder *b, const char *bytes, size_t len)
{
    static const char bom[] = "\xef\xbb\xbf";
    uint32_t line = 1;
    bool starts = true;
    size_t i = len >= 3 && memcmp(bytes, bom, 3) == 0 ? 3 : 0;
    for (; i < len; i++) {
        if (starts && bytes[i] == '%')
            return builder_error(b, (struct mark){line, 1},
                                 "a line that begins with %% is a directive: tables take none");
        starts = bytes[i] == '\n' || bytes[i] == '\r';
        line += bytes[i] == '\n';
    }
    return 0;
}

/* libfyaml's own look for keys that are there twice takes a time that grows with the square of their number: it is left
 * out, and made here where keys have a meaning. */
static int measure(const struct builder *b, bool json, const char *bytes, size_t len)
{
    static const struct yaml_bounds most = {
        .values = TABLE_VALUES_MAX, .anchors = YAML_ANCHORS_MAX, .depth = YAML_DEPTH_READ};
    struct yaml_excess excess;
    int e = yaml_measure(bytes, len, json, &most, &excess);
    return e == -E2BIG ? builder_error(b, (struct mark){excess.line, excess.column}, "%s", excess.text) : e;
}

static void say_nothing(struct fy_diag *diag, void *user, const char *text, size_t len)
{
    (void)diag;
    (void)user;
    (void)text;
    (void)len;
}

int yaml_read(struct builder *builder, bool json, const char *bytes, size_t len, const char *pointer)
{
    struct yaml y = {.builder = builder, .json = json};
    int e = refuse_directives(builder, bytes, len);
    if (e < 0)
        return e;
    e = measure(builder, json, bytes, len);
    if (e < 0)
        return e;
    struct fy_diag_cfg quiet;
    fy_diag_cfg_default(&quiet);
    quiet.fp = NULL;
    quiet.output_fn = say_nothing;
    struct fy_diag *diag = fy_diag_create(&quiet);
    const struct fy_parse_cfg cfg = {.flags = (json ? FYPCF_JSON_FORCE : FYPCF_JSON_NONE) | FYPCF_ALLOW_DUPLICATE_KEYS,
                                     .diag = diag};
    struct fy_parser *parser = NULL;
    if (diag) {
        fy_diag_set_collect_errors(diag, true);
        parser = fy_parser_create(&cfg);
    }
    if (!parser || fy_parser_set_string(parser, bytes, len) < 0)
        e = err_set(builder->err, -ENOMEM, "%s: no memory to read it", builder->name);
    else
        e = read_stream(&y, parser, diag, pointer);
    if (parser)
        fy_parser_destroy(parser);
    if (diag)
        fy_diag_destroy(diag);
    buf_free(&y.text);
    return e;
}
