/* SPDX-License-Identifier: Apache-2.0 */
/* The kit's target: who asks, what is kept from evidence, and what takes longer. The platform is target_scene's. */
#include "target_scene.h"

#include <muster/kit/target.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

/* ---- waiting ---- */

static void what_fails_later_fails(void **state)
{
    struct fake_host h;
    (void)state;
    target_scene_init(&h);
    struct m_session *nobody = m_nobody(&h.ctx);
    RUN(&h, DO(nobody, "thing.create", ARG("name", "broken")));
    const uint32_t line = __LINE__ - 1;
    assert_int_equal(h.stopped, -1);
    assert_int_equal(h.line, line);
    assert_string_equal(h.expression, "thing.create comes to its end");
    assert_string_equal(h.actual, "what it began failed");
    assert_string_equal(h.expected, "state is \"running\"");
    assert_non_null(strstr(h.message, "thing.get: as nobody, GET /things/"));
    assert_non_null(strstr(h.message, "FAILED"));
}

static void what_does_not_end_fails(void **state)
{
    struct fake_host h;
    struct m_json *thing;
    (void)state;
    target_scene_init(&h);
    struct m_session *nobody = m_nobody(&h.ctx);
    RUN(&h, DO(nobody, "thing.create", ARG("name", "slow")));
    assert_int_equal(h.stopped, -1);
    assert_non_null(strstr(h.actual, "not within 4"));
    assert_non_null(strstr(h.message, "last seen by thing.get: as nobody, GET /things/"));
    thing = START(nobody, "thing.create", ARG("name", "slow"));
    const char *id = m_json_str(thing, "/id");
    RUN(&h, WAIT_FOR(nobody, "thing.get", "/state", "running", 200, ARG("id", id)));
    assert_int_equal(h.stopped, -1);
    assert_string_equal(h.expression, "/state of thing.get becomes \"running\"");
    assert_string_equal(h.actual, "\"making\"");
    assert_non_null(strstr(h.message, "MAKING"));
}

/* A pause is never shorter than `every`, so that a busy machine looks less often, and not more. */
static void a_wait_asks_as_often_as_the_target_says(void **state)
{
    struct fake_host h;
    (void)state;
    target_scene_init(&h);
    struct m_session *nobody = m_nobody(&h.ctx);
    const char *id = m_json_str(START(nobody, "thing.create", ARG("name", "slow")), "/id");
    RUN(&h, WAIT_FOR(nobody, "rare.get", "/state", "running", 320, ARG("id", id)));
    int64_t looks = m_json_int(DO(nobody, "rare.get", ARG("id", id)), "/looks") - 1;
    assert_in_range(looks, 1, 4); /* at 0, 150, 300 and 320 ms */
}

/* ---- sessions ---- */

static void identities_log_in(void **state)
{
    struct fake_host h;
    (void)state;
    target_scene_init(&h);
    struct m_session *admin = m_login(&h.ctx, NULL);
    const char *head = ECHOED(admin, "/head", ARG("id", "x"));
    assert_non_null(strstr(head, "PUT /echo/x?as=root HTTP/1.1"));
    assert_non_null(strstr(head, "Authorization: Bearer tick-root\r\n"));
    assert_string_equal(m_session_value(admin, "user_id"), "u-1");
    assert_string_equal(m_session_value(admin, "username"), "root");
    assert_null(m_session_value(admin, "nothing"));
    assert_null(strcasestr(ECHOED(m_login(&h.ctx, "guest"), "/head"), "authorization"));
    RUN(&h, m_login(&h.ctx, "admn"));
    assert_non_null(strstr(h.reason, "has no identity admn; did you mean admin?"));
}

static void logins_of_all_kinds(void **state)
{
    struct fake_host h;
    struct muster_ctx *t = &h.ctx;
    (void)state;
    target_scene_init(&h);
    struct m_session *s = LOGIN(t, "client", ARG("id", "me"), ARG("secret", "a&b c"));
    assert_non_null(strstr(ECHOED(s, "/head"), "Authorization: Bearer tick-of-client\r\n"));
    s = LOGIN(t, "api_key", ARG("key", "k-123"));
    assert_non_null(strstr(ECHOED(s, "/head"), "X-Api-Key: k-123\r\n"));
    s = LOGIN(t, "basic", ARG("username", "Aladdin"), ARG("password", "open sesame"));
    assert_non_null(strstr(ECHOED(s, "/head"), "Authorization: Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==\r\n"));
    s = LOGIN(t, "hmac", ARG("key_id", "K"), ARG("key", "key"), ARG("timestamp", 1700000000000), ARG("nonce", "n-1"));
    const char *head = ECHOED(s, "/head", ARG("id", "i"), ARG("q", "v"));
    /* printf 'PUT\n/echo/i\nq=v\n1700000000000\nn-1\n%s' "$(printf 'text of v ${q}' | sha256sum | cut -c -64)" |
     * openssl dgst -sha256 -hmac key */
    assert_non_null(strstr(head, "X-Signature: "
                                 "27fad5b1562da62d73b565d58bc690238f0df67b64404920ba89fd7a60768ecc"
                                 "\r\n"));
    assert_non_null(strstr(head, "X-Time: 1700000000000\r\n"));
    s = LOGIN(t, "hmac", ARG("key_id", "K"), ARG("key", "key"));
    head = ECHOED(s, "/head");
    assert_null(strstr(head, "X-Nonce: n-1"));
    assert_null(strstr(head, "X-Time: 1700000000000"));
}

static void a_refused_login_fails(void **state)
{
    struct fake_host h;
    struct muster_ctx *t = &h.ctx;
    (void)state;
    target_scene_init(&h);
    RUN(&h, LOGIN(t, "password", ARG("username", "root"), ARG("password", "open  sesame")));
    const uint32_t line = __LINE__ - 1;
    assert_int_equal(h.stopped, -1);
    assert_int_equal(h.line, line);
    assert_string_equal(h.expression, "the login password is done");
    assert_string_equal(h.actual, "401 unauthenticated");
    assert_non_null(strstr(h.message, "as password, POST /login: 401 "));
    assert_null(strstr(h.message, "sesame"));
    RUN(&h, LOGIN(t, "pasword", ARG("username", "root")));
    assert_non_null(strstr(h.reason, "has no login pasword; did you mean password?"));
}

/* ---- secrets ---- */

static void secrets_are_not_told(void **state)
{
    struct fake_host h;
    (void)state;
    target_scene_init(&h);
    struct m_session *admin = m_login(&h.ctx, "admin");
    RUN(&h, DO(admin, "thing.create", ARG("name", "taken"), ARG("pin", "p&n 12345")));
    assert_null(strstr(h.message, "12345"));
    assert_false(REFUSED("not_found", admin, "echo", ARG("pin", "p&n 12345")));
    assert_null(strstr(h.message, "12345"));
    assert_null(strstr(h.message, "tick-root"));
    assert_non_null(strstr(h.message, "PUT /echo/?p=***"));
    assert_null(strstr(h.log, "12345"));
    assert_string_equal(TRY(admin, "word.send").request, "GET /echo/***?as=root");
    assert_null(strstr(h.log, "xyzzy"));
}

static const char *exchanges(void)
{
    static char text[128 * 1024];
    snprintf(text, sizeof text, "%s/%s", target_scene_folder(), "on-failure/http-exchanges.txt");
    FILE *in = fopen(text, "re");
    assert_non_null(in);
    text[fread(text, 1, sizeof text - 1, in)] = '\0';
    fclose(in);
    return text;
}

static void secrets_are_not_kept(void **state)
{
    struct fake_host h;
    struct muster_ctx *t = &h.ctx;
    (void)state;
    target_scene_init(&h);
    struct m_session *s = LOGIN(t, "password", ARG("username", "fresh"), ARG("password", "open sesame"));
    LOGIN(t, "client", ARG("id", "me"), ARG("secret", "form s&cr3t"));
    DO(LOGIN(t, "basic", ARG("username", "Ali"), ARG("password", "baba-40")), "echo", ARG("pin", "quoted\"pin"));
    TRY(s, "thing.create", ARG("name", "taken"), ARG("pin", "quoted\"pin"));
    DO(s, "echo", ARG("id", "here"));
    const char *text = exchanges();
    assert_non_null(strstr(text, "PUT /echo/here?as=fresh"));
    assert_null(strstr(text, "tick-fresh")); /* though the field that has it is not called so */
    assert_null(strstr(text, "open sesame"));
    assert_null(strstr(text, "cr3t"));
    assert_null(strstr(text, "QWxpOmJhYmEtNDA"));
    assert_null(strstr(text, "pin\n"));
    assert_null(strstr(text, "quoted"));
}

/* However who answers spells what he was given. */
static void secrets_are_known_in_other_words(void **state)
{
    static const char *const spelt[] = {"Zq\\\"9&<k>\\u00e4/7", "Zq\\\"9&<k>\\u00e4\\/7",
                                        "Zq&quot;9&amp;&lt;k&gt;\xc3\xa4/7", "Zq\"9&amp;&lt;k&gt;\xc3\xa4/7"};
    struct fake_host h;
    struct muster_ctx *t = &h.ctx;
    (void)state;
    target_scene_init(&h);
    TRY(m_nobody(t), "echo", ARG("pin", "Zq\"9&<k>\xc3\xa4/7"));
    for (size_t i = 0; i < sizeof spelt / sizeof *spelt; i++)
        TRY(m_nobody(t), "echo", ARG("q", spelt[i]));
    assert_null(strstr(exchanges(), "\n> text of Zq"));
    assert_null(strstr(exchanges(), "Zq&quot;"));
}

/* ---- WebSockets ---- */

static void a_websocket_is_opened_and_refused(void **state)
{
    struct fake_host h;
    struct m_ws_message m;
    (void)state;
    target_scene_init(&h);
    struct m_session *admin = m_login(&h.ctx, "admin");
    struct m_ws *ws = OPEN(admin, "events.watch", ARG("topic", "a b"));
    assert_int_equal(m_ws_receive(ws, 2000, &m), M_WS_MESSAGE);
    assert_string_equal(m.data, "a b");
    m_ws_free(ws);
    assert_true(REFUSED("unauthenticated", m_nobody(&h.ctx), "events.watch", ARG("topic", "a")));
    assert_false(REFUSED("unauthenticated", admin, "events.watch", ARG("topic", "a")));
    assert_string_equal(h.actual, "101");
    RUN(&h, OPEN(m_nobody(&h.ctx), "events.watch", ARG("topic", "a")));
    assert_int_equal(h.stopped, -1);
    assert_string_equal(h.actual, "401 unauthenticated");
    assert_non_null(strstr(h.message, "GET /ws?topic=a: 401 {\"error\""));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_fails_later_fails),
        cmocka_unit_test(what_does_not_end_fails),
        cmocka_unit_test(a_wait_asks_as_often_as_the_target_says),
        cmocka_unit_test(identities_log_in),
        cmocka_unit_test(logins_of_all_kinds),
        cmocka_unit_test(a_refused_login_fails),
        cmocka_unit_test(secrets_are_not_told),
        cmocka_unit_test(secrets_are_not_kept),
        cmocka_unit_test(secrets_are_known_in_other_words),
        cmocka_unit_test(a_websocket_is_opened_and_refused),
    };
    return cmocka_run_group_tests(tests, target_scene_start, target_scene_stop);
}
