/* SPDX-License-Identifier: Apache-2.0 */
/* A monitor: its thread, what it has seen, its end. */
#include "series.h"
#include "source.h"
#include "watch.h"

#include <muster/kit/data.h>

#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define CLEANUP_NAME "muster.monitor.stop"

enum { INTERVAL_MS = 100, SAMPLES = 10000, SAMPLES_LEAST = 16, STACK_BYTES = 256 << 10 };

struct m_monitor {
    struct muster_ctx *t;
    const char *id, *name; /* of its cleanup: no other in this process has it; of metrics and artifact */
    uint32_t interval_ms;
    pthread_t thread;
    struct m_monitor *next;

    pthread_mutex_t lock; /* of all below */
    pthread_cond_t changed;
    bool running, ended,
        stopped; /* the thread is; what is looked at has; there are no more samples, and reports are made */
    struct source source;
    struct series series;
    struct window whole, *windows;
    double cpu_at_ms, cpu_ms; /* where the next sample of cpu_percent begins */
    double cpu_most;          /* read so far */
};

/* Of this process; a cleanup in another one finds nothing. */
static struct m_monitor *all;
static pthread_mutex_t all_lock = PTHREAD_MUTEX_INITIALIZER;

struct muster_ctx *monitor_ctx(const struct m_monitor *m)
{
    return m->t;
}

const char *monitor_name(const struct m_monitor *m)
{
    return m->name;
}

static struct timespec now(void)
{
    struct timespec ts;
    clock_gettime(CLOCK_MONOTONIC, &ts);
    return ts;
}

/* ---- samples; the lock is held ---- */

static void set_cpu(struct m_monitor *m, struct reading *r)
{
    double used = r->value[Q_cpu_ms];
    if (isnan(used))
        return;
    /* The processes of a tree are not read in one moment: one that ended in between is missing until its parent is read
     * again. */
    if (used < m->cpu_most)
        used = r->value[Q_cpu_ms] = m->cpu_most;
    m->cpu_most = used;
    double span = r->time_ms - m->cpu_at_ms;
    if (m->whole.samples > 0 && span < CPU_SPAN_MS)
        return;
    if (m->whole.samples > 0) {
        r->value[Q_cpu_percent] = (used - m->cpu_ms) / span * 100;
        r->error[Q_cpu_percent] = 0;
    }
    m->cpu_at_ms = r->time_ms;
    m->cpu_ms = used;
}

static void sample(struct m_monitor *m)
{
    if (m->ended || m->stopped)
        return;
    struct reading r;
    reading_none(&r);
    m->ended = !m->source.read(&m->source, &r);
    struct timespec ts = now();
    r.time_ms = (double)ts.tv_sec * 1e3 + (double)ts.tv_nsec / 1e6;
    if (m->ended && isnan(r.value[Q_cpu_ms]))
        return; /* it was gone: there is nothing to tell of this moment */
    set_cpu(m, &r);
    monitor_window_add(&m->whole, &r);
    for (struct window *w = m->windows; w; w = w->next)
        monitor_window_add(w, &r);
    monitor_series_add(&m->series, &r);
}

static void *look_again_and_again(void *argument)
{
    struct m_monitor *m = argument;
    pthread_mutex_lock(&m->lock);
    struct timespec at = now();
    while (m->running && !m->ended) {
        at.tv_nsec += (long)(m->interval_ms % 1000) * 1000000;
        at.tv_sec += m->interval_ms / 1000 + at.tv_nsec / 1000000000;
        at.tv_nsec %= 1000000000;
        while (m->running && pthread_cond_clockwait(&m->changed, &m->lock, CLOCK_MONOTONIC, &at) != ETIMEDOUT)
            ;
        if (m->running)
            sample(m);
        struct timespec after = now();
        if (after.tv_sec > at.tv_sec || (after.tv_sec == at.tv_sec && after.tv_nsec > at.tv_nsec))
            at = after; /* reading takes time too: a late one is not made up for by many */
    }
    pthread_mutex_unlock(&m->lock);
    return NULL;
}

/* ---- windows ---- */

struct window *monitor_window(struct m_monitor *m)
{
    struct window *w = malloc(sizeof *w);
    if (!w)
        return NULL;
    monitor_window_begin(w);
    pthread_mutex_lock(&m->lock);
    w->next = m->windows;
    m->windows = w;
    sample(m);
    pthread_mutex_unlock(&m->lock);
    return w;
}

struct m_usage monitor_close(struct m_monitor *m, struct window *w)
{
    pthread_mutex_lock(&m->lock);
    sample(m);
    struct window **at = &m->windows;
    while (*at != w)
        at = &(*at)->next;
    *at = w->next;
    struct m_usage u = monitor_window_usage(w);
    u.ended = m->ended;
    pthread_mutex_unlock(&m->lock);
    free(w);
    return u;
}

int monitor_error(struct m_monitor *m, enum quantity q)
{
    pthread_mutex_lock(&m->lock);
    int error = m->whole.error[q];
    pthread_mutex_unlock(&m->lock);
    return error;
}

struct m_usage m_monitor_usage(struct m_monitor *m)
{
    pthread_mutex_lock(&m->lock);
    sample(m);
    struct m_usage u = monitor_window_usage(&m->whole);
    u.ended = m->ended;
    pthread_mutex_unlock(&m->lock);
    return u;
}

/* ---- its end ---- */

static void record(struct m_monitor *m, const char *quantity, const char *what, double value, const char *unit)
{
    if (!isnan(value))
        m_metric(m->t, m_fmt(m->t, "usage.%s.%s.%s", m->name, quantity, what), value, unit);
}

/* What only grows has neither peak nor mean that says anything. */
static bool only_grows(enum quantity q)
{
    return q == Q_cpu_ms || q >= Q_read_bytes;
}

static void report(struct m_monitor *m)
{
    struct m_usage u = monitor_window_usage(&m->whole);
    for (int i = 0; i < N_QUANTITIES; i++) {
        enum quantity q = (enum quantity)i;
        const struct m_quantity *of = monitor_usage_of(&u, q);
        if (!only_grows(q)) {
            record(m, monitor_quantity_name[q], "peak", of->peak, monitor_quantity_unit[q]);
            record(m, monitor_quantity_name[q], "mean", of->mean, monitor_quantity_unit[q]);
        }
        if (q != Q_cpu_percent)
            record(m, monitor_quantity_name[q], "growth", of->growth, monitor_quantity_unit[q]);
    }
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    if (out)
        monitor_series_write(&m->series, out);
    if (out && fclose(out) == 0)
        m_attach(m->t, m_fmt(m->t, "usage-%s.jsonl", m->name), "application/jsonl", text, size);
    free(text);
}

void m_monitor_stop(struct m_monitor *m)
{
    pthread_mutex_lock(&m->lock);
    bool first = m->running;
    sample(m);
    m->running = false;
    m->stopped = true;
    pthread_cond_broadcast(&m->changed);
    pthread_mutex_unlock(&m->lock);
    if (!first)
        return;
    pthread_join(m->thread, NULL);
    report(m);
    monitor_series_free(&m->series);
    monitor_source_free(&m->source);
}

CLEANUP(stop_monitor, CLEANUP_NAME)
{
    (void)t;
    pthread_mutex_lock(&all_lock);
    struct m_monitor *m = all;
    while (m && strcmp(m->id, payload) != 0)
        m = m->next;
    pthread_mutex_unlock(&all_lock);
    m_called_at_(NULL, 0); /* by nobody: the author's last call has nothing to do with it */
    if (m)
        m_monitor_stop(m);
}

/* ---- its beginning ---- */

static const char *name_of(struct muster_ctx *t, const struct m_monitor_options *o)
{
    if (!o->name && !o->cgroup)
        return m_fmt(t, "%d", o->pid);
    if (o->name) {
        for (const char *p = o->name; *p; p++)
            if (!isalnum((unsigned char)*p) && *p != '_' && *p != '-')
                ERROR("m_monitor_start: the name \"%s\" has more than letters, digits, \"_\" and \"-\" in it", o->name);
        return m_keep(t, o->name, strlen(o->name));
    }
    size_t end = strlen(o->cgroup);
    while (end > 0 && o->cgroup[end - 1] == '/')
        end--;
    size_t begin = end;
    while (begin > 0 && o->cgroup[begin - 1] != '/')
        begin--;
    char *name = strndup(o->cgroup + begin, end - begin);
    for (char *p = name; p && *p; p++)
        if (!isalnum((unsigned char)*p) && *p != '-')
            *p = '_';
    const char *kept = name && *name ? m_keep(t, name, strlen(name)) : "root";
    free(name);
    return kept;
}

static void find(struct m_monitor *m, const struct m_monitor_options *o)
{
    struct muster_ctx *t = m->t;
    if ((o->pid > 0) == (o->cgroup != NULL) || o->pid < 0)
        ERROR("m_monitor_start: .pid or .cgroup is to be given, one of them; .pid is %d, .cgroup is %s", o->pid,
              o->cgroup ? o->cgroup : "NULL");
    const char *root = o->cgroup_root ? o->cgroup_root : "/sys/fs/cgroup";
    int error = o->cgroup ? monitor_source_cgroup(&m->source, root, o->cgroup)
                          : monitor_source_processes(&m->source, o->pid, o->tree != 0);
    if (error && o->cgroup)
        ERROR("m_monitor_start: the control group %s below %s: %s (%s)", o->cgroup, root, strerrorname_np(error),
              strerror(error));
    if (error)
        ERROR("m_monitor_start: the process %d: %s (%s)", o->pid, strerrorname_np(error), strerror(error));
    m->source.loopback = o->loopback != 0;
}

/* No signal of the scenario's is to be taken by the thread, which starts with its maker's mask. */
static int start_thread(struct m_monitor *m)
{
    pthread_attr_t attributes;
    sigset_t every, before;
    int error = pthread_attr_init(&attributes);
    if (error)
        return error;
    pthread_attr_setstacksize(&attributes, STACK_BYTES);
    sigfillset(&every);
    pthread_sigmask(SIG_SETMASK, &every, &before);
    error = pthread_create(&m->thread, &attributes, look_again_and_again, m);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    pthread_attr_destroy(&attributes);
    if (!error)
        pthread_setname_np(m->thread, "monitor");
    return error;
}

static struct m_monitor *make(struct muster_ctx *t, const struct m_monitor_options *o)
{
    static unsigned number;
    const char *name = name_of(t, o);
    struct m_monitor *m = calloc(1, sizeof *m);
    if (!m)
        ERROR("m_monitor_start: out of memory");
    m->t = t;
    m->name = name;
    m->interval_ms = o->interval_ms ? o->interval_ms : INTERVAL_MS;
    m->id = m_fmt(t, "%s %u", name, __atomic_add_fetch(&number, 1, __ATOMIC_RELAXED));
    pthread_mutex_init(&m->lock, NULL);
    pthread_cond_init(&m->changed, NULL);
    monitor_window_begin(&m->whole);
    pthread_mutex_lock(&all_lock);
    m->next = all;
    all = m;
    pthread_mutex_unlock(&all_lock);
    return m;
}

struct m_monitor *m_monitor_start(struct muster_ctx *t, const struct m_monitor_options *o)
{
    struct m_monitor *m = make(t, o);
    uint32_t most = o->max_samples ? o->max_samples : SAMPLES;
    find(m, o);
    if (!monitor_series_begin(&m->series, most < SAMPLES_LEAST ? SAMPLES_LEAST : most))
        ERROR("m_monitor_start: out of memory for %u samples", most);
    M_DEFER(CLEANUP_NAME, m->id);
    pthread_mutex_lock(&m->lock);
    sample(m);
    m->running = true;
    pthread_mutex_unlock(&m->lock);
    int error = start_thread(m);
    if (error) {
        m->running = false;
        ERROR("m_monitor_start: starting its thread: %s (%s)", strerrorname_np(error), strerror(error));
    }
    return m;
}
