/* SPDX-License-Identifier: Apache-2.0 */
/* The round, and what it finds. */
#include "workloads/workload_monitor.h"

#include "store/store.h"
#include "workloads/alerts.h"
#include "workloads/autoscaler.h"

#define ROUND_MS   200
#define MEASURE_MS 1000 /* between two measures of a replica that no rule asks for */

static struct {
    struct testbed *tb;
    lws_sorted_usec_list_t timer;
} monitor;

static bool is_watched(const struct workload *w)
{
    return w->autoscale.metric == LOAD_CPU || alerts_measure(w);
}

static void look_at(struct workload *w, int64_t now)
{
    bool watched = is_watched(w);

    load_sample(&w->meter, now, w->requests);
    for (struct replica *p = w->processes; p; p = p->next)
        if (watched || now - p->measured_ms >= MEASURE_MS)
            replica_measure(p);
    if (w->deleting || w->stopped)
        return;
    autoscaler_look(w, now);
    alerts_look(w, now);
}

static void look_around(lws_sorted_usec_list_t *timer)
{
    int64_t now = clock_mono_ms();

    for (struct workload *w = monitor.tb->workloads; w; w = w->next)
        look_at(w, now);
    lws_sul_schedule(monitor.tb->lws, 0, timer, look_around, (lws_usec_t)ROUND_MS * 1000);
}

void workload_monitor_start(struct testbed *tb)
{
    monitor.tb = tb;
    lws_sul_schedule(tb->lws, 0, &monitor.timer, look_around, (lws_usec_t)ROUND_MS * 1000);
}

void workload_monitor_stop(void)
{
    lws_sul_cancel(&monitor.timer);
}

static json_t *replica_stats(const struct replica *p)
{
    json_t *measured = p->measured_ms > 0 ? json_integer(clock_mono_ms() - p->measured_ms) : json_null();

    return json_pack("{s:s, s:i, s:s, s:i, s:I, s:I, s:i, s:i, s:I, s:i, s:o}", "name", p->name, "index", p->index,
                     "state", replica_state_name(p->state), "cpu_percent", p->cpu_percent, "cpu_us",
                     (json_int_t)p->usage.cpu_us, "memory_bytes", (json_int_t)p->usage.memory_bytes, "processes",
                     p->usage.processes, "open_files", p->usage.open_files, "requests", (json_int_t)p->requests,
                     "in_flight", (int)p->in_flight, "measured_ms_ago", measured);
}

static void workload_stats(struct request *r)
{
    const struct workload *w = request_workload(r);
    json_t *replicas = json_array();
    json_int_t memory = 0;
    int cpu = 0;

    for (const struct replica *p = w->processes; p; p = p->next) {
        cpu += p->cpu_percent;
        memory += p->usage.memory_bytes;
        json_array_append_new(replicas, replica_stats(p));
    }
    int64_t storage = store_number(
        r->tb->db,
        "SELECT coalesce(sum(octet_length(key) + octet_length(value)), 0) FROM workload_data WHERE workload_id = ?",
        "s", w->id);
    reply(r, 200,
          json_pack("{s:s, s:i, s:I, s:I, s:I, s:I, s:i, s:i, s:I, s:o}", "workload_id", w->id, "cpu_percent", cpu,
                    "memory_bytes", memory, "storage_bytes", (json_int_t)storage, "requests", (json_int_t)w->requests,
                    "requests_failed", (json_int_t)w->requests_failed, "requests_per_second",
                    load_requests_per_second(&w->meter), "in_flight", workload_in_flight(w), "restarts",
                    (json_int_t)w->restarts, "replicas", replicas));
}

const struct route workload_monitor_routes[] = {
    {M_GET, "/v1/workloads/{}/stats", ROLES_ALL, 0, route_of_workload, workload_stats},
    {.pattern = NULL},
};
