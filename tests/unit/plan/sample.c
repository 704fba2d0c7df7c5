/* SPDX-License-Identifier: Apache-2.0 */
/* Catalogues written as tables. */
#include "sample.h"

#include <string.h>

uint32_t sample_markers(struct arena *arena, const char *line, const struct marker **ret_markers)
{
    enum { MOST = 16 };
    struct marker *markers = arena_alloc(arena, MOST * sizeof *markers);
    uint32_t n = 0;
    while (*line) {
        size_t len = strcspn(line, ";");
        autoerr struct err err = {0};
        assert_true(n < MOST);
        if (marker_parse(arena_strndup(arena, line, len), arena, &markers[n++], &err) < 0)
            fail_msg("%s", err_text(&err));
        line += len + (line[len] == ';');
    }
    *ret_markers = markers;
    return n;
}

void sample_plugin(struct catalogue *c, const char *name)
{
    GROW(c->plugins, c->n_plugins, c->cap_plugins);
    char *path = arena_alloc(&c->arena, strlen(name) + sizeof ".so");
    strcpy(stpcpy(path, name), ".so");
    c->plugins[c->n_plugins++] = (struct plugin_info){
        .path = path, .name = name, .version = "1.0.0", .summary = "", .first = (uint32_t)c->n_scenarios};
}

struct scenario_info *sample_scenario(struct catalogue *c, const char *name, const char *markers)
{
    struct plugin_info *p = &c->plugins[c->n_plugins - 1];
    GROW(c->scenarios, c->n_scenarios, c->cap_scenarios);
    struct scenario_info *s = &c->scenarios[c->n_scenarios++];
    char *id = arena_alloc(&c->arena, strlen(p->name) + strlen(name) + 2);
    strcpy(stpcpy(stpcpy(id, p->name), "."), name);
    *s = (struct scenario_info){.plugin = (uint32_t)c->n_plugins - 1, .index = p->count++, .id = id, .name = name};
    s->file = "sample.c";
    s->line = p->count;
    s->n_markers = sample_markers(&c->arena, markers, &s->markers);
    return s;
}

void sample_catalogue(struct catalogue *c)
{
    sample_plugin(c, "acme.payments");
    sample_scenario(c, "refund_twice", "e2e;priority_p0;issue(id=4711)");
    sample_scenario(c, "refund_late", "e2e;slow");
    sample_scenario(c, "refund[plan=pro]", "e2e");
    sample_scenario(c, "refund[plan=free]", "e2e");
    assert_int_equal(catalogue_admit(c, NULL), 0);
    sample_plugin(c, "acme.users");
    sample_scenario(c, "login", "security;priority_p0");
    sample_scenario(c, "logout", "security");
    assert_int_equal(catalogue_admit(c, NULL), 0);
}

void assert_err(const struct err *err, int code, const char *text)
{
    assert_string_equal(err_text(err), text);
    assert_int_equal(err->code, code);
}
