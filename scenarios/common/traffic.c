/* SPDX-License-Identifier: Apache-2.0 */
#include "common/traffic.h"

void *traffic_log_in(struct muster_ctx *t, unsigned client, void *users)
{
    const struct traffic *traffic = users;
    (void)client;
    return LOGIN(t, "password", ARG("username", traffic->tenant->admin_name), ARG("password", TENANT_PASSWORD));
}

struct m_load_result traffic_ask(struct muster_ctx *t, void *session, void *users)
{
    const struct traffic *traffic = users;
    (void)t;
    struct m_tried request = TRY((struct m_session *)session, "workload.request", ARG("id", traffic->id));
    m_json_free(request.result);
    return M_LOAD_TRIED(request);
}
