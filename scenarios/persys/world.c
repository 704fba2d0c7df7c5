/* SPDX-License-Identifier: Apache-2.0 */
/* What the steps of one attempt share. */
#include "world.h"

#include <stdlib.h>

struct world *world(struct muster_ctx *t)
{
    static struct world w;
    if (!w.tenant.id) {
        w.platform = m_login(t, "admin");
        w.tenant = tenancy_begin(t, w.platform, "professional");
    }
    return &w;
}

const char *workload_of(struct muster_ctx *t, const struct world *w, const char *id)
{
    const char *which = *id ? id : w->workload;
    if (!which)
        ERROR("no workload: create_workload has to come first, or give an id");
    return which;
}

uint64_t duration_ms(struct muster_ctx *t, const char *text)
{
    char *unit;
    double n = strtod(text, &unit);
    double factor = strcmp(unit, "ms") == 0 ? 1 : strcmp(unit, "s") == 0 ? 1000 : strcmp(unit, "m") == 0 ? 60000 : -1;
    if (unit == text || factor < 0 || n < 0)
        ERROR("%s is no duration: write 500ms, 30s or 2m", text);
    return (uint64_t)(n * factor);
}
