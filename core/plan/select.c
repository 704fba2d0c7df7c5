/* SPDX-License-Identifier: Apache-2.0 */
/* From the catalogue and the command line to the cases of a run. */
#include "plan/select.h"

#include "base/buf.h"
#include "base/suggest.h"
#include "plan/claims.h"
#include "plan/expr.h"
#include "plan/known.h"
#include "plan/needs.h"
#include "plan/patterns.h"

#include <errno.h>
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

/* The names that -k looks at: the case's id, its plugin's name, its markers' names. */
static bool keywords_match(struct filter *f, const struct scenario_info *s, const char *id)
{
    if (!f->keywords)
        return true;
    size_t n = 2 + (size_t)s->n_markers;
    if (n > f->cap_names) {
        f->names = xreallocarray(f->names, n, sizeof *f->names);
        f->cap_names = n;
    }
    f->names[0] = id;
    f->names[1] = f->catalogue->plugins[s->plugin].name;
    for (uint32_t i = 0; i < s->n_markers; i++)
        f->names[2 + i] = s->markers[i].name;
    return expr_match_names(f->keywords, f->names, n);
}

static bool markers_match(const struct filter *f, const struct scenario_info *s)
{
    return !f->markers || expr_match_markers(f->markers, s->markers, s->n_markers);
}

/* Asked for only when somebody needs it: a target file that nobody needs may be wrong. */
static int unmet_needs(const struct select_options *o, const struct scenario_info *s, struct arena *arena,
                       const char **ret_reason, struct err *err)
{
    const struct target_info *target = NULL;
    int e = o->target && (needs_operations(s) || uses_target(s->uses)) ? o->target(o->target_data, &target, err) : 0;
    return e < 0 ? e : needs_unmet(s, o->capabilities, o->n_capabilities, target, arena, ret_reason, err);
}

static int skip_reason(const struct select_options *o, const struct scenario_info *s, struct arena *arena,
                       const char **ret_reason, struct err *err)
{
    const struct marker *m = marker_find(s->markers, s->n_markers, "skip");
    if (!m)
        return unmet_needs(o, s, arena, ret_reason, err);
    const struct marker_value *v = known_arg(m, "reason");
    if (v && v->type != MARKER_STR)
        return known_error(s, m, err, "reason is a text");
    *ret_reason = arena_strdup(arena, v && v->text[0] ? v->text : "unconditional skip");
    return 0;
}

/* A day that there is: a slip such as 2026-13-40 would be compared as text, and never or always be over. */
static bool is_date(const char *text)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    for (int i = 0; i < 10; i++)
        if (i == 4 || i == 7 ? text[i] != '-' : text[i] < '0' || text[i] > '9')
            return false;
    int year = atoi(text), month = atoi(text + 5), day = atoi(text + 8);
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return text[10] == '\0' && month >= 1 && month <= 12 && day >= 1 && day <= days[month - 1] + (month == 2 && leap);
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
        return known_error(s, m, err, "until is a day of the calendar, as in until=\"2026-12-31\"");
    if (!until || !o->today || strcmp(o->today, until->text) <= 0)
        *ret_reason = arena_strdup(arena, reason->text);
    return 0;
}

static bool is_own(const struct select_options *o, const char *name)
{
    for (size_t i = 0; i < o->n_own_markers; i++)
        if (strcmp(o->own_markers[i], name) == 0)
            return true;
    return false;
}

/* A limit that is missing for a slip of the pen weakens a test in silence. */
static int check_slips(const struct select_options *o, const struct scenario_info *s, struct err *err)
{
    for (uint32_t i = 0; i < s->n_markers; i++) {
        const struct marker *m = &s->markers[i];
        if (is_own(o, m->name))
            continue;
        const char *meant = known_meant(m->name), *here = known_elsewhere(m);
        if (meant || here)
            return known_error(
                s, m, err, "muster does nothing for %s; %s%s%s (--own-marker %s where it is a marker of your own)",
                m->name, here ? "here that is " : "did you mean ", here ? here : meant, here ? "" : "?", m->name);
    }
    return 0;
}

/* All that is the same for each of a scenario's cases. */
static int plan_scenario(const struct filter *f, uint32_t scenario, struct selection *sel, struct case_plan *ret_plan,
                         struct err *err)
{
    const struct scenario_info *s = &f->catalogue->scenarios[scenario];
    struct case_plan plan = {.scenario = scenario, .id = s->id};
    int e = limits_of(s, &f->options->limits, &plan.limits, err);
    if (e == 0)
        e = skip_reason(f->options, s, &sel->arena, &plan.skip_reason, err);
    if (e == 0)
        e = known_failure(f->options, s, &sel->arena, &plan.known_failure, err);
    if (e == 0)
        *ret_plan = plan;
    return e;
}

int select_check_markers(const struct catalogue *c, const struct select_options *o, uint32_t scenario, struct err *err)
{
    struct select_options without_target = *o; /* whom nobody selects needs nothing */
    without_target.target = NULL;
    const struct filter f = {.catalogue = c, .options = &without_target};
    autoselection struct selection scratch = {0};
    struct case_plan plan;
    struct claims claims;
    int e = check_slips(o, &c->scenarios[scenario], err);
    if (e == 0)
        e = plan_scenario(&f, scenario, &scratch, &plan, err);
    return e < 0 ? e : claims_of(&c->scenarios[scenario], &claims, err);
}

static void add_case(struct selection *sel, const struct case_plan *plan)
{
    GROW(sel->cases, sel->n_cases, sel->cap_cases);
    sel->cases[sel->n_cases++] = *plan;
}

static int open_cases(const struct filter *f, const struct scenario_info *s, struct case_set *ret_set, struct err *err)
{
    const struct select_options *o = f->options;
    const struct table_info *tables = s->tables;
    uint32_t n = s->n_tables;
    int e = o->tables ? o->tables(o->tables_data, s, &tables, &n, err) : 0;
    return e < 0 ? e : cases_open(s, tables, n, o->check_json, ret_set, err);
}

/* How many cases it is that are not even made: the rows of files are not counted, since nobody reads those. */
static size_t count_unread(const struct scenario_info *s)
{
    uint64_t n = 1;
    for (uint32_t t = 0; t < s->n_tables && n < CASES_MAX; t++)
        n *= s->tables[t].n_rows ? s->tables[t].n_rows : 1;
    return n < CASES_MAX ? n : CASES_MAX;
}

static void keep_case(struct selection *sel, const struct case_plan *plan, const char *id, const char *const *values,
                      uint32_t n)
{
    struct case_plan kept = *plan;
    kept.id = arena_strdup(&sel->arena, id);
    kept.values = memcpy(arena_alloc(&sel->arena, n * sizeof *values), values, n * sizeof *values);
    add_case(sel, &kept);
}

/* The cases of one scenario with parameters. */
static int filter_set(struct filter *f, uint32_t scenario, const struct case_set *set, bool marked,
                      struct selection *sel, struct err *err)
{
    const struct scenario_info *s = set->scenario;
    struct case_plan plan = {0};
    struct arena scratch = {0};
    const char **values = xcalloc(s->params.n, sizeof *values);
    int e = 0;
    for (uint32_t i = 0; e == 0 && i < set->n; i++) {
        case_values(set, i, values);
        arena_reset(&scratch);
        const char *id = case_id(set, values, &scratch);
        if (!patterns_select(&f->patterns, id))
            continue;
        if (!marked || !keywords_match(f, s, id)) {
            sel->n_deselected++;
            continue;
        }
        if (!plan.id)
            e = plan_scenario(f, scenario, sel, &plan, err);
        if (e == 0)
            keep_case(sel, &plan, id, values, s->params.n);
    }
    free(values);
    arena_free(&scratch);
    return e;
}

static int filter_cases(struct filter *f, uint32_t scenario, struct selection *sel, struct err *err)
{
    const struct scenario_info *s = &f->catalogue->scenarios[scenario];
    if (!patterns_concern(&f->patterns, s->id))
        return 0;
    bool marked = markers_match(f, s);
    if (!marked && f->patterns.n == 0) {
        sel->n_deselected += count_unread(s);
        return 0;
    }
    autocases struct case_set set = {0};
    int e = open_cases(f, s, &set, err);
    return e < 0 ? e : filter_set(f, scenario, &set, marked, sel, err);
}

/* A word that is, but for a slip, a part of some id. */
static void suggest_part(struct suggestion *s, const struct catalogue *c)
{
    const char **ids = xcalloc(c->n_scenarios ? c->n_scenarios : 1, sizeof *ids);
    for (size_t i = 0; i < c->n_scenarios; i++)
        ids[i] = c->scenarios[i].id;
    suggest_within(s, ids, c->n_scenarios);
    free(ids);
}

/* The nearest name that there is: a plugin's, a scenario's, or, when it was one of its cases that was meant, a case's.
 */
static int refuse_unused(const struct filter *f, const char *text, struct err *err)
{
    const struct catalogue *c = f->catalogue;
    struct suggestion s = suggest_start(text);
    struct arena arena = {0};
    size_t bare = strcspn(text, "[");
    for (size_t i = 0; i < c->n_plugins; i++)
        suggest_offer_id(&s, c->plugins[i].name);
    for (size_t i = 0; i < c->n_scenarios; i++) {
        const struct scenario_info *info = &c->scenarios[i];
        suggest_offer_id(&s, info->id);
        autocases struct case_set set = {0};
        if (!text[bare] || strlen(info->id) != bare || strncmp(info->id, text, bare) != 0 || info->params.n == 0 ||
            open_cases(f, info, &set, NULL) < 0)
            continue;
        const char **values = arena_alloc(&arena, info->params.n * sizeof *values);
        for (uint32_t k = 0; k < set.n; k++) {
            case_values(&set, k, values);
            suggest_offer(&s, case_id(&set, values, &arena));
        }
    }
    suggest_part(&s, c);
    const char *sep = f->options->where ? " " : "", *where = f->options->where ? f->options->where : "";
    int e =
        s.best ? err_set(err, -ENOENT, "no scenario matches \"%s\"%s%s; did you mean %s?", text, sep, where, s.best)
               : err_set(err, -ENOENT, "no scenario matches \"%s\"%s%s; there is no file or folder of this name either",
                         text, sep, where);
    arena_free(&arena);
    return e;
}

static int filter_all(struct filter *f, struct selection *sel, struct err *err)
{
    for (size_t i = 0; i < f->catalogue->n_scenarios; i++) {
        const struct scenario_info *s = &f->catalogue->scenarios[i];
        int e = 0;
        if (s->params.n > 0) {
            e = filter_cases(f, (uint32_t)i, sel, err);
        } else if (!patterns_select(&f->patterns, s->id)) {
            continue;
        } else if (!markers_match(f, s) || !keywords_match(f, s, s->id)) {
            sel->n_deselected++;
        } else {
            struct case_plan plan;
            e = plan_scenario(f, (uint32_t)i, sel, &plan, err);
            if (e == 0)
                add_case(sel, &plan);
        }
        if (e < 0)
            return e;
    }
    const char *unused = patterns_unused(&f->patterns);
    return unused ? refuse_unused(f, unused, err) : 0;
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

static bool has_somebody(const struct catalogue *c, const char *name)
{
    for (size_t i = 0; i < c->n_scenarios; i++)
        if (marker_find(c->scenarios[i].markers, c->scenarios[i].n_markers, name))
            return true;
    return false;
}

struct unknown_words {
    const struct catalogue *catalogue;
    const struct select_options *options; /* of -k */
    void (*take)(const char *name, const char *meant, void *data);
    void *data;
};

static void take_word(const char *name, void *data)
{
    const struct unknown_words *u = data;
    const struct catalogue *c = u->catalogue;
    if (known_is(name) || has_somebody(c, name))
        return;
    struct suggestion s = suggest_start(name);
    for (size_t i = 0; i < c->n_scenarios; i++)
        for (uint32_t k = 0; k < c->scenarios[i].n_markers; k++)
            suggest_offer(&s, c->scenarios[i].markers[k].name);
    u->take(name, s.best, u->data);
}

void select_each_unknown_marker(const struct catalogue *c, const char *markers,
                                void (*take)(const char *name, const char *meant, void *data), void *data)
{
    autoexpr struct expr *e = NULL;
    struct unknown_words u = {.catalogue = c, .take = take, .data = data};
    if (markers && expr_parse(markers, &e, NULL) == 0)
        expr_each_name(e, take_word, &u);
}

/* The word may be a value's. One whose tables can't be read is somebody: who selects it is told. */
static bool is_part_of_a_case(struct filter *f, const struct scenario_info *s)
{
    autocases struct case_set set = {0};
    if (open_cases(f, s, &set, NULL) < 0)
        return true;
    struct arena scratch = {0};
    const char **values = xcalloc(s->params.n, sizeof *values);
    bool found = false;
    for (uint32_t i = 0; i < set.n && !found; i++) {
        case_values(&set, i, values);
        arena_reset(&scratch);
        found = keywords_match(f, s, case_id(&set, values, &scratch));
    }
    free(values);
    arena_free(&scratch);
    return found;
}

/* A keyword is a part of a name. */
static bool is_part_of_somebody(struct filter *f, const char *word)
{
    const struct catalogue *c = f->catalogue;
    bool found = expr_parse_keyword(word, &f->keywords, NULL) < 0;
    for (size_t i = 0; i < c->n_scenarios && !found; i++)
        found = keywords_match(f, &c->scenarios[i], c->scenarios[i].id);
    for (size_t i = 0; i < c->n_scenarios && !found; i++)
        found = c->scenarios[i].params.n > 0 && is_part_of_a_case(f, &c->scenarios[i]);
    expr_free(f->keywords);
    f->keywords = NULL;
    return found;
}

static void take_keyword(const char *name, void *data)
{
    const struct unknown_words *u = data;
    const struct catalogue *c = u->catalogue;
    __attribute__((cleanup(filter_free))) struct filter f = {.catalogue = c, .options = u->options};
    if (is_part_of_somebody(&f, name))
        return;
    struct suggestion s = suggest_start(name);
    for (size_t i = 0; i < c->n_scenarios; i++) {
        suggest_offer(&s, c->scenarios[i].name);
        for (uint32_t k = 0; k < c->scenarios[i].n_markers; k++)
            suggest_offer(&s, c->scenarios[i].markers[k].name);
    }
    suggest_part(&s, c);
    u->take(name, s.best, u->data);
}

void select_each_unknown_keyword(const struct catalogue *c, const struct select_options *o,
                                 void (*take)(const char *name, const char *meant, void *data), void *data)
{
    autoexpr struct expr *e = NULL;
    struct unknown_words u = {c, o, take, data};
    if (o->keywords && expr_parse_keyword(o->keywords, &e, NULL) == 0)
        expr_each_name(e, take_keyword, &u);
}

void selection_free(struct selection *s)
{
    free(s->cases);
    arena_free(&s->arena);
    *s = (struct selection){0};
}
