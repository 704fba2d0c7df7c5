/* SPDX-License-Identifier: Apache-2.0 */
/* POST /v1/platform/restart: the platform ends, as if it was killed or as if it was asked to, and begins again. */
#include "restart.h"

#include "audit/audit.h"
#include "server/fields.h"

#include <string.h>

#define AWAY_MAX_MS 10000

/* The answer is the next life's to give (common/life.h). */
static void restart(struct request *r)
{
    struct fields f;
    fields_begin(&f, r);
    const char *how = field_choice(&f, "how", REQUIRED, "kill, stop");
    int64_t away_ms = field_number(&f, "away_ms", OPTIONAL, 0, AWAY_MAX_MS, 0);

    if (!fields_end(&f))
        return;
    audit_ok(r, "platform.restart", "platform", "platform", NULL, "%s", how);
    life_ask(&r->tb->life, strcmp(how, "kill") == 0 ? LIFE_KILLED : LIFE_STOPPED, away_ms, lws_get_socket_fd(r->wsi));
    r->deferred = true;
    r->tb->stopping = true;
}

const struct route restart_routes[] = {
    {M_POST, "/v1/platform/restart", PA, 0, NULL, restart},
    {.pattern = NULL},
};
