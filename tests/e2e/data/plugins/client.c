/* SPDX-License-Identifier: Apache-2.0 */
/* Steps that share one HTTP client, as those of most plugins do. */
#include <muster/kit/data.h>
#include <muster/kit/http.h>
#include <muster/muster.h>

static struct m_http *api(struct muster_ctx *t)
{
    static struct m_http *client;
    if (!client)
        client = m_http_open(t, m_target(t, "url"), NULL);
    return client;
}

DATA_STEP(json, order, PARAMS((str, path)), .summary = "Makes something; its name and its path")
{
    struct m_http_reply reply = m_post(api(t), path, "{}");
    REQUIRE_INT(reply.status, ==, 200);
    return m_fmt(t, "{\"name\":\"%s\",\"path\":\"%s\"}", m_unique(t, "n"), reply.body);
}

DATA_STEP(none, fetch, PARAMS((str, path)), .summary = "Reads it")
{
    REQUIRE_INT(m_get(api(t), path).status, ==, 200);
}

DATA_STEP(none, cancel, PARAMS((str, path)), .summary = "Removes it")
{
    struct m_http_reply reply = m_delete(api(t), path);
    REQUIRE_INT(reply.status, ==, 200);
    CHECK_STR(reply.body, ==, path);
}

DATA_STEP(str, new_name, .summary = "A name that nothing else has")
{
    return m_unique(t, "n");
}

MUSTER_PLUGIN("e2e.client", "1.0.0")
