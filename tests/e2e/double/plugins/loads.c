/* SPDX-License-Identifier: Apache-2.0 */
/* Loads against a real server that is made to fail, to reset connections and to be late. */
#include <muster/kit/data.h>
#include <muster/kit/double.h>
#include <muster/kit/http.h>
#include <muster/kit/json.h>
#include <muster/kit/load.h>
#include <muster/kit/wait.h>
#include <muster/muster.h>

FIXTURE(loaded, MUSTER_SCOPE_RUN, .summary = "A double that is asked again and again")
{
    M_DOUBLE_SERVE(t, .file = m_beside(t, "shop.yaml"), .values = M_VALUES("region=us"));
}

static void *connect_to(struct muster_ctx *t, unsigned client, void *url)
{
    (void)client;
    return m_http_open(t, url, NULL);
}

static struct m_load_result get_ids(struct muster_ctx *t, void *api, void *url)
{
    (void)t;
    (void)url;
    struct m_http_reply r = m_try_request((struct m_http *)api, &(struct m_http_request){.path = "/ids"});
    return M_LOAD_REPLY(r);
}

#define IDS(shop_) .clients = 3, .rate = 100, .open = connect_to, .ask = get_ids, .with = (void *)m_double_url(shop_)

static void wait_for_more(struct muster_ctx *t, struct m_load *load, double more)
{
    double until = m_load_now(load).sent + more;
    REQUIRE(M_UNTIL(t, 20000, 5, m_load_now(load).sent >= until));
}

SCENARIO(nothing_fails, .uses = USES("loaded"))
{
    struct m_double *shop = m_double_own(t, "loaded");
    m_threshold(t, "load.calm.failed < 1");
    LOAD_BEGIN(calm, IDS(shop));
    wait_for_more(t, calm, 30);
    LOAD_END(calm);
    CHECK_INT(m_double_count(shop, "GET", "/ids"), ==, (int64_t)m_load_now(calm).sent);
}

SCENARIO(is_refused_for_a_while, .uses = USES("loaded"))
{
    struct m_double *shop = m_double_own(t, "loaded");
    LOAD_BEGIN(refused, IDS(shop));
    wait_for_more(t, refused, 10);
    m_double_answer(shop, "{request: {path: /ids}, answer: {status: 503}}");
    wait_for_more(t, refused, 10);
    m_double_reset(shop);
    wait_for_more(t, refused, 10);
    LOAD_END(refused); /* is_refused_for_a_while */
}

SCENARIO(is_cut_off, .uses = USES("loaded"))
{
    struct m_double *shop = m_double_own(t, "loaded");
    m_double_answer(shop, "{request: {path: /ids}, answer: {reset: true}}");
    LOAD_BEGIN(cut, IDS(shop));
    wait_for_more(t, cut, 10);
    m_load_stop(cut);
    CHECK_LOAD(cut, done, ==, 0);
    CHECK_LOAD(cut, failed, <, 5); /* is_cut_off */
}

/* Who is late by 300 ms to three clients can't be asked a hundred times a second: what waits is told. */
SCENARIO(is_late, .uses = USES("loaded"))
{
    struct m_double *shop = m_double_own(t, "loaded");
    m_double_answer(shop, "{request: {path: /ids}, answer: {text: ok, delay: 300ms}}");
    LOAD_BEGIN(late, IDS(shop));
    wait_for_more(t, late, 6);
    m_load_stop(late);
    CHECK_LOAD(late, p50_ms, >=, 300);
    CHECK_LOAD(late, unsent, >, 0);
}

/* Ended by nobody: with the scenario. */
SCENARIO(is_left, .uses = USES("loaded"))
{
    struct m_double *shop = m_double_own(t, "loaded");
    m_double_answer(shop, "{request: {path: /ids}, answer: {status: 500}}");
    LOAD_BEGIN(left, IDS(shop));
    wait_for_more(t, left, 5);
}

static struct m_load_result check_ids(struct muster_ctx *t, void *api, void *url)
{
    (void)url;
    CHECK_INT(m_get((struct m_http *)api, "/ids").status, ==, 204); /* fails_on_a_clients_thread */
    return (struct m_load_result){NULL, 200, 0};
}

SCENARIO(fails_on_a_clients_thread, .uses = USES("loaded"))
{
    struct m_double *shop = m_double_own(t, "loaded");
    LOAD_BEGIN(checked, .open = connect_to, .ask = check_ids, .with = (void *)m_double_url(shop));
    wait_for_more(t, checked, 2);
    LOAD_END(checked);
}

MUSTER_PLUGIN("e2e.loads", "1.0.0")
