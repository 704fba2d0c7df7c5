/* SPDX-License-Identifier: Apache-2.0 */
/* Fixtures of the attempt's own scope. */
#include "host/fixture_local.h"

#include "base/mem.h"
#include "host/attempt_state.h"
#include "host/open_steps.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PARTS = 4 }; /* index, budgets of set-up and tear-down, number of values; then the values */

static uint64_t number(const char *text)
{
    return strtoull(text, NULL, 10);
}

/* One of them from the list; how many strings it took, 0 when it is none of the plugin's. */
static uint32_t read_one(const struct message_list *list, uint32_t at, struct local_fixture *ret_local)
{
    const struct plugin *p = attempt.spec->plugin;
    if (list->n - at < PARTS)
        return 0;
    uint64_t index = number(list->items[at]), n = number(list->items[at + 3]);
    if (index >= p->n_fixtures || n != p->fixture_entries[index].params.n || n > list->n - at - PARTS)
        return 0;
    *ret_local = (struct local_fixture){.entry = &p->fixture_entries[index],
                                        .values = list->items + at + PARTS,
                                        .setup_ns = number(list->items[at + 1]),
                                        .teardown_ns = number(list->items[at + 2])};
    return PARTS + (uint32_t)n;
}

bool local_read(const struct message_list *list)
{
    if (list->n == 0)
        return true;
    attempt.locals = xcalloc(list->n / PARTS + 1, sizeof *attempt.locals);
    for (uint32_t at = 0; at < list->n;) {
        uint32_t taken = read_one(list, at, &attempt.locals[attempt.n_locals]);
        if (taken == 0)
            return false;
        attempt.n_locals++;
        at += taken;
    }
    return true;
}

/* From now on the n-th's functions run, from 1; 0: the scenario's. */
static void become(uint32_t user)
{
    const struct local_fixture *f = user > 0 ? &attempt.locals[user - 1] : NULL;
    const struct message_list *own = &attempt.spec->order->values;
    attempt.user = user;
    attempt.user_name = f ? f->entry->name : NULL;
    attempt.params = f ? &f->entry->params : &attempt.entry->params;
    attempt.values = f ? f->values : own->items;
    attempt.n_values = f ? f->entry->params.n : own->n;
}

/* Evidence of what took how long: a step of the attempt. One that fails is ended by what follows. */
static void begin_step(const char *what, const struct local_fixture *f)
{
    char name[160];
    snprintf(name, sizeof name, "%s %s", what, f->entry->name);
    attempt.local_step = ext_steps.begin(&attempt.ctx, name);
}

static void end_step(void)
{
    if (attempt.local_step == 0)
        return;
    ext_steps.end(&attempt.ctx, attempt.local_step);
    attempt.local_step = 0;
}

void local_set_up(void)
{
    for (uint32_t i = 0; i < attempt.n_locals; i++) {
        const struct local_fixture *f = &attempt.locals[i];
        attempt.n_locals_begun = i + 1;
        become(i + 1);
        attempt_enter(PHASE_SETUP, f->setup_ns);
        begin_step("set up", f);
        f->entry->setup(&attempt.ctx);
        end_step();
        if (attempt.failed_checks > 0)
            attempt_end();
    }
    if (attempt.n_locals > 0)
        become(0);
}

void local_tear_down(void)
{
    end_step();
    while (attempt.n_locals_begun > 0) {
        uint32_t i = --attempt.n_locals_begun; /* first: when it stops, the next one follows */
        const struct local_fixture *f = &attempt.locals[i];
        if (!f->entry->teardown)
            continue;
        become(i + 1);
        attempt_enter(PHASE_TEARDOWN, f->teardown_ns);
        begin_step("tear down", f);
        f->entry->teardown(&attempt.ctx);
        end_step();
    }
    if (attempt.user > 0)
        become(0);
}
