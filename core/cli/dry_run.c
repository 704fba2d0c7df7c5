/* SPDX-License-Identifier: Apache-2.0 */
/* muster run --dry-run: the plan, without the run. */
#include "base/mem.h"
#include "base/text.h"
#include "cli/scheduling.h"

#include <string.h>

static bool is_claim(const struct marker *m)
{
    static const char *const names[] = {"lock", "group", "weight", "serial"};
    for (size_t i = 0; i < ARRAY_LEN(names); i++)
        if (strcmp(m->name, names[i]) == 0)
            return true;
    return false;
}

static void add_case(struct buf *out, const struct scenario_info *s, const struct case_plan *plan)
{
    terminal_add(out, plan->id, strlen(plan->id));
    bool any = false;
    for (uint32_t i = 0; i < s->n_markers && !plan->skip_reason; i++) {
        if (!is_claim(&s->markers[i]))
            continue;
        buf_adds(out, any ? ", " : "  [");
        terminal_add(out, s->markers[i].text, strlen(s->markers[i].text));
        any = true;
    }
    if (plan->skip_reason) {
        buf_adds(out, "  [skip: ");
        terminal_add(out, plan->skip_reason, strlen(plan->skip_reason));
        any = true;
    }
    buf_adds(out, any ? "]\n" : "\n");
}

void scheduling_show(const struct catalogue *c, const struct selection *selection, const uint32_t *sequence,
                     const struct sharding *sharding)
{
    autobuf struct buf out = {0};
    for (size_t i = 0; i < selection->n_cases; i++) {
        const struct case_plan *plan = &selection->cases[sequence[i]];
        add_case(&out, &c->scenarios[plan->scenario], plan);
    }
    buf_addf(&out, "\n%zu scenario%s would run, %zu deselected\n", selection->n_cases,
             selection->n_cases == 1 ? "" : "s", selection->n_deselected);
    sharding_describe(sharding, selection, &out);
    cli_print(&out);
}
