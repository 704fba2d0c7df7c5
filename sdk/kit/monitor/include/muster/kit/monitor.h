/* SPDX-License-Identifier: Apache-2.0 */
/*
 * muster/kit/monitor.h: what processes take of the machine while a scenario runs, and blocks that may only take so
 * long.
 *
 *     struct m_monitor *shop = M_MONITOR(t, .name = "shop", .pid = m_process_pid(server), .tree = 1);
 *     PERFORMANCE("tenant provisioning", .max_ms = 300000, .monitor = shop)
 *     {
 *         ...
 *     }
 *     CHECK_USAGE(shop, rss.peak, <=, 256 << 20);
 *     CHECK_USAGE(shop, fds.growth, ==, 0, "after %d tenants", n);
 *
 * Model
 *   A monitor looks at a process, at a process with all below it (.tree), or at a control group (.cgroup): once when it
 *   is made, then by a thread of its own after each interval, once for each check and m_monitor_usage(), and once when
 *   it is stopped. A process whose parent ends leaves the tree: whoever has daemons gives their control group.
 *
 * What is measured
 *   struct m_usage, in which each quantity has its first, last, peak and mean value, and its growth, last - first. What
 *   only grows (cpu_ms, read_bytes, ...) counts from somewhere before: its growth is what was used meanwhile. Peaks
 *   are those of the samples: what is shorter than the interval may lie between two of them. What can't be read (the
 *   descriptors of another user's process) is NAN, and a check of it ends the scenario as an error that says why.
 *
 *     quantity           of processes                               of a control group
 *     cpu_ms             /proc/PID/stat, of a tree also what        cpu.stat, cpuacct.usage
 *                        ended in it; in steps of 10 ms
 *     cpu_percent        from cpu_ms: 100 is one core; no sample of it spans less than 100 ms
 *     memory             -                                          memory.current, memory.usage_in_bytes
 *     rss, pss           smaps_rollup; rss else from stat           of its processes, and those of groups below
 *     fds, threads, processes                                       likewise
 *     read_bytes,        /proc/PID/io: what went to the disk's      io.stat, blkio.throttle.io_service_bytes
 *     written_bytes      queue, also of children that have ended
 *     received_bytes,    /proc/PID/net/dev: of the whole network namespace that the (first) process is in, without the
 *     sent_bytes         loopback unless .loopback
 *
 * Its end
 *   m_monitor_stop(), or a cleanup that M_MONITOR() defers: then usage-NAME.jsonl is attached, a line for each sample,
 *   and the summary is recorded as metrics, usage.NAME.rss.peak and its like. When what is looked at has ended, so have
 *   the samples: m_usage.ended says so.
 *   At most max_samples are kept: when they are full every second one is dropped, and from then on half as many are
 *   kept. Peak, mean and growth are of all samples, kept or not.
 *
 * Ownership and threads
 *   A monitor is the kit's, and holds until the attempt's process ends. Any thread may call. Options are copied.
 */
#ifndef MUSTER_KIT_MONITOR_H
#define MUSTER_KIT_MONITOR_H

#if defined(__GNUC__)
#pragma GCC system_header /* the macros expand in the author's code */
#endif

#include <muster/muster.h>
#include <muster/place.h>

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

struct m_monitor;

/* Zero is the default of each; one of pid and cgroup is given. */
struct m_monitor_options {
    const char *name;        /* of metrics and artifact: [A-Za-z0-9_-]+; NULL: "PID", or the group's last part */
    int32_t pid;             /* a process */
    int32_t tree;            /* 1: with all processes below it */
    const char *cgroup;      /* a control group as /proc/PID/cgroup has it: "/docker/3f2a...", of version 1 or 2 */
    const char *cgroup_root; /* where they are mounted; "/sys/fs/cgroup" */
    uint32_t interval_ms;    /* 100 */
    uint32_t max_samples;    /* that are kept; 10000, and at least 16 */
    int32_t loopback;        /* 1: traffic of the loopback counts, too */
    int32_t reserved;
};

/* NAN: not measured. */
struct m_quantity {
    double first, last, peak, mean, growth;
};

struct m_usage {
    double time_ms;  /* from the first sample to the last */
    int64_t samples; /* that were taken */
    int32_t ended;   /* 1: the process ended, or the group was removed */
    int32_t reserved;
    struct m_quantity cpu_ms, cpu_percent;
    struct m_quantity memory, rss, pss; /* bytes */
    struct m_quantity fds, threads, processes;
    struct m_quantity read_bytes, written_bytes;
    struct m_quantity received_bytes, sent_bytes;
};

/* M_MONITOR(t, .name = "shop", .cgroup = "/docker/3f2a", .interval_ms = 50): never NULL. What is not there is an error.
 */
#define M_MONITOR(t_, ...) M_WITH_FIELDS_(m_monitor_options, m_monitor_start, (t_), __VA_ARGS__)

M_KIT_BEGIN_

struct m_monitor *m_monitor_start(struct muster_ctx *t, const struct m_monitor_options *options);
/* From its beginning until now, or until it was stopped. */
struct m_usage m_monitor_usage(struct m_monitor *monitor);
/* Once more is nothing. */
void m_monitor_stop(struct m_monitor *monitor);

M_KIT_END_

/* Of PERFORMANCE. Zero is no limit. Names, files and lines stay the author's. */
struct m_performance_options {
    const char *name; /* the macro's */
    const char *file;
    struct m_monitor *monitor; /* what it used within the block becomes metrics */
    double max_ms;
    double max_cpu_ms; /* of the monitor: processor time within */
    double max_rss;    /* likewise: peak, in bytes */
    uint32_t line;
    int32_t fails; /* 1: what is exceeded fails the scenario; 0: it is a missed threshold of the run */
};

struct m_block_ {
    struct m_timing_ *timing;
    int32_t open;
};

struct m_block_ m_block_begin_(struct muster_ctx *t, const struct m_performance_options *options);
/* Without a step: for a part of a scenario that is no block. */
struct m_block_ m_timed_begin_(struct muster_ctx *t, const struct m_performance_options *options);
void m_block_end_(struct m_block_ *block);

struct m_outcome m_compare_usage_(struct m_monitor *monitor, size_t offset, uint32_t orders, double bound);

#ifdef __cplusplus
}
#endif

/*
 * PERFORMANCE("tenant provisioning", .max_ms = 300000) { ... }: a STEP that is timed (CLOCK_MONOTONIC). At its end the
 * time is the metric performance.tenant_provisioning; with .monitor there are performance.tenant_provisioning.cpu_ms,
 * .rss and so on, too. What it may take is a threshold of the run, max(performance.tenant_provisioning) <= 300000 ms:
 * one that is missed fails no scenario, and the run ends with status 8. With .fails = 1, and under a runner that knows
 * no thresholds, it is a check. The rules are STEP's: it ends with its block, also by break, continue, return, goto or
 * an exception, and it nests. A scenario that ends within, by a REQUIRE or SKIP, has not done what is timed: neither
 * metric nor check is made.
 */
#define M_PERFORMANCE(...) M_PERFORMANCE_(M_PASTE_(m_block_, __COUNTER__), __VA_ARGS__, )
#define M_PERFORMANCE_(var_, name_, ...)                                                                               \
    for (struct m_block_ var_ __attribute__((cleanup(m_block_end_))) =                                                 \
             M_WITH_FIELDS_(m_performance_options, m_block_begin_, (t), .name = (name_), .file = __FILE__,             \
                                                                        .line = __LINE__, __VA_ARGS__);                \
         var_.open; var_.open = 0)

/* CHECK_USAGE(shop, rss.peak, <=, 256 << 20): a value of struct m_usage as it is now, any of == != < <= > >=. */
#define M_CHECK_USAGE   M_CHECK_USAGE_
#define M_REQUIRE_USAGE M_REQUIRE_USAGE_

#define M_CHECK_USAGE_(monitor_, value_, op_, ...)                                                                     \
    M_USAGE_(M_GIVEN_(0, #__VA_ARGS__), #monitor_ ": " #value_ " " #op_ " ", #__VA_ARGS__, (monitor_), value_, op_,    \
             __VA_ARGS__)
#define M_REQUIRE_USAGE_(monitor_, value_, op_, ...)                                                                   \
    M_USAGE_(M_GIVEN_(1, #__VA_ARGS__), #monitor_ ": " #value_ " " #op_ " ", #__VA_ARGS__, (monitor_), value_, op_,    \
             __VA_ARGS__)
#define M_USAGE_(required_, text_, rest_, monitor_, value_, op_, ...)                                                  \
    M_CHECKED_(required_, text_, rest_, ,                                                                              \
               (m_called_at_(__FILE__, __LINE__), m_compare_usage_(monitor_, offsetof(struct m_usage, value_),         \
                                                                   M_ORDERS_(op_), (double)(M_FIRST_(__VA_ARGS__)))),  \
               __VA_ARGS__)

#ifndef MUSTER_NO_SHORT_NAMES
#define PERFORMANCE(...) M_PERFORMANCE(__VA_ARGS__)
#define CHECK_USAGE      M_CHECK_USAGE
#define REQUIRE_USAGE    M_REQUIRE_USAGE
#endif

/* The functions above, called from the author's line: see muster/place.h. */
M_PLACED_(struct m_monitor *, m_monitor_start, (t, options), struct muster_ctx *t,
          const struct m_monitor_options *options)
M_PLACED_(struct m_usage, m_monitor_usage, (monitor), struct m_monitor *monitor)
M_PLACED_VOID_(m_monitor_stop, (monitor), struct m_monitor *monitor)
#ifdef M_PLACED_IN_C_
#define m_monitor_start(...) m_monitor_start_at_(M_HERE_, __VA_ARGS__)
#define m_monitor_usage(...) m_monitor_usage_at_(M_HERE_, __VA_ARGS__)
#define m_monitor_stop(...)  m_monitor_stop_at_(M_HERE_, __VA_ARGS__)
#endif

#endif
