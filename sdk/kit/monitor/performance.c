/* SPDX-License-Identifier: Apache-2.0 */
/* PERFORMANCE: a step that is timed, and has bounds. */
#include "watch.h"

#include <muster/kit/data.h>

#include <ctype.h>
#include <math.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

struct m_timing_ {
    struct muster_ctx *t;
    struct m_performance_options o;
    const char *metric;
    struct m_step_ step;
    int has_step;
    struct window *window; /* of o.monitor */
    struct timespec began;
    struct m_timing_ *next;
};

/* Of this process. A list, not forgotten pointers: a block that a REQUIRE leaves stays for good, and is no leak. */
static struct m_timing_ *open_blocks;
static pthread_mutex_t open_lock = PTHREAD_MUTEX_INITIALIZER;

static void keep(struct m_timing_ *p)
{
    pthread_mutex_lock(&open_lock);
    p->next = open_blocks;
    open_blocks = p;
    pthread_mutex_unlock(&open_lock);
}

static void drop(struct m_timing_ *p)
{
    pthread_mutex_lock(&open_lock);
    struct m_timing_ **at = &open_blocks;
    while (*at != p)
        at = &(*at)->next;
    *at = p->next;
    pthread_mutex_unlock(&open_lock);
    free(p);
}

/* What metrics may be called: "tenant provisioning" -> performance.tenant_provisioning. */
static const char *metric_of(struct muster_ctx *t, const char *name)
{
    char text[200];
    snprintf(text, sizeof text, "performance.%s", name);
    for (char *p = text; *p; p++)
        if (!isalnum((unsigned char)*p) && !strchr("_.-", *p))
            *p = '_';
    return m_keep(t, text, strlen(text));
}

/* An older runner has none: there a bound fails the scenario, rather than nobody. */
static int has_thresholds(struct muster_ctx *t)
{
    return t->host->extension(t, MUSTER_EXT_METRICS, sizeof(struct muster_ext_metrics)) != NULL;
}

static void declare(const struct m_timing_ *p, const char *quantity, double most, const char *unit)
{
    struct muster_ctx *t = p->t;
    char bound[40];
    m_double_text_(bound, sizeof bound, most);
    if (most > 0)
        m_threshold(t, m_fmt(t, "max(%s%s) <= %s %s", p->metric, quantity, bound, unit));
}

/* Before the first sample: it is of those that follow. */
static void declare_bounds(struct m_timing_ *p)
{
    if (!has_thresholds(p->t))
        p->o.fails = 1;
    if (p->o.fails)
        return;
    declare(p, "", p->o.max_ms, "ms");
    declare(p, ".cpu_ms", p->o.max_cpu_ms, "ms");
    declare(p, ".rss", p->o.max_rss, "bytes");
}

static struct m_block_ begin(struct muster_ctx *t, const struct m_performance_options *options, int with_step)
{
    m_called_at_(options->file, options->line);
    struct m_timing_ *p = calloc(1, sizeof *p);
    if (!p)
        ERROR("PERFORMANCE: out of memory");
    p->t = t;
    p->o = *options;
    if (!p->o.monitor && (p->o.max_cpu_ms > 0 || p->o.max_rss > 0)) {
        free(p);
        ERROR("PERFORMANCE \"%s\": .max_cpu_ms and .max_rss are of a .monitor", options->name);
    }
    keep(p);
    p->metric = metric_of(t, options->name);
    declare_bounds(p);
    p->has_step = with_step;
    if (with_step)
        p->step = m_step_begin_(t, options->name);
    if (p->o.monitor && !(p->window = monitor_window(p->o.monitor)))
        ERROR("PERFORMANCE: out of memory");
    struct m_block_ block = {p, 1};
    clock_gettime(CLOCK_MONOTONIC, &p->began); /* last: the block's own time alone */
    return block;
}

struct m_block_ m_block_begin_(struct muster_ctx *t, const struct m_performance_options *options)
{
    return begin(t, options, 1);
}

struct m_block_ m_timed_begin_(struct muster_ctx *t, const struct m_performance_options *options)
{
    return begin(t, options, 0);
}

static void check(const struct m_timing_ *p, const char *what, double value, double most, const char *unit)
{
    if (!(most > 0) || !p->o.fails)
        return;
    char expression[256], actual[64] = "not measured", expected[64], text[40], bound[40];
    m_double_text_(bound, sizeof bound, most);
    snprintf(text, sizeof text, "%.1f", value);
    m_plain_number_(text);
    snprintf(expression, sizeof expression, "%s: %s <= %s", p->o.name, what, bound);
    if (!isnan(value))
        snprintf(actual, sizeof actual, "%s %s", text, unit);
    snprintf(expected, sizeof expected, "at most %s %s", bound, unit);
    struct m_site at = {p->o.file, expression, p->o.line, 0};
    m_report(p->t, at, value <= most, actual, expected, NULL);
}

static void judge_usage(const struct m_timing_ *p, struct m_usage u)
{
    struct muster_ctx *t = p->t;
    for (int i = 0; i < N_QUANTITIES; i++) {
        enum quantity q = (enum quantity)i;
        const struct m_quantity *of = monitor_usage_of(&u, q);
        double value = q == Q_cpu_ms || q >= Q_read_bytes ? of->growth : of->peak;
        if (!isnan(value))
            m_metric(t, m_fmt(t, "%s.%s", p->metric, monitor_quantity_name[q]), value, monitor_quantity_unit[q]);
    }
    check(p, "cpu_ms", u.cpu_ms.growth, p->o.max_cpu_ms, "ms");
    check(p, "rss", u.rss.peak, p->o.max_rss, "bytes");
}

/* The checks stand in the step that they are of. */
void m_block_end_(struct m_block_ *block)
{
    struct m_timing_ *p = block->timing;
    struct timespec end;
    clock_gettime(CLOCK_MONOTONIC, &end);
    double took = (double)(end.tv_sec - p->began.tv_sec) * 1e3 + (double)(end.tv_nsec - p->began.tv_nsec) / 1e6;
    m_called_at_(p->o.file, p->o.line);
    m_metric(p->t, p->metric, took, "ms");
    check(p, "time", took, p->o.max_ms, "ms");
    if (p->window)
        judge_usage(p, monitor_close(p->o.monitor, p->window));
    if (p->has_step)
        m_step_end_(&p->step);
    drop(p);
}
