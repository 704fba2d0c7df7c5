/* SPDX-License-Identifier: Apache-2.0 */
/* The kit's target: requests, results and refusals, against a small platform that target_document.json describes. */
#include "target_scene.h"

#include <muster/kit/target.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

static void without_a_target_it_is_skipped(void **state)
{
    struct fake_host h;
    (void)state;
    fake_host_init(&h);
    RUN(&h, m_login(&h.ctx, "admin"));
    assert_int_equal(h.stopped, MUSTER_STOP_SKIP);
    assert_string_equal(h.reason, "no target: give --target FILE");
}

static void a_value_that_nothing_gives_is_an_error(void **state)
{
    struct fake_host h;
    (void)state;
    fake_host_init(&h);
    h.info.artifacts_dir = target_scene_folder();
    h.document = target_scene_document();
    assert_false(m_target_is_there(&h.ctx));
    RUN(&h, m_login(&h.ctx, "admin"));
    assert_int_equal(h.stopped, MUSTER_STOP_ERROR);
    assert_non_null(strstr(h.reason, "needs the value admin_password: give --set admin_password=..."));
    fake_host_set(&h, "admin_password", "open sesame");
    fake_host_set(&h, "url", target_scene_url());
    fake_host_set(&h, "other_word", "xyzzy/1");
    RUN(&h, m_login(&h.ctx, "admin"));
    assert_int_equal(h.stopped, 0);
}

/* ---- doing ---- */

static void what_is_done_has_a_result_at_its_end(void **state)
{
    struct fake_host h;
    (void)state;
    target_scene_init(&h);
    struct m_session *admin = m_login(&h.ctx, "admin");
    struct m_json *thing = DO(admin, "thing.create", ARG("name", "one"));
    assert_string_equal(m_json_str(thing, "/id"), "t-0");
    assert_string_equal(m_json_str(thing, "/state"), "running");
    assert_string_equal(m_json_str(thing, "/name"), "one");
    assert_int_equal(m_json_count(thing, ""), 3);
    thing = START(admin, "thing.create", ARG("name", "two"));
    assert_string_equal(m_json_str(thing, "/state"), "making");
    struct m_json *seen = WAIT_FOR(admin, "thing.get", "/state", "running", 2000, ARG("id", m_json_str(thing, "/id")));
    assert_int_equal(m_json_int(seen, "/looks"), 3);
    seen = WAIT_FOR(admin, "thing.get", "/looks", 5, 2000, ARG("id", m_json_str(thing, "/id")));
    assert_int_equal(m_json_int(seen, "/looks"), 5);
    assert_int_equal(m_json_count(DO(admin, "thing.delete", ARG("id", m_json_str(thing, "/id"))), ""), 0);
    REFUSED("not_found", admin, "thing.get", ARG("id", m_json_str(thing, "/id")));
    assert_int_equal(h.failed, 0);
    assert_true(h.checks > 5);
}

static void requests_are_made_of_arguments(void **state)
{
    struct fake_host h;
    (void)state;
    target_scene_init(&h);
    struct m_session *nobody = m_nobody(&h.ctx);
    const char *head = ECHOED(nobody, "/head", ARG("id", "a b/c"), ARG("q", "x&y=z"));
    assert_non_null(strstr(head, "PUT /echo/a%20b%2Fc?q=x%26y%3Dz HTTP/1.1\r\n"));
    assert_non_null(strstr(head, "\r\nX-Region: us\r\n"));
    assert_null(strstr(head, "X-Region: eu"));
    assert_non_null(strstr(head, "\r\nAccept: application/json\r\n"));
    assert_non_null(strstr(head, "\r\nX-Q: x&y=z\r\n"));
    assert_non_null(strstr(head, "\r\nContent-Type: text/x-test\r\n"));
    assert_null(strcasestr(head, "authorization"));
    assert_string_equal(ECHOED(nobody, "/body", ARG("q", "me")), "text of me ${q}");
    head = ECHOED(nobody, "/head", ARG("id", NULL), ARG("list", m_json_parse(&h.ctx, "[1,\"b\"]")));
    assert_non_null(strstr(head, "PUT /echo/?l=1&l=b HTTP/1.1\r\n"));
    assert_null(strstr(head, "X-Q"));
    struct m_json *all = DO(nobody, "echo", ARGS(m_json_parse(&h.ctx, "{\"id\":\"i\",\"q\":\"Q\"}")));
    assert_int_equal(m_json_int(all, "/status"), 200);
    assert_string_equal(m_json_str(all, "/etag"), "\"7\"");
    assert_null(m_json_at(all, "/none"));
    assert_non_null(strstr(m_json_str(all, "/all"), "{\"head\":"));
    assert_non_null(strstr(m_json_str(all, "/head"), "/echo/i?q=Q "));
}

static const char *made_body(struct m_session *by, const struct m_arg *args)
{
    struct m_tried r = m_try_((struct m_site){__FILE__, "", __LINE__, 0}, by, "thing.create", args);
    (void)r;
    return r.answer;
}

static void bodies_keep_types(void **state)
{
    struct fake_host h;
    (void)state;
    target_scene_init(&h);
    struct m_session *nobody = m_nobody(&h.ctx);
    /* Of this name the server answers what it was sent. */
    const char *answer =
        made_body(nobody, M_ARGS_LIST_(ARG("name", "mirror"), ARG("plan", "starter"), ARG("count", 3u),
                                       ARG("ratio", 0.5), ARG("urgent", (_Bool)1),
                                       ARG("extra", m_json_parse(&h.ctx, "{\"a\":[1]}")), ARG("memory", 64)));
    struct m_json *sent = m_json_parse(&h.ctx, m_json_str(m_json_parse(&h.ctx, answer), "/body"));
    assert_string_equal(m_json_text(&h.ctx, sent, ""),
                        "{\"count\":3,\"extra\":{\"a\":[1]},\"fixed\":[1,\"a\"],\"limits\":{\"memory\":64},"
                        "\"name\":\"thing mirror\",\"plan\":\"PLAN_S\",\"ratio\":0.5,\"region\":\"in eu\"}");
    assert_non_null(strstr(m_json_str(m_json_parse(&h.ctx, answer), "/head"), "X-Urgent: true\r\n"));
    answer = made_body(nobody, M_ARGS_LIST_(ARG("name", "mirror"), ARG("plan", "no such")));
    sent = m_json_parse(&h.ctx, m_json_str(m_json_parse(&h.ctx, answer), "/body"));
    assert_string_equal(
        m_json_text(&h.ctx, sent, ""),
        "{\"count\":1,\"fixed\":[1,\"a\"],\"name\":\"thing mirror\",\"plan\":\"no such\",\"region\":\"in eu\"}");
}

static void several_requests_share_what_was_saved(void **state)
{
    struct fake_host h;
    (void)state;
    target_scene_init(&h);
    assert_string_equal(m_json_str(DO(m_nobody(&h.ctx), "pair.make"), "/id"), "p1");
    assert_int_equal(h.failed, 0);
}

static void results_have_words_and_types(void **state)
{
    struct fake_host h;
    (void)state;
    target_scene_init(&h);
    struct m_json *list = DO(m_nobody(&h.ctx), "list.get");
    assert_string_equal(m_json_text(&h.ctx, list, ""), "{\"flag\":true,\"items\":[{\"n\":1,\"s\":\"a\"},{\"n\":2}],"
                                                       "\"number\":42,\"text\":\"1\",\"up\":\"up\"}");
}

/* ---- not being done ---- */

static void a_refusal_fails_what_was_to_be_done(void **state)
{
    struct fake_host h;
    (void)state;
    target_scene_init(&h);
    struct m_session *admin = m_login(&h.ctx, "admin");
    RUN(&h, DO(admin, "thing.create", ARG("name", "taken")));
    const uint32_t line = __LINE__ - 1;
    assert_int_equal(h.stopped, -1);
    assert_int_equal(h.line, line);
    assert_non_null(strstr(h.file, "target_test.c"));
    assert_string_equal(h.expression, "thing.create is done");
    assert_string_equal(h.actual, "409 taken");
    assert_non_null(strstr(h.message, "as admin, POST /things?as=root: 409 {\"error\":{\"code\":\"taken\""));
}

static void refusals_have_names(void **state)
{
    struct fake_host h;
    (void)state;
    target_scene_init(&h);
    struct m_session *nobody = m_nobody(&h.ctx);
    assert_true(REFUSED("taken", nobody, "thing.create", ARG("name", "taken")));
    assert_true(REFUSED("conflict", nobody, "thing.create", ARG("name", "locked")));
    assert_true(REFUSED("vanished", nobody, "nothing.get"));
    assert_true(REFUSED("broken_inside", nobody, "half.get"));
    assert_true(REFUSED("said", nobody, "half.said"));
    assert_int_equal(h.failed, 0);
    assert_false(REFUSED("not_found", nobody, "thing.create", ARG("name", "taken")));
    assert_int_equal(h.failed, 1);
    assert_string_equal(h.expression, "thing.create is refused: not_found");
    assert_string_equal(h.actual, "409 taken");
    assert_string_equal(h.expected, "not_found");
    assert_false(REFUSED("not_found", nobody, "list.get"));
    assert_string_equal(h.actual, "200");
    assert_false(REFUSED("not_found", nobody, "strange.get"));
    assert_string_equal(h.actual, "418 unnamed");
    RUN(&h, REFUSED("forbiden", nobody, "list.get"));
    assert_int_equal(h.stopped, MUSTER_STOP_ERROR);
    assert_non_null(strstr(h.reason, "has no error forbiden"));
    RUN(&h, REFUSED("not_fond", nobody, "strange.get"));
    assert_string_equal(h.reason, "the target shop has no error not_fond; did you mean not_found?");
    RUN(&h, REFUSED("not_found", nobody, "cut.get"));
    assert_int_equal(h.failed, 4); /* an answer that breaks off is none */
}

static void trying_judges_nothing(void **state)
{
    struct fake_host h;
    (void)state;
    target_scene_init(&h);
    struct m_session *nobody = m_nobody(&h.ctx);
    struct m_tried r = TRY(nobody, "thing.create", ARG("name", "taken"));
    assert_string_equal(r.refused, "taken");
    assert_int_equal(r.status, 409);
    assert_null(r.result);
    assert_string_equal(m_json_str(r.details, "/field"), "name");
    assert_string_equal(r.request, "POST /things");
    assert_non_null(strstr(r.answer, "taken"));
    r = TRY(nobody, "list.get");
    assert_null(r.refused);
    assert_null(r.error);
    assert_int_equal(m_json_int(r.result, "/number"), 42);
    r = TRY(nobody, "nobody.get");
    assert_int_equal(r.status, 0);
    assert_non_null(r.error);
    assert_null(r.refused);
    r = TRY(nobody, "list.missing");
    assert_null(r.result);
    assert_string_equal(r.error, "the answer has nothing at /no/such, which is the result \"gone\" of shop.yaml:99:7");
    assert_int_equal(h.checks, 0);
}

static void answers_that_lack_something_fail(void **state)
{
    static const struct {
        const char *operation, *message;
    } all[] = {
        {"list.missing", "the answer has nothing at /no/such"},
        {"list.mistyped", "another type than the target file says: [{\"n\":1"},
        {"plain.get", "the answer is no JSON, so there is no /n"},
        {"plain.maybe", "the answer is no JSON, so there is no /n"},
        {"stream.cut", "the answer was cut off, or is no text, which is no whole docker-stream"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        struct fake_host h;
        target_scene_init(&h);
        struct m_session *nobody = m_nobody(&h.ctx);
        RUN(&h, DO(nobody, all[i].operation));
        assert_int_equal(h.stopped, -1);
        assert_string_equal(h.actual, "200, and its answer is no good");
        assert_non_null(strstr(h.message, all[i].message));
    }
}

static void what_is_optional_may_be_missing(void **state)
{
    struct fake_host h;
    (void)state;
    target_scene_init(&h);
    assert_int_equal(m_json_count(DO(m_nobody(&h.ctx), "empty.maybe"), ""), 0);
    assert_string_equal(m_json_str(DO(m_nobody(&h.ctx), "stream.whole"), "/all"), "abc");
    assert_int_equal(h.failed, 0);
}

static void no_answer_is_an_error(void **state)
{
    struct fake_host h;
    (void)state;
    target_scene_init(&h);
    struct m_session *nobody = m_nobody(&h.ctx);
    RUN(&h, DO(nobody, "nobody.get"));
    const uint32_t line = __LINE__ - 1;
    assert_int_equal(h.stopped, MUSTER_STOP_ERROR);
    assert_int_equal(h.line, line);
    assert_non_null(strstr(h.reason, "nobody.get: as nobody, GET /x: "));
    RUN(&h, WAIT_FOR(nobody, "nobody.get", "", 1, 100));
    assert_int_equal(h.stopped, MUSTER_STOP_ERROR);
}

/* ---- mistakes ---- */

static void mistakes_name_what_there_is(void **state)
{
    struct fake_host h;
    (void)state;
    target_scene_init(&h);
    struct m_session *nobody = m_nobody(&h.ctx);
    RUN(&h, DO(nobody, "thing.make"));
    const uint32_t line = __LINE__ - 1;
    assert_int_equal(h.stopped, MUSTER_STOP_ERROR);
    assert_int_equal(h.line, line);
    assert_string_equal(h.reason, "the target shop has no operation thing.make; did you mean thing.create?");
    RUN(&h, DO(nobody, "thing.get", ARG("ids", "x")));
    assert_string_equal(h.reason, "thing.get takes no ids, but id: it takes id");
    RUN(&h, DO(nobody, "thing.get", ARG("colour", "x")));
    assert_string_equal(h.reason, "thing.get takes no colour: it takes id; .needs = OPERATIONS(\"thing.get(colour)\") "
                                  "skips on a target that lacks it");
    RUN(&h, DO(nobody, "thing.get"));
    assert_string_equal(h.reason, "thing.get needs the argument id");
    RUN(&h, DO(nobody, "thing.get", ARG("id", NULL)));
    assert_string_equal(h.reason, "thing.get needs the argument id");
    RUN(&h, DO(nobody, "thing.get", ARG("id", 5)));
    assert_string_equal(h.reason, "thing.get takes id as str, and was given 5");
    RUN(&h, DO(nobody, "echo", ARG("pin", 123456)));
    assert_string_equal(h.reason, "echo takes pin as str, and was given ***");
    RUN(&h, DO(nobody, "list.get", ARGS(m_json_parse(&h.ctx, "[1]"))));
    assert_string_equal(h.reason, "list.get: ARGS() takes a JSON object");
    RUN(&h, WAIT_FOR(nobody, "thing.get", "/stat", "running", 100, ARG("id", "t-0")));
    assert_string_equal(h.reason,
                        "WAIT_FOR thing.get: it has no result at /stat in the target shop; did you mean state?");
    RUN(&h, OPEN(nobody, "list.get"));
    assert_string_equal(h.reason, "list.get is no WebSocket in the target shop");
}

static void what_is_not_declared_is_an_error(void **state)
{
    static const char *const declared[] = {"thing.get", "thing.create(name, plan)", "list.getall", NULL};
    struct fake_host h;
    (void)state;
    target_scene_init(&h);
    h.operations = declared;
    struct m_session *nobody = m_nobody(&h.ctx);
    RUN(&h, DO(nobody, "list.get"));
    assert_int_equal(h.stopped, MUSTER_STOP_ERROR);
    assert_non_null(strstr(h.reason, "does not declare the operation list.get"));
    RUN(&h, TRY(nobody, "thing.create", ARG("name", "mirror")));
    assert_int_equal(h.stopped, 0);
    RUN(&h, TRY(nobody, "thing.get", ARG("id", "t-0")));
    assert_int_equal(h.stopped, 0);
}

/* ---- values, and going through all ---- */

static void values_come_from_where_they_are(void **state)
{
    struct fake_host h;
    (void)state;
    target_scene_init(&h);
    assert_string_equal(m_target_value(&h.ctx, "region"), "eu");
    assert_string_equal(m_target_value(&h.ctx, "url"), target_scene_url());
    assert_null(m_target_value(&h.ctx, "no_such"));
    assert_true(m_target_is_there(&h.ctx));
    h.document = NULL;
    assert_false(m_target_is_there(&h.ctx));
}

static void operations_can_be_gone_through(void **state)
{
    struct fake_host h;
    uint64_t n = 0;
    (void)state;
    target_scene_init(&h);
    const struct m_operation *all = m_target_operations(&h.ctx, &n);
    assert_true(n >= 14);
    assert_string_equal(all[0].name, "thing.create");
    assert_string_equal(all[0].takes[0].of, "name");
    assert_int_equal(all[0].takes[0].optional, 0);
    assert_int_equal(all[0].takes[1].optional, 1);
    assert_int_equal(all[0].takes[8].secret, 1);
    assert_null(all[0].takes[1].of);
    assert_int_equal(all[0].safe, 0);
    assert_int_equal(m_target_operation(&h.ctx, "thing.get")->safe, 1);
    assert_int_equal(m_target_operation(&h.ctx, "events.watch")->websocket, 1);
    assert_null(m_target_operation(&h.ctx, "thing"));
    assert_true(m_target_has(&h.ctx, "thing.create"));
    assert_true(m_target_has(&h.ctx, "thing.create(name, plan)"));
    assert_false(m_target_has(&h.ctx, "thing.create(name, pla)"));
    assert_false(m_target_has(&h.ctx, "thing.make"));
    assert_string_equal(m_target_identities(&h.ctx)[1], "guest");
    assert_null(m_target_identities(&h.ctx)[2]);
}

static void roles_say_who_may(void **state)
{
    struct fake_host h;
    uint64_t n = 0;
    (void)state;
    target_scene_init(&h);
    const struct m_role *roles = m_target_roles(&h.ctx, &n);
    assert_int_equal(n, 2);
    assert_string_equal(roles[0].name, "clerk");
    assert_string_equal(roles[0].summary, "Of the shop");
    assert_int_equal(roles[0].of_tenant, 0);
    assert_int_equal(roles[1].of_tenant, 1);
    const struct m_operation *o = m_target_operation(&h.ctx, "thing.create");
    assert_string_equal(o->allowed[0], "clerk");
    assert_null(o->allowed[1]);
    assert_int_equal(o->anyone, 0);
    assert_null(m_target_operation(&h.ctx, "thing.get")->allowed);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        /* These two before any other: a process has one document, and finds each value once. */
        cmocka_unit_test(without_a_target_it_is_skipped),
        cmocka_unit_test(a_value_that_nothing_gives_is_an_error),
        cmocka_unit_test(what_is_done_has_a_result_at_its_end),
        cmocka_unit_test(requests_are_made_of_arguments),
        cmocka_unit_test(bodies_keep_types),
        cmocka_unit_test(several_requests_share_what_was_saved),
        cmocka_unit_test(results_have_words_and_types),
        cmocka_unit_test(a_refusal_fails_what_was_to_be_done),
        cmocka_unit_test(refusals_have_names),
        cmocka_unit_test(trying_judges_nothing),
        cmocka_unit_test(answers_that_lack_something_fail),
        cmocka_unit_test(what_is_optional_may_be_missing),
        cmocka_unit_test(no_answer_is_an_error),
        cmocka_unit_test(mistakes_name_what_there_is),
        cmocka_unit_test(what_is_not_declared_is_an_error),
        cmocka_unit_test(values_come_from_where_they_are),
        cmocka_unit_test(operations_can_be_gone_through),
        cmocka_unit_test(roles_say_who_may),
    };
    return cmocka_run_group_tests(tests, target_scene_start, target_scene_stop);
}
