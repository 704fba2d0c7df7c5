/* SPDX-License-Identifier: Apache-2.0 */
/* What a map may hold, and reading simple things out of it. */
#include "base/clock.h"
#include "base/suggest.h"
#include "data/check.h"

#include <errno.h>
#include <exact.h>
#include <string.h>

/* What playbooks, pipelines and other test runners call it. */
static const struct {
    const char *theirs, *ours;
} foreign[] = {
    {"tags", "markers"},        {"tag", "markers"},    {"labels", "markers"},    {"categories", "markers"},
    {"retry", "retries"},       {"reruns", "retries"}, {"title", "description"}, {"summary", "description"},
    {"name", "description"},    {"fixtures", "uses"},  {"services", "uses"},     {"params", "parameters"},
    {"inputs", "parameters"},   {"always", "finally"}, {"teardown", "finally"},  {"cleanup", "finally"},
    {"after", "finally"},       {"tasks", "steps"},    {"script", "steps"},      {"tests", "scenarios"},
    {"cases", "scenarios"},     {"variables", "vars"}, {"groups", "define"},     {"functions", "define"},
    {"imports", "include"},     {"assert", "expect"},  {"expected", "expect"},   {"register", "save"},
    {"output", "save"},         {"when", "if"},        {"loop", "for_each"},     {"foreach", "for_each"},
    {"with_items", "for_each"}, {"delay", "interval"}, {"wait", "within"},
};

const char *check_foreign(const char *name, const char *const *known)
{
    for (size_t i = 0; i < ARRAY_LEN(foreign); i++)
        for (const char *const *k = known; *k && strcmp(foreign[i].theirs, name) == 0; k++)
            if (strcmp(*k, foreign[i].ours) == 0)
                return *k;
    return NULL;
}

bool check_keys(struct checker *c, const struct node *n, const char *what, const char *const *known)
{
    bool ok = n->kind == NODE_MAP;
    if (!ok)
        mistake(c->diagnostics, n->at, "%s is a map, not %s", what, node_describe(n));
    for (uint32_t i = 0; n->kind == NODE_MAP && i < n->n; i++) {
        struct suggestion s = suggest_start(n->keys[i].name);
        const char *const *k = known;
        for (; *k && strcmp(*k, n->keys[i].name) != 0; k++)
            suggest_offer(&s, *k);
        if (*k)
            continue;
        ok = false;
        const char *ours = check_foreign(n->keys[i].name, known);
        if (ours)
            mistake(c->diagnostics, n->keys[i].at, "unknown key %s in %s; here it is %s", n->keys[i].name, what, ours);
        else if (s.best)
            mistake(c->diagnostics, n->keys[i].at, "unknown key %s in %s; did you mean %s?", n->keys[i].name, what,
                    s.best);
        else
            mistake(c->diagnostics, n->keys[i].at, "unknown key %s in %s", n->keys[i].name, what);
    }
    return ok;
}

struct place check_place(const struct node *map, const char *name)
{
    for (uint32_t i = 0; map->kind == NODE_MAP && i < map->n; i++)
        if (strcmp(map->keys[i].name, name) == 0)
            return map->keys[i].at;
    return map->at;
}

const char *check_text(struct checker *c, const struct node *map, const char *name)
{
    const struct node *n = node_get(map, name);
    if (!n)
        return NULL;
    json_t *json = n->kind == NODE_SCALAR ? node_scalar_json(n) : NULL;
    bool text = exact_is_string(json) && *n->text;
    json_decref(json);
    if (!text)
        mistake(c->diagnostics, n->at, "%s: wants a text, not %s", name, node_describe(n));
    return text ? n->text : NULL;
}

int64_t check_duration(struct checker *c, const struct node *map, const char *name)
{
    const int64_t most_ns = 4000000LL * NS_PER_S; /* what milliseconds in 32 bits hold */
    const struct node *n = node_get(map, name);
    int64_t ns = 0;
    if (!n)
        return 0;
    if (n->kind != NODE_SCALAR || clock_parse_duration(n->text, &ns) < 0 || ns < 0 || ns > most_ns) {
        mistake(c->diagnostics, n->at, "%s: %s is no duration: write 500ms, 30s, 2m or 1h30m", name,
                n->kind == NODE_SCALAR && *n->text ? n->text : node_describe(n));
        return 0;
    }
    if (ns == 0 && strcmp(name, "interval") != 0)
        mistake(c->diagnostics, n->at, "%s: 0 is too short; leave it out to have none", name);
    return ns;
}

uint32_t check_count(struct checker *c, const struct node *map, const char *name, uint32_t most)
{
    const struct node *n = node_get(map, name);
    if (!n)
        return 0;
    json_t *json = n->kind == NODE_SCALAR ? node_scalar_json(n) : NULL;
    bool ok = json_is_integer(json) && json_integer_value(json) >= 0 && json_integer_value(json) <= most;
    uint32_t count = ok ? (uint32_t)json_integer_value(json) : 0;
    json_decref(json);
    if (!ok)
        mistake(c->diagnostics, n->at, "%s: wants an integer from 0 to %u, not %s", name, most,
                n->kind == NODE_SCALAR && *n->text ? n->text : node_describe(n));
    return count;
}
