/* SPDX-License-Identifier: Apache-2.0 */
/* The tree of YAML: places, kinds of scalars, aliases, what is refused; and pointers into it and into JSON. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "data/node.h"
#include "data/pointer.h"

#include <exact.h>
#include <stdlib.h>
#include <string.h>

struct parsed {
    struct arena arena;
    struct diagnostics diagnostics;
    const struct node *root;
    struct err err;
};

static void parse(struct parsed *p, const char *text)
{
    *p = (struct parsed){0};
    p->diagnostics.arena = &p->arena;
    p->root = node_parse("f.yaml", text, strlen(text), &p->arena, &p->diagnostics);
    diagnostics_end(&p->diagnostics, &p->err);
}

static void done(struct parsed *p)
{
    diagnostics_free(&p->diagnostics);
    arena_free(&p->arena);
    err_free(&p->err);
}

static void refused(const char *text, const char *wanted)
{
    struct parsed p;
    parse(&p, text);
    assert_true(p.diagnostics.n > 0);
    if (!strstr(err_text(&p.err), wanted))
        fail_msg("\"%s\" does not say \"%s\"", err_text(&p.err), wanted);
    done(&p);
}

static void becomes(const char *text, const char *json)
{
    struct parsed p;
    parse(&p, text);
    assert_non_null(p.root);
    json_t *value = node_json(p.root);
    char *dump = exact_dumps(value, false);
    assert_string_equal(dump, json);
    free(dump);
    json_decref(value);
    done(&p);
}

static void scalars_are_what_they_look_like(void **state)
{
    (void)state;
    becomes("[1, -5, +7, 0x1f, 0o17, 007]", "[1,-5,7,31,15,7]");
    becomes("[1.5, -0.5, 1e3, .5, 5.]", "[1.5,-0.5,1e3,0.5,5.0]");
    becomes("[true, False, TRUE, null, ~, '']", "[true,false,true,null,null,\"\"]");
    becomes("[yes, no, on, off, y, inf, nan, 0x, 1.2.3, 1_000, e5, 0x1p3]",
            "[\"yes\",\"no\",\"on\",\"off\",\"y\",\"inf\",\"nan\",\"0x\",\"1.2.3\",\"1_000\",\"e5\","
            "\"0x1p3\"]");
    becomes("['1', \"true\", 'null', \"1.5\"]", "[\"1\",\"true\",\"null\",\"1.5\"]");
    becomes("{a: , b: {}, c: []}", "{\"a\":null,\"b\":{},\"c\":[]}");
    becomes("a: |\n  two\n  lines\n", "{\"a\":\"two\\nlines\\n\"}");
    becomes("{\"json\": [1, {\"too\": null}]}", "{\"json\":[1,{\"too\":null}]}");
}

static void numbers_stay_what_is_written(void **state)
{
    (void)state;
    becomes("[3.11, 3.10, 19.990, -0.0, 1E5, 0.1234567890123456789]",
            "[3.11,3.10,19.990,-0.0,1E5,0.1234567890123456789]");
    becomes("[18446744073709551615, -9223372036854775808, 0xffffffffffffffff, 0o1777777777777777777777]",
            "[18446744073709551615,-9223372036854775808,18446744073709551615,18446744073709551615]");
    refused("a:\n  - 18446744073709551616\n", "f.yaml:2:5: 18446744073709551616 is beyond 64 bits");
    refused("a: -9223372036854775809\n", "f.yaml:1:4: -9223372036854775809 is beyond 64 bits");
    refused("a: 0x10000000000000000\n", "f.yaml:1:4: 0x10000000000000000 is beyond 64 bits");
    refused("a: 1e999\n", "f.yaml:1:4: 1e999 is beyond the largest double");
    refused("a: -.inf\n", "f.yaml:1:4: -.inf is no number of JSON");
    becomes("{18446744073709551616: 1, .inf: 2}", "{\"18446744073709551616\":1,\".inf\":2}");
}

static void tags_mean_what_yaml_says(void **state)
{
    (void)state;
    becomes("[!!str 5, !!str true, !!str null, ! 5, !!str ]", "[\"5\",\"true\",\"null\",\"5\",\"\"]");
    becomes("[!!int 5, !!int '7', !!int 0x1f, !!float 5, !!float '1.50', !!bool 'true', !!null '', !!null ~]",
            "[5,7,31,5.0,1.50,true,null,null]");
    becomes("[!!binary aGVsbG8=, !!binary ' w6 Q= ', !!binary '']", "[\"hello\",\"\xc3\xa4\",\"\"]");
    becomes("a: !!binary |\n  aGVs\n  bG8=\n", "{\"a\":\"hello\"}");
    becomes("a: !!seq [1]\nb: !!map {c: 1}\n", "{\"a\":[1],\"b\":{\"c\":1}}");
    refused("a: !!int five\n", "f.yaml:1:10: !!int wants an integer, not 'five'");
    refused("a: !!int 1.5\n", "!!int wants an integer, not '1.5'");
    refused("a: !!float x\n", "!!float wants a number");
    refused("a: !!float .inf\n", "!!float wants a number");
    refused("a: !!bool yes\n", "f.yaml:1:11: !!bool wants true or false, not 'yes'");
    refused("a: !!null 0\n", "!!null wants null");
    refused("a: !!binary aGVsbG8\n", "!!binary wants base64");
    refused("a: !!binary a*==\n", "!!binary wants base64");
    refused("a: !!binary /w==\n", "!!binary: what is encoded is no text of UTF-8");
    refused("a: !!binary AA==\n", "!!binary: what is encoded is no text of UTF-8");
    refused("a: !!set {b: }\n", "the tag !!set is not known");
    refused("a: !mine 5\n", "the tag !mine is not known");
    refused("a: !!str [1]\n", "!!str stands before a list");
    refused("a: !!seq 5\n", "!!seq wants a list or a map, not '5'");
}

static void everything_has_its_place(void **state)
{
    (void)state;
    struct parsed p;
    parse(&p, "a:\n  - x\n  - key: 'quoted'\n    other:\nb: {c: [1,  22]}\n");
    const struct node *list = node_get(p.root, "a"), *map = list->items[1];
    assert_int_equal(list->items[0]->at.line, 2);
    assert_int_equal(list->items[0]->at.column, 5);
    assert_int_equal(map->keys[0].at.line, 3);
    assert_int_equal(map->keys[0].at.column, 5);
    assert_int_equal(map->items[0]->at.line, 3);
    assert_int_equal(map->items[1]->at.line, 4); /* nothing stands there: the place of its key */
    assert_int_equal(map->items[1]->at.column, 5);
    const struct node *flow = node_at(p.root, "/b/c/1");
    assert_string_equal(flow->text, "22");
    assert_int_equal(flow->at.line, 5);
    assert_int_equal(flow->at.column, 13);
    assert_string_equal(flow->at.file, "f.yaml");
    done(&p);
}

static void aliases_and_merges_are_resolved(void **state)
{
    (void)state;
    becomes("base: &b {x: 1, y: 2}\nuse: *b\nmore: {<<: *b, y: 3}\n",
            "{\"base\":{\"x\":1,\"y\":2},\"use\":{\"x\":1,\"y\":2},\"more\":{\"y\":3,\"x\":1}}");
    becomes("a: &a {x: 1}\nb: &b {z: 2}\nc: {<<: [*a, *b]}\n",
            "{\"a\":{\"x\":1},\"b\":{\"z\":2},\"c\":{\"x\":1,\"z\":2}}");
    refused("a: *nowhere\n", "f.yaml:1:");
    refused("a: &a [*a]\n", "f.yaml:1:");
    refused("a: {<<: 5}\n", "<< wants a map");
}

static void a_bomb_of_aliases_does_not_go_off(void **state)
{
    (void)state;
    refused("a: &a [x,x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a,*a]\n"
            "c: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b,*b]\nd: &d [*c,*c,*c,*c,*c,*c,*c,*c,*c,*c]\n"
            "e: &e [*d,*d,*d,*d,*d,*d,*d,*d,*d,*d]\nf: [*e,*e,*e,*e,*e,*e,*e,*e,*e,*e]\n",
            "more than 100000 values");
}

static void what_is_no_document_is_refused(void **state)
{
    (void)state;
    refused("", "the file is empty");
    refused("# nothing\n", "the file is empty");
    refused("a: 1\na: 2\n", "f.yaml:2:1: a stands here a second time; the first is in line 1");
    refused("a: 1\n---\nb: 2\n", "a second document");
    refused("a: [1, 2\nb: 3\n", "f.yaml:");
    refused("{[1]: 2}\n", "a key is a text here");
    refused("a: \"\\0\"\n", "NUL");
    refused("a: \xff\n", "not UTF-8");
    refused("a:\n\t- tab\n", "f.yaml:2");
    char deep[400] = {0};
    memset(deep, '[', 200);
    memset(deep + 200, ']', 199);
    refused(deep, "f.yaml:1:");
}

static void two_of_a_key_do_not_hide_the_rest(void **state)
{
    (void)state;
    struct parsed p;
    parse(&p, "a: 1\na: 2\nb: 3\nb: 4\n");
    assert_non_null(p.root);
    assert_int_equal(p.diagnostics.n, 2);
    assert_string_equal(node_get(p.root, "a")->text, "1");
    done(&p);
}

static void pointers_lead_into_json(void **state)
{
    (void)state;
    json_t *json = json_loads("{\"a\":[{\"b/c\":1,\"~\":2},{}],\"\":3}", 0, NULL);
    assert_ptr_equal(pointer_get(json, ""), json);
    assert_int_equal(json_integer_value(pointer_get(json, "/a/0/b~1c")), 1);
    assert_int_equal(json_integer_value(pointer_get(json, "/a/0/~0")), 2);
    assert_int_equal(json_integer_value(pointer_get(json, "/")), 3);
    assert_null(pointer_get(json, "/a/2"));
    assert_null(pointer_get(json, "/a/-1"));
    assert_null(pointer_get(json, "/a/00"));
    assert_null(pointer_get(json, "/a/0/b~1c/x"));
    assert_null(pointer_get(json, "/nowhere/x"));
    json_decref(json);
    assert_null(pointer_fault(""));
    assert_null(pointer_fault("/a~0b/~1"));
    assert_non_null(pointer_fault("a"));
    assert_non_null(pointer_fault("/a~2"));
    assert_non_null(pointer_fault("/a~"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(scalars_are_what_they_look_like), cmocka_unit_test(numbers_stay_what_is_written),
        cmocka_unit_test(tags_mean_what_yaml_says),        cmocka_unit_test(everything_has_its_place),
        cmocka_unit_test(aliases_and_merges_are_resolved), cmocka_unit_test(a_bomb_of_aliases_does_not_go_off),
        cmocka_unit_test(what_is_no_document_is_refused),  cmocka_unit_test(two_of_a_key_do_not_hide_the_rest),
        cmocka_unit_test(pointers_lead_into_json),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
