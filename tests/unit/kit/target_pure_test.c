/* SPDX-License-Identifier: Apache-2.0 */
/* The pure parts of the kit's target: templates, words, types, which refusal an answer is. */
#include "refusals.h"
#include "template.h"
#include "words.h"

#include <exact.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static json_t *find(void *user, const char *name, size_t length)
{
    return json_object_getn(user, name, length);
}

static json_t *parse(const char *text)
{
    json_t *value = exact_loads(text, JSON_DECODE_ANY, NULL);
    assert_non_null(value);
    return value;
}

static void is_text(const char *template, enum template_escape escape, const char *wanted)
{
    json_t *values = parse("{\"id\":\"a b/\xc3\xa4?\",\"n\":18446744073709551615,\"yes\":true,\"list\":[1,2]}");
    bool left_out;
    char *text = target_template_text(template, escape, (struct template_names){find, values}, &left_out);
    if (wanted)
        assert_string_equal(text, wanted);
    else
        assert_true(!text && left_out);
    free(text);
    json_decref(values);
}

static void texts_are_filled(void **state)
{
    (void)state;
    is_text("", TEMPLATE_PLAIN, "");
    is_text("/v1/${id}/x", TEMPLATE_PLAIN, "/v1/a b/\xc3\xa4?/x");
    is_text("/v1/${id}/x", TEMPLATE_PERCENT, "/v1/a%20b%2F%C3%A4%3F/x");
    is_text("${n} ${yes} ${list}", TEMPLATE_PLAIN, "18446744073709551615 true [1,2]");
    is_text("$${id} $ { } ${", TEMPLATE_PLAIN, "${id} $ { } ${");
    is_text("$${id}", TEMPLATE_PERCENT, "${id}");
    is_text("${id}${n}", TEMPLATE_PERCENT, "a%20b%2F%C3%A4%3F18446744073709551615");
    is_text("a ${none} b", TEMPLATE_PLAIN, "a  b");
    is_text("${none}", TEMPLATE_PLAIN, NULL);
}

static void is_json(const char *template, const char *wanted)
{
    json_t *values = parse("{\"s\":\"text\",\"i\":3,\"big\":18446744073709551615,\"null\":null,\"o\":{\"a\":1}}");
    json_t *from = parse(template), *made = target_template_json(from, (struct template_names){find, values});
    char *text = made ? exact_dumps(made, false) : NULL;
    if (wanted)
        assert_string_equal(text, wanted);
    else
        assert_null(made);
    free(text);
    json_decref(made);
    json_decref(from);
    json_decref(values);
}

static void one_name_alone_keeps_its_type(void **state)
{
    (void)state;
    is_json("{\"a\":\"${i}\",\"b\":\"${big}\",\"c\":\"${s}\",\"d\":\"n${i}\",\"e\":\"${o}\",\"f\":\"${null}\"}",
            "{\"a\":3,\"b\":18446744073709551615,\"c\":\"text\",\"d\":\"n3\",\"e\":{\"a\":1},\"f\":null}");
    is_json("{\"fixed\":[1,1.50,true,null,\"x\"]}", "{\"fixed\":[1,1.50,true,null,\"x\"]}");
}

static void what_was_not_given_is_left_out(void **state)
{
    (void)state;
    is_json("{\"a\":\"${none}\",\"b\":1}", "{\"b\":1}");
    is_json("{\"limits\":{\"m\":\"${none}\",\"n\":\"${none}\"},\"b\":1}", "{\"b\":1}");
    is_json("{\"limits\":{\"m\":\"${none}\",\"n\":\"${i}\"}}", "{\"limits\":{\"n\":3}}");
    is_json("{\"empty\":{},\"list\":[\"${none}\",\"${i}\"]}", "{\"empty\":{},\"list\":[3]}");
    is_json("{\"a\":\"${none}\"}", NULL);
}

static void words_are_turned_round(void **state)
{
    json_t *words = parse("{\"RUNNING\":\"running\",\"true\":\"up\",\"3\":\"three\"}");
    json_t *running = json_string("RUNNING"), *ours = json_string("running"), *other = json_string("PAUSED");
    json_t *three = json_integer(3), *theirs = target_words_theirs(words, ours),
           *as_it_is = target_words_theirs(words, other);
    (void)state;
    assert_string_equal(json_string_value(target_words_ours(words, running)), "running");
    assert_string_equal(json_string_value(target_words_ours(words, json_true())), "up");
    assert_string_equal(json_string_value(target_words_ours(words, three)), "three");
    assert_null(target_words_ours(words, other));
    assert_string_equal(json_string_value(theirs), "RUNNING");
    assert_ptr_equal(as_it_is, other);
    json_decref(as_it_is);
    json_decref(theirs);
    json_decref(three);
    json_decref(other);
    json_decref(ours);
    json_decref(running);
    json_decref(words);
}

static void becomes(const char *type, const char *from, const char *wanted, const char *as_argument)
{
    json_t *value = parse(from), *as = target_words_as(type, value), *given = target_words_as_argument(type, value);
    char *text = as ? exact_dumps(as, false) : NULL, *given_text = given ? exact_dumps(given, false) : NULL;
    if (!!text != !!wanted || (text && strcmp(text, wanted) != 0))
        fail_msg("%s as %s is %s", from, type, text ? text : "nothing");
    if (!!given_text != !!as_argument || (given_text && strcmp(given_text, as_argument) != 0))
        fail_msg("%s as an argument of %s is %s", from, type, given_text ? given_text : "nothing");
    free(text);
    free(given_text);
    json_decref(as);
    json_decref(given);
    json_decref(value);
}

static void types_are_what_they_say(void **state)
{
    (void)state;
    becomes("int", "\"42\"", "42", "42");
    becomes("int", "18446744073709551615", "18446744073709551615", "18446744073709551615");
    becomes("int", "4.5", NULL, NULL);
    becomes("int", "\"4x\"", NULL, NULL);
    becomes("int", "true", NULL, NULL);
    becomes("float", "4", "4", "4");
    becomes("float", "\"0.50\"", "0.50", "0.50");
    becomes("bool", "\"false\"", "false", "false");
    becomes("bool", "1", "true", "true");
    becomes("bool", "2", NULL, NULL);
    becomes("str", "\"x\"", "\"x\"", "\"x\"");
    becomes("str", "0.50", "\"0.50\"", NULL);
    becomes("str", "true", "\"true\"", NULL);
    becomes("str", "[1]", NULL, NULL);
    becomes("json", "[1]", "[1]", "[1]");
}

static const char *refusal(const char *errors, int status, const char *body)
{
    static char name[32];
    json_t *list = parse(errors), *value = body ? parse(body) : NULL;
    const json_t *entry = target_refusals_find(list, status, value);
    snprintf(name, sizeof name, "%s", entry ? json_string_value(json_object_get(entry, "name")) : "none");
    json_decref(list);
    json_decref(value);
    return name;
}

static void the_first_refusal_that_matches_counts(void **state)
{
    static const char errors[] = "[{\"name\":\"taken\",\"status\":[409],\"body\":{\"/code\":[\"taken\",7]}},"
                                 "{\"name\":\"conflict\",\"status\":[409,423],\"body\":{}},"
                                 "{\"name\":\"odd\",\"status\":[],\"body\":{\"/odd\":[true]}}]";
    (void)state;
    assert_string_equal(refusal(errors, 409, "{\"code\":\"taken\"}"), "taken");
    assert_string_equal(refusal(errors, 409, "{\"code\":7}"), "taken");
    assert_string_equal(refusal(errors, 409, "{\"code\":\"else\"}"), "conflict");
    assert_string_equal(refusal(errors, 409, NULL), "conflict");
    assert_string_equal(refusal(errors, 423, "{}"), "conflict");
    assert_string_equal(refusal(errors, 500, "{\"odd\":true}"), "odd");
    assert_string_equal(refusal(errors, 200, "{\"odd\":true}"), "odd");
    assert_string_equal(refusal(errors, 500, "{}"), "none");
}

static void statuses_of_success(void **state)
{
    json_t *any = parse("[]"), *some = parse("[202,404]");
    (void)state;
    assert_true(target_refusals_expected(any, 200) && target_refusals_expected(any, 299) &&
                target_refusals_expected(NULL, 204));
    assert_false(target_refusals_expected(any, 199) || target_refusals_expected(any, 300));
    assert_true(target_refusals_expected(some, 202) && target_refusals_expected(some, 404));
    assert_false(target_refusals_expected(some, 200));
    json_decref(any);
    json_decref(some);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(texts_are_filled),
        cmocka_unit_test(one_name_alone_keeps_its_type),
        cmocka_unit_test(what_was_not_given_is_left_out),
        cmocka_unit_test(words_are_turned_round),
        cmocka_unit_test(types_are_what_they_say),
        cmocka_unit_test(the_first_refusal_that_matches_counts),
        cmocka_unit_test(statuses_of_success),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
