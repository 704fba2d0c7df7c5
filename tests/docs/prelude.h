/* SPDX-License-Identifier: Apache-2.0 */
/* What the documents' pieces of code leave to the author: each is compiled behind this. Defined so that a plugin of a
 * piece can be linked. */
#include <muster/kit/auth.h>
#include <muster/kit/browser.h>
#include <muster/kit/container.h>
#include <muster/kit/data.h>
#include <muster/kit/factory.h>
#include <muster/kit/http.h>
#include <muster/kit/json.h>
#include <muster/kit/load.h>
#include <muster/kit/load_of.h>
#include <muster/kit/monitor.h>
#include <muster/kit/parallel.h>
#include <muster/kit/process.h>
#include <muster/kit/sql.h>
#include <muster/kit/target.h>
#include <muster/kit/wait.h>
#include <muster/kit/ws.h>
#include <muster/muster.h>

#include "common/fixtures.h"

#pragma GCC diagnostic ignored "-Wunused-function"
#pragma GCC diagnostic ignored "-Wunused-variable"

static const char *const token = "token", *const subdomain = "shop";

const struct two_tenants *two_tenants_of(struct muster_ctx *t)
{
    return m_fixture_pointer(t, "two_tenants");
}

static struct m_http *api(struct muster_ctx *t)
{
    return m_http_open(t, m_target(t, "url"), NULL);
}

static int refund(struct muster_ctx *t, const char *payment)
{
    return m_post(api(t), m_fmt(t, "/payments/%s/refund", payment), NULL).status;
}

static int seats_of(struct muster_ctx *t, const char *url, const char *plan)
{
    return m_get(api(t), m_fmt(t, "%s?plan=%s", url, plan)).status;
}

static const char *tenant_create(struct muster_ctx *t, const char *name)
{
    return m_post(api(t), "/tenants", name).body;
}

static void tenant_delete(struct muster_ctx *t, const char *name)
{
    m_delete(api(t), m_fmt(t, "/tenants/%s", name));
}
