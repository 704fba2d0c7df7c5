/* SPDX-License-Identifier: Apache-2.0 */
/* What a map may hold, and reading simple things out of it. */
#include "target/checking.h"

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/clock.h"
#include "base/suggest.h"
#include "data/pointer.h"

#include <inttypes.h>
#include <string.h>

bool target_keys(struct target_checker *c, const struct node *n, const char *what, const char *const *known)
{
    if (n->kind != NODE_MAP) {
        mistake(c->diagnostics, n->at, "%s is a map, not %s", what, node_describe(n));
        return false;
    }
    for (uint32_t i = 0; i < n->n; i++) {
        struct suggestion s = suggest_start(n->keys[i].name);
        const char *const *k = known;
        for (; *k && strcmp(*k, n->keys[i].name) != 0; k++)
            suggest_offer(&s, *k);
        if (*k)
            continue;
        if (s.best)
            mistake(c->diagnostics, n->keys[i].at, "unknown key %s in %s; did you mean %s?", n->keys[i].name, what,
                    s.best);
        else
            mistake(c->diagnostics, n->keys[i].at, "unknown key %s in %s", n->keys[i].name, what);
    }
    return true;
}

const struct node *target_map(struct target_checker *c, const struct node *map, const char *name)
{
    static const struct node empty = {.kind = NODE_MAP, .at = {"", 1, 1}};
    const struct node *n = node_get(map, name);
    if (!n || node_is_null(n))
        return &empty;
    if (n->kind == NODE_MAP)
        return n;
    mistake(c->diagnostics, n->at, "%s: wants a map, not %s", name, node_describe(n));
    return &empty;
}

const char *target_text(struct target_checker *c, const struct node *map, const char *name)
{
    const struct node *n = node_get(map, name);
    if (!n)
        return NULL;
    if (n->kind == NODE_SCALAR && *n->text && !node_is_null(n))
        return n->text;
    mistake(c->diagnostics, n->at, "%s: wants a text, not %s", name,
            n->kind == NODE_SCALAR ? "nothing" : node_describe(n));
    return NULL;
}

const char *target_word(struct target_checker *c, const struct node *map, const char *name, const char *const *words,
                        const char *otherwise)
{
    const char *text = target_text(c, map, name);
    if (!text)
        return otherwise;
    struct suggestion s = suggest_start(text);
    autobuf struct buf all = {0};
    for (const char *const *w = words; *w; w++) {
        if (strcmp(*w, text) == 0)
            return *w;
        suggest_offer(&s, *w);
        buf_addf(&all, "%s%s", all.len ? ", " : "", *w);
    }
    if (s.best)
        mistake(c->diagnostics, node_get(map, name)->at, "%s: there is no %s; did you mean %s?", name, text, s.best);
    else
        mistake(c->diagnostics, node_get(map, name)->at, "%s: there is no %s, it is one of: %s", name, text,
                buf_str(&all));
    return otherwise;
}

bool target_bool(struct target_checker *c, const struct node *map, const char *name, bool otherwise)
{
    const struct node *n = node_get(map, name);
    if (!n)
        return otherwise;
    if (n->kind == NODE_SCALAR && (n->scalar == SCALAR_TRUE || n->scalar == SCALAR_FALSE))
        return n->scalar == SCALAR_TRUE;
    mistake(c->diagnostics, n->at, "%s: wants true or false, not %s", name, node_describe(n));
    return otherwise;
}

int64_t target_duration(struct target_checker *c, const struct node *map, const char *name, int64_t otherwise)
{
    const int64_t most_ns = 24 * 3600 * NS_PER_S;
    const struct node *n = node_get(map, name);
    int64_t ns = 0;
    if (!n)
        return otherwise;
    if (n->kind != NODE_SCALAR || clock_parse_duration(n->text, &ns) < 0 || ns < NS_PER_MS || ns > most_ns) {
        mistake(c->diagnostics, n->at, "%s: %s is no duration from 1ms to 24h: write 500ms, 30s, 2m or 1h30m", name,
                n->kind == NODE_SCALAR && *n->text ? n->text : node_describe(n));
        return otherwise;
    }
    return ns / NS_PER_MS;
}

bool target_name(struct target_checker *c, const struct key *key, const char *what)
{
    static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_", others[] = "0123456789-";
    const char *s = key->name;
    bool ok = *s && strchr(letters, *s);
    for (; ok && *s; s++)
        ok = strchr(letters, *s) || strchr(others, *s);
    if (!ok)
        mistake(c->diagnostics, key->at,
                "%s: the name of %s is made of A-Z, a-z, 0-9, _ and -, and begins with a letter", key->name, what);
    return ok;
}

struct place target_place(const struct node *map, const char *name)
{
    for (uint32_t i = 0; map->kind == NODE_MAP && i < map->n; i++)
        if (strcmp(map->keys[i].name, name) == 0)
            return map->keys[i].at;
    return map->at;
}

void target_unknown(struct target_checker *c, struct place at, const char *what, const char *name, json_t *known)
{
    struct suggestion s = suggest_start(name);
    const char *key;
    json_t *value;
    json_object_foreach(known, key, value) suggest_offer(&s, key);
    if (s.best)
        mistake(c->diagnostics, at, "unknown %s %s; did you mean %s?", what, name, s.best);
    else
        mistake(c->diagnostics, at, "unknown %s %s: the file has none of this name", what, name);
}

const char *target_pointer(struct target_checker *c, const struct node *n)
{
    if (n->kind != NODE_SCALAR || (node_is_null(n) && *n->text)) {
        mistake(c->diagnostics, n->at, "a JSON pointer, like /tenant/id, has to stand here, not %s", node_describe(n));
        return "";
    }
    const char *fault = pointer_fault(n->text);
    if (!fault)
        return n->text;
    mistake(c->diagnostics, n->at, "%s is no JSON pointer, like /tenant/id: %s", n->text, fault);
    return "";
}

json_t *target_at(struct place at)
{
    autofree char *text = xasprintf("%s:%" PRIu32 ":%" PRIu32, at.file, at.line, at.column);
    return json_string(text);
}

void put(json_t *map, const char *name, json_t *value)
{
    json_object_set_new(map, name, value ? value : json_null());
}

void put_text(json_t *map, const char *name, const char *text)
{
    put(map, name, json_string(text));
}

bool has_reference(const char *text)
{
    for (const char *p = strstr(text, "${"); p; p = strstr(p + 2, "${"))
        if (p == text || p[-1] != '$')
            return true;
    return false;
}
