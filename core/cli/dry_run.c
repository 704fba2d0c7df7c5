/* SPDX-License-Identifier: Apache-2.0 */
/* muster run --dry-run: the plan, without the run. */
#include "base/text.h"
#include "cli/scheduling.h"

#include <string.h>

static void add_case(struct buf *out, const struct case_plan *plan)
{
    terminal_add(out, plan->id, strlen(plan->id));
    if (plan->skip_reason) {
        buf_adds(out, "  [skip: ");
        terminal_add(out, plan->skip_reason, strlen(plan->skip_reason));
        buf_addc(out, ']');
    }
    buf_addc(out, '\n');
}

void scheduling_show(const struct catalogue *c, const struct selection *selection)
{
    (void)c;
    autobuf struct buf out = {0};
    for (size_t i = 0; i < selection->n_cases; i++)
        add_case(&out, &selection->cases[i]);
    buf_addf(&out, "\n%zu scenario%s would run, %zu deselected\n", selection->n_cases,
             selection->n_cases == 1 ? "" : "s", selection->n_deselected);
    cli_print(&out);
}
