/* SPDX-License-Identifier: Apache-2.0 */
/* The roles that users have, and which of them may do what. */
#include "target/checking.h"

#include <string.h>

/* What stands in place of a list of roles. */
#define EVERY_ROLE "all"
#define ANYBODY    "anyone"

json_t *target_roles(struct target_checker *c)
{
    static const char *const known[] = {"summary", "tenant", NULL};
    json_t *all = json_object();
    const struct node *roles = target_map(c, c->root, "roles");
    for (uint32_t i = 0; i < roles->n; i++) {
        const struct key *key = &roles->keys[i];
        const struct node *n = roles->items[i];
        json_t *json = json_object();
        bool full = !node_is_null(n) && target_keys(c, n, "a role", known);
        const char *summary = full ? target_text(c, n, "summary") : NULL;
        if (target_name(c, key, "a role") && (strcmp(key->name, EVERY_ROLE) == 0 || strcmp(key->name, ANYBODY) == 0))
            mistake(c->diagnostics, key->at,
                    "%s: `allowed` has a meaning for this word, so that no role has it as name", key->name);
        put_text(json, "summary", summary ? summary : "");
        put(json, "tenant", json_boolean(full && target_bool(c, n, "tenant", false)));
        put(json, "at", target_at(key->at));
        put(all, key->name, json);
    }
    return all;
}

static bool is_word(const struct node *n, const char *word)
{
    return n->kind == NODE_SCALAR && strcmp(n->text, word) == 0;
}

static json_t *names_of(json_t *roles)
{
    json_t *names = json_array(), *role;
    const char *name;
    json_object_foreach(roles, name, role) json_array_append_new(names, json_string(name));
    return names;
}

static json_t *listed(struct target_checker *c, const struct node *list, json_t *roles)
{
    json_t *names = json_array();
    for (uint32_t i = 0; i < list->n; i++) {
        const struct node *n = list->items[i];
        if (n->kind != NODE_SCALAR || node_is_null(n))
            mistake(c->diagnostics, n->at, "allowed: wants names of roles, not %s", node_describe(n));
        else if (!json_object_get(roles, n->text))
            target_unknown(c, n->at, "role", n->text, roles);
        else
            json_array_append_new(names, json_string(n->text));
    }
    return names;
}

json_t *target_allowed(struct target_checker *c, const struct node *operation, bool *ret_anyone)
{
    const struct node *n = node_get(operation, "allowed");
    json_t *roles = json_object_get(c->document, "roles");
    *ret_anyone = n && is_word(n, ANYBODY);
    if (!n)
        return json_null();
    if (json_object_size(roles) == 0 && !*ret_anyone) {
        mistake(c->diagnostics, n->at, "allowed: the file names no `roles`");
        return json_null();
    }
    if (is_word(n, EVERY_ROLE) || *ret_anyone)
        return names_of(roles);
    if (n->kind == NODE_LIST)
        return listed(c, n, roles);
    mistake(c->diagnostics, n->at, "allowed: wants a list of roles, `%s` or `%s`, not %s", EVERY_ROLE, ANYBODY,
            n->kind == NODE_SCALAR && *n->text ? n->text : node_describe(n));
    return json_null();
}
