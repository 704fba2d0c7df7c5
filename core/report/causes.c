/* SPDX-License-Identifier: Apache-2.0 */
/* Failures grouped by their cause. */
#include "report/causes.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

enum { TOP_FRAMES = 4 }; /* with the line that names the thread */

/* One failed case on its way into a group. */
struct failure {
    struct cause cause;
    const char *signature;
};

const char *cause_kind_name(enum cause_kind kind)
{
    static const char *const names[] = {
        [CAUSE_CHECK] = "check",     [CAUSE_CRASH] = "crash",   [CAUSE_TIMEOUT] = "timeout",
        [CAUSE_FIXTURE] = "fixture", [CAUSE_REASON] = "reason", [CAUSE_RULE] = "rule"};
    return names[kind];
}

/* Numbers are what differs between two failures of one kind: ports, ids, durations. */
static void add_without_numbers(struct buf *out, const char *text)
{
    for (const char *p = text; *p; p++) {
        if (!isdigit((unsigned char)*p)) {
            buf_addc(out, *p);
            continue;
        }
        buf_addc(out, '#');
        while (isxdigit((unsigned char)p[1]) || (p[1] == 'x' && *p == '0'))
            p++;
    }
}

/* The first frame with a source position: those above it are mostly the C library's. */
static const char *telling_frame(const struct string_list *stack)
{
    for (size_t i = 0; i < stack->n; i++)
        if (strstr(stack->items[i], " at "))
            return stack->items[i];
    return stack->n > 0 ? stack->items[0] : "";
}

static void add_frames(struct buf *out, const struct string_list *stack)
{
    for (size_t i = 0; i < stack->n && i < TOP_FRAMES; i++) {
        buf_addc(out, '\n');
        if (strstr(stack->items[i], " at ")) /* the number is a line's */
            buf_adds(out, stack->items[i]);
        else
            add_without_numbers(out, stack->items[i]);
    }
}

static void add_innermost_open_step(struct buf *out, const struct model_attempt *a)
{
    const struct model_detail *d = model_attempt_detail(a);
    for (uint32_t i = d->n_steps; i-- > 0;) {
        if (d->steps[i].ended)
            continue;
        buf_adds(out, ", step ");
        model_step_path(a, d->steps[i].number, out);
        return;
    }
}

static void from_crash(struct cause *cause, const struct model_detail *d, struct buf *title, struct buf *signature)
{
    cause->kind = CAUSE_CRASH;
    buf_adds(title, *d->signal ? d->signal : "ended without a verdict");
    if (d->crash_stack.n > 0)
        buf_addf(title, ": %s", telling_frame(&d->crash_stack));
    buf_adds(signature, d->signal);
    add_frames(signature, &d->crash_stack);
}

static void from_timeout(struct cause *cause, const struct model_attempt *a, struct buf *title, struct buf *signature)
{
    const struct model_detail *d = model_attempt_detail(a);
    cause->kind = CAUSE_TIMEOUT;
    buf_addf(title, "timed out in %s", *d->timeout_phase ? d->timeout_phase : "its body");
    add_innermost_open_step(title, a);
    if (d->timeout_stack.n > 0)
        buf_addf(title, ": %s", telling_frame(&d->timeout_stack));
    buf_adds(signature, d->timeout_phase);
    add_frames(signature, &d->timeout_stack);
    add_innermost_open_step(signature, a);
}

static void from_check(struct cause *cause, const struct model_check *check, struct buf *title, struct buf *signature)
{
    cause->kind = CAUSE_CHECK;
    cause->file = check->file;
    cause->line = check->line;
    buf_adds(title, *check->expression ? check->expression : check->message);
    buf_addf(signature, "%s:%d\n", check->file, (int)check->line);
    if (*check->expression)
        buf_adds(signature, check->expression);
    else
        add_without_numbers(signature, check->message);
}

static void from_reason(struct cause *cause, const char *reason, struct buf *title, struct buf *signature)
{
    buf_adds(title, *reason ? reason : "no reason was given");
    buf_addf(signature, "%s:%d\n", cause->file, (int)cause->line);
    add_without_numbers(signature, reason);
}

/* The check that the reason is of; without a place of its own, the first. */
static const struct model_check *telling_check(const struct model_attempt *a)
{
    const struct model_detail *d = model_attempt_detail(a);
    for (uint32_t i = 0; i < d->n_checks; i++)
        if (!*a->file || (d->checks[i].line == a->line && strcmp(d->checks[i].file, a->file) == 0))
            return &d->checks[i];
    return NULL;
}

static void from_attempt(struct cause *cause, const struct model_attempt *a, struct buf *title, struct buf *signature)
{
    const struct model_detail *d = model_attempt_detail(a);
    const struct model_check *check = telling_check(a);
    if (a->verdict == VERDICT_CRASHED && d->crashed)
        from_crash(cause, d, title, signature);
    else if (a->verdict == VERDICT_TIMEOUT && d->timed_out && !*a->file)
        from_timeout(cause, a, title, signature);
    else if (check) {
        from_check(cause, check, title, signature);
    } else {
        cause->file = a->file;
        cause->line = a->line;
        from_reason(cause, a->reason, title, signature);
    }
}

static void from_fixture(struct cause *cause, const struct model_fixture *f, struct buf *title, struct buf *signature)
{
    cause->kind = CAUSE_FIXTURE;
    cause->file = f->file;
    cause->line = f->line;
    buf_addf(title, "%s: %s", f->label, f->reason);
    buf_addf(signature, "%s %d", f->label, (int)f->start);
}

static void find_cause(const struct run_model *m, size_t at, struct failure *f, struct arena *arena)
{
    const struct model_case *c = m->cases[at];
    const struct model_fixture *fixture = model_fixture_blamed(m, c);
    const struct model_attempt *a = model_attempt_told(c);
    const bool bad = verdict_is_bad((enum verdict)c->verdict);
    autobuf struct buf title = {0}, signature = {0};
    f->cause = (struct cause){.kind = bad ? CAUSE_REASON : CAUSE_RULE, .file = "", .first = at, .n = 1};
    if (!bad)
        from_reason(&f->cause, model_fault(m, c), &title, &signature);
    else if (fixture)
        from_fixture(&f->cause, fixture, &title, &signature);
    else if (a && a->ended && verdict_is_bad((enum verdict)a->verdict))
        from_attempt(&f->cause, a, &title, &signature);
    else
        from_reason(&f->cause, c->reason, &title, &signature);
    f->cause.title = arena_strdup(arena, buf_str(&title));
    f->signature = arena_strdup(arena, buf_str(&signature));
}

static int compare_failures(const void *a, const void *b)
{
    const struct failure *x = a, *y = b;
    int order = (int)x->cause.kind - (int)y->cause.kind;
    if (order == 0)
        order = strcmp(x->signature, y->signature);
    return order ? order : (x->cause.first > y->cause.first) - (x->cause.first < y->cause.first);
}

static bool is_same(const struct failure *a, const struct failure *b)
{
    return a->cause.kind == b->cause.kind && strcmp(a->signature, b->signature) == 0;
}

static int compare_causes(const void *a, const void *b)
{
    const struct cause *x = a, *y = b;
    if (x->n != y->n)
        return x->n < y->n ? 1 : -1;
    return (x->first > y->first) - (x->first < y->first);
}

/* The sorted failures stand group by group, each from its first case on. */
static void number_causes(struct causes *causes, const struct failure *failures, size_t n)
{
    uint32_t number = 0;
    for (size_t i = 0; i < causes->n; i++)
        causes->of_case[causes->items[i].first] = (uint32_t)i + 1;
    for (size_t i = 0; i < n; i++) {
        if (i == 0 || !is_same(&failures[i - 1], &failures[i]))
            number = causes->of_case[failures[i].cause.first];
        causes->of_case[failures[i].cause.first] = number;
    }
}

static void group_failures(struct causes *causes, struct failure *failures, size_t n)
{
    if (n == 0)
        return;
    qsort(failures, n, sizeof *failures, compare_failures);
    causes->items = xcalloc(n, sizeof *causes->items);
    for (size_t i = 0; i < n; i++) {
        if (i > 0 && is_same(&failures[i - 1], &failures[i]))
            causes->items[causes->n - 1].n++;
        else
            causes->items[causes->n++] = failures[i].cause;
    }
    qsort(causes->items, causes->n, sizeof *causes->items, compare_causes);
    number_causes(causes, failures, n);
}

struct causes causes_find(const struct run_model *m)
{
    struct causes causes = {.of_case = xcalloc(m->n_cases + 1, sizeof *causes.of_case)};
    struct failure *failures = NULL;
    size_t n = 0, cap = 0;
    for (size_t i = 0; i < m->n_cases; i++) {
        const struct model_case *c = m->cases[i];
        if (!c->ended || (!verdict_is_bad((enum verdict)c->verdict) && !model_fault(m, c)))
            continue;
        GROW(failures, n, cap);
        find_cause(m, i, &failures[n++], &causes.arena);
    }
    group_failures(&causes, failures, n);
    free(failures);
    return causes;
}

void causes_free(struct causes *causes)
{
    free(causes->items);
    free(causes->of_case);
    arena_free(&causes->arena);
}
