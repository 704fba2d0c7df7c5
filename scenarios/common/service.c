/* SPDX-License-Identifier: Apache-2.0 */
/* Workloads of a tenant, by operations: creating, reading, looking whether they run. */
#include "common/service.h"

#include <stdlib.h>

uint64_t service_patience_ms(struct muster_ctx *t, uint64_t usual_ms)
{
    const char *patience = m_target_value(t, "patience");
    return patience ? usual_ms * strtoull(patience, NULL, 10) : usual_ms;
}

const char *service_begin(struct muster_ctx *t, const struct tenancy *tenant, const char *image, int replicas)
{
    struct m_json *made = DO(tenant->admin, "workload.create", ARG("tenant", tenant->id), ARG("name", m_unique(t, "w")),
                             ARG("image", image), ARG("replicas", replicas));
    return m_json_str(made, "/id");
}

struct m_json *service_read(const struct tenancy *tenant, const char *id)
{
    return DO(tenant->admin, "workload.get", ARG("id", id));
}

int64_t service_in_flight(const struct tenancy *tenant, const char *id)
{
    struct m_json *w = service_read(tenant, id);
    int64_t n = m_json_int(w, "/in_flight");
    m_json_free(w);
    return n;
}

static int all_have_version(struct muster_ctx *t, const struct m_json *workload, const char *version)
{
    int64_t n = m_json_count(workload, "/processes");
    for (int64_t i = 0; i < n; i++) {
        const char *of_process = m_json_str(workload, m_fmt(t, "/processes/%d/version", (int)i));
        if (!of_process || strcmp(of_process, version) != 0)
            return 0;
    }
    return 1;
}

int service_runs(struct muster_ctx *t, const struct tenancy *tenant, const char *id, int replicas, const char *version)
{
    struct m_json *w = service_read(tenant, id);
    const char *state = m_json_str(w, "/state");
    int runs = state && strcmp(state, "running") == 0 && m_json_int(w, "/ready") == replicas &&
               (!version || all_have_version(t, w, version));
    m_json_free(w);
    return runs;
}

int service_has_pid(struct muster_ctx *t, const struct m_json *doc, const char *pointer, int64_t pid)
{
    int64_t n = m_json_count(doc, pointer);
    for (int64_t i = 0; i < n; i++)
        if (m_json_int(doc, m_fmt(t, "%s/%d", pointer, (int)i)) == pid ||
            m_json_int(doc, m_fmt(t, "%s/%d/pid", pointer, (int)i)) == pid)
            return 1;
    return 0;
}
