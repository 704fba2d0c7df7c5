/* SPDX-License-Identifier: Apache-2.0 */
/* From the catalogue and the command line to the cases of a run. */
#include "plan/select.h"

#include "base/buf.h"
#include "plan/expr.h"
#include "plan/known.h"
#include "plan/patterns.h"

#include <stdlib.h>
#include <string.h>

/* What every scenario is held against. */
struct filter {
    const struct catalogue *catalogue;
    const struct select_options *options;
    struct patterns patterns;
    struct expr *markers;  /* NULL: no -m */
    struct expr *keywords; /* NULL: no -k */
    const char **names;    /* of the scenario in hand, for -k; kept for its room */
    size_t cap_names;
};

static int filter_init(struct filter *f, struct err *err)
{
    const struct select_options *o = f->options;
    patterns_init(&f->patterns, o->ids, o->n_ids);
    int e = o->markers ? expr_parse(o->markers, &f->markers, err) : 0;
    if (e < 0) {
        err_prefix(err, "-m");
        return e;
    }
    e = o->keywords ? expr_parse_keyword(o->keywords, &f->keywords, err) : 0;
    if (e < 0)
        err_prefix(err, "-k");
    return e;
}

static void filter_free(struct filter *f)
{
    patterns_free(&f->patterns);
    expr_free(f->markers);
    expr_free(f->keywords);
    free(f->names);
}

/* The names that -k looks at: the scenario's id, its plugin's name, its markers' names. */
static bool keywords_match(struct filter *f, const struct scenario_info *s)
{
    if (!f->keywords)
        return true;
    size_t n = 2 + (size_t)s->n_markers;
    if (n > f->cap_names) {
        f->names = xreallocarray(f->names, n, sizeof *f->names);
        f->cap_names = n;
    }
    f->names[0] = s->id;
    f->names[1] = f->catalogue->plugins[s->plugin].name;
    for (uint32_t i = 0; i < s->n_markers; i++)
        f->names[2 + i] = s->markers[i].name;
    return expr_match_names(f->keywords, f->names, n);
}

static bool markers_match(const struct filter *f, const struct scenario_info *s)
{
    return !f->markers || expr_match_markers(f->markers, s->markers, s->n_markers);
}

static bool is_capability(const struct select_options *o, const char *need)
{
    for (size_t i = 0; i < o->n_capabilities; i++)
        if (strcmp(o->capabilities[i], need) == 0)
            return true;
    return false;
}

/* "unsupported: needs X, Y", or NULL when all needs are met. */
static const char *unmet_needs(const struct select_options *o, const struct scenario_info *s, struct arena *arena)
{
    autobuf struct buf reason = {0};
    for (const char *const *need = s->needs; need && *need; need++) {
        if (is_capability(o, *need))
            continue;
        buf_adds(&reason, reason.len ? ", " : "unsupported: needs ");
        buf_adds(&reason, *need);
    }
    return reason.len ? arena_strdup(arena, buf_str(&reason)) : NULL;
}

static int skip_reason(const struct select_options *o, const struct scenario_info *s, struct arena *arena,
                       const char **ret_reason, struct err *err)
{
    const struct marker *m = marker_find(s->markers, s->n_markers, "skip");
    if (!m) {
        *ret_reason = unmet_needs(o, s, arena);
        return 0;
    }
    const struct marker_value *v = known_arg(m, "reason");
    if (v && v->type != MARKER_STR)
        return known_error(s, m, err, "reason is a text");
    *ret_reason = arena_strdup(arena, v && v->text[0] ? v->text : "unconditional skip");
    return 0;
}

static bool is_date(const char *text)
{
    for (int i = 0; i < 10; i++)
        if (i == 4 || i == 7 ? text[i] != '-' : text[i] < '0' || text[i] > '9')
            return false;
    return text[10] == '\0';
}

/* The reason of a known failure that has not expired; its last day still counts. */
static int known_failure(const struct select_options *o, const struct scenario_info *s, struct arena *arena,
                         const char **ret_reason, struct err *err)
{
    const struct marker *m = marker_find(s->markers, s->n_markers, "known_failure");
    if (!m)
        return 0;
    const struct marker_value *reason = known_arg(m, "reason"), *until = known_arg(m, "until");
    if (!reason || reason->type != MARKER_STR || !*reason->text)
        return known_error(s, m, err, "it needs a reason, which is a text");
    if (until && (until->type != MARKER_STR || !is_date(until->text)))
        return known_error(s, m, err, "until is a day, as in until=\"2026-12-31\"");
    if (!until || !o->today || strcmp(o->today, until->text) <= 0)
        *ret_reason = arena_strdup(arena, reason->text);
    return 0;
}

static int add_case(const struct filter *f, uint32_t scenario, struct selection *sel, struct err *err)
{
    const struct scenario_info *s = &f->catalogue->scenarios[scenario];
    struct case_plan plan = {.scenario = scenario, .id = s->id};
    int e = limits_of(s, &f->options->limits, &plan.limits, err);
    if (e == 0)
        e = skip_reason(f->options, s, &sel->arena, &plan.skip_reason, err);
    if (e == 0)
        e = known_failure(f->options, s, &sel->arena, &plan.known_failure, err);
    if (e < 0)
        return e;
    GROW(sel->cases, sel->n_cases, sel->cap_cases);
    sel->cases[sel->n_cases++] = plan;
    return 0;
}

static int filter_all(struct filter *f, struct selection *sel, struct err *err)
{
    for (size_t i = 0; i < f->catalogue->n_scenarios; i++) {
        const struct scenario_info *s = &f->catalogue->scenarios[i];
        if (!patterns_select(&f->patterns, s->id))
            continue;
        if (!markers_match(f, s) || !keywords_match(f, s)) {
            sel->n_deselected++;
            continue;
        }
        int e = add_case(f, (uint32_t)i, sel, err);
        if (e < 0)
            return e;
    }
    return patterns_check_used(&f->patterns, f->catalogue, err);
}

int select_cases(const struct catalogue *c, const struct select_options *o, struct selection *ret_selection,
                 struct err *err)
{
    __attribute__((cleanup(filter_free))) struct filter f = {.catalogue = c, .options = o};
    autoselection struct selection sel = {0};
    int e = filter_init(&f, err);
    if (e == 0)
        e = filter_all(&f, &sel, err);
    if (e < 0)
        return e;
    *ret_selection = sel;
    sel = (struct selection){0};
    return 0;
}

void selection_free(struct selection *s)
{
    free(s->cases);
    arena_free(&s->arena);
    *s = (struct selection){0};
}
