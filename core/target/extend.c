/* SPDX-License-Identifier: Apache-2.0 */
/* `extends: FILE`: what a target file does not say is as another one says it. Only trees of nodes are known here. */
#include "target/checking.h"

#include "base/cleanup.h"
#include "base/mem.h"

#include <string.h>

enum { MOST_FILES = 8 };

/* A map that grows. */
struct growing {
    const struct node **items;
    struct key *keys;
    uint32_t n;
};

static struct growing growing_start(struct arena *arena, size_t most)
{
    return (struct growing){.items = arena_alloc(arena, (most + 1) * sizeof(void *)),
                            .keys = arena_alloc(arena, (most + 1) * sizeof(struct key))};
}

static void grow(struct growing *g, const struct key *key, const struct node *item)
{
    g->keys[g->n] = *key;
    g->items[g->n++] = item;
}

static const struct node *growing_end(const struct growing *g, struct place at, struct arena *arena)
{
    struct node *map = arena_alloc(arena, sizeof *map);
    *map = (struct node){.kind = NODE_MAP, .n = g->n, .at = at, .items = g->items, .keys = g->keys};
    return map;
}

/* The entries of one part: this file's, then the other's that this one says nothing of. */
static const struct node *merge_part(const struct node *ours, const struct node *theirs, struct arena *arena)
{
    struct growing g = growing_start(arena, (size_t)ours->n + theirs->n);
    for (uint32_t i = 0; i < ours->n; i++)
        grow(&g, &ours->keys[i], ours->items[i]);
    for (uint32_t i = 0; i < theirs->n; i++)
        if (!node_get(ours, theirs->keys[i].name))
            grow(&g, &theirs->keys[i], theirs->items[i]);
    return growing_end(&g, ours->at, arena);
}

static const struct node *merge(const struct node *ours, const struct node *theirs, struct arena *arena)
{
    struct growing g = growing_start(arena, (size_t)ours->n + theirs->n);
    for (uint32_t i = 0; i < ours->n; i++) {
        const struct node *mine = ours->items[i], *base = node_get(theirs, ours->keys[i].name);
        bool both = base && mine->kind == NODE_MAP && base->kind == NODE_MAP;
        if (strcmp(ours->keys[i].name, "extends") != 0)
            grow(&g, &ours->keys[i], both ? merge_part(mine, base, arena) : mine);
    }
    for (uint32_t i = 0; i < theirs->n; i++)
        if (!node_get(ours, theirs->keys[i].name))
            grow(&g, &theirs->keys[i], theirs->items[i]);
    return growing_end(&g, ours->at, arena);
}

/* A file, and who extends it. */
struct link {
    const char *path;
    const struct link *by;
    int depth;
};

static bool is_among(const struct link *chain, const char *path)
{
    for (; chain; chain = chain->by)
        if (strcmp(chain->path, path) == 0)
            return true;
    return false;
}

static const struct node *extended(const struct node *root, const struct link *by, struct arena *arena,
                                   struct diagnostics *m)
{
    const struct link chain = {root->at.file, by, by ? by->depth + 1 : 0};
    const struct node *other = root->kind == NODE_MAP ? node_get(root, "extends") : NULL;
    if (!other)
        return root;
    if (other->kind != NODE_SCALAR || !*other->text) {
        mistake(m, other->at, "extends: wants the name of a target file, not %s", node_describe(other));
        return NULL;
    }
    if (chain.depth == MOST_FILES) {
        mistake(m, other->at, "extends: the %dth file in a row, or they extend each other", MOST_FILES + 1);
        return NULL;
    }
    const char *slash = *other->text == '/' ? NULL : strrchr(root->at.file, '/');
    autofree char *path =
        slash ? xasprintf("%.*s/%s", (int)(slash - root->at.file), root->at.file, other->text) : xstrdup(other->text);
    if (is_among(&chain, path)) {
        mistake(m, other->at, "extends: %s extends %s", path, by ? "this file, too" : "itself");
        return NULL;
    }
    const struct node *theirs = node_read(path, other->at, arena, m);
    if (theirs && theirs->kind != NODE_MAP) {
        mistake(m, other->at, "extends: %s is no target file, but %s", path, node_describe(theirs));
        return NULL;
    }
    theirs = theirs ? extended(theirs, &chain, arena, m) : NULL;
    return theirs ? merge(root, theirs, arena) : NULL;
}

const struct node *target_extended(const struct node *root, struct arena *arena, struct diagnostics *m)
{
    return extended(root, NULL, arena, m);
}
