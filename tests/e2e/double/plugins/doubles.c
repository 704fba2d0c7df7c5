/* SPDX-License-Identifier: Apache-2.0 */
/* Scenarios over doubles: what passes, and each check as it fails. */
#include <muster/kit/data.h>
#include <muster/kit/double.h>
#include <muster/kit/http.h>
#include <muster/kit/json.h>
#include <muster/kit/wait.h>
#include <muster/muster.h>

#include <signal.h>
#include <stdlib.h>
#include <string.h>

FIXTURE(shop, MUSTER_SCOPE_RUN, .summary = "A double with a file of this plugin's")
{
    M_DOUBLE_SERVE(t, .file = m_beside(t, "shop.yaml"), .values = M_VALUES("region=us"));
}

FIXTURE(broken, MUSTER_SCOPE_RUN)
{
    M_DOUBLE_SERVE(t, .file = m_beside(t, "broken.yaml"));
}

static struct m_http *client(struct muster_ctx *t, const struct m_double *d)
{
    return m_http_open(t, m_double_url(d), NULL);
}

/* ---- what works ---- */

SCENARIO(asks_the_shop, .uses = USES("shop"))
{
    struct m_double *shop = m_double_own(t, "shop");
    struct m_http *api = client(t, shop);
    struct m_http_reply r = m_post(api, "/orders", m_json_pack(t, "{s:s}", "item", "tea"));
    REQUIRE_INT(r.status, ==, 201);
    const char *order = m_fmt(t, "/orders/%s", m_json_str(m_json_parse(t, r.body), "/id"));
    CHECK_JSON(m_get(api, order).body, "/item", "\"tea\"");
    CHECK_INT(m_delete(api, order).status, ==, 204);
    CHECK_INT(m_get(api, order).status, ==, 410);

    CHECK_ASKED(shop, "POST", "/orders", 1);
    CHECK_ASKED(shop, "GET", "/orders/{id}", 2);
    CHECK_ASKED(shop, "*", "/orders/**", 4);
    CHECK_ASKED(shop, "GET", "/nothing", 0);
    CHECK_ASKED(shop, "GET", "/orders", 0);
    CHECK_ASKED(shop, "GET", "/orders/{id}/more", 0);
    CHECK_ASKED(shop, "GET", "/{any}/{id}", 2);
    CHECK_ASKED(shop, "GET", "/orders/{id}/**", 2);
    CHECK_ASKED_IN_ORDER(shop, "POST /orders", "DELETE /orders/*", "GET /orders/*");
    CHECK_NOTHING_ELSE_ASKED(shop);

    struct m_double_requests asked = m_double_requests(shop, "POST", NULL);
    REQUIRE_UINT(asked.n, ==, 1);
    CHECK_STR(asked.items[0].path, ==, "/orders");
    CHECK_JSON(asked.items[0].body, "/item", "\"tea\"");
    CHECK_INT(asked.items[0].status, ==, 201);
    CHECK_INT(asked.items[0].number, ==, 1);
    CHECK_STR_HAS(asked.items[0].headers, "application/json");
    CHECK_STR(asked.items[0].query, ==, "{}");
    CHECK(asked.items[0].rule != NULL);
}

SCENARIO(programs_answers, .uses = USES("shop"))
{
    struct m_double *shop = m_double_own(t, "shop");
    struct m_http *api = client(t, shop);
    m_double_answer(shop,
                    "{request: {path: /ids}, answers: [{status: 503, headers: {Retry-After: 1}}, {text: again}]}");
    struct m_http_reply r = m_get(api, "/ids");
    CHECK_INT(r.status, ==, 503);
    CHECK_STR(m_http_value(&r, "Retry-After"), ==, "1");
    CHECK_STR(m_get(api, "/ids").body, ==, "again");
    m_double_answer(shop, "request: { path: /ids }\n"
                          "answer: { body: { region: \"${value.region}\" } }\n");
    CHECK_JSON(m_get(api, "/ids").body, "/region", "\"us\"");
    CHECK_STR(m_get(api, "/turns/x").body, ==, "one 1");
    m_double_reset(shop);
    CHECK_STR_HAS(m_get(api, "/ids").body, "\"one\"");
    CHECK_STR(m_get(api, "/turns/x").body, ==, "one 1");
    CHECK_ASKED(shop, NULL, NULL, 2);
}

/* Two attempts with one name: neither sees the other's. */
SCENARIO(is_alone, PARAMS((str, who)), .uses = USES("shop"),
         .tables = TABLES(TABLE(COLUMNS("who"), ROW("one"), ROW("two"), ROW("three"), ROW("four"))))
{
    struct m_double *shop = m_double_own(t, "shop");
    struct m_http *api = client(t, shop);
    m_double_answer(shop, m_fmt(t, "{request: {path: /who}, answer: {text: %s}}", who));
    for (int i = 0; i < 20; i++)
        CHECK_STR(m_get(api, "/who").body, ==, who);
    CHECK_ASKED(shop, "GET", "/who", 20);
    CHECK_NOTHING_ELSE_ASKED(shop);
}

/* Of a shared one: what was asked before it was opened is none of this attempt's. */
SCENARIO(shares_1, .uses = USES("shop"))
{
    struct m_double *shop = m_double_open(t, "shop");
    m_double_answer(shop, "{request: {path: /ids}, answer: {text: mine}}");
    struct m_http *api = client(t, shop);
    CHECK_STR(m_get(api, "/ids").body, ==, "mine");
    CHECK_ASKED(shop, "GET", "/ids", 1);
    CHECK_NOTHING_ELSE_ASKED(shop);
}

SCENARIO(shares_2_and_crashes, .uses = USES("shop"))
{
    struct m_double *shop = m_double_open(t, "shop");
    m_double_answer(shop, "{request: {path: /ids}, answer: {text: mine}}");
    struct m_http *api = client(t, shop);
    CHECK_STR(m_get(api, "/ids").body, ==, "mine");
    raise(SIGSEGV);
}

SCENARIO(shares_3, .uses = USES("shop"))
{
    struct m_double *shop = m_double_open(t, "shop");
    CHECK_NOTHING_ELSE_ASKED(shop);
    struct m_http *api = client(t, shop);
    CHECK_STR_HAS(m_get(api, "/ids").body, "\"one\"");
    CHECK_ASKED(shop, "GET", "/ids", 1);
}

/* ---- each check as it fails ---- */

SCENARIO(asked_too_often, .uses = USES("shop"))
{
    struct m_double *shop = m_double_own(t, "shop");
    struct m_http *api = client(t, shop);
    m_get(api, "/ids");
    m_get(api, "/ids");
    CHECK_ASKED(shop, "GET", "/ids", 1); /* asked_too_often */
}

SCENARIO(asked_otherwise, .uses = USES("shop"))
{
    struct m_double *shop = m_double_own(t, "shop");
    m_get(client(t, shop), "/nothing");
    REQUIRE_ASKED(shop, "POST", "/nothing", 1); /* asked_otherwise */
    FAIL("it goes on behind REQUIRE_ASKED");
}

SCENARIO(asked_in_another_order, .uses = USES("shop"))
{
    struct m_double *shop = m_double_own(t, "shop");
    struct m_http *api = client(t, shop);
    m_get(api, "/ids");
    m_get(api, "/late");
    CHECK_ASKED_IN_ORDER(shop, "GET /ids", "GET /late");
    CHECK_ASKED_IN_ORDER(shop, "GET /late", "GET /ids"); /* asked_in_another_order */
}

SCENARIO(asked_in_order_too_seldom, .uses = USES("shop"))
{
    struct m_double *shop = m_double_own(t, "shop");
    m_get(client(t, shop), "/ids");
    REQUIRE_ASKED_IN_ORDER(shop, "GET /ids", "GET /ids"); /* asked_in_order_too_seldom */
    FAIL("it goes on behind REQUIRE_ASKED_IN_ORDER");
}

SCENARIO(asked_something_else, .uses = USES("shop"))
{
    struct m_double *shop = m_double_own(t, "shop");
    struct m_http *api = client(t, shop);
    m_get(api, "/ids");
    m_get(api, "/other");
    CHECK_ASKED(shop, "GET", "/ids", 1);
    CHECK_NOTHING_ELSE_ASKED(shop); /* asked_something_else */
    CHECK_ASKED(shop, NULL, "/other", 1);
    REQUIRE_NOTHING_ELSE_ASKED(shop);
}

SCENARIO(asked_too_late, .uses = USES("shop"))
{
    struct m_double *shop = m_double_own(t, "shop");
    m_get(client(t, shop), "/ids");
    REQUIRE(M_UNTIL(t, 200, 20, m_double_count(shop, "POST", "/orders") == 1)); /* asked_too_late */
}

SCENARIO(mistake_in_a_rule, .uses = USES("shop"))
{
    struct m_double *shop = m_double_own(t, "shop");
    m_double_answer(shop, "{request: {pth: /ids}, answer: {text: x}}"); /* mistake_in_a_rule */
}

SCENARIO(no_double, .uses = USES("shop"))
{
    m_double_open(t, "shopp"); /* no_double */
}

SCENARIO(no_request, .uses = USES("shop"))
{
    struct m_double *shop = m_double_own(t, "shop");
    CHECK_ASKED_IN_ORDER(shop, "/ids"); /* no_request */
}

SCENARIO(file_is_broken, .uses = USES("broken"))
{
}

/* ---- the orchestrator that ships ---- */

static const char *deployment(struct muster_ctx *t, struct m_http *api, const char *uuid)
{
    struct m_json *doc = m_json_parse(t, m_get(api, m_fmt(t, "/api/v1/deployments/%s", uuid)).body);
    const char *status = m_json_str(doc, "/status");
    return status ? status : "none";
}

SCENARIO(coolify_deploys, .uses = USES("double(coolify.yaml, as=coolify)"))
{
    struct m_double *coolify = m_double_own(t, "coolify");
    struct m_http *api = client(t, coolify);
    CHECK_INT(m_get(api, "/health").status, ==, 200);
    CHECK_INT(m_get(api, "/api/v1/deploy?uuid=x").status, ==, 401);
    m_http_bearer(api, "wrong");
    CHECK_INT(m_get(api, "/api/v1/applications/x").status, ==, 401);
    m_http_bearer(api, m_fixture(t, "coolify", "token"));
    CHECK_INT(m_get(api, "/api/v1/applications/x").status, ==, 404);
    CHECK_INT(m_post(api, "/api/v1/deploy?uuid=x", NULL).status, ==, 404);
    CHECK_INT(m_post(api, "/api/v1/applications/dockerimage", "{}").status, ==, 422);

    struct m_http_reply r =
        m_post(api, "/api/v1/applications/dockerimage", "{\"name\":\"shop\",\"docker_registry_image_name\":\"nginx\"}");
    REQUIRE_INT(r.status, ==, 201);
    const char *uuid = m_json_str(m_json_parse(t, r.body), "/uuid");
    const char *path = m_fmt(t, "/api/v1/applications/%s", uuid);
    CHECK_JSON(m_get(api, path).body, "/status", "\"exited\"");
    r = m_post(api, m_fmt(t, "/api/v1/deploy?uuid=%s", uuid), NULL);
    REQUIRE_INT(r.status, ==, 200);
    CHECK_JSON(r.body, "/deployments/0/message", "\"Application shop deployment queued.\"");
    const char *deployed = m_json_str(m_json_parse(t, r.body), "/deployments/0/deployment_uuid");
    CHECK_STR(deployment(t, api, deployed), ==, "queued");
    CHECK_STR(deployment(t, api, deployed), ==, "in_progress");
    CHECK_STR(deployment(t, api, deployed), ==, "finished");
    CHECK_STR(deployment(t, api, deployed), ==, "finished");
    CHECK_STR(deployment(t, api, "x"), ==, "none");
    CHECK_JSON(m_get(api, path).body, "/status", "\"running\"");
    CHECK_INT(m_post(api, m_fmt(t, "%s/stop", path), NULL).status, ==, 200);
    CHECK_JSON(m_get(api, path).body, "/status", "\"exited\"");
    CHECK_INT(m_delete(api, path).status, ==, 200);
    CHECK_INT(m_get(api, path).status, ==, 404);
    CHECK_INT(m_delete(api, path).status, ==, 404);
    CHECK_INT(m_post(api, m_fmt(t, "/api/v1/deploy?uuid=%s", uuid), NULL).status, ==, 404);

    CHECK_ASKED(coolify, "DELETE", "/api/v1/applications/{uuid}", 2);
    CHECK_ASKED_IN_ORDER(coolify, "POST /api/v1/applications/dockerimage", "POST /api/v1/deploy",
                         "DELETE /api/v1/applications/*");
}

MUSTER_PLUGIN("e2e.double", "1")
