/* SPDX-License-Identifier: Apache-2.0 */
/* Scheduling, from the command line's side. */
#include "cli/scheduling.h"

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/mem.h"
#include "cli/run_history.h"
#include "plan/repeat.h"

#include <errno.h>
#include <string.h>

void scheduling_apply(const struct scheduling *s, struct runner_options *o)
{
    o->retry_budget = s->retry_budget;
    o->until_fail = s->until_fail;
    o->rounds = s->repeat < 0 ? 0 : (uint32_t)s->repeat;
    o->max_fail = s->first_failure || s->until_fail ? 1 : (uint64_t)s->max_fail;
    o->stop_at_ns = s->global_timeout_ns ? o->epoch_ns + s->global_timeout_ns : NEVER;
}

char *scheduling_ending(const struct scheduling *s, const struct runner_result *result)
{
    if (!result->interrupted_by && !result->out_of_time && result->failed_out && !s->until_fail)
        return xasprintf("%s: nothing new was begun after %llu failed", s->first_failure ? "--exitfirst" : "--max-fail",
                         (unsigned long long)result->n_bad);
    return NULL;
}

void scheduling_repeat(const struct scheduling *s, struct selection *selection)
{
    if (!s->until_fail && s->repeat > 0)
        repeat_cases(selection, (uint32_t)s->repeat);
}

int scheduling_choose_fails(const char *text, int *ret_choice)
{
    *ret_choice = strcmp(text, "fail") == 0;
    return strcmp(text, "fail") == 0 || strcmp(text, "pass") == 0 ? 0 : -EINVAL;
}

int scheduling_choose_told(const char *text, int *ret_choice)
{
    static const char *const words[] = {[TOLD_WARN] = "warn", [TOLD_PASS] = "pass", [TOLD_FAIL] = "fail"};
    for (int i = 0; i < (int)ARRAY_LEN(words); i++) {
        if (strcmp(words[i], text) == 0) {
            *ret_choice = i;
            return 0;
        }
    }
    return -EINVAL;
}

/* "what: a, b, c, d, e and 3 more"; NULL when none fits. */
static char *name_some(const struct run_model *model, bool (*fits)(const struct model_case *c), const char *what)
{
    enum { NAMED = 5 };
    autobuf struct buf out = {0};
    size_t n = 0;
    for (size_t i = 0; i < model->n_cases; i++) {
        if (!fits(model->cases[i]))
            continue;
        if (n++ < NAMED)
            buf_addf(&out, "%s%s", n > 1 ? ", " : what, model->cases[i]->id);
    }
    if (n > NAMED)
        buf_addf(&out, " and %zu more", n - NAMED);
    return n ? buf_steal(&out) : NULL;
}

char *scheduling_unchecked(const struct run_model *model)
{
    return name_some(model, model_is_unchecked, "passed without a single check: ");
}

static bool is_skipped(const struct model_case *c)
{
    return c->ended && c->verdict == VERDICT_SKIPPED;
}

char *scheduling_skipped(const struct run_model *model)
{
    return name_some(model, is_skipped, "skipped: ");
}

static bool is_known_failure(const struct model_case *c)
{
    static const char name[] = "known_failure";
    for (size_t i = 0; i < c->markers.n; i++)
        if (strncmp(c->markers.items[i], name, sizeof name - 1) == 0 &&
            strchr("( ", c->markers.items[i][sizeof name - 1]))
            return true;
    return false;
}

static bool is_mended(const struct model_case *c)
{
    return c->verdict == VERDICT_PASSED;
}

/* While its marker holds, one that ends badly is skipped. */
static bool is_expired(const struct model_case *c)
{
    return verdict_is_bad((enum verdict)c->verdict);
}

static char *name_known(const struct run_model *model, bool (*fits)(const struct model_case *c), const char *what)
{
    autobuf struct buf out = {0};
    size_t n = 0;
    for (size_t i = 0; i < model->n_cases; i++) {
        const struct model_case *c = model->cases[i];
        if (!c->ended || !is_known_failure(c) || !fits(c))
            continue;
        buf_adds(&out, n++ ? ", " : what);
        buf_adds(&out, c->id);
    }
    return n ? buf_steal(&out) : NULL;
}

char *scheduling_mended(const struct run_model *model)
{
    return name_known(model, is_mended, "marked known_failure, and passed: ");
}

char *scheduling_expired(const struct run_model *model)
{
    return name_known(model, is_expired, "marked known_failure, and its date has passed: ");
}

const char *scheduling_history(const struct scheduling *s)
{
    return strcmp(s->history, "none") == 0 ? NULL : s->history;
}

uint32_t *scheduling_sequence(const struct scheduling *s, const struct catalogue *c, const struct selection *selection,
                              uint64_t seed)
{
    uint32_t *sequence = xcalloc(selection->n_cases, sizeof *sequence);
    enum order order = (enum order)s->order;
    const char *history = scheduling_history(s);
    autofree struct case_past *past = order_wants_past(order) && history ? cli_history_read(history, selection) : NULL;
    order_cases(c, selection, order, seed, past, sequence);
    return sequence;
}
