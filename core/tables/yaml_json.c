/* SPDX-License-Identifier: Apache-2.0 */
/* Nodes of a YAML document as JSON. */
#include "tables/yaml_json.h"

#include "base/mem.h"
#include "base/text.h"
#include "plan/values.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct converting {
    struct buf *out;
    size_t most; /* of out's length */
};

static bool is_one_of(const char *text, const char *const *words, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (strcmp(text, words[i]) == 0)
            return true;
    return false;
}
#define IS_ONE_OF(text, ...)                                                                                           \
    is_one_of(text, (const char *const[]){__VA_ARGS__}, ARRAY_LEN(((const char *const[]){__VA_ARGS__})))

/* [-+]?[0-9]+, or 0o17, 0x1f */
static bool is_integer(const char *text, int *ret_base, const char **ret_digits)
{
    bool sign = *text == '-' || *text == '+';
    const char *digits = text + sign, *allowed = "0123456789";
    *ret_base = 10;
    if (!sign && text[0] == '0' && (text[1] == 'o' || text[1] == 'x')) {
        *ret_base = text[1] == 'o' ? 8 : 16;
        allowed = text[1] == 'o' ? "01234567" : "0123456789abcdefABCDEF";
        digits = text + 2;
    }
    *ret_digits = *ret_base == 10 ? text : digits;
    return *digits && digits[strspn(digits, allowed)] == '\0';
}

/* [-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)? */
static bool is_float(const char *text)
{
    const char *p = text + (*text == '-' || *text == '+');
    size_t whole = strspn(p, "0123456789"), fraction = 0;
    p += whole;
    if (*p == '.') {
        fraction = strspn(++p, "0123456789");
        p += fraction;
    }
    if (whole + fraction == 0)
        return false;
    if (*p == 'e' || *p == 'E') {
        p++;
        p += *p == '-' || *p == '+';
        size_t exponent = strspn(p, "0123456789");
        if (exponent == 0)
            return false;
        p += exponent;
    }
    return *p == '\0';
}

static int add_integer(struct buf *out, const char *digits, int base)
{
    errno = 0;
    long long n = strtoll(digits, NULL, base);
    if (errno)
        return -EINVAL; /* a reader of JSON would lose digits of it */
    buf_addf(out, "%lld", n);
    return 0;
}

static int add_plain(struct buf *out, const char *text, size_t len)
{
    int base;
    const char *digits;
    union value v;
    if (IS_ONE_OF(text, "", "null", "Null", "NULL", "~"))
        buf_adds(out, "null");
    else if (IS_ONE_OF(text, "true", "True", "TRUE"))
        buf_adds(out, "true");
    else if (IS_ONE_OF(text, "false", "False", "FALSE"))
        buf_adds(out, "false");
    else if (is_integer(text, &base, &digits))
        return add_integer(out, digits, base);
    else if (is_float(text) && value_parse(TYPE_F64, text, &v, NULL) == 0)
        value_add_double(out, v.f64);
    else if (is_float(text) || IS_ONE_OF(text, ".nan", ".NaN", ".NAN", ".inf", "-.inf", "+.inf", ".Inf", ".INF"))
        return -EINVAL;
    else
        json_add_string(out, text, len);
    return 0;
}

static int add_scalar(const struct converting *c, struct fy_node *node, bool as_string)
{
    size_t len = 0;
    const char *text = fy_node_get_scalar(node, &len);
    autobuf struct buf copy = {0};
    buf_add(&copy, text ? text : "", text ? len : 0);
    if (memchr(buf_str(&copy), '\0', copy.len))
        return -EINVAL;
    if (c->out->len + copy.len > c->most)
        return -E2BIG;
    if (!as_string && fy_node_get_style(node) == FYNS_PLAIN)
        return add_plain(c->out, buf_str(&copy), copy.len);
    json_add_string(c->out, buf_str(&copy), copy.len);
    return 0;
}

static int add_node(const struct converting *c, struct fy_node *node, int depth);

static int add_sequence(const struct converting *c, struct fy_node *node, int depth)
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

static int add_mapping(const struct converting *c, struct fy_node *node, int depth)
{
    void *iterator = NULL;
    int e = 0;
    bool first = true;
    buf_addc(c->out, '{');
    for (struct fy_node_pair *pair; e == 0 && (pair = fy_node_mapping_iterate(node, &iterator)); first = false) {
        struct fy_node *key = fy_node_pair_key(pair), *value = fy_node_pair_value(pair);
        if (!key || fy_node_get_type(key) != FYNT_SCALAR || fy_node_get_style(key) == FYNS_ALIAS)
            return -EINVAL;
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

static int add_node(const struct converting *c, struct fy_node *node, int depth)
{
    size_t len;
    if (depth == YAML_DEPTH_MAX)
        return -ELOOP;
    if (c->out->len > c->most)
        return -E2BIG;
    if (fy_node_get_style(node) == FYNS_ALIAS && !(node = fy_node_resolve_alias(node)))
        return -EINVAL;
    if (fy_node_get_tag(node, &len))
        return -EINVAL;
    switch (fy_node_get_type(node)) {
    case FYNT_SCALAR:
        return add_scalar(c, node, false);
    case FYNT_SEQUENCE:
        return add_sequence(c, node, depth + 1);
    default:
        return add_mapping(c, node, depth + 1);
    }
}

int yaml_to_json(struct fy_node *node, size_t most, struct buf *out)
{
    const struct converting c = {out, out->len + most};
    int e = add_node(&c, node, 0);
    return e == 0 && out->len > c.most ? -E2BIG : e;
}
