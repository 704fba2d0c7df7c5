/* SPDX-License-Identifier: Apache-2.0 */
/* Labels of instances: as short as they can be told apart. */
#include "plan/fixture_labels.h"

#include "base/buf.h"
#include "plan/argument.h"
#include "plan/syntax.h"

#include <string.h>

static void add_value(struct buf *out, const char *value)
{
    if (*value && !value[syntax_word(value)]) {
        buf_adds(out, value);
        return;
    }
    static const char from[] = "\n\t\r\"\\", to[] = "ntr\"\\";
    buf_addc(out, '"');
    for (const char *p = value; *p; p++) {
        const char *special = strchr(from, *p);
        if (special)
            buf_addc(out, '\\');
        buf_addc(out, special ? to[special - from] : *p);
    }
    buf_addc(out, '"');
}

static bool is_fallback(const struct param_info *param, const char *value, struct arena *arena)
{
    const char *text;
    return param->fallback && argument_check(param, param->fallback, arena, &text, NULL) == 0 &&
           strcmp(text, value) == 0;
}

static void add_arguments(const struct fixture_info *f, const struct fixture_instance *it, struct arena *arena,
                          struct buf *out)
{
    uint32_t n = 0;
    for (uint32_t i = 0; i < f->params.n; i++) {
        if (is_fallback(&f->params.items[i], it->values[i], arena))
            continue;
        buf_addf(out, "%s%s=", n++ ? ", " : "(", f->params.items[i].name);
        add_value(out, it->values[i]);
    }
    if (n > 0)
        buf_addc(out, ')');
}

/* Whether another instance is of a fixture with the same name, in another plugin or, for a plugin, with this one. */
static bool has_namesake(const struct catalogue *c, const struct fixture_plan *plan, const struct fixture_instance *it,
                         bool same_fixture)
{
    const struct fixture_info *f = &c->fixtures[it->fixture];
    for (size_t i = 0; i < plan->n_instances; i++) {
        const struct fixture_instance *other = &plan->instances[i];
        bool is_same = other->fixture == it->fixture;
        if (is_same == same_fixture && strcmp(c->fixtures[other->fixture].name, f->name) == 0 &&
            (!is_same || other->user_plugin != it->user_plugin))
            return true;
    }
    return false;
}

void fixture_labels(const struct catalogue *c, struct fixture_plan *plan)
{
    for (size_t i = 0; i < plan->n_instances; i++) {
        struct fixture_instance *it = &plan->instances[i];
        const struct fixture_info *f = &c->fixtures[it->fixture];
        autobuf struct buf label = {0};
        if (has_namesake(c, plan, it, false))
            buf_addf(&label, "%s.", c->plugins[f->plugin].name);
        buf_adds(&label, f->name);
        add_arguments(f, it, &plan->arena, &label);
        if (has_namesake(c, plan, it, true))
            buf_addf(&label, " of %s", c->plugins[it->user_plugin].name);
        it->label = arena_strdup(&plan->arena, buf_str(&label));
    }
}
