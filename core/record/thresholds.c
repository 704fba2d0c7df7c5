/* SPDX-License-Identifier: Apache-2.0 */
/* Who declares a threshold, which samples are its own, and whether it holds. */
#include "record/thresholds.h"

#include "base/clock.h"
#include "base/suggest.h"
#include "plan/threshold.h"

#include <stdlib.h>
#include <string.h>

/* An attempt that has declared it, and has not ended. */
struct declarer {
    char *case_id;
    int64_t attempt;
};

/* From the first beginning of an attempt to the last end of one. */
struct span {
    int64_t lane, first_ns, last_ns;
};

struct entry {
    struct threshold t;
    const char *plugin; /* whose samples count; "": all */
    const char *by;     /* "plugin", "scenario", "command line" */
    const char *declared;
    bool from_attempts; /* only samples of its declarers count */
    bool planned;       /* a case of its plugin is part of the run */
    struct declarer *declarers;
    size_t n_declarers, cap_declarers;
    struct span *spans; /* of suite.duration */
    size_t n_spans, cap_spans;
    double *samples; /* of a percentile */
    size_t n_samples, cap_samples;
    int64_t n;
    double sum, least, most;
    const char *unit, *other_unit; /* as recorded; NULL: nothing was, or in one unit only */
    char *worst;                   /* case */
    int64_t worst_attempt;
    double worst_value;
};

struct override {
    struct threshold t;
    bool used; /* somebody else's threshold has it */
};

struct thresholds {
    struct entry *entries;
    size_t n, cap;
    struct override *overrides;
    size_t n_overrides, cap_overrides;
    const char **metrics; /* names that were recorded, for a hint: the first of them */
    size_t n_metrics, cap_metrics;
    bool began; /* an attempt did */
    bool too_many;
    struct arena arena;
};

struct thresholds *thresholds_new(void)
{
    return xcalloc(1, sizeof(struct thresholds));
}

static void end_declarer(struct entry *e, size_t i)
{
    free(e->declarers[i].case_id);
    e->declarers[i] = e->declarers[--e->n_declarers];
}

void thresholds_free(struct thresholds *t)
{
    if (!t)
        return;
    for (size_t i = 0; i < t->n; i++) {
        struct entry *e = &t->entries[i];
        while (e->n_declarers > 0)
            end_declarer(e, 0);
        free(e->declarers);
        free(e->spans);
        free(e->samples);
        free(e->worst);
    }
    free(t->entries);
    free(t->overrides);
    free(t->metrics);
    arena_free(&t->arena);
    free(t);
}

/* ---- who declares what ---- */

static void add_override(struct thresholds *t, const char *text)
{
    struct override o = {0};
    autoerr struct err err = {0};
    if (threshold_parse(text, &t->arena, &o.t, &err) < 0)
        return; /* a log may be odd; the command line is not */
    GROW(t->overrides, t->n_overrides, t->cap_overrides);
    t->overrides[t->n_overrides++] = o;
}

/* The command line's word on a threshold; of several the last. NULL: none. */
static struct override *override_of(struct thresholds *t, const struct threshold *of)
{
    struct override *found = NULL;
    for (size_t i = 0; i < t->n_overrides; i++)
        if (threshold_is_same(&t->overrides[i].t, of)) {
            found = &t->overrides[i];
            found->used = true;
        }
    return found;
}

static struct entry *find_entry(struct thresholds *t, const char *text, const char *plugin, size_t plugin_len,
                                bool from_attempts)
{
    for (size_t i = 0; i < t->n; i++) {
        struct entry *e = &t->entries[i];
        if (e->from_attempts == from_attempts && strcmp(e->declared, text) == 0 && strlen(e->plugin) == plugin_len &&
            memcmp(e->plugin, plugin, plugin_len) == 0)
            return e;
    }
    return NULL;
}

static struct entry *add_entry(struct thresholds *t, const char *text, const char *plugin, size_t plugin_len,
                               const char *by)
{
    struct entry e = {.by = by, .from_attempts = strcmp(by, "scenario") == 0};
    autoerr struct err err = {0};
    if (t->n == THRESHOLDS_MAX) {
        t->too_many = true;
        return NULL;
    }
    if (threshold_parse(text, &t->arena, &e.t, &err) < 0)
        return NULL;
    e.declared = arena_strdup(&t->arena, text);
    e.plugin = arena_strndup(&t->arena, plugin, plugin_len);
    const struct override *o = override_of(t, &e.t);
    if (o && e.from_attempts && find_entry(t, o->t.text, "", 0, false))
        return NULL; /* which looks at these samples, too */
    if (o && o->t.off)
        e.t.off = true;
    else if (o)
        e.t = o->t;
    if (o)
        e.by = "command line";
    GROW(t->entries, t->n, t->cap);
    t->entries[t->n] = e;
    return &t->entries[t->n++];
}

/* "acme.pay" of "acme.pay.refund[plan=a.b]": a scenario's name has no dot. */
static size_t plugin_length(const char *case_id)
{
    size_t n = strcspn(case_id, "[");
    while (n > 0 && case_id[n - 1] != '.')
        n--;
    return n > 0 ? n - 1 : 0;
}

static void take_declared(struct thresholds *t, const struct event_attempt_threshold *e)
{
    size_t len = plugin_length(e->case_id);
    struct entry *entry = find_entry(t, e->threshold, e->case_id, len, true);
    if (!entry)
        entry = add_entry(t, e->threshold, e->case_id, len, "scenario");
    for (size_t i = 0; entry && i < entry->n_declarers; i++)
        if (entry->declarers[i].attempt == e->attempt && strcmp(entry->declarers[i].case_id, e->case_id) == 0)
            return;
    if (!entry)
        return;
    GROW(entry->declarers, entry->n_declarers, entry->cap_declarers);
    entry->declarers[entry->n_declarers++] = (struct declarer){xstrdup(e->case_id), e->attempt};
}

static void take_list(struct thresholds *t, const struct string_list *list, const char *plugin)
{
    for (size_t i = 0; i < list->n; i++) {
        if (!plugin)
            add_override(t, list->items[i]);
        else if (!find_entry(t, list->items[i], plugin, strlen(plugin), false))
            add_entry(t, list->items[i], plugin, strlen(plugin), "plugin");
    }
}

/* ---- samples ---- */

static bool is_declarer(const struct entry *e, const char *case_id, int64_t attempt)
{
    for (size_t i = 0; i < e->n_declarers; i++)
        if (e->declarers[i].attempt == attempt && strcmp(e->declarers[i].case_id, case_id) == 0)
            return true;
    return false;
}

static bool is_of(const struct entry *e, const char *case_id, int64_t attempt)
{
    size_t len = strlen(e->plugin);
    if (e->from_attempts)
        return is_declarer(e, case_id, attempt);
    return len == 0 || (plugin_length(case_id) == len && memcmp(case_id, e->plugin, len) == 0);
}

static void add_sample(struct entry *e, double value, const char *case_id, int64_t attempt)
{
    bool wants_less = e->t.order <= ORDER_AT_MOST;
    bool worse = e->n == 0 || (wants_less ? value > e->worst_value : value < e->worst_value);
    if (worse) {
        free(e->worst);
        e->worst = xstrdup(case_id);
        e->worst_attempt = attempt;
        e->worst_value = value;
    }
    e->least = e->n == 0 || value < e->least ? value : e->least;
    e->most = e->n == 0 || value > e->most ? value : e->most;
    e->sum += value;
    e->n++;
    if (e->t.statistic == STATISTIC_PERCENTILE && e->n_samples < THRESHOLD_SAMPLES_MAX) {
        GROW(e->samples, e->n_samples, e->cap_samples);
        e->samples[e->n_samples++] = value;
    }
}

static void keep_metric(struct thresholds *t, const char *name)
{
    enum { REMEMBERED = 200 };
    for (size_t i = 0; i < t->n_metrics; i++)
        if (strcmp(t->metrics[i], name) == 0)
            return;
    if (t->n_metrics == REMEMBERED)
        return;
    GROW(t->metrics, t->n_metrics, t->cap_metrics);
    t->metrics[t->n_metrics++] = arena_strdup(&t->arena, name);
}

static void add_metric(struct thresholds *t, const char *name, double value, const char *unit, const char *case_id,
                       int64_t attempt)
{
    for (size_t i = 0; i < t->n; i++) {
        struct entry *e = &t->entries[i];
        if (strcmp(e->t.metric, name) != 0 || !is_of(e, case_id, attempt))
            continue;
        const char *as = unit;
        double sample = e->t.unit ? threshold_sample(value, unit, &as) : value;
        if (!e->unit)
            e->unit = arena_strdup(&t->arena, as);
        else if (!e->other_unit && strcmp(e->unit, as) != 0)
            e->other_unit = arena_strdup(&t->arena, as);
        add_sample(e, sample, case_id, attempt);
    }
}

/* The command line's own have no entry before the end of the plugins' declarations: they count from here on. */
static void add_own_entries(struct thresholds *t)
{
    for (size_t i = 0; i < t->n_overrides; i++)
        if (!t->overrides[i].used && !t->overrides[i].t.off && !find_entry(t, t->overrides[i].t.text, "", 0, false))
            add_entry(t, t->overrides[i].t.text, "", 0, "command line");
}

static void widen(struct entry *e, int64_t lane, int64_t t_ns)
{
    struct span *s = NULL;
    for (size_t i = 0; i < e->n_spans && !s; i++)
        s = e->spans[i].lane == lane ? &e->spans[i] : NULL;
    if (!s) {
        GROW(e->spans, e->n_spans, e->cap_spans);
        s = &e->spans[e->n_spans++];
        *s = (struct span){lane, t_ns, t_ns};
    }
    s->last_ns = t_ns > s->last_ns ? t_ns : s->last_ns;
}

static void take_moment(struct thresholds *t, const char *case_id, int64_t attempt, int64_t lane, int64_t t_ns)
{
    for (size_t i = 0; i < t->n; i++)
        if (strcmp(t->entries[i].t.metric, METRIC_SUITE_DURATION) == 0 && is_of(&t->entries[i], case_id, attempt))
            widen(&t->entries[i], lane, t_ns);
}

static void take_ended(struct thresholds *t, const struct event_attempt_ended *e)
{
    if (e->verdict == VERDICT_PASSED)
        add_metric(t, METRIC_SCENARIO_DURATION, (double)e->duration_ns / NS_PER_MS, "ms", e->case_id, e->attempt);
    for (size_t i = 0; i < t->n; i++)
        for (size_t k = t->entries[i].n_declarers; k-- > 0;)
            if (t->entries[i].declarers[k].attempt == e->attempt &&
                strcmp(t->entries[i].declarers[k].case_id, e->case_id) == 0)
                end_declarer(&t->entries[i], k);
}

static void note_planned(struct thresholds *t, const char *plugin)
{
    for (size_t i = 0; i < t->n; i++)
        t->entries[i].planned = t->entries[i].planned || strcmp(t->entries[i].plugin, plugin) == 0;
}

void thresholds_event(struct thresholds *t, const struct event *event, int64_t lane)
{
    switch (event->type) {
    case EVENT_RUN_STARTED:
        take_list(t, &event->run_started.thresholds, NULL);
        break;
    case EVENT_PLUGIN_LOADED:
        take_list(t, &event->plugin_loaded.thresholds, event->plugin_loaded.plugin);
        break;
    case EVENT_CASE_PLANNED:
        note_planned(t, event->case_planned.plugin);
        break;
    case EVENT_ATTEMPT_STARTED:
        t->began = true;
        add_own_entries(t);
        take_moment(t, event->attempt_started.case_id, event->attempt_started.attempt, lane, event->t_ns);
        break;
    case EVENT_ATTEMPT_THRESHOLD:
        take_declared(t, &event->attempt_threshold);
        break;
    case EVENT_ATTEMPT_METRIC:
        keep_metric(t, event->attempt_metric.name);
        add_metric(t, event->attempt_metric.name, event->attempt_metric.value, event->attempt_metric.unit,
                   event->attempt_metric.case_id, event->attempt_metric.attempt);
        break;
    case EVENT_ATTEMPT_ENDED:
        take_moment(t, event->attempt_ended.case_id, event->attempt_ended.attempt, lane, event->t_ns);
        take_ended(t, &event->attempt_ended);
        break;
    default:
        break;
    }
}

/* ---- judging ---- */

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* The nearest rank: a sample, not something between two. */
static double percentile(struct entry *e)
{
    qsort(e->samples, e->n_samples, sizeof *e->samples, by_value);
    double rank = e->t.percent / 100 * (double)e->n_samples - 1e-9; /* 95 % of 20 is 19, however it was rounded */
    size_t at = rank > 0 ? (size_t)rank : 0;                        /* from 0: the next whole rank above, less one */
    return e->samples[at < e->n_samples ? at : e->n_samples - 1];
}

static double value_of(struct entry *e)
{
    switch (e->t.statistic) {
    case STATISTIC_MAX:
        return e->most;
    case STATISTIC_MIN:
        return e->least;
    case STATISTIC_MEAN:
        return e->sum / (double)e->n;
    case STATISTIC_SUM:
        return e->sum;
    case STATISTIC_COUNT:
        return (double)e->n;
    case STATISTIC_PERCENTILE:
        break;
    }
    return percentile(e);
}

/* Why its samples can't be held against its bound; NULL: they can. */
static char *find_fault(const struct entry *e)
{
    bool counted = e->t.statistic == STATISTIC_COUNT;
    if (e->other_unit && !counted)
        return xasprintf("it is recorded in different units, \"%s\" and \"%s\"", e->unit, e->other_unit);
    if (e->t.unit && !counted && e->unit && strcmp(e->t.unit, e->unit) != 0)
        return xasprintf("it is recorded in \"%s\", and the bound is in \"%s\"", e->unit, e->t.unit);
    if ((size_t)e->n > e->n_samples && e->t.statistic == STATISTIC_PERCENTILE)
        return xasprintf("there are %lld samples, and a percentile of %d at the most", (long long)e->n,
                         THRESHOLD_SAMPLES_MAX);
    return NULL;
}

/* Of a name that the command line alone has: who writes one wants it judged, and may have mistyped it. */
static char *never_recorded(const struct thresholds *t, const struct entry *e)
{
    if (*e->plugin || !t->began)
        return NULL;
    if (strcmp(e->t.metric, METRIC_SCENARIO_DURATION) == 0)
        return xasprintf("no attempt has passed, and only of these it is measured");
    struct suggestion s = suggest_start(e->t.metric);
    suggest_offer(&s, METRIC_SUITE_DURATION);
    suggest_offer(&s, METRIC_SCENARIO_DURATION);
    for (size_t i = 0; i < t->n_metrics; i++)
        suggest_offer(&s, t->metrics[i]);
    return s.best ? xasprintf("nothing recorded this metric; did you mean %s?", s.best)
                  : xasprintf("nothing recorded this metric");
}

static void judge(const struct thresholds *t, struct entry *e, int64_t t_ns, const struct event_sink *sink)
{
    autobuf struct buf statistic = {0};
    threshold_statistic_add(&statistic, &e->t);
    bool counted = e->t.statistic == STATISTIC_COUNT;
    char *why = e->t.off ? NULL : e->n > 0 ? find_fault(e) : never_recorded(t, e);
    double value = e->n > 0 && !why && !e->t.off ? value_of(e) : 0;
    const char *outcome = e->t.off                        ? EVENT_THRESHOLD_OFF
                          : why                           ? EVENT_THRESHOLD_MISSED
                          : e->n == 0                     ? EVENT_THRESHOLD_UNMEASURED
                          : threshold_holds(&e->t, value) ? EVENT_THRESHOLD_MET
                                                          : EVENT_THRESHOLD_MISSED;
    const char *unit = counted ? "" : e->unit ? e->unit : e->t.unit ? e->t.unit : "";
    const struct event event = {.type = EVENT_RUN_THRESHOLD,
                                .t_ns = t_ns,
                                .run_threshold = {.threshold = e->t.off ? e->declared : e->t.text,
                                                  .plugin = e->plugin,
                                                  .declared_by = e->by,
                                                  .declared = e->declared,
                                                  .outcome = outcome,
                                                  .metric = e->t.metric,
                                                  .statistic = buf_str(&statistic),
                                                  .order = threshold_order_sign(e->t.order),
                                                  .bound = e->t.bound,
                                                  .value = value,
                                                  .unit = unit,
                                                  .samples = e->n,
                                                  .worst = e->worst ? e->worst : "",
                                                  .worst_attempt = e->worst_attempt,
                                                  .worst_value = e->n > 0 ? e->worst_value : 0,
                                                  .why = why ? why : ""}};
    sink->event(sink->data, &event);
    free(why);
}

/* Each shard's is a sample: they run side by side. It has no case, and no worst one. */
static void close_spans(struct entry *e)
{
    for (size_t i = 0; i < e->n_spans; i++) {
        e->unit = "ms";
        add_sample(e, (double)(e->spans[i].last_ns - e->spans[i].first_ns) / NS_PER_MS, "", 0);
    }
}

static void say_too_many(int64_t t_ns, const struct event_sink *sink)
{
    const struct event event = {.type = EVENT_RUN_THRESHOLD,
                                .t_ns = t_ns,
                                .run_threshold = {.threshold = "",
                                                  .plugin = "",
                                                  .declared_by = "scenario",
                                                  .declared = "",
                                                  .outcome = EVENT_THRESHOLD_MISSED,
                                                  .metric = "",
                                                  .statistic = "",
                                                  .order = "",
                                                  .unit = "",
                                                  .worst = "",
                                                  .why = "more than 10000 were declared: the others are not judged"}};
    sink->event(sink->data, &event);
}

void thresholds_judge(struct thresholds *t, int64_t t_ns, const struct event_sink *sink)
{
    add_own_entries(t); /* of a run in which no attempt began */
    for (size_t i = 0; i < t->n; i++) {
        close_spans(&t->entries[i]);
        if (!t->entries[i].planned && *t->entries[i].plugin && !t->entries[i].from_attempts)
            continue; /* nothing of that plugin was asked for */
        judge(t, &t->entries[i], t_ns, sink);
    }
    if (t->too_many)
        say_too_many(t_ns, sink);
}
