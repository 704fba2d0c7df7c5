/* SPDX-License-Identifier: Apache-2.0 */
/* Operations in loops, whose results are freed: under a sanitizer, nothing of them stays. And two users side by side.
 */
#include "target_scene.h"

#include <muster/kit/target.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

static void all_kinds_of_calls(struct muster_ctx *t)
{
    struct m_session *admin = m_login(t, "admin"), *nobody = m_nobody(t);
    struct m_json *thing = DO(admin, "thing.create", ARG("name", "one"), ARG("pin", "12345"));
    struct m_json *seen = WAIT_FOR(admin, "thing.get", "/looks", 5, 5000, ARG("id", m_json_str(thing, "/id")));
    m_json_free(seen);
    m_json_free(thing);
    struct m_tried r = TRY(nobody, "thing.create", ARG("name", "taken"));
    m_json_free(r.details);
    r = TRY(nobody, "list.missing");
    assert_null(r.result);
    REFUSED("taken", nobody, "thing.create", ARG("name", "taken"));
    REFUSED("unauthenticated", nobody, "events.watch", ARG("topic", "a"));
    m_json_free(DO(nobody, "pair.make"));
    m_json_free(DO(LOGIN(t, "hmac", ARG("key_id", "K"), ARG("key", "key")), "echo", ARG("q", "x")));
    m_ws_free(OPEN(admin, "events.watch", ARG("topic", "a b")));
}

static void nothing_stays(void **state)
{
    struct fake_host h;
    (void)state;
    target_scene_init(&h);
    for (int i = 0; i < 5; i++)
        all_kinds_of_calls(&h.ctx);
    assert_int_equal(h.failed, 0);
}

static void *user(void *user)
{
    struct muster_ctx *t = user;
    struct m_session *s = m_login(t, "admin");
    for (int i = 0; i < 20; i++)
        m_json_free(DO(s, "list.get"));
    return NULL;
}

static void each_thread_has_its_session(void **state)
{
    struct fake_host h;
    pthread_t threads[3];
    (void)state;
    target_scene_init(&h);
    for (int i = 0; i < 3; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, user, &h.ctx), 0);
    for (int i = 0; i < 3; i++)
        pthread_join(threads[i], NULL);
    assert_int_equal(h.failed, 0);
    assert_int_equal(h.checks, 3 * 21);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_thread_has_its_session),
        cmocka_unit_test(nothing_stays),
    };
    return cmocka_run_group_tests(tests, target_scene_start, target_scene_stop);
}
