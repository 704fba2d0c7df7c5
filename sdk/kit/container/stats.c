/* SPDX-License-Identifier: Apache-2.0 */
/* What a container uses, as the engine says it. */
#include "engine.h"

#include <muster/kit/data.h>

#include <math.h>
#include <strings.h>

static double sum_networks(struct muster_ctx *t, const struct m_json *doc, const char *what)
{
    /* Its networks have names, so the members are asked for as text: eth0, eth1, ... */
    double sum = NAN;
    for (int i = 0; i < 32; i++) {
        double bytes = m_json_double(doc, m_fmt(t, "/networks/eth%d/%s", i, what));
        if (!isnan(bytes))
            sum = isnan(sum) ? bytes : sum + bytes;
    }
    return sum;
}

/* "Read" of version 1, "read" of version 2; null where nothing has been. */
static double sum_disks(struct muster_ctx *t, const struct m_json *doc, const char *op)
{
    const struct m_json *list = m_json_at(doc, "/blkio_stats/io_service_bytes_recursive");
    double sum = 0;
    (void)t;
    for (int64_t i = 0; i < m_json_count(list, ""); i++) {
        const struct m_json *one = m_json_item(list, (uint64_t)i);
        const char *is = m_json_str(one, "/op");
        if (is && strcasecmp(is, op) == 0)
            sum += m_json_double(one, "/value");
    }
    return sum;
}

struct m_container_stats m_container_stats(struct m_container *c)
{
    struct muster_ctx *t = c->engine->t;
    struct m_json *doc = container_ask_json(
        c->engine, m_fmt(t, "container %s: what it uses", c->label),
        &(struct container_request){.path = m_fmt(t, "/containers/%s/stats?stream=false&one-shot=true", c->id)});
    struct m_container_stats s = {.memory = m_json_double(doc, "/memory_stats/usage"),
                                  .memory_limit = m_json_double(doc, "/memory_stats/limit"),
                                  .cpu_ms = m_json_double(doc, "/cpu_stats/cpu_usage/total_usage") / 1e6,
                                  .pids = m_json_double(doc, "/pids_stats/current"),
                                  .received_bytes = sum_networks(t, doc, "rx_bytes"),
                                  .sent_bytes = sum_networks(t, doc, "tx_bytes"),
                                  .read_bytes = sum_disks(t, doc, "read"),
                                  .written_bytes = sum_disks(t, doc, "write")};
    m_json_free(doc);
    return s;
}
