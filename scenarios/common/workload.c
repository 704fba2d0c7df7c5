/* SPDX-License-Identifier: Apache-2.0 */
/* Workloads of a tenant: creating, reading, waiting. */
#include "common/workload.h"

const char *workload_path(struct muster_ctx *t, const char *id, const char *rest)
{
    return m_fmt(t, "/v1/workloads/%s%s%s", id, *rest ? "/" : "", rest);
}

struct m_json *workload_read(struct muster_ctx *t, const struct tenant *tenant, const char *id)
{
    return ANSWER(200, m_get(tenant->admin.api, workload_path(t, id, "")));
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

int workload_runs(struct muster_ctx *t, const struct tenant *tenant, const char *id, int replicas, const char *version)
{
    struct m_json *w = m_json_parse(t, m_get(tenant->admin.api, workload_path(t, id, "")).body);
    const char *status = m_json_str(w, "/status");
    int runs = status && strcmp(status, "running") == 0 && m_json_int(w, "/ready") == replicas &&
               (!version || all_have_version(t, w, version));
    m_json_free(w);
    return runs;
}

int workload_gone(struct muster_ctx *t, const struct tenant *tenant, const char *id)
{
    return m_get(tenant->admin.api, workload_path(t, id, "")).status == 404;
}

const char *workload_create(struct muster_ctx *t, const struct tenant *tenant, const char *image, int replicas)
{
    const char *body =
        m_json_pack(t, "{s:s, s:s, s:i}", "name", m_unique(t, "w"), "image", image, "replicas", replicas);
    struct m_json *workload = ANSWER(202, m_post(tenant->admin.api, tenant_path(t, tenant, "workloads"), body));
    const char *id = m_json_str(workload, "/id");
    REQUIRE(M_UNTIL(t, WORKLOAD_MS, 10, workload_runs(t, tenant, id, replicas, NULL)));
    return id;
}

int pids_hold(struct muster_ctx *t, const struct m_json *doc, const char *pointer, int64_t pid)
{
    int64_t n = m_json_count(doc, pointer);
    for (int64_t i = 0; i < n; i++)
        if (m_json_int(doc, m_fmt(t, "%s/%d", pointer, (int)i)) == pid ||
            m_json_int(doc, m_fmt(t, "%s/%d/pid", pointer, (int)i)) == pid)
            return 1;
    return 0;
}
