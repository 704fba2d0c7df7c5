/* SPDX-License-Identifier: Apache-2.0 */
/* Nodes of a YAML document as JSON. */
#include "tables/yaml_json.h"

#include "base/mem.h"
#include "base/text.h"
#include "data/scalar.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct converting {
    struct buf *out;
    size_t most; /* of out's length */
    struct yaml_fault *fault;
};

static int refuse(struct converting *c, struct fy_node *node, char *fault)
{
    struct fy_token *token = fy_node_get_scalar_token(node);
    const struct fy_mark *mark = token ? fy_token_start_mark(token) : NULL;
    if (mark)
        c->fault->at = (struct mark){(uint32_t)mark->line + 1, (uint32_t)mark->column + 1};
    c->fault->text = fault;
    return -EINVAL;
}

static int add_scalar(struct converting *c, struct fy_node *node, bool as_key)
{
    struct scalar_source from = {.plain = !as_key && fy_node_get_style(node) == FYNS_PLAIN};
    const char *text = fy_node_get_scalar(node, &from.len);
    from.text = text ? text : "";
    from.tag = as_key ? NULL : fy_node_get_tag(node, &from.tag_len);
    if (c->out->len + from.len > c->most)
        return -E2BIG;
    autobuf struct buf value = {0};
    enum scalar_kind kind;
    char *fault = scalar_read(&from, &value, &kind);
    if (fault)
        return refuse(c, node, fault);
    if (kind == SCALAR_TEXT)
        json_add_string(c->out, buf_str(&value), value.len);
    else
        buf_adds(c->out, buf_str(&value));
    return 0;
}

static int add_node(struct converting *c, struct fy_node *node, int depth);

static int add_sequence(struct converting *c, struct fy_node *node, int depth)
{
    void *iterator = NULL;
    int e = 0;
    bool first = true;
    buf_addc(c->out, '[');
    for (struct fy_node *item; e == 0 && (item = fy_node_sequence_iterate(node, &iterator)); first = false) {
        buf_adds(c->out, first ? "" : ",");
        e = add_node(c, item, depth);
    }
    buf_addc(c->out, ']');
    return e;
}

static int add_mapping(struct converting *c, struct fy_node *node, int depth)
{
    void *iterator = NULL;
    int e = 0;
    bool first = true;
    buf_addc(c->out, '{');
    for (struct fy_node_pair *pair; e == 0 && (pair = fy_node_mapping_iterate(node, &iterator)); first = false) {
        struct fy_node *key = fy_node_pair_key(pair), *value = fy_node_pair_value(pair);
        if (!key || fy_node_get_type(key) != FYNT_SCALAR || fy_node_get_style(key) == FYNS_ALIAS)
            return refuse(c, node, xstrdup("JSON has nothing for a key that is no text"));
        buf_adds(c->out, first ? "" : ",");
        e = add_scalar(c, key, true);
        buf_addc(c->out, ':');
        if (e == 0 && value)
            e = add_node(c, value, depth);
        else if (e == 0)
            buf_adds(c->out, "null");
    }
    buf_addc(c->out, '}');
    return e;
}

static int add_node(struct converting *c, struct fy_node *node, int depth)
{
    size_t len = 0;
    if (depth == YAML_DEPTH_MAX)
        return -ELOOP;
    if (c->out->len > c->most)
        return -E2BIG;
    if (fy_node_get_style(node) == FYNS_ALIAS && !(node = fy_node_resolve_alias(node)))
        return refuse(c, node, xstrdup("nothing has this anchor"));
    enum fy_node_type type = fy_node_get_type(node);
    const char *tag = fy_node_get_tag(node, &len);
    char *fault = type != FYNT_SCALAR ? scalar_collection_fault(tag, len, type == FYNT_MAPPING) : NULL;
    if (fault)
        return refuse(c, node, fault);
    switch (type) {
    case FYNT_SCALAR:
        return add_scalar(c, node, false);
    case FYNT_SEQUENCE:
        return add_sequence(c, node, depth + 1);
    default:
        return add_mapping(c, node, depth + 1);
    }
}

int yaml_to_json(struct fy_node *node, size_t most, struct buf *out, struct yaml_fault *ret_fault)
{
    struct converting c = {out, out->len + most, ret_fault};
    int e = add_node(&c, node, 0);
    return e == 0 && out->len > c.most ? -E2BIG : e;
}
