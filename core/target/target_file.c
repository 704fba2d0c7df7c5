/* SPDX-License-Identifier: Apache-2.0 */
/* From a target file to its canonical JSON, and to what the runner has to know of it. */
#include "target/target_file.h"

#include "base/cleanup.h"
#include "target/checking.h"

#include <errno.h>
#include <exact.h>
#include <stdlib.h>
#include <string.h>

static const char *text_of(struct arena *arena, const json_t *map, const char *name)
{
    const char *text = json_string_value(json_object_get(map, name));
    return arena_strdup(arena, text ? text : "");
}

static struct target_operation describe(struct arena *arena, const char *name, const json_t *json)
{
    json_t *takes = json_object_get(json, "takes");
    struct target_operation o = {.name = arena_strdup(arena, name),
                                 .safe = json_is_true(json_object_get(json, "safe"))};
    struct target_argument *arguments = arena_alloc(arena, (json_object_size(takes) + 1) * sizeof *arguments);
    const char *key;
    json_t *one;
    json_object_foreach(takes, key, one)
    {
        bool required = !json_object_get(one, "default") && !json_is_true(json_object_get(one, "optional"));
        arguments[o.n_takes++] =
            (struct target_argument){arena_strdup(arena, key), text_of(arena, one, "type"), required};
    }
    o.takes = arguments;
    return o;
}

static void take_parts(struct arena *arena, const json_t *document, struct target_info *t)
{
    json_t *operations = json_object_get(document, "operations"), *values = json_object_get(document, "values"), *one;
    struct target_operation *all = arena_alloc(arena, (json_object_size(operations) + 1) * sizeof *all);
    struct target_value *every = arena_alloc(arena, (json_object_size(values) + 1) * sizeof *every);
    const char *key;
    json_object_foreach(operations, key, one) all[t->n_operations++] = describe(arena, key, one);
    json_object_foreach(values, key, one) every[t->n_values++] =
        (struct target_value){arena_strdup(arena, key), json_object_get(one, "default"),
                              json_is_true(json_object_get(one, "secret")), text_of(arena, one, "at")};
    t->operations = all;
    t->values = every;
}

/* Of a document without mistakes. */
static int finish(const char *path, const json_t *document, struct arena *arena, struct target_info *ret_target,
                  struct err *err)
{
    autofree char *text = exact_dumps(document, false);
    if (!text)
        return err_set(err, -EINVAL, "%s: it has a text that is not UTF-8", path);
    if (strlen(text) > TARGET_JSON_MAX)
        return err_set(err, -EINVAL, "%s: written out it is larger than %d MiB", path, TARGET_JSON_MAX >> 20);
    *ret_target = (struct target_info){.path = arena_strdup(arena, path),
                                       .name = text_of(arena, document, "target"),
                                       .summary = text_of(arena, document, "summary"),
                                       .fixture = text_of(arena, document, "fixture"),
                                       .json = arena_strdup(arena, text)};
    take_parts(arena, document, ret_target);
    return 0;
}

static void free_checker(struct target_checker *c)
{
    for (size_t i = 0; i < c->n_operations; i++) {
        scope_free(&c->operations[i].takes);
        scope_free(&c->operations[i].saved);
    }
    free(c->operations);
    scope_free(&c->values);
    json_decref(c->document);
}

static int check(const char *path, const struct node *root, struct arena *arena, struct diagnostics *diagnostics,
                 struct target_info *ret_target, struct err *err)
{
    struct target_checker c = {.arena = arena,
                               .diagnostics = diagnostics,
                               .root = root ? target_extended(root, arena, diagnostics) : NULL,
                               .document = json_object()};
    if (c.root)
        target_file(&c);
    int e = diagnostics_end(diagnostics, err);
    if (e == 0)
        e = finish(path, c.document, arena, ret_target, err);
    else
        err_prefix(err, "%s", path);
    free_checker(&c);
    diagnostics_free(diagnostics);
    return e;
}

int target_parse(const char *path, const char *text, size_t len, struct arena *arena, struct target_info *ret_target,
                 struct err *err)
{
    struct diagnostics diagnostics = {.arena = arena};
    const struct node *root = node_parse(arena_strdup(arena, path), text, len, arena, &diagnostics);
    return check(path, root, arena, &diagnostics, ret_target, err);
}

int target_read(const char *path, struct arena *arena, struct target_info *ret_target, struct err *err)
{
    autobuf struct buf text = {0};
    int e = node_read_text(path, &text, err);
    return e < 0 ? e : target_parse(path, buf_str(&text), text.len, arena, ret_target, err);
}
