/* SPDX-License-Identifier: Apache-2.0 */
/* Bounds on what a part of a scenario takes, as PERFORMANCE() in C: from one step to another. */
#include <muster/kit/data.h>
#include <muster/kit/monitor.h>

#include <pthread.h>
#include <stdlib.h>

/* Of this process: one that a failure leaves open is never measured, and freed with the process. */
struct part {
    struct part *next;
    const char *name;
    struct m_block_ block;
    struct m_monitor *monitor;
};
static struct part *open_parts;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

/* Takes it out; NULL: there is none of the name. */
static struct part *take(const char *name)
{
    pthread_mutex_lock(&lock);
    struct part **at = &open_parts;
    while (*at && strcmp((*at)->name, name) != 0)
        at = &(*at)->next;
    struct part *p = *at;
    if (p)
        *at = p->next;
    pthread_mutex_unlock(&lock);
    return p;
}

static void put(struct part *p)
{
    pthread_mutex_lock(&lock);
    p->next = open_parts;
    open_parts = p;
    pthread_mutex_unlock(&lock);
}

DATA_STEP(none, performance_begin,
          PARAMS((str, name, NULL, "Of the metric performance.NAME"),
                 (f64, max_ms, "0", "What it may take; 0: no bound"), (f64, max_cpu_ms, "0", "Processor time of `pid`"),
                 (f64, max_rss, "0", "Peak memory of `pid`, in bytes"), (i32, pid, "0", "A process, with all below it"),
                 (bool, fails, "false", "What is exceeded fails the scenario, and is no missed threshold")),
          .summary = "From here to performance_end is timed, and bounded")
{
    struct part *p = take(name);
    if (p)
        ERROR("performance_begin: %s is open already", name);
    p = calloc(1, sizeof *p);
    if (!p)
        ERROR("performance_begin: out of memory");
    p->name = m_keep(t, name, strlen(name));
    put(p);
    if (pid > 0)
        p->monitor = M_MONITOR(t, .name = m_fmt(t, "performance-%d", (int)pid), .pid = pid, .tree = 1);
    p->block = m_timed_begin_(t, &(struct m_performance_options){.name = p->name,
                                                                 .file = __FILE__,
                                                                 .line = __LINE__,
                                                                 .monitor = p->monitor,
                                                                 .max_ms = max_ms,
                                                                 .max_cpu_ms = max_cpu_ms,
                                                                 .max_rss = max_rss,
                                                                 .fails = fails});
}

DATA_STEP(none, performance_end, PARAMS((str, name, NULL, "As it was begun")),
          .summary = "The end of what performance_begin has begun")
{
    struct part *p = take(name);
    if (!p)
        ERROR("performance_end: nothing of the name %s is open", name);
    m_block_end_(&p->block);
    if (p->monitor)
        m_monitor_stop(p->monitor);
    free(p);
}
