/* SPDX-License-Identifier: Apache-2.0 */
/* Whether logs are the shards of one run, and what is common to them. */
#include "record/merge.h"

#include "base/clock.h"
#include "record/split.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

int merge_add(struct merge *m, const char *name, const struct evlog_input *input, struct err *err)
{
    GROW(m->logs, m->n, m->cap);
    struct merge_log *log = &m->logs[m->n++];
    *log = (struct merge_log){.name = name, .input = *input};
    return merge_log_read(log, err);
}

void merge_free(struct merge *m)
{
    for (size_t i = 0; i < m->n; i++)
        merge_log_free(&m->logs[i]);
    free(m->logs);
    free(m->why);
    buf_free(&m->shortcoming);
    *m = (struct merge){0};
}

/* Those of one shard by their logs' heads, so that a complaint names them in one order. */
static int by_shard(const void *a, const void *b)
{
    const struct merge_log *x = a, *y = b;
    if (x->started.shard != y->started.shard)
        return x->started.shard < y->started.shard ? -1 : 1;
    return strcmp(x->summary.head, y->summary.head);
}

static int check_thresholds(const struct merge_log *a, const struct merge_log *b, struct err *err)
{
    const struct string_list *x = &a->started.thresholds, *y = &b->started.thresholds;
    bool same = x->n == y->n && strcmp(a->started.missed, b->started.missed) == 0;
    for (size_t i = 0; same && i < x->n; i++)
        same = strcmp(x->items[i], y->items[i]) == 0;
    return same ? 0 : err_set(err, -EINVAL, "%s and %s ran with different --threshold or --missed", a->name, b->name);
}

static int check_plugins(const struct merge_log *a, const struct merge_log *b, struct err *err)
{
    if (a->n_plugins != b->n_plugins)
        return err_set(err, -EINVAL, "%s ran %zu plugins, %s ran %zu", a->name, a->n_plugins, b->name, b->n_plugins);
    for (size_t i = 0; i < a->n_plugins; i++) {
        const struct event_plugin_loaded *p = &a->plugins[i], *q = &b->plugins[i];
        if (strcmp(p->plugin, q->plugin) != 0 || strcmp(p->version, q->version) != 0)
            return err_set(err, -EINVAL, "%s ran plugin %s %s, %s ran %s %s", a->name, p->plugin, p->version, b->name,
                           q->plugin, q->version);
        if (p->scenarios != q->scenarios || p->abi_minor != q->abi_minor || strcmp(p->summary, q->summary) != 0)
            return err_set(err, -EINVAL, "%s and %s ran two builds of plugin %s %s", a->name, b->name, p->plugin,
                           p->version);
    }
    return 0;
}

/* From what says most about the mistake to what says least. */
static int check_pair(const struct merge_log *a, const struct merge_log *b, struct err *err)
{
    const struct event_run_started *s = &a->started, *t = &b->started;
    if (s->shards != t->shards)
        return err_set(err, -EINVAL, "%s is shard %lld/%lld, %s is shard %lld/%lld", a->name, (long long)s->shard,
                       (long long)s->shards, b->name, (long long)t->shard, (long long)t->shards);
    if (s->shard == t->shard)
        return err_set(err, -EINVAL, "%s and %s are both shard %lld/%lld (runs %s and %s)", a->name, b->name,
                       (long long)s->shard, (long long)s->shards, s->run_id, t->run_id);
    if (strcmp(s->muster_version, t->muster_version) != 0)
        return err_set(err, -EINVAL, "%s was run by muster %s, %s by muster %s", a->name, s->muster_version, b->name,
                       t->muster_version);
    if (s->seed != t->seed)
        return err_set(err, -EINVAL, "%s ran with seed %lld, %s with seed %lld: shards need the same --seed", a->name,
                       (long long)s->seed, b->name, (long long)t->seed);
    if (strcmp(s->rerun_of, t->rerun_of) != 0)
        return err_set(err, -EINVAL, "%s and %s ran again what two different runs owed", a->name, b->name);
    if (strcmp(s->target, t->target) != 0)
        return err_set(err, -EINVAL, "%s asked the target %s, %s the target %s", a->name,
                       *s->target ? s->target : "none", b->name, *t->target ? t->target : "none");
    int r = check_plugins(a, b, err);
    if (r < 0 || (r = check_thresholds(a, b, err)) < 0)
        return r;
    if (strcmp(s->shard_by, t->shard_by) != 0)
        return err_set(err, -EINVAL, "%s was divided by %s, %s by %s: all shards need the same history file, or none",
                       a->name, s->shard_by, b->name, t->shard_by);
    if (strcmp(s->split, t->split) != 0 || s->plan_cases != t->plan_cases)
        return err_set(err, -EINVAL, "%s and %s divided different plans: another selection, or another history file",
                       a->name, b->name);
    return 0;
}

/* "shards 2/5, 4/5 are missing", a handful of them by number. */
static void add_missing(struct merge *m)
{
    enum { SHOWN = 5 };
    int64_t shards = m->logs[0].started.shards;
    size_t missing = (size_t)shards - m->n, shown = 0, at = 0;
    if (missing == 0)
        return;
    buf_adds(&m->shortcoming, missing == 1 ? "shard " : "shards ");
    for (int64_t s = 1; shown < missing && shown < SHOWN; s++) {
        if (at < m->n && m->logs[at].started.shard == s)
            at++;
        else
            buf_addf(&m->shortcoming, "%s%lld/%lld", shown++ ? ", " : "", (long long)s, (long long)shards);
    }
    if (shown < missing)
        buf_addf(&m->shortcoming, " and %zu more", missing - shown);
    buf_adds(&m->shortcoming, missing == 1 ? " is missing" : " are missing");
}

static void find_shortcomings(struct merge *m)
{
    add_missing(m);
    for (size_t i = 0; i < m->n; i++)
        if (!m->logs[i].is_whole)
            buf_addf(&m->shortcoming, "%s%s is cut off before the run's end", m->shortcoming.len ? "; " : "",
                     m->logs[i].name);
}

struct place {
    int64_t position;
    int64_t shard;
    const char *id;
};

static int by_position(const void *a, const void *b)
{
    int64_t x = ((const struct place *)a)->position, y = ((const struct place *)b)->position;
    return (x > y) - (x < y);
}

/* The plan that was put together is, to the letter, the one that every shard divided. */
static int check_places(const struct merge *m, struct place *places, size_t n, struct err *err)
{
    const struct event_run_started *s = &m->logs[0].started;
    autosplit struct split split;
    split_begin(&split, s->shards, s->shard_by);
    for (size_t i = 0; i < n; i++) {
        if (i > 0 && places[i].position == places[i - 1].position)
            return err_set(err, -EINVAL, "%s (shard %lld) and %s (shard %lld) have the same place in the plan",
                           places[i - 1].id, (long long)places[i - 1].shard, places[i].id, (long long)places[i].shard);
        split_add(&split, places[i].shard, places[i].id);
    }
    char hex[DIGEST_HEX];
    split_end(&split, hex);
    bool whole = m->n == (size_t)s->shards; /* a shard that is cut off has planned all the same, or wasn't cut there */
    for (size_t i = 0; i < m->n; i++)
        whole = whole && m->logs[i].is_whole;
    if (whole && ((int64_t)n != s->plan_cases || strcmp(hex, s->split) != 0))
        return err_set(err, -EINVAL, "the shards' %zu cases are not the plan of %lld that they divided", n,
                       (long long)s->plan_cases);
    return 0;
}

static int check_plan(const struct merge *m, struct err *err)
{
    struct place *places = NULL;
    size_t n = 0, cap = 0;
    for (size_t i = 0; i < m->n; i++) {
        for (size_t k = 0; k < m->logs[i].n_planned; k++) {
            const struct merge_planned *p = &m->logs[i].planned[k];
            GROW(places, n, cap);
            places[n++] = (struct place){p->position, m->logs[i].started.shard, p->id};
        }
    }
    if (n > 0)
        qsort(places, n, sizeof *places, by_position);
    int r = check_places(m, places, n, err);
    free(places);
    return r;
}

/* docs/reference/exit-status.md: the worst comes first. What is not listed there is worse than a success. */
int64_t merge_worse(int64_t a, int64_t b)
{
    static const int64_t order[] = {3, 2, 6, 1, 7, 8, 5};
    for (size_t i = 0; i < ARRAY_LEN(order); i++)
        if (a == order[i] || b == order[i])
            return order[i];
    return a ? a : b;
}

static int find_start(struct merge *m, struct err *err)
{
    int64_t first = m->logs[0].started_ns, last = first;
    for (size_t i = 1; i < m->n; i++) {
        int64_t t = m->logs[i].started_ns;
        first = t < first ? t : first;
        last = t > last ? t : last;
    }
    if (last - first > INT64_MAX / 4)
        return err_set(err, -EINVAL, "the shards started decades apart: a machine's clock was wrong");
    m->started_ns = first;
    return 0;
}

/* What is missing is said first: for want of it the status is 2, unless a shard has a worse one. */
static void find_why(struct merge *m)
{
    autobuf struct buf why = {0};
    if (m->exit_status == 2)
        buf_add(&why, m->shortcoming.data, m->shortcoming.len);
    for (size_t i = 0; i < m->n && m->exit_status != 0; i++) {
        const struct merge_log *log = &m->logs[i];
        if (log->is_whole && log->ended.exit_status == m->exit_status && *log->ended.why)
            buf_addf(&why, "%sshard %lld: %s", why.len ? "; " : "", (long long)log->started.shard, log->ended.why);
    }
    m->why = xstrdup(buf_str(&why));
}

static void find_end(struct merge *m)
{
    m->interrupted = m->shortcoming.len > 0;
    m->exit_status = m->interrupted ? 2 : 0;
    for (size_t i = 0; i < m->n; i++) {
        if (!m->logs[i].is_whole)
            continue;
        int64_t status = m->logs[i].ended.exit_status;
        m->exit_status = merge_worse(m->exit_status, status == MERGE_THRESHOLD ? 0 : status); /* judged anew */
        m->interrupted = m->interrupted || m->logs[i].ended.interrupted;
    }
    find_why(m);
}

/* As a run's own, and the same for the same logs. */
static void make_run_id(struct merge *m)
{
    char hex[DIGEST_HEX];
    autodigest struct digest *d = digest_new();
    for (size_t i = 0; i < m->n; i++)
        digest_add(d, m->logs[i].summary.head, EVLOG_HASH_SIZE - 1);
    digest_end(d, hex);
    time_t start = (time_t)(m->started_ns / NS_PER_S);
    struct tm tm;
    size_t len = strftime(m->run_id, sizeof m->run_id, "%Y%m%d-%H%M%S-", gmtime_r(&start, &tm));
    memcpy(m->run_id + len, hex, RUN_ID_RANDOM);
    m->run_id[len + RUN_ID_RANDOM] = '\0';
}

int merge_check(struct merge *m, bool allow_missing, struct err *err)
{
    qsort(m->logs, m->n, sizeof *m->logs, by_shard);
    int r = find_start(m, err);
    for (size_t i = 1; r == 0 && i < m->n; i++)
        r = check_pair(&m->logs[i - 1], &m->logs[i], err);
    if (r < 0)
        return r;
    find_shortcomings(m);
    if (m->shortcoming.len > 0 && !allow_missing)
        return err_set(err, -ENOENT, "%s; --allow-missing merges what there is", buf_str(&m->shortcoming));
    r = check_plan(m, err);
    if (r < 0)
        return r;
    find_end(m);
    make_run_id(m);
    return 0;
}
